"""A flow and the components of its pages, and the rules that a definition has to keep."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any

import orjson

from transload.errors import InvalidError
from transload.flows.reserved import RESERVED_KEYS
from transload.path_names import PATH_STEP, is_path_step

FORBIDDEN_NAMES = frozenset({"Handover", "Activity"})
MAX_COMPONENTS = 1_000
MAX_FLOW_BYTES = 1 << 20
MAX_TITLE_LENGTH = 255
_COMPONENT_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", re.ASCII)
_MAX_MINUTES = 5_256_000


class ComponentKind(StrEnum):
    """What a component is to the one who does a task."""

    SELECT = "select"
    INPUT = "input"
    PHOTO = "photo"
    SIGNATURE = "signature"
    VIEW = "view"
    BILL = "bill"
    LIST = "list"
    TIMER = "timer"
    VOICE = "voice"
    CAPTURE = "capture"


class ValueKind(StrEnum):
    """What the values of a component are, as they are stored."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATE_TIME = "dateTime"
    TIME = "time"
    COORDINATE = "coordinate"
    PHONE = "phone"
    CHOICE = "choice"
    """A text of the options, or a list of some."""
    FILES = "files"
    """The address of a file, or a list of some."""
    BILL = "bill"
    LIST = "list"


class TimeName(Enum):
    """The times that a flow may give its tasks."""

    START = "startTime"
    END = "endTime"


_INPUTS = {
    "number": ValueKind.NUMBER,
    "integer": ValueKind.NUMBER,
    "decimal": ValueKind.NUMBER,
    "currency": ValueKind.NUMBER,
    "boolean": ValueKind.BOOLEAN,
    "date": ValueKind.DATE,
    "datetime": ValueKind.DATE_TIME,
    "time": ValueKind.TIME,
    "coordinate": ValueKind.COORDINATE,
    "phone": ValueKind.PHONE,
}
_KINDS = {
    ComponentKind.SELECT: ValueKind.CHOICE,
    ComponentKind.PHOTO: ValueKind.FILES,
    ComponentKind.SIGNATURE: ValueKind.FILES,
    ComponentKind.VOICE: ValueKind.FILES,
    ComponentKind.CAPTURE: ValueKind.FILES,
    ComponentKind.VIEW: ValueKind.TEXT,
    ComponentKind.TIMER: ValueKind.TEXT,
    ComponentKind.BILL: ValueKind.BILL,
    ComponentKind.LIST: ValueKind.LIST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component of a flow. `document` is all that its author says of it, unknown keys too.

    `minimum`, `maximum`: bounds of a number. `cost_names`: the costs that a bill may have.
    """

    id: str
    title: str
    kind: ComponentKind
    value_kind: ValueKind
    is_required: bool
    is_visible: bool
    options: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    cost_names: tuple[str, ...]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A time that a task has when it names none: so many minutes after its creation."""

    name: TimeName
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The schema of one kind of task.

    `pages`, `configurations` and `more` are as their author sent them: `more` has the keys that
    this service gives no meaning to. `value_kinds` are those of all components that there have been
    since the flow had tasks: values of a component that is gone stay in the tasks, and fit still
    when it comes back.
    """

    id: str
    organization_id: str
    name: str
    pages: Sequence[Mapping[str, Any]]
    configurations: Sequence[Mapping[str, Any]] = ()
    is_default: bool = False
    order_index: int = 0
    version: int = 1
    value_kinds: Mapping[str, ValueKind] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    created_time: datetime
    updated_time: datetime

    @cached_property
    def components(self) -> Mapping[str, Component]:
        """The components of all pages, in order, by id."""
        return {one["id"]: _component(one) for one in _documents(self.pages)}

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The places of what a task's document has: reserved keys first, then components."""
        return {name: at for at, name in enumerate({**RESERVED_KEYS, **self.components})}

    @cached_property
    def timings(self) -> tuple[Timing, ...]:
        """The times that tasks of the flow have when they name none."""
        return tuple(
            Timing(name=TimeName(one["id"]), minutes=int(one.get("adjustment") or 0))
            for one in self.configurations
            if one.get("id") in _TIME_NAMES
        )


_TIME_NAMES = {name.value for name in TimeName}


def check_flow(flow: Flow) -> None:
    """Raise InvalidError naming everything that is wrong with a flow."""
    faults = []
    if flow.name in FORBIDDEN_NAMES:
        faults.append(f"The name {flow.name} is taken by the system.")
    if is_path_step(flow.name):
        faults.append(f"The name {PATH_STEP}.")
    documents = list(_documents(flow.pages))
    faults += [fault for one in documents for fault in _component_faults(one)]
    counts = Counter(one["id"] for one in documents)
    faults += [
        f"The component id {name} stands twice." for name, count in counts.items() if count > 1
    ]
    faults += [
        f"The id {name} of a page stands twice."
        for name, count in Counter(page["id"] for page in flow.pages).items()
        if count > 1
    ]
    if len(documents) > MAX_COMPONENTS:
        faults.append(f"A flow has at most {MAX_COMPONENTS} components.")
    if len(orjson.dumps([flow.pages, flow.configurations, flow.more])) > MAX_FLOW_BYTES:
        faults.append(f"A flow is at most {MAX_FLOW_BYTES >> 20} MiB.")
    faults += [
        f"The adjustment of {one['id']} is not a whole number of minutes, up to ten years."
        for one in flow.configurations
        if one.get("id") in _TIME_NAMES and not _is_minutes(one.get("adjustment"))
    ]
    if faults:
        raise InvalidError(" ".join(faults))


def misfits(flow: Flow) -> list[str]:
    """Name the components whose values are of another kind than what tasks may have of them."""
    return [
        name
        for name, component in flow.components.items()
        if flow.value_kinds.get(name, component.value_kind) is not component.value_kind
    ]


def _documents(pages: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for page in pages:
        yield from page["components"]


def _component(document: Mapping[str, Any]) -> Component:
    kind = ComponentKind(document["component"])
    input_type = str(document.get("inputType") or "").lower().replace("-", "")
    value_kind = _KINDS.get(kind) or _INPUTS.get(input_type, ValueKind.TEXT)
    return Component(
        id=document["id"],
        title=str(document.get("title") or ""),
        kind=kind,
        value_kind=value_kind,
        is_required=document.get("isRequired", document.get("required")) is True,
        is_visible=document.get("visible") is not False,
        options=_options(document.get("options")),
        minimum=_bound(document.get("min")),
        maximum=_bound(document.get("max")),
        cost_names=_cost_names(document.get("masterCosts")),
        document=document,
    )


def _component_faults(document: Mapping[str, Any]) -> list[str]:
    name, faults = document["id"], []
    if not _COMPONENT_ID.fullmatch(name):
        faults.append(
            f"The component id {name!r} is not of 1 to 100 letters, digits, _, - and points, "
            "the first a letter, a digit or _."
        )
    if name in RESERVED_KEYS:
        faults.append(f"The component id {name} is a reserved key of every task.")
    if document["component"] not in set(ComponentKind):
        *others, last = ComponentKind
        faults.append(f"The component of {name} must be {', '.join(others)} or {last}.")
    if len(str(document.get("title") or "")) > MAX_TITLE_LENGTH:
        faults.append(f"The title of {name} is over {MAX_TITLE_LENGTH} characters.")
    return faults


def _options(given: object) -> tuple[str, ...]:
    """Give the texts that stand for options: themselves, or an option's value, id or title."""
    found = []
    for one in given if isinstance(given, list) else []:
        option = (
            next((one[key] for key in _OPTION_KEYS if key in one), "")
            if isinstance(one, dict)
            else one
        )
        if isinstance(option, str | int) and not isinstance(option, bool) and option != "":
            found.append(str(option))
    return tuple(dict.fromkeys(found))


_OPTION_KEYS = ("value", "id", "title", "name")


def _bound(given: object) -> float | None:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return float(given) if is_number else None  # type: ignore[arg-type]  # a number, as just asked


def _cost_names(given: object) -> tuple[str, ...]:
    costs = given if isinstance(given, list) else []
    names = [one.get("name") for one in costs if isinstance(one, dict)]
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name))


def _is_minutes(given: object) -> bool:
    if given is None:
        return True
    return isinstance(given, int) and not isinstance(given, bool) and abs(given) <= _MAX_MINUTES
