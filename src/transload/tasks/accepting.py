"""Checks what is written to a task by its flow, and works out what the task becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from transload.errors import InvalidError
from transload.flows.model import Flow
from transload.flows.reserved import RESERVED_KEYS
from transload.tasks.model import OF_THE_SYSTEM, Status, Task, Way
from transload.tasks.values import (
    MisfitError,
    canonical_component,
    canonical_reserved,
    is_storable,
    spelled_time,
)

MAX_DOCUMENT_BYTES = 1 << 20
_MAX_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Values that fit: the document, and the keys that were passed over as nobody's."""

    values: dict[str, Any]
    document: str
    size: int
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes, and when."""

    email: str
    now: datetime
    refuses_unknown: bool = False
    time: str = field(init=False)

    def __post_init__(self) -> None:
        """Spell the time once."""
        object.__setattr__(self, "time", spelled_time(self.now))


def accept(
    flow: Flow,
    given: Mapping[str, Any],
    writer: Writer,
    *,
    old: Task | None = None,
    way: Way = Way.PUT,
) -> Accepted:
    """Check values by their flow, and give the document that a task has with them.

    Raises InvalidError naming each value that does not fit, and, where the writer refuses them, the
    keys that are nobody's.
    """
    ignored = tuple(
        name
        for name in given
        if name not in flow.components and name not in RESERVED_KEYS and name not in OF_THE_SYSTEM
    )
    if ignored and writer.refuses_unknown:
        raise InvalidError(f"These fields are unknown: {_named(ignored)}.")
    accepted = settle(flow, _canonical(flow, given), writer, old=old, way=way)
    return replace(accepted, ignored=ignored) if ignored else accepted


def settle(
    flow: Flow,
    given: Mapping[str, Any],
    writer: Writer,
    *,
    old: Task | None = None,
    way: Way = Way.PUT,
) -> Accepted:
    """Give the document that a task has with values that fit its flow, each in its stored form.

    Raises InvalidError for a task that is done and lacks what its flow requires, and for one that
    is too large.
    """
    before: Mapping[str, Any] = {} if old is None else old.values
    values = {**before, **given} if way is Way.PATCH else {**given}
    if old is None:
        values = {**_times_of(flow, writer), **_present(given), "createdBy": writer.email}
    else:
        values |= {"createdBy": before.get("createdBy"), "updatedBy": writer.email}
    _derive(values, before, given, writer)
    _require_done(flow, values)
    ordered = _ordered(flow, _present(values))
    document = orjson.dumps(ordered)
    if len(document) > MAX_DOCUMENT_BYTES:
        raise InvalidError(f"The task is over {MAX_DOCUMENT_BYTES >> 20} MiB.")
    return Accepted(values=ordered, document=document.decode(), size=len(document))


def _canonical(flow: Flow, given: Mapping[str, Any]) -> dict[str, Any]:
    values, faults = {}, []
    for name, value in given.items():
        component = flow.components.get(name)
        kind = None if name in OF_THE_SYSTEM else RESERVED_KEYS.get(name)
        if component is None and kind is None:
            continue
        try:
            if component is not None:
                values[name] = canonical_component(component, value)
            elif kind is not None:
                values[name] = canonical_reserved(name, kind, value)
        except MisfitError as misfit:
            faults.append(f"{name} {misfit}")
        else:
            if not is_storable(values[name]):
                faults.append(f"{name} must not hold U+0000 or a lone surrogate")
    if values.get("status") not in (None, *Status):
        faults.append("status must be UNASSIGNED, ONGOING or DONE")
    if faults:
        more = "; and others" if len(faults) > _MAX_NAMED else ""
        raise InvalidError("; ".join(faults[:_MAX_NAMED]) + more + ".")
    return values


def _derive(
    values: dict[str, Any], before: Mapping[str, Any], given: Mapping[str, Any], writer: Writer
) -> None:
    """Work out the status, and who assigned and did the task when, where nobody says."""
    if values.get("assignee") and values["assignee"] != before.get("assignee"):
        if not given.get("assignedBy"):
            values["assignedBy"] = writer.email
        if not given.get("assignedTime"):
            values["assignedTime"] = writer.time
    wanted = given.get("status")
    is_done = wanted == Status.DONE or (wanted is None and bool(values.get("doneTime")))
    if is_done:
        values["doneBy"] = values.get("doneBy") or writer.email
        values["doneTime"] = values.get("doneTime") or writer.time
        values["status"] = Status.DONE.value
        return
    for name in ("doneBy", "doneTime"):
        values[name] = None
    values["status"] = (Status.ONGOING if values.get("assignee") else Status.UNASSIGNED).value


def _require_done(flow: Flow, values: Mapping[str, Any]) -> None:
    """Raise InvalidError where a task is done and has not what its flow requires."""
    if values["status"] != Status.DONE:
        return
    missing = [
        name
        for name, component in flow.components.items()
        if component.is_required and component.is_visible and values.get(name) in (None, "")
    ]
    if missing:
        raise InvalidError(f"A task that is done must have: {_named(missing)}.")


def _times_of(flow: Flow, writer: Writer) -> dict[str, Any]:
    return {
        timing.name.value: spelled_time(writer.now + timedelta(minutes=timing.minutes))
        for timing in flow.timings
    }


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _ordered(flow: Flow, values: dict[str, Any]) -> dict[str, Any]:
    """Give reserved keys first, then the flow's components, then values of those that are gone."""
    order = flow.order
    names = sorted(values, key=lambda name: order.get(name, len(order)))
    return {name: values[name] for name in names}


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MAX_NAMED])
    return f"{shown} and others" if len(names) > _MAX_NAMED else shown
