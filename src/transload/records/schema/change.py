"""Changes of data types, and of the records that they have.

A change is made at once. The documents of few records are rewritten with it; those of many by a
background job, and until then they are brought into the new form as they are read.

Whether all records fit a field's new type is known before it is given: those that there are are
looked through in a snapshot, while others go on writing. Before that the type's shape is raised by
one, with nothing else changed. Writers hold the type and mark what they write with its shape, so
that the transaction that makes the change, which none of them shares, finds by this mark what was
written since, and looks through these alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import sleep

import orjson
from sqlalchemy import Connection

from transload import audit
from transload.accounts import organization_store
from transload.accounts.model import Actor, Permission
from transload.data_types import run
from transload.data_types import store as data_types
from transload.data_types.changing import Changes, changed, converted_fields
from transload.data_types.model import DataType, Field
from transload.data_types.values import MisfitError
from transload.db.engine import Database
from transload.errors import BusyError, ConflictError, NotFoundError
from transload.jobs.model import HandoverError, Queue
from transload.records.schema import statements
from transload.records.schema.statements import Rewritten, Shaped, Stored
from transload.records.schema.upgrade import converted, upgraded
from transload.shutdown import Shutdown

RESHAPE = "reshape"
_MAX_ROUNDS = 10
_RETRY_SECONDS = 5
_PAUSE_SECONDS = 0.1
_MAX_SHOWN_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """The type whose records of shapes below its own all fit; later ones may not."""

    data_type: DataType

    def is_of(self, data_type: DataType) -> bool:
        """Tell whether documents are still of the form that was looked through."""
        known = self.data_type
        return (known.fields, known.same_since) == (data_type.fields, data_type.same_since)


def change(
    database: Database,
    queue: Queue,
    actor: Actor,
    data_type_id: str,
    changes: Changes,
    *,
    now: datetime,
) -> DataType:
    """Change a data type; its records follow.

    Raises NotFoundError, InvalidError for a definition that is not sound, ConflictError for a name
    that is taken or a record that does not fit, naming it, and BusyError while the records still
    follow an earlier change, or are written faster than they can be looked through.
    """
    actor.require(Permission.EDIT_DATA_TYPE)
    looked: _Looked | None = None
    for _ in range(_MAX_ROUNDS):
        with run.writing(database, changes.name or "") as connection:
            # Before the type: else two that take each other's names would wait for each other.
            organization_store.lock_names(connection, actor.organization_id)
            old = data_types.lock(connection, actor.organization_id, data_type_id)
            if old is None:
                raise NotFoundError
            new = changed(old, changes, actor.email, now)
            run.check(new)
            fields = converted_fields(old, new)
            if not fields or _all_fit(connection, old, fields, looked):
                _apply(connection, queue, old, new)
                run.record(connection, actor, audit.Action.UPDATE, new, now)
                return new
            marked = replace(old, shape=old.shape + 1)
            data_types.replace(connection, marked)
        lowest = looked.data_type.shape if looked is not None and looked.is_of(old) else None
        _look_through(database, marked, fields, lowest)
        looked = _Looked(data_type=marked)
    raise BusyError(
        "The records of this type change too fast to be looked through; try again.",
        retry_after_seconds=_RETRY_SECONDS,
    )


def reshape(database: Database, shutdown: Shutdown, organization_id: str, job_id: str) -> None:
    """Do the job of rewriting a type's documents of older forms; `job_id` begins with its id.

    It rewrites whatever is left to rewrite, so it may be killed and started anew at any moment.
    """
    data_type_id = job_id.partition(".")[0]
    after: str | None = ""
    with shutdown.awaits():
        while not shutdown.has_begun:
            if after is not None:
                after = _rewrite_next(database, organization_id, data_type_id, after)
            elif _is_rewritten(database, organization_id, data_type_id):
                return
            else:  # somebody is writing those that are left
                after = ""
                sleep(_PAUSE_SECONDS)
    raise HandoverError


def _rewrite_next(
    database: Database, organization_id: str, data_type_id: str, after: str
) -> str | None:
    with database.write() as connection:
        held = data_types.hold(connection, organization_id, [data_type_id])
        if data_type_id not in held:
            return None
        return _rewrite_part(connection, held[data_type_id], after)


def _is_rewritten(database: Database, organization_id: str, data_type_id: str) -> bool:
    with database.read() as connection:
        data_type = data_types.find(connection, organization_id, data_type_id)
        return data_type is None or not statements.has_any(connection, _older(data_type))


def _all_fit(
    connection: Connection, old: DataType, fields: Sequence[Field], looked: _Looked | None
) -> bool:
    """Tell whether all records are known to fit the changed fields; few are looked through now."""
    if statements.fits_one_transaction(connection, _all(old)):
        _catch_up(connection, old)
        wanted = _all(old)
    elif looked is not None and looked.is_of(old):
        wanted = replace(_all(old), lowest=looked.data_type.shape)
        if not statements.fits_one_transaction(connection, wanted):
            return False
    else:
        return False
    _check_part(statements.find_part(connection, wanted, "")[0], fields)
    return True


def _look_through(
    database: Database, data_type: DataType, fields: Sequence[Field], lowest: int | None
) -> None:
    """Raise ConflictError if a record of that shape or a later one does not fit."""
    wanted = replace(_all(data_type), lowest=lowest)
    with database.long_snapshot() as connection:
        if lowest is None and statements.has_any(connection, _older(data_type)):
            raise _still_following(data_type)
        after: str | None = ""
        while after is not None:
            part, after = statements.find_part(connection, wanted, after)
            _check_part(part, fields)


def _check_part(part: Sequence[Stored], fields: Sequence[Field]) -> None:
    for stored in part:
        values = orjson.loads(stored.document)
        for field in fields:
            try:
                converted(field, values.get(field.id))
            except MisfitError as misfit:
                shown = orjson.dumps(values[field.id]).decode()
                if len(shown) > _MAX_SHOWN_LENGTH:
                    shown = f"{shown[:_MAX_SHOWN_LENGTH]}..."
                raise ConflictError(
                    f"The field {field.id} cannot be changed so: the record with the dataId "
                    f"{stored.data_id} has {shown}, and it {misfit}."
                ) from misfit


def _apply(connection: Connection, queue: Queue, old: DataType, new: DataType) -> None:
    """Write the type and, where they are few, its documents; many are left to the job."""
    data_types.replace(connection, new)
    if new.same_since == old.same_since:
        return
    if statements.fits_one_transaction(connection, _all(new)):
        _rewrite_part(connection, new, "")
    if statements.has_any(connection, _older(new)):
        queue.enqueue(
            connection,
            RESHAPE,
            organization_id=new.organization_id,
            job_id=f"{new.id}.{new.shape}",
        )


def _catch_up(connection: Connection, data_type: DataType) -> None:
    """Rewrite the few documents that are of an older form, for each is converted once a change."""
    _rewrite_part(connection, data_type, "")
    if statements.has_any(connection, _older(data_type)):
        raise _still_following(data_type)


def _rewrite_part(connection: Connection, data_type: DataType, after: str) -> str | None:
    """Rewrite the next documents of older forms beyond an id; give the id that they reach."""
    part, last = statements.find_part(connection, _older(data_type), after, is_locking=True)
    documents = [upgraded(data_type, stored.shape, stored.document) for stored in part]
    statements.rewrite(
        connection,
        data_type.organization_id,
        data_type.shape,
        [
            Rewritten(id=stored.id, document=document, size=len(document.encode()))
            for stored, document in zip(part, documents, strict=True)
        ],
    )
    return last


def _all(data_type: DataType) -> Shaped:
    return Shaped(organization_id=data_type.organization_id, data_type_id=data_type.id)


def _older(data_type: DataType) -> Shaped:
    return replace(_all(data_type), below=data_type.same_since)


def _still_following(data_type: DataType) -> BusyError:
    return BusyError(
        f"The records of {data_type.name} still follow an earlier change of it; try again.",
        retry_after_seconds=_RETRY_SECONDS,
    )
