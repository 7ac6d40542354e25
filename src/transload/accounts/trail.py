"""Use cases of the audit trail: read it, and remove events that are past their time."""

from datetime import timedelta

from transload import audit
from transload.accounts.model import Actor
from transload.clock import Clock
from transload.db.engine import Database
from transload.errors import ForbiddenError

FORGETTING = "audit"
_PART = 500


def find_page(
    database: Database, actor: Actor, query: audit.Query
) -> tuple[list[audit.Event], int]:
    """Give a page of the organization's events, the newest first, and how many there are in all.

    Raises ForbiddenError unless the user is an owner or an admin.
    """
    if not actor.is_admin:
        raise ForbiddenError
    with database.snapshot() as connection:
        found = audit.find_many(connection, actor.organization_id, query)
        return found, audit.count(connection, actor.organization_id, query)


def forget(database: Database, clock: Clock, days: int) -> None:
    """Delete events that are older than so many days, 500 a transaction."""
    before = clock.now() - timedelta(days=days)
    while True:
        with database.write() as connection:
            if audit.forget_before(connection, before, _PART) < _PART:
                return
