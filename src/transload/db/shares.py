"""How much of a rate is used, over all machines: second by second, on the database's clock."""

from sqlalchemy import BigInteger, case, cast, func, text
from sqlalchemy.dialects import postgresql

from transload.db.engine import Database
from transload.db.tables import request_shares


def take(database: Database, organization_id: str, wanted: int, limit: int) -> int:
    """Set requests of this second aside; give how many, 0 to `wanted`. Only on PostgreSQL.

    Of one organization, all processes together get `limit` a second.
    """
    second = cast(func.floor(func.extract("epoch", func.clock_timestamp())), BigInteger)
    statement = postgresql.insert(request_shares).values(
        organization_id=organization_id, second=second, taken=wanted
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
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        taken: int = connection.execute(statement.returning(kept.taken)).scalar_one()
    return max(0, wanted - max(0, taken - limit))
