"""Records as a subject of exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.configs.model import Collection
from transload.data_types import store as data_types
from transload.data_types.model import DataType
from transload.documents.order import Slice
from transload.errors import InvalidError
from transload.exports.model import ExportRequest
from transload.exports.record_columns import columns, is_known, require_known
from transload.exports.saved_columns import SavedColumns, find_columns, note_of_gone
from transload.exports.subject import Plan
from transload.formats.columns import Table
from transload.formats.csv_rows import PLAIN, Dialect
from transload.formats.registry import Format
from transload.records.access import Readable, Request, find_readable, require_hub
from transload.records.elsewhere import names_elsewhere, sentence_of_many, sentence_of_one
from transload.records.model import ALL, Narrowing, narrowing_of
from transload.records.narrowing import narrowed_source
from transload.records.source import order_by

DATA = "data"
_ALL_TYPES = "All data types"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsRequest(ExportRequest):
    """An export of the records of a type and a hub; None: of all that the user sees."""

    hub_id: str | None
    data_type_id: str | None
    narrowing: Narrowing = ALL
    config_id: str | None = None
    dialect: Dialect = PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records: one table, a row each."""

    report: str = DATA
    permission: Permission = Permission.EXPORT_DATA
    denied: str = "You do not have permission to export data"

    def parsed(self, stored: Mapping[str, Any]) -> RecordsRequest:
        """Give a request that was stored as JSON."""
        fields = stored["fields"]
        known = {
            "format": Format(stored["format"]),
            "fields": None if fields is None else tuple(fields),
            "narrowing": narrowing_of(stored.get("narrowing")),
            "dialect": Dialect(**stored.get("dialect", {})),
        }
        return RecordsRequest(**{**stored, **known})

    def plan(self, connection: Connection, actor: Actor, request: ExportRequest) -> Plan:
        """Check a request against permissions, types and hubs as they are now."""
        if not isinstance(request, RecordsRequest):
            raise TypeError("The request is not one for records.")
        actor.require(self.permission, self.denied)
        saved = find_columns(connection, actor.organization_id, request.config_id, Collection.DATA)
        readable = find_readable(
            connection,
            actor,
            Request(
                data_type_id=request.data_type_id or _only_type(connection, actor, saved),
                only_type_ids=(saved.reference_ids or None) if saved else None,
                hub_id=request.hub_id,
                hides_limited=not actor.is_admin,
                denied=self.denied,
            ),
        )
        elsewhere = _elsewhere(readable)
        if request.hub_id is not None:
            require_hub(connection, actor, request.hub_id)
        readable.require_seen([*(request.fields or ()), request.sort_by])
        data_type = None if readable.stored_type is None else readable.types[0]
        titles = {} if saved is None else saved.titles
        names = request.fields or (None if saved is None else saved.seen(readable.hidden))
        found = columns(data_type, readable.types, names, titles)
        gone = [column.id for column in found if not is_known(data_type, readable.types, column.id)]
        require_known(data_type, readable.types, request.sort_by)
        return Plan(
            format=request.format,
            name=_name(data_type, saved),
            source=narrowed_source(connection, readable, request.narrowing),
            order=order_by(readable.types, request.sort_by, is_descending=request.is_descending),
            part=Slice(offset=(request.page - 1) * request.limit, limit=request.limit),
            names=[column.id for column in found],
            tables=[Table(columns=found)],
            notes=[*note_of_gone(gone), *elsewhere],
            dialect=request.dialect,
        )


def _name(data_type: DataType | None, saved: SavedColumns | None) -> str:
    if saved is not None:
        return saved.name
    return _ALL_TYPES if data_type is None else data_type.name


def _elsewhere(readable: Readable) -> list[str]:
    """Say of which types the records are not in the file, as another system has them.

    Raises InvalidError where it is the one that is asked for.
    """
    names = names_elsewhere(readable.types)
    if not names:
        return []
    if readable.stored_type is not None:
        raise InvalidError(sentence_of_one(names[0], "not exported"), is_whole=True)
    return [sentence_of_many(names, "not in the file")]


def _only_type(connection: Connection, actor: Actor, saved: SavedColumns | None) -> str | None:
    """Give the one data type that a config is for, as long as there is one."""
    if saved is None or len(saved.reference_ids) != 1:
        return None
    (data_type_id,) = saved.reference_ids
    found = data_types.find(connection, actor.organization_id, data_type_id)
    return None if found is None else found.id
