from typing import Any

import pytest

from transload.flows.model import Component, ComponentKind, ValueKind
from transload.flows.reserved import RESERVED_KEYS
from transload.tasks.values import (
    MisfitError,
    canonical_component,
    canonical_reserved,
    canonical_time,
    is_storable,
)


def component(kind: ValueKind, **more: Any) -> Component:  # noqa: ANN401 - fields of any kind
    return Component(
        **{
            "id": "a",
            "title": "A",
            "kind": ComponentKind.INPUT,
            "value_kind": kind,
            "is_required": False,
            "is_visible": True,
            "options": (),
            "minimum": None,
            "maximum": None,
            "cost_names": (),
            "document": {},
            **more,
        }
    )


ITEM = {"name": "Rice", "unit_price": 12_000, "qty": 2}
BOX = {
    "title": "Box",
    "content": None,
    "data": {"a": [1]},
    "qty": 1.5,
    "unitPrice": None,
    "qtyProcessed": 0,
}


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (ValueKind.TEXT, "", ""),
        (ValueKind.NUMBER, "1.50", 1.5),
        (ValueKind.NUMBER, "", None),
        (ValueKind.DATE, "2025-01-31", "2025-01-31"),
        (ValueKind.DATE_TIME, "2025-01-31T10:20:30+07:00", "2025-01-31 03:20:30"),
        (ValueKind.CHOICE, "a", "a"),
        (ValueKind.CHOICE, ["a", "b"], ["a", "b"]),
        (ValueKind.CHOICE, [], None),
        (ValueKind.FILES, "https://example.com/a.jpg", "https://example.com/a.jpg"),
        (ValueKind.FILES, "", None),
        (ValueKind.BILL, {"items": [ITEM]}, {"items": [ITEM], "costs": []}),
        (
            ValueKind.BILL,
            {"items": [{"name": "Rice", "unitPrice": "1", "qty": None}]},
            {"items": [{"name": "Rice", "unit_price": 1, "qty": None}], "costs": []},
        ),
        (ValueKind.BILL, {"items": [], "costs": []}, None),
        (ValueKind.BILL, {"items": [{}]}, None),
        (ValueKind.BILL, "", None),
        (ValueKind.LIST, [BOX], [BOX]),
        (ValueKind.LIST, [], None),
        (ValueKind.LIST, None, None),
    ],
)
def test_values_are_brought_into_one_form(kind: ValueKind, value: object, stored: object) -> None:
    assert canonical_component(component(kind), value) == stored
    assert canonical_component(component(kind), stored) == stored


@pytest.mark.parametrize(
    ("kind", "value", "fault"),
    [
        (ValueKind.NUMBER, "x", "must be a number"),
        (ValueKind.TEXT, [], "must be text"),
        (ValueKind.BILL, [ITEM], "must be a bill"),
        (ValueKind.BILL, {"goods": []}, "must be a bill"),
        (ValueKind.BILL, {"items": [1]}, "object as its item 1"),
        (ValueKind.BILL, {"items": [ITEM, {"price": 1}]}, "has no 'price', in its item 2"),
        (ValueKind.BILL, {"items": [{"qty": "many"}]}, "item 1 of which a value must be a number"),
        (ValueKind.BILL, {"costs": [{"amount": 1}]}, "a name of their own"),
        (ValueKind.BILL, {"costs": [{"name": "a"}, {"name": "a"}]}, "a name of their own"),
        (ValueKind.LIST, {"title": "x"}, "must be a list"),
        (ValueKind.LIST, [{"data": [2**60]}], "numbers up to"),
        (ValueKind.LIST, [{}] * 10_001, "at most 10000 items"),
    ],
)
def test_what_does_not_fit_is_said(kind: ValueKind, value: object, fault: str) -> None:
    with pytest.raises(MisfitError, match=fault):
        canonical_component(component(kind), value)


def test_a_choice_is_of_the_options() -> None:
    choice = component(ValueKind.CHOICE, options=("a", "b"))
    assert canonical_component(choice, ["b", "a"]) == ["b", "a"]
    for value in ("c", ["a", "c"]):
        with pytest.raises(MisfitError, match="of the options a, b"):
            canonical_component(choice, value)


def test_a_number_has_bounds() -> None:
    number = component(ValueKind.NUMBER, minimum=1.0, maximum=2.5)
    assert canonical_component(number, 1) == 1
    with pytest.raises(MisfitError, match="at least 1"):
        canonical_component(number, 0.5)
    with pytest.raises(MisfitError, match=r"at most 2\.5"):
        canonical_component(number, 3)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2025-01-31 10:20:30", "2025-01-31T10:20:30+00:00"),
        ("2025-01-31T10:20:30.120+07:00", "2025-01-31T03:20:30.120+00:00"),
        ("2025-01-31", "2025-01-31T00:00:00+00:00"),
        ("", None),
    ],
)
def test_times_are_instants_in_utc(given: str, stored: str | None) -> None:
    assert canonical_time(given) == stored
    assert canonical_reserved("startTime", RESERVED_KEYS["startTime"], given) == stored


def test_assignees_are_e_mails() -> None:
    kind = RESERVED_KEYS["assignee"]
    assert canonical_reserved("assignee", kind, ["A@b.c", "a@B.c"]) == ["a@b.c"]
    assert canonical_reserved("assignee", kind, "a@b.c, d@e.f") == ["a@b.c", "d@e.f"]
    assert canonical_reserved("assignee", kind, []) is None
    for value in (["a"], [1], {"a": 1}):
        with pytest.raises(MisfitError, match="list of e-mail addresses"):
            canonical_reserved("assignee", kind, value)


@pytest.mark.parametrize("value", ["\0", ["a", {"b": "\0"}], {"\0": 1}, "\ud800"])
def test_what_no_store_can_hold_is_found(value: object) -> None:
    assert not is_storable(value)
    assert is_storable("\\u0000 spelled out")
