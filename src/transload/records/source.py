"""Records as documents: what the engine of long reads is told of them."""

from collections.abc import Mapping, Sequence
from functools import partial

from sqlalchemy import ColumnElement, func

from transload.data_types.model import KEY_FIELD, DataType
from transload.data_types.values import KINDS
from transload.db.tables import records
from transload.documents.filters import Holds
from transload.documents.order import Order
from transload.documents.source import Member, Schema, Source, plain, plain_or_null, spelled
from transload.records import store
from transload.records.schema.upgrade import upgraded_values
from transload.records.store import Selection

NATURAL = frozenset({"createdTime", "_id"})
"""The names that sort records in the order of their creation, which indexes have."""
_MEMBERS: Mapping[str, Member] = {
    "_id": plain(records.c.id),
    "dataTypeId": plain(records.c.data_type_id),
    "hubId": plain_or_null(records.c.hub_id),
    "organizationId": plain(records.c.organization_id),
    "createdBy": spelled(records.c.created_by),
    "updatedBy": spelled(records.c.updated_by),
    "createdTime": plain(records.c.created_time),
    "updatedTime": plain(records.c.updated_time),
}
_SORT_COLUMNS: Mapping[str, ColumnElement[str]] = {
    "_id": records.c.id,
    "createdTime": records.c.created_time,
    "dataTypeId": records.c.data_type_id,
    "hubId": func.nullif(records.c.hub_id, ""),
    "organizationId": records.c.organization_id,
    "createdBy": records.c.created_by,
    "updatedBy": records.c.updated_by,
    "updatedTime": records.c.updated_time,
    KEY_FIELD: records.c.data_id,
}


def source_of(selection: Selection, types: Sequence[DataType] = ()) -> Source:
    """Give the selected records as documents; `types` are those that they may be of."""
    is_of_one_type = selection.data_type_id is not None and len(types) == 1
    return Source(
        table=records,
        conditions=store.conditions(selection),
        key=records.c.id,
        size=records.c.size,
        document=records.c.document,
        schema_id=records.c.data_type_id,
        schema_version=records.c.shape,
        members=_MEMBERS,
        natural=NATURAL,
        sort_columns=_SORT_COLUMNS,
        field_ids=[field.id for field in types[0].fields] if is_of_one_type else None,
        schemas={one.id: _schema(one) for one in types if one.same_since > 1},
        count=lambda connection: store.count(connection, selection),
        is_counted=not selection.limited_type_ids,
    )


def order_by(types: Sequence[DataType], name: str, *, is_descending: bool) -> Order:
    """Give the order by a name; a field about which `types` disagree sorts as text."""
    fields = (field for data_type in types for field in data_type.fields if field.id == name)
    held = {KINDS[field.value_type].holds for field in fields}
    holds = held.pop() if len(held) == 1 else Holds.TEXT
    return Order(name=name, is_descending=is_descending, holds=holds)


def _schema(data_type: DataType) -> Schema:
    return Schema(
        compatible_since=data_type.same_since, upgrade=partial(upgraded_values, data_type)
    )
