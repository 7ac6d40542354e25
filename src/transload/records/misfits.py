"""Which records would not fit a change of their data type, before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.data_types import run
from transload.data_types import store as data_types
from transload.data_types.changing import Changes, changed, converted_fields
from transload.data_types.model import DataType, Field
from transload.data_types.values import MisfitError
from transload.db.engine import Database
from transload.errors import NotFoundError
from transload.records import rows
from transload.records.access import hidden_fields, is_seen
from transload.records.schema import statements
from transload.records.schema.statements import Shaped
from transload.records.schema.upgrade import converted, upgraded

MOST_SHOWN = 100
_MAX_SHOWN_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A value that would not fit: of which record, in which field, as JSON, and why not."""

    record_id: str
    data_id: str
    field_id: str
    value: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfits:
    """How many values would not fit, and the first of those that the user may see."""

    total: int
    shown: Sequence[Misfit]


def find_misfits(
    database: Database, actor: Actor, data_type_id: str, changes: Changes, now: datetime
) -> Misfits:
    """Look through a type's records for what a change would be refused for; changes nothing.

    Raises as the change would: NotFoundError, InvalidError for a definition that is not sound.
    """
    actor.require(Permission.EDIT_DATA_TYPE)
    with database.long_snapshot() as connection:
        old = data_types.find(connection, actor.organization_id, data_type_id)
        if old is None:
            raise NotFoundError
        new = changed(old, changes, actor.email, now)
        run.check(new)
        fields = converted_fields(old, new)
        if not fields:
            return Misfits(total=0, shown=())
        return _looked_through(connection, actor, old, fields)


def _looked_through(
    connection: Connection, actor: Actor, data_type: DataType, fields: Sequence[Field]
) -> Misfits:
    wanted = Shaped(organization_id=data_type.organization_id, data_type_id=data_type.id)
    hidden = hidden_fields(actor, data_type)
    total, shown = 0, list[Misfit]()
    after: str | None = ""
    while after is not None:
        part, after = statements.find_part(connection, wanted, after)
        found = [
            misfit
            for stored in part
            for misfit in _of_document(
                stored.id,
                stored.data_id,
                upgraded(data_type, stored.shape, stored.document),
                fields,
            )
        ]
        total += len(found)
        room = MOST_SHOWN - len(shown)
        shown += _seen(
            connection,
            actor,
            data_type,
            [one for one in found[: 2 * room] if one.field_id not in hidden],
        )[:room]
    return Misfits(total=total, shown=shown)


def _of_document(
    record_id: str, data_id: str, document: str, fields: Sequence[Field]
) -> list[Misfit]:
    values = orjson.loads(document)
    found = []
    for field in fields:
        try:
            converted(field, values.get(field.id))
        except MisfitError as misfit:
            text = orjson.dumps(values[field.id]).decode()
            is_long = len(text) > _MAX_SHOWN_LENGTH
            found.append(
                Misfit(
                    record_id=record_id,
                    data_id=data_id,
                    field_id=field.id,
                    value=f"{text[:_MAX_SHOWN_LENGTH]}..." if is_long else text,
                    sentence=str(misfit),
                )
            )
    return found


def _seen(
    connection: Connection, actor: Actor, data_type: DataType, misfits: Sequence[Misfit]
) -> list[Misfit]:
    """Give those of records that are there for the user."""
    if not misfits or not actor.may(Permission.VIEW_DATA):
        return []
    ids = list(dict.fromkeys(one.record_id for one in misfits))
    known = rows.find_by_ids(connection, actor.organization_id, ids)
    return [
        one
        for one in misfits
        if one.record_id in known and is_seen(actor, known[one.record_id], data_type)
    ]
