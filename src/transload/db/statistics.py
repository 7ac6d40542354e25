"""PostgreSQL's statistics of a table, by which it chooses how to look rows up."""

from sqlalchemy import Connection, Table, text


def count_if_outgrown(connection: Connection, table: Table) -> None:
    """Have PostgreSQL count a table that is twice as large as when it was counted last.

    It does so by itself some minutes later. Until then it expects hardly any of the new rows: for
    each chunk of an import it reads all of them, where an index would lead to those it needs.
    """
    has_outgrown = text(
        "SELECT pg_relation_size(oid) > 2 * relpages * current_setting('block_size')::bigint"
        " FROM pg_class WHERE oid = to_regclass(:name)"
    )
    if connection.scalar(has_outgrown, {"name": table.name}):
        # A table that is locked is being counted or vacuumed, and is not waited for.
        connection.execute(text(f"ANALYZE (SKIP_LOCKED) {table.name}"))
