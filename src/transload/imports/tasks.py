"""Tasks as what an import writes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.clock import Clock
from transload.data_types.model import Field
from transload.errors import (
    ConflictError,
    ForbiddenError,
    MissingError,
    NotFoundError,
    TransloadError,
    UnusableError,
)
from transload.flows import store as flows
from transload.flows.model import Flow
from transload.flows.reserved import RESERVED_KEYS, KeyKind
from transload.hubs import store as hubs
from transload.imports.checking import Checked, Rules
from transload.imports.model import ChildTable, Code, Kind, Mode, Target, Verdict
from transload.imports.subject import Refusal, Results, TakenBack
from transload.imports.task_fields import (
    KEY,
    KEY_TITLE,
    children_of,
    costs_of,
    fields_of,
    template_of,
)
from transload.tasks import planning, store
from transload.tasks.accepting import Writer
from transload.tasks.model import Task
from transload.tasks.planning import Image, Item, Plan, Planned, Prepared, Wanted
from transload.tasks.values import task_time

_WANTED = {Mode.UPSERT: Wanted.EITHER, Mode.INSERT: Wanted.NEW, Mode.UPDATE: Wanted.CHANGED}
_OF_THE_FLOW = ("flow", "flowId")
_HUB = "hubId"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSubject:
    """Opens flows for the rows of files."""

    clock: Clock
    kind: Kind = Kind.TASK

    def require(self, actor: Actor, target: Target) -> None:
        """Raise ForbiddenError unless the actor may import tasks, and add tasks of the flow."""
        actor.require(Permission.IMPORT_TASK)
        allowed = actor.addable_flow_ids
        if allowed is not None and target.flow_id not in allowed:
            raise ForbiddenError

    def open(self, connection: Connection, actor: Actor, target: Target) -> "TaskDestination":
        """Look up flow and hub.

        Raises UnusableError where there is none, MissingError where no hub is named, ForbiddenError
        for a hub that the user does not see.
        """
        organization_id = actor.organization_id
        flow = flows.find(connection, organization_id, target.flow_id)
        if flow is None:
            raise UnusableError("The selected flowId is invalid.")
        if not target.hub_id:
            raise MissingError("The hubId field is required.")
        if hubs.find(connection, organization_id, target.hub_id) is None:
            raise UnusableError("The selected hubId is invalid.")
        if not actor.sees_hub(target.hub_id):
            raise ForbiddenError
        return TaskDestination(
            actor=actor,
            flow=flow,
            hub_id=target.hub_id,
            writer=Writer(email=actor.email, now=self.clock.now()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDestination:
    """A flow's tasks. New ones are of the hub, unless their row names another.

    Opened at another moment, as its `writer` has it, it is the same still.
    """

    actor: Actor
    flow: Flow
    hub_id: str
    writer: Writer = field(compare=False)

    @property
    def name(self) -> str:
        """The flow's name."""
        return self.flow.name

    @property
    def is_limited(self) -> bool:
        """Tasks are seen by all who see their hub."""
        return False

    @property
    def fields(self) -> tuple[Field, ...]:
        """The keys that a client may write, and the flow's components."""
        return fields_of(self.flow)

    @property
    def mappable(self) -> tuple[Field, ...]:
        """Those that the user's role does not hide; with a bill go its costs."""
        hidden = self._hidden
        costs = costs_of(self.flow)
        return tuple(
            one
            for one in self.fields
            if one.id not in hidden and costs.get(one.id, ("", ""))[0] not in hidden
        )

    @property
    def key(self) -> str:
        """The ID: of a task, or of the row alone."""
        return KEY

    @property
    def children(self) -> tuple[ChildTable, ...]:
        """The bills and lists that the user's role does not hide."""
        hidden = self._hidden
        return tuple(one for one in children_of(self.flow) if one.field_id not in hidden)

    @property
    def template(self) -> tuple[Field, ...]:
        """What people fill in."""
        return template_of(self.flow, self.mappable)

    def prepare(
        self, connection: Connection, checked: Checked, rules: Rules, mode: Mode
    ) -> Prepared:
        """Work out what becomes of the good rows; writes nothing."""
        good = checked.good
        costs = costs_of(self.flow)
        times = [name for name in rules.columns if RESERVED_KEYS.get(name) is KeyKind.TIME]
        items = [
            _item(key, orjson.loads(values), costs, times)
            for key, values in good.select("key", "values").iter_rows()
        ]
        target = planning.Target(
            actor=self.actor, flow=self.flow, hub_id=self.hub_id, writer=self.writer
        )
        return planning.prepare(connection, target, items, _WANTED[mode])

    def results(self, prepared: Prepared) -> Results:
        """Give what would become of them."""
        return _results(prepared.plans)

    def write(self, connection: Connection, prepared: Prepared, now: datetime) -> Results | None:
        """Write them; None where tasks, flow or hubs have changed since they were prepared."""
        del now  # they have the time at which this was opened
        written = planning.write(connection, prepared)
        return None if written is None else _results(written)

    def current(
        self, connection: Connection, ids: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Give the values of these tasks, by id."""
        found = store.find_all(connection, self.actor.organization_id, ids)
        return {
            one.id: {KEY: one.id, **one.values, _HUB: one.hub_id}
            for one in found.values()
            if self.actor.sees_hub(one.hub_id)
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
            hub_ids = planning.existing_hubs(connection, self.actor, images)
            found = store.find_all(connection, self.actor.organization_id, [*created, *changed])
            return TakenBack(
                removed=frozenset(
                    one
                    for one, version in created.items()
                    if planning.is_unedited(self.actor, found.get(one), version)
                ),
                restored=frozenset(
                    one.id
                    for one in images
                    if planning.can_restore(self.actor, hub_ids, one, found.get(one.id))
                ),
            )
        writer = Writer(email=self.actor.email, now=now)
        restored = planning.restore(connection, self.actor, images, writer)
        removed = planning.remove_unedited(connection, self.actor, created, writer)
        return TakenBack(removed=frozenset(removed), restored=frozenset(restored))

    @property
    def _hidden(self) -> frozenset[str]:
        return self.actor.hidden_fields(Permission.VIEW_TASK, self.flow.id)


def _item(
    key: str | None,
    values: dict[str, Any],
    costs: Mapping[str, tuple[str, str]],
    times: Sequence[str],
) -> Item:
    """Give what a row says: its ID, its hub and its costs apart from its values.

    `times` are keys whose values tasks store in another form than records.
    """
    amounts: dict[str, dict[str, object]] = {}
    for name in [one for one in costs if one in values]:
        bill, cost = costs[name]
        amounts.setdefault(bill, {})[cost] = values.pop(name)
    for name in (KEY, *_OF_THE_FLOW):
        values.pop(name, None)
    for name in times:
        if values[name] is not None:
            values[name] = task_time(values[name])
    return Item(key=key, hub_id=values.pop(_HUB, None), values=values, costs=amounts)


def _results(plans: Sequence[Plan]) -> Results:
    return Results(
        verdicts=[_verdict(one).value for one in plans],
        ids=[one.task.id or None if isinstance(one, Planned) else None for one in plans],
        versions=[one.task.version if isinstance(one, Planned) else None for one in plans],
        before={
            at: _image_text(one.before)
            for at, one in enumerate(plans)
            if isinstance(one, Planned) and one.before is not None and one.document is not None
        },
        refusals={
            at: _refusal(one) for at, one in enumerate(plans) if isinstance(one, TransloadError)
        },
    )


def _verdict(plan: Plan) -> Verdict:
    if isinstance(plan, TransloadError):
        return Verdict.INVALID
    if plan.before is None:
        return Verdict.NEW
    return Verdict.SAME if plan.document is None else Verdict.CHANGED


def _refusal(error: TransloadError) -> Refusal:
    sentence = error.message.removesuffix(".")
    match error:
        case ConflictError():
            return Refusal(code=Code.REPEATED, field_id=KEY, sentence=f"{KEY_TITLE}: {sentence}")
        case NotFoundError():
            return Refusal(code=Code.NOT_FOUND, field_id=KEY, sentence=f"{KEY_TITLE}: {sentence}")
        case ForbiddenError():
            return Refusal(code=Code.FORBIDDEN, field_id="", sentence=sentence)
        case _:
            return Refusal(code=Code.FORMAT, field_id="", sentence=sentence)


def _image_text(task: Task) -> str:
    """Give all that a write changes of a task, but for what tells of the write itself."""
    return orjson.dumps([task.hub_id, task.values]).decode()


def _image(task_id: str, version: int, text: str) -> Image:
    hub_id, values = orjson.loads(text)
    return Image(id=task_id, version=version, hub_id=hub_id, values=values)
