"""Alembic's entry: runs on the connection that `db.migrate` hands over."""

from alembic import context

from transload.db.tables import metadata


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the tables of the job library, which share the file on SQLite."""
    return kind != "table" or name in metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=_is_ours,
    transactional_ddl=False,  # the caller owns the transaction
)
context.run_migrations()
