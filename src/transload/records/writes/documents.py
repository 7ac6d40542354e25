"""Many records of one type whose documents have been checked already, as those of files are.

    with database.read() as connection:
        batch = prepare(connection, actor, target, rows, way)
    with database.write() as connection:
        results = write(connection, batch, now)

Unlike in `bulk`, no item is looked at by itself where its record is new: a file has many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from transload import audit
from transload.accounts.model import Actor
from transload.data_types import store as data_types
from transload.data_types.model import DataType
from transload.errors import DENIED
from transload.records import rows
from transload.records.access import hidden_fields, is_seen
from transload.records.model import Accepted, Fault, Key, Record, Rejected, accept
from transload.records.schema.upgrade import current_values, fits, upgraded_values
from transload.records.writes import statements
from transload.records.writes.bulk import Effect, record
from transload.records.writes.planning import (
    HUB_FIXED,
    NOT_FOUND,
    PendingWrite,
    Way,
    key_of,
    taken,
)
from transload.records.writes.statements import Change, NewRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where records go. `hub_id` is empty for records of no hub."""

    data_type: DataType
    hub_id: str

    def key(self, data_id: str) -> Key:
        """Give the key of the record that has that dataId there."""
        return key_of(self.data_type, self.hub_id, data_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDocuments:
    """Documents that fit their type, side by side.

    `data_ids`: their keys, each once. `documents`: the whole of a new record as canonical JSON, and
    `sizes` its bytes.
    `values`: the fields that are named, as a JSON object of canonical values. `is_whole`: every
    field is named. `missing`: faults that each new record has.
    """

    data_ids: Sequence[str]
    documents: Sequence[str]
    sizes: Sequence[int]
    values: Sequence[str]
    is_whole: bool
    missing: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResults:
    """What became of documents, or would, side by side in their order.

    A record has an id and a version unless it was not made. `before` are the records that are
    changed as they were, `rejected` the refusals, both by position.
    """

    effects: list[Effect]
    record_ids: list[str | None]
    versions: list[int | None]
    before: dict[int, Record]
    rejected: dict[int, Rejected]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedDocuments:
    """What becomes of documents by the records that there were.

    `results` are what they would be if all went as prepared.
    """

    actor: Actor
    target: Target
    keys: Sequence[Key]
    known: Mapping[str, int]
    new: Sequence[int]
    inserted: Sequence[NewRecord]
    changed: Sequence[tuple[int, PendingWrite, Record]]
    results: DocumentResults


def prepare(
    connection: Connection, actor: Actor, target: Target, given: CheckedDocuments, way: Way
) -> PreparedDocuments:
    """Work out what is to be written; writes nothing. What would change nothing is not written."""
    place = target.key("")
    keys = [Key(place.data_type_id, place.scope, data_id) for data_id in given.data_ids]
    existing = rows.find_by_keys(connection, actor.organization_id, keys)
    refusal = _refusal_of_new(actor, target, given, way)
    results = DocumentResults(
        effects=[Effect.CREATED if refusal is None else Effect.REJECTED] * len(keys),
        record_ids=[None] * len(keys),
        versions=[None] * len(keys),
        before={},
        rejected={},
    )
    new: list[int] = []
    changed: list[tuple[int, PendingWrite, Record]] = []
    for at, key in enumerate(keys):
        found = existing.get(key)
        if found is None and refusal is None:
            new.append(at)
            continue
        planned = (
            refusal if found is None else _change(actor, target, given, way, at=at, found=found)
        )
        if found is None or isinstance(planned, Rejected) or planned is None:
            results.effects[at] = Effect.REJECTED
            results.rejected[at] = planned if isinstance(planned, Rejected) else NOT_FOUND
            continue
        is_same = planned.is_unchanged
        results.effects[at] = Effect.UNCHANGED if is_same else Effect.UPDATED
        results.record_ids[at], results.versions[at] = found.id, found.version
        if not is_same:
            results.before[at] = found
            changed.append((at, planned, found))
    return PreparedDocuments(
        actor=actor,
        target=target,
        keys=keys,
        known={one.id: one.version for one in existing.values()},
        new=new,
        inserted=_new_records(target, given, new),
        changed=changed,
        results=results,
    )


def write(
    connection: Connection, prepared: PreparedDocuments, now: datetime
) -> DocumentResults | None:
    """Write what was prepared; None, and nothing is written, where the store has moved on since.

    That is the records, their type or their hub. The transaction, which is the caller's, holds the
    organization's records until it ends. Leaves an audit event for what it created, and one for
    what it changed.
    """
    actor, organization_id = prepared.actor, prepared.actor.organization_id
    if not _is_held(connection, prepared):
        return None
    if rows.find_versions(connection, organization_id, prepared.keys) != prepared.known:
        return None
    results = prepared.results
    ids = statements.insert(connection, organization_id, actor.email, prepared.inserted)
    for at, record_id in zip(prepared.new, ids, strict=True):
        results.record_ids[at], results.versions[at] = record_id, 1
    time = now.strftime("%Y-%m-%d %H:%M:%S")
    changes = [pending.to_change(before, time) for _, pending, before in prepared.changed]
    statements.change(connection, organization_id, actor.email, changes)
    for (at, _, _), change in zip(prepared.changed, changes, strict=True):
        results.versions[at] = change.version
    record(connection, actor, audit.Action.CREATE, ids, now)
    record(connection, actor, audit.Action.UPDATE, [change.id for change in changes], now)
    return results


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A record as it was, by which it can be made so again."""

    id: str
    version: int
    values: Mapping[str, Any]
    shape: int
    limited_to: str


def can_restore(actor: Actor, data_type: DataType, image: Image, present: Record | None) -> bool:
    """Tell whether a record can be made as it was.

    Nobody has edited it since, the user sees it, its former values fit its type, and those that are
    hidden from the user are the same.
    """
    if present is None or not is_unedited(actor, data_type, present, image.version):
        return False
    if not fits(data_type, image.shape, image.values):
        return False
    hidden = hidden_fields(actor, data_type)
    if not hidden:
        return True
    before = upgraded_values(data_type, image.shape, image.values)
    after = current_values(present, data_type)
    return all(before.get(name) == after.get(name) for name in hidden)


def is_unedited(
    actor: Actor, data_type: DataType, present: Record | rows.Outline | None, version: int
) -> bool:
    """Tell whether a record still has the version, and is there at all for the user."""
    return present is not None and present.version == version and is_seen(actor, present, data_type)


def restore(
    connection: Connection,
    actor: Actor,
    data_type_id: str,
    images: Sequence[Image],
    now: datetime,
) -> list[str]:
    """Write records of a type as they were, those that can be restored; give their ids.

    They get the form that their type has now. The transaction holds the type, and the
    organization's records.
    """
    organization_id = actor.organization_id
    statements.lock(connection, organization_id)
    data_type = data_types.hold(connection, organization_id, [data_type_id]).get(data_type_id)
    if data_type is None:
        return []
    found = rows.find_by_ids(connection, organization_id, [one.id for one in images])
    changes = []
    for image in images:
        present = found.get(image.id)
        if present is None or not can_restore(actor, data_type, image, present):
            continue
        values = upgraded_values(data_type, image.shape, image.values)
        document = orjson.dumps(values).decode()
        changes.append(
            Change(
                id=image.id,
                data_id=present.data_id,
                version=present.version + 1,
                shape=data_type.shape,
                document=document,
                size=len(document.encode()),
                limited_to=image.limited_to,
                updated_time=max(now.strftime("%Y-%m-%d %H:%M:%S"), present.created_time),
            )
        )
    statements.change(connection, organization_id, actor.email, changes)
    ids = [change.id for change in changes]
    record(connection, actor, audit.Action.UPDATE, ids, now)
    return ids


def remove_unedited(
    connection: Connection,
    actor: Actor,
    data_type: DataType,
    versions: Mapping[str, int],
    now: datetime,
) -> list[str]:
    """Remove a type's records that have the versions given yet, and are the user's to remove.

    Gives the ids of those removed. The transaction holds the organization's records.
    """
    organization_id = actor.organization_id
    statements.lock(connection, organization_id)
    found = rows.find_outlines(connection, organization_id, sorted(versions))
    same = [one for one in found.values() if is_unedited(actor, data_type, one, versions[one.id])]
    statements.remove(connection, organization_id, same, now)
    ids = [one.id for one in same]
    record(connection, actor, audit.Action.DELETE, ids, now)
    return ids


def _is_held(connection: Connection, prepared: PreparedDocuments) -> bool:
    """Keep type and hub as they are until the transaction ends; False if they have changed."""
    organization_id, target = prepared.actor.organization_id, prepared.target
    statements.lock(connection, organization_id)
    held = data_types.hold(connection, organization_id, [target.data_type.id])
    hub_ids = {target.hub_id} - {""}
    return (
        held.get(target.data_type.id) == target.data_type
        and statements.hold_hubs(connection, organization_id, hub_ids) == hub_ids
    )


def _refusal_of_new(
    actor: Actor, target: Target, given: CheckedDocuments, way: Way
) -> Rejected | None:
    """Give why no new record can be made, whatever it holds."""
    if target.hub_id and not actor.sees_hub(target.hub_id):
        return Rejected(reason=DENIED, fault=Fault.FORBIDDEN)
    if way is Way.PATCH:
        return NOT_FOUND
    if given.missing:
        return Rejected(reason="; ".join(given.missing) + ".")
    return None


def _new_records(target: Target, given: CheckedDocuments, new: Sequence[int]) -> list[NewRecord]:
    kind, hub_id = target.data_type, target.hub_id
    scope = "" if kind.is_common else hub_id
    data_ids, documents, sizes = given.data_ids, given.documents, given.sizes
    # By place: by name, it takes twice as long for each of a file's many.
    return [
        NewRecord(kind.id, hub_id, scope, data_ids[at], kind.shape, documents[at], sizes[at], "")
        for at in new
    ]


def _change(
    actor: Actor,
    target: Target,
    given: CheckedDocuments,
    way: Way,
    *,
    at: int,
    found: Record,
) -> PendingWrite | Rejected:
    """Give what is to be written over the record that has the key already."""
    is_patch = way is Way.PATCH
    if way is Way.ADD or not is_seen(actor, found, target.data_type):
        return NOT_FOUND if is_patch else taken(found.data_id)
    if target.hub_id not in {found.hub_id, ""}:
        return NOT_FOUND if is_patch else HUB_FIXED
    accepted = _merged(target, given, at, found)
    if isinstance(accepted, Rejected):
        return accepted
    return PendingWrite(
        data_type=target.data_type,
        hub_id=found.hub_id,
        record=found,
        accepted=accepted,
        limited_to=found.limited_to,
    )


def _merged(target: Target, given: CheckedDocuments, at: int, found: Record) -> Accepted | Rejected:
    if given.is_whole:
        document = given.documents[at]
        return Accepted(data_id=given.data_ids[at], document=document, size=len(document.encode()))
    values = current_values(found, target.data_type)
    return accept(target.data_type, {**values, **orjson.loads(given.values[at])})
