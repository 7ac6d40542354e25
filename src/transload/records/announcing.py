"""What webhooks are told of records that were made: as the webhook's maker sees them."""

from collections.abc import Sequence
from typing import Any

from transload.accounts import store as accounts
from transload.db.engine import Database
from transload.errors import ForbiddenError, NotFoundError
from transload.records import single
from transload.records.wire import to_wire


def announce(
    database: Database, organization_id: str, user_id: str, told: dict[str, Any]
) -> dict[str, Any] | None:
    """Give the records of the ids in `told`, flat; those gone since, or unseen, are left out.

    None where the user may see none of them, or is let in no more.
    """
    with database.read() as connection:
        actor = accounts.find_user(connection, organization_id, user_id)
    if actor is None:
        return None
    ids: Sequence[str] = told["ids"]
    found = []
    for record_id in ids:
        try:
            found.append(to_wire(single.get(database, actor, record_id)))
        except (NotFoundError, ForbiddenError):
            continue  # gone meanwhile, or not for this user
    return {"records": found} if found else None
