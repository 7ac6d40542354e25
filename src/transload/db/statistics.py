"""What PostgreSQL knows of how many rows there are, by which it plans."""

from sqlalchemy import Connection, Table, text


def count_if_outgrown(connection: Connection, table: Table) -> None:
    """Have PostgreSQL count a table that is twice as large as when it was counted last.

    It does so by itself some minutes later. Until then it plans as if what was added were not
    there, and looks through all of it for each part of an import.
    """
    has_outgrown = text(
        "SELECT pg_relation_size(oid) > 2 * relpages * current_setting('block_size')::bigint"
        " FROM pg_class WHERE oid = to_regclass(:name)"
    )
    if connection.scalar(has_outgrown, {"name": table.name}):
        # Where somebody else counts it or clears it up, that is as good.
        connection.execute(text(f"ANALYZE (SKIP_LOCKED) {table.name}"))
