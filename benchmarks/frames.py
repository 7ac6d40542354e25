"""A store's records as one typed frame, for the peers that take such."""

from itertools import islice

import polars as pl

from benchmarks.peer import FETCHED, documents
from transload.data_types.model import Field, FieldType
from transload.samples import outlet_fields


def frame(store: str, data_type_id: str) -> pl.DataFrame:
    """Give every record as the row of one frame, its columns named by title and typed."""
    fields = outlet_fields()
    schema = {field.id: _stored_type(field) for field in fields}
    found = documents(store, data_type_id)
    parts = []
    while held := list(islice(found, FETCHED)):
        parts.append(pl.read_ndjson("\n".join(held).encode(), schema=schema))
    return pl.concat(parts).select(_typed(field) for field in fields)


def _stored_type(field: Field) -> type[pl.DataType]:
    match field.type:
        case FieldType.NUMBER:
            return pl.Float64
        case FieldType.BOOLEAN:
            return pl.Boolean
        case _:
            return pl.String


def _typed(field: Field) -> pl.Expr:
    stored = pl.col(field.id)
    match field.type:
        case FieldType.DATE:
            return stored.str.to_date("%Y-%m-%d").alias(field.title)
        case FieldType.DATE_TIME:
            # The samples have none with milliseconds.
            return stored.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="ms").alias(field.title)
        case _:
            return stored.alias(field.title)
