"""One record as one line of JSON, put together by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from sqlalchemy import ColumnElement, Connection, Text, case, cast, func, literal

from transload.data_types.model import SYSTEM_NAMES, DataType
from transload.db.dialect import json_member, json_text
from transload.db.tables import records
from transload.formats.json_cutter import Cutter

_GROUP = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a line holds: the values of `names`.

    An exact line has these keys, in this order, and no other; a line that need not be exact may
    have more, in any order, which is faster. `data_type` is the type of all the records, or None;
    then `data_types` are those that they may be of.
    """

    names: Sequence[str]
    is_exact: bool
    data_type: DataType | None
    data_types: Sequence[DataType] = ()

    @property
    def system_names(self) -> list[str]:
        """Those of the names that are not in the document."""
        return [name for name in self.names if name in SYSTEM_NAMES]

    @property
    def changed_types(self) -> dict[str, DataType]:
        """Those of the types that may have documents in an older form than their present one."""
        types = self.data_types if self.data_type is None else [self.data_type]
        return {one.id: one for one in types if one.same_since > 1}


def read_line(connection: Connection, content: Content) -> tuple[ColumnElement[str], Cutter | None]:
    """Give the line to read, and what cuts the content's own line out of it, where it is not that.

    A stored document is copied, and its values cut, faster than the database takes it apart.
    """
    data_type, names = content.data_type, content.system_names
    if not content.is_exact:
        return _whole_line(connection, names), None
    if data_type is None or len(names) == len(content.names):
        return projected_line(connection, content), None
    keys = [*names, *(field.id for field in data_type.fields)]
    if keys == list(content.names):
        return _whole_line(connection, names), None
    return _whole_line(connection, names), Cutter(keys=keys, chosen=content.names)


def projected_line(connection: Connection, content: Content) -> ColumnElement[str]:
    """Give a line of exactly the named values, `null` where a record has none."""
    return literal("{") + _concatenated(_members(connection, content.names)) + literal("}")


def _whole_line(connection: Connection, system_names: Sequence[str]) -> ColumnElement[str]:
    """Give the stored document with system values put in front."""
    document = cast(records.c.document, Text)
    if not system_names:
        return document
    front = _concatenated(_members(connection, system_names))
    return literal("{") + front + literal(",") + func.substr(document, 2)


def _concatenated(members: Sequence[ColumnElement[str]]) -> ColumnElement[str]:
    """Join the members with commas; in groups, for SQLite takes no 1,000 in one expression."""
    if len(members) <= _GROUP:
        return reduce(lambda left, right: left + literal(",") + right, members)
    starts = range(0, len(members), _GROUP)
    # Without the cast the groups would be flattened into one.
    return _concatenated([cast(_concatenated(members[at : at + _GROUP]), Text) for at in starts])


def _members(connection: Connection, names: Sequence[str]) -> list[ColumnElement[str]]:
    return [literal(f'"{name}":') + _value(connection, name) for name in names]


def _value(connection: Connection, name: str) -> ColumnElement[str]:
    match name:
        case "_id":
            return _quoted(records.c.id)
        case "dataTypeId":
            return _quoted(records.c.data_type_id)
        case "hubId":
            return case((records.c.hub_id == "", "null"), else_=_quoted(records.c.hub_id))
        case "organizationId":
            return _quoted(records.c.organization_id)
        case "createdTime":
            return _quoted(records.c.created_time)
        case "updatedTime":
            return _quoted(records.c.updated_time)
        case "createdBy":
            return json_text(connection, records.c.created_by)
        case "updatedBy":
            return json_text(connection, records.c.updated_by)
        case _:
            return json_member(connection, records.c.document, name)


def _quoted(column: ColumnElement[str]) -> ColumnElement[str]:
    return literal('"') + column + literal('"')
