"""How much of a rate is used up, over all machines: by the second, on the database's clock."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, case, cast, delete, func
from sqlalchemy.dialects import postgresql

from transload.db.dialect import commit_asynchronously
from transload.db.engine import Database
from transload.db.tables import request_shares

_KEPT = timedelta(days=1)


def take(database: Database, owner_id: str, wanted: int, limit: int) -> int:
    """Set requests of this second aside; give how many, 0 to `wanted`. Only on PostgreSQL.

    Of one owner (an organization, an import link, a file) all processes together get `limit` a
    second.
    """
    second = cast(func.floor(func.extract("epoch", func.clock_timestamp())), BigInteger)
    statement = postgresql.insert(request_shares).values(
        organization_id=owner_id, second=second, taken=wanted
    )
    kept, given = request_shares.c, statement.excluded
    is_over = given.second > kept.second
    statement = statement.on_conflict_do_update(
        index_elements=[kept.organization_id],
        set_={
            "second": func.greatest(kept.second, given.second),
            "taken": case((is_over, given.taken), else_=kept.taken + given.taken),
        },
    )
    with database.write() as connection:
        # A crash may forget what a second has seen, and nothing else.
        commit_asynchronously(connection)
        taken: int = connection.execute(statement.returning(kept.taken)).scalar_one()
    return max(0, wanted - max(0, taken - limit))


def forget(database: Database, now: datetime) -> None:
    """Delete what tells of no second of the last day: of owners that are gone or at rest."""
    with database.write() as connection:
        old = request_shares.c.second < int((now - _KEPT).timestamp())
        connection.execute(delete(request_shares).where(old))
