"""One document as one line of JSON, put together by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from sqlalchemy import ColumnElement, Connection, Text, cast, func, literal

from transload.db.dialect import json_member
from transload.documents.source import Source
from transload.formats.json_cutter import Cutter

_GROUP = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a line holds: the values of `names`, which are members of the source or fields.

    An exact line has these keys, in this order, and no other; a line that need not be exact may
    have more, in any order, which is faster.
    """

    names: Sequence[str]
    is_exact: bool

    def members(self, source: Source) -> list[str]:
        """Give those of the names that are not in the document."""
        return [name for name in self.names if name in source.members]


def read_line(
    connection: Connection, source: Source, content: Content
) -> tuple[ColumnElement[str], Cutter | None]:
    """Give the line to read, and what cuts the content's own line out of it, where it is not that.

    A stored document is copied, and its values cut, faster than the database takes it apart.
    """
    names = content.members(source)
    if not content.is_exact:
        return _whole_line(connection, source, names), None
    if source.field_ids is None or len(names) == len(content.names):
        return projected_line(connection, source, content.names), None
    keys = [*names, *source.field_ids]
    if not set(content.names) <= set(keys):
        return projected_line(connection, source, content.names), None
    if keys == list(content.names):
        return _whole_line(connection, source, names), None
    return _whole_line(connection, source, names), Cutter(keys=keys, chosen=content.names)


def projected_line(
    connection: Connection, source: Source, names: Sequence[str]
) -> ColumnElement[str]:
    """Give a line of exactly the named values, `null` where a document has none."""
    return literal("{") + _concatenated(_values(connection, source, names)) + literal("}")


def _whole_line(
    connection: Connection, source: Source, members: Sequence[str]
) -> ColumnElement[str]:
    """Give the stored document with values of the system put in front."""
    document = cast(source.document, Text)
    if not members:
        return document
    front = _concatenated(_values(connection, source, members))
    return literal("{") + front + literal(",") + func.substr(document, 2)


def _concatenated(members: Sequence[ColumnElement[str]]) -> ColumnElement[str]:
    """Join the members with commas; in groups, for SQLite takes no 1,000 in one expression."""
    if len(members) <= _GROUP:
        return reduce(lambda left, right: left + literal(",") + right, members)
    starts = range(0, len(members), _GROUP)
    # Without the cast the groups would be flattened into one.
    return _concatenated([cast(_concatenated(members[at : at + _GROUP]), Text) for at in starts])


def _values(
    connection: Connection, source: Source, names: Sequence[str]
) -> list[ColumnElement[str]]:
    return [literal(f'"{name}":') + _value(connection, source, name) for name in names]


def _value(connection: Connection, source: Source, name: str) -> ColumnElement[str]:
    member = source.members.get(name)
    return json_member(connection, source.document, name) if member is None else member(connection)
