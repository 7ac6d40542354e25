"""Records as what an import writes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.data_types import store as data_types
from transload.data_types.model import KEY_FIELD, DataType, Field, Provider
from transload.errors import ForbiddenError, MissingError, UnusableError
from transload.hubs import store as hubs
from transload.imports.cells import name_of
from transload.imports.checking import Checked, Rules
from transload.imports.model import ChildTable, Code, Kind, Mode, Proposed, Target, Verdict
from transload.imports.subject import Refusal, Results, TakenBack
from transload.records import rows
from transload.records.access import hidden_fields, is_seen
from transload.records.model import Fault, Record, Rejected, stored_emails
from transload.records.schema.upgrade import current_values
from transload.records.writes import documents
from transload.records.writes.bulk import Effect
from transload.records.writes.documents import CheckedDocuments, DocumentResults, Image
from transload.records.writes.planning import Way

_NOT_YET = datetime.min  # noqa: DTZ901 - of a type that nobody has made
_WAYS = {Mode.UPSERT: Way.MERGE, Mode.INSERT: Way.ADD, Mode.UPDATE: Way.PATCH}
_VERDICTS = {
    Effect.CREATED: Verdict.NEW.value,
    Effect.UPDATED: Verdict.CHANGED.value,
    Effect.UNCHANGED: Verdict.SAME.value,
    Effect.REJECTED: Verdict.INVALID.value,
}
_CODES = {
    Fault.TAKEN: Code.REPEATED,
    Fault.UNKNOWN: Code.NOT_FOUND,
    Fault.FORBIDDEN: Code.FORBIDDEN,
    Fault.INVALID: Code.FORMAT,
    Fault.NOT_CHOSEN: Code.NOT_FOUND,
}


class RecordSubject:
    """Opens data types for the rows of files."""

    kind = Kind.DATA

    def require(self, actor: Actor, target: Target) -> None:
        """Raise ForbiddenError unless the actor may import records."""
        del target  # it is the same everywhere
        actor.require(Permission.IMPORT_DATA)

    def open(self, connection: Connection, actor: Actor, target: Target) -> "RecordDestination":
        """Look up type and hub; a type that is proposed may have no hub yet.

        Raises UnusableError where there is none, InvalidError where a hub is needed, ForbiddenError
        for a hub that the user does not see.
        """
        organization_id = actor.organization_id
        if target.proposed is not None:
            data_type = as_data_type(target.proposed, actor)
        else:
            data_type = _chosen(connection, organization_id, target)
        if target.hub_id:
            if hubs.find(connection, organization_id, target.hub_id) is None:
                raise UnusableError("The selected hubId is invalid.")
            if not actor.sees_hub(target.hub_id):
                raise ForbiddenError
        return RecordDestination(
            actor=actor,
            target=documents.Target(data_type=data_type, hub_id=target.hub_id),
        )


def as_data_type(proposed: Proposed, actor: Actor) -> DataType:
    """Give a proposed type as it would be if the actor had made it."""
    return DataType(
        id=proposed.id,
        organization_id=actor.organization_id,
        name=proposed.name,
        fields=proposed.fields,
        shape=1,
        is_common=proposed.is_common,
        is_limited=proposed.is_limited,
        created_by=actor.email,
        updated_by=actor.email,
        created_time=_NOT_YET,
        updated_time=_NOT_YET,
    )


def _chosen(connection: Connection, organization_id: str, target: Target) -> DataType:
    data_type = data_types.find(connection, organization_id, target.data_type_id)
    if data_type is None or data_type.provider is not Provider.INTERNAL:
        raise UnusableError("The selected dataTypeId is invalid.")
    if not target.hub_id and not data_type.is_common:
        raise MissingError("The hubId field is required.")
    return data_type


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDestination:
    """A type's records, in a hub."""

    actor: Actor
    target: documents.Target

    @property
    def data_type(self) -> DataType:
        """The type."""
        return self.target.data_type

    @property
    def name(self) -> str:
        """The type's name."""
        return self.data_type.name

    @property
    def is_limited(self) -> bool:
        """Each record is seen by those alone whom it names."""
        return self.data_type.is_limited

    @property
    def fields(self) -> tuple[Field, ...]:
        """The type's fields."""
        return self.data_type.fields

    @property
    def mappable(self) -> tuple[Field, ...]:
        """Those that the user may write."""
        hidden = hidden_fields(self.actor, self.data_type)
        return tuple(one for one in self.fields if one.id not in hidden)

    @property
    def key(self) -> str:
        """The field that every type has for it."""
        return KEY_FIELD

    @property
    def children(self) -> tuple[ChildTable, ...]:
        """None: a record has no rows of its own."""
        return ()

    @property
    def template(self) -> tuple[Field, ...]:
        """All of them that the user may write."""
        return self.mappable

    def prepare(
        self, connection: Connection, checked: Checked, rules: Rules, mode: Mode
    ) -> documents.PreparedDocuments:
        """Work out what becomes of the good rows; writes nothing."""
        good = checked.good
        given = CheckedDocuments(
            data_ids=good.get_column("key").to_list(),
            documents=good.get_column("document").to_list(),
            sizes=good.get_column("document").str.len_bytes().to_list(),
            values=good.get_column("values").to_list(),
            is_whole=rules.is_whole,
            missing=rules.missing,
        )
        return documents.prepare(connection, self.actor, self.target, given, _WAYS[mode])

    def results(self, prepared: documents.PreparedDocuments) -> Results:
        """Give what would become of them."""
        return self._results(prepared, prepared.results)

    def write(
        self, connection: Connection, prepared: documents.PreparedDocuments, now: datetime
    ) -> Results | None:
        """Write them; None where records, type or hub have changed since they were prepared."""
        written = documents.write(connection, prepared, now)
        return None if written is None else self._results(prepared, written)

    def current(
        self, connection: Connection, ids: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Give the values of these records, by id."""
        found = rows.find_by_ids(connection, self.actor.organization_id, ids)
        return {
            one.id: current_values(one, self.data_type)
            for one in found.values()
            if is_seen(self.actor, one, self.data_type)
        }

    def take_back(
        self,
        connection: Connection,
        created: Mapping[str, int],
        changed: Mapping[str, tuple[int, str]],
        now: datetime | None,
    ) -> TakenBack:
        """Remove and restore what nobody has edited since."""
        images = [_image(one, version, text) for one, (version, text) in changed.items()]
        if now is None:
            ids = [*created, *changed]
            found = rows.find_by_ids(connection, self.actor.organization_id, ids)
            return TakenBack(
                removed=frozenset(
                    one
                    for one, version in created.items()
                    if documents.is_unedited(self.actor, self.data_type, found.get(one), version)
                ),
                restored=frozenset(
                    one.id
                    for one in images
                    if documents.can_restore(self.actor, self.data_type, one, found.get(one.id))
                ),
            )
        removed = documents.remove_unedited(connection, self.actor, self.data_type, created, now)
        restored = documents.restore(connection, self.actor, self.data_type.id, images, now)
        return TakenBack(removed=frozenset(removed), restored=frozenset(restored))

    def _results(self, prepared: documents.PreparedDocuments, results: DocumentResults) -> Results:
        key = next(one for one in self.fields if one.is_key)
        new, created = Verdict.NEW.value, Effect.CREATED
        return Results(
            # By identity where that is enough: an enum's hash takes longer than all else.
            verdicts=[
                new if effect is created else _VERDICTS[effect] for effect in results.effects
            ],
            ids=results.record_ids,
            versions=results.versions,
            before={at: _image_text(one) for at, one in results.before.items()},
            refusals={
                at: _refusal(key, prepared.keys[at].data_id, one)
                for at, one in results.rejected.items()
            },
        )


def _refusal(key: Field, data_id: str, rejected: Rejected) -> Refusal:
    sentence = rejected.reason.rstrip(".")
    if rejected.fault is Fault.UNKNOWN:
        sentence = f'{name_of(key)} "{data_id}": there is no record to update'
    elif rejected.fault is Fault.TAKEN:
        sentence = f"{name_of(key)}: {sentence[0].lower()}{sentence[1:]}"
    return Refusal(code=_CODES[rejected.fault], field_id=KEY_FIELD, sentence=sentence)


def _image_text(record: Record) -> str:
    """Give all that a write changes of a record, but for what tells of the write itself."""
    return orjson.dumps(
        [record.shape, stored_emails(record.limited_to), dict(record.values)]
    ).decode()


def _image(record_id: str, version: int, text: str) -> Image:
    shape, limited_to, values = orjson.loads(text)
    return Image(
        id=record_id,
        version=version,
        values=values,
        shape=shape,
        limited_to=limited_to,
    )
