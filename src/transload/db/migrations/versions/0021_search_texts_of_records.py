"""What the values of a record say, beside its document, also of the records that there are."""

from collections.abc import Iterator, Mapping, Sequence

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_ROWS = 200
_BYTES = 4 << 20  # of documents: one may have 1 MiB

_records = sa.table(
    "records",
    sa.column("organization_id", sa.String()),
    sa.column("id", sa.String()),
    sa.column("size", sa.Integer()),
    sa.column("document", sa.Text()),
    sa.column("search_text", sa.Text()),
)
_key = sa.tuple_(_records.c.organization_id, _records.c.id)


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "records",
        sa.Column(
            "search_text",
            sa.Text(),
            nullable=False,
            server_default="",
            comment="What the values say, in lower case: q looks in it.",
        ),
    )
    connection = op.get_bind()
    written = (
        sa.update(_records)
        .where(
            _records.c.organization_id == sa.bindparam("of_organization"),
            _records.c.id == sa.bindparam("of_id"),
        )
        .values(search_text=sa.bindparam("said"))
    )
    for part in _parts(connection):
        connection.execute(written, part)


def _parts(connection: sa.Connection) -> Iterator[list[Mapping[str, str]]]:
    after = ("", "")
    document = sa.cast(_records.c.document, sa.Text())
    names = sa.select(_records.c.organization_id, _records.c.id)
    sizes = names.add_columns(_records.c.size).order_by(*names.selected_columns).limit(_ROWS)
    documents = names.add_columns(document)
    while rows := connection.execute(sizes.where(_key > after)).all():
        last = _reach(rows)
        yield [
            {"of_organization": organization_id, "of_id": record_id, "said": _said(document)}
            for organization_id, record_id, document in connection.execute(
                documents.where(_key > after, _key <= last)
            )
        ]
        after = last


def _reach(rows: Sequence[sa.Row[tuple[str, str, int]]]) -> tuple[str, str]:
    """Give the key of the last of the rows that are taken at once: one, or as many as go in."""
    left = _BYTES
    last = rows[0]
    for row in rows:
        left -= row.size
        if left < 0:
            break
        last = row
    return last.organization_id, last.id


def _said(document: str) -> str:
    """Give texts, numbers as JSON spells them and the items of lists, a line each."""
    said: list[str] = []
    for value in orjson.loads(document).values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                said.append(item)
            elif item is not None and not isinstance(item, bool):
                said.append(orjson.dumps(item).decode())
    return "\n".join(filter(None, said)).lower().replace("\u03c2", "\u03c3")
