"""Which of the records that a user may read are asked for: one definition for lists and exports."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, case

from transload.data_types.model import KEY_FIELD, DataType, Field, FieldType
from transload.data_types.values import KINDS, MisfitError, canonical
from transload.db.tables import records
from transload.documents.filtering import condition_of, holding_text
from transload.documents.filters import (
    Comparable,
    Scalar,
    named_fields,
    typed,
)
from transload.documents.source import Source
from transload.errors import InvalidError
from transload.records import store
from transload.records.access import Readable
from transload.records.model import EXPORTED_SYSTEM_NAMES, Narrowing
from transload.records.source import source_of

_TIMES = ("createdTime", "updatedTime")


def narrowed(
    connection: Connection, readable: Readable, narrowing: Narrowing
) -> list[ColumnElement[bool]]:
    """Give what those of the readable records fulfil that are asked for, but for the cursor.

    Raises InvalidError for a condition that names no field or does not go with it, ForbiddenError
    for one of a field that is hidden from the user.
    """
    types, wanted = readable.types, narrowing.filter
    source = source_of(readable.selection)
    readable.require_seen(named_fields(wanted.conditions))
    found = []
    if narrowing.data_ids is not None:
        found.append(store.having(connection, readable.selection, types, narrowing.data_ids))
    for condition in wanted.conditions:
        comparable = _comparable(types, condition.field)
        found.append(condition_of(connection, source, typed(condition, comparable)))
    if wanted.text:
        names = list(dict.fromkeys(one.id for data_type in types for one in data_type.fields))
        # It has the values of hidden fields too.
        search_text = None if readable.hidden else records.c.search_text
        found.append(
            holding_text(
                connection,
                source,
                names,
                wanted.text,
                search_text=search_text,
                has_more=_are_older(types),
            )
        )
    return found


def narrowed_source(connection: Connection, readable: Readable, narrowing: Narrowing) -> Source:
    """Give the records that are asked for as documents."""
    source = source_of(readable.selection, readable.stored_types)
    return source.narrowed(narrowed(connection, readable, narrowing))


def _are_older(types: Sequence[DataType]) -> ColumnElement[bool] | None:
    """Tell which records a change has not rewritten yet: they have values of fields gone since."""
    since = {one.id: one.same_since for one in types if one.same_since > 1}
    if not since:
        return None
    return records.c.shape < case(since, value=records.c.data_type_id, else_=1)


def _comparable(types: Sequence[DataType], name: str) -> Comparable:
    """Give a field as conditions see it; raise InvalidError where there is none or types disagree.

    An organization without types has a key field too.
    """
    if name in EXPORTED_SYSTEM_NAMES or name == KEY_FIELD:
        kind = FieldType.DATE_TIME if name in _TIMES else FieldType.STRING
        return _of_fields([Field(id=name, title=name, type=kind)])
    fields = [one for data_type in types for one in data_type.fields if one.id == name]
    if not fields:
        raise InvalidError(f"The filter parameter names what is no field: {name}.")
    if len({one.value_type for one in fields}) > 1:
        raise InvalidError(
            f"The filter parameter names {name}, about which data types disagree: "
            "name one with dataTypeId."
        )
    return _of_fields(fields)


def _of_fields(fields: Sequence[Field]) -> Comparable:
    def read(value: object) -> Scalar | None:
        """Read a value as the first of the fields that holds it; their options may differ."""
        for one in fields[:-1]:
            try:
                return _scalar(canonical(one, value))
            except MisfitError:
                continue
        try:
            return _scalar(canonical(fields[-1], value))
        except MisfitError as misfit:
            raise ValueError(str(misfit)) from misfit

    return Comparable(holds=KINDS[fields[0].value_type].holds, read=read)


def _scalar(value: object) -> Scalar | None:
    return value if isinstance(value, str | int | float | bool) else None
