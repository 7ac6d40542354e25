from datetime import UTC, datetime
from typing import Any

import pytest

from transload.errors import InvalidError
from transload.flows.model import Flow, TimeName, ValueKind, check_flow, misfits

NOW = datetime(2025, 1, 31, tzinfo=UTC)


def flow(*components: dict[str, Any], **more: Any) -> Flow:  # noqa: ANN401 - fields of any kind
    pages = [{"id": "page", "components": list(components)}]
    return Flow(
        **{
            "id": "1",
            "organization_id": "2",
            "name": "Delivery",
            "pages": pages,
            "created_time": NOW,
            "updated_time": NOW,
            **more,
        }
    )


@pytest.mark.parametrize(
    ("component", "input_type", "kind"),
    [
        ("input", None, ValueKind.TEXT),
        ("input", "string", ValueKind.TEXT),
        ("input", "Number", ValueKind.NUMBER),
        ("input", "date", ValueKind.DATE),
        ("input", "date-time", ValueKind.DATE_TIME),
        ("input", "dateTime", ValueKind.DATE_TIME),
        ("input", "anything", ValueKind.TEXT),
        ("select", None, ValueKind.CHOICE),
        ("photo", None, ValueKind.FILES),
        ("bill", None, ValueKind.BILL),
        ("list", "number", ValueKind.LIST),
    ],
)
def test_a_component_says_what_its_values_are(
    component: str, input_type: str | None, kind: ValueKind
) -> None:
    found = flow({"id": "a", "component": component, "inputType": input_type}).components["a"]
    assert found.value_kind is kind


@pytest.mark.parametrize(
    "options",
    [
        ["a", "b", "a"],
        [{"id": "a"}, {"id": "b", "title": "B"}],
        [{"value": "a", "id": 1}, {"title": "b"}],
        ["a", None, {}, True, "b"],
    ],
)
def test_options_are_texts_or_objects(options: list[object]) -> None:
    found = flow({"id": "a", "component": "select", "options": options}).components["a"]
    assert found.options == ("a", "b")


@pytest.mark.parametrize(
    ("component", "fault"),
    [
        ({"id": "-a", "component": "input"}, "component id '-a'"),
        ({"id": "status", "component": "input"}, "status is a reserved key"),
        ({"id": "a", "component": "input", "title": "x" * 256}, "title of a is over 255"),
        ({"id": "a", "component": "input", "note": "x" * (1 << 20)}, "at most 1 MiB"),
    ],
)
def test_faults_of_components_are_named(component: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidError, match=fault):
        check_flow(flow(component))


def test_ids_that_stand_twice_are_named() -> None:
    one = {"id": "a", "component": "input"}
    page = {"id": "page", "components": []}
    with pytest.raises(InvalidError, match="component id a stands twice"):
        check_flow(flow(one, one))
    with pytest.raises(InvalidError, match="page of a page stands twice"):
        check_flow(flow(pages=[page, page]))


@pytest.mark.parametrize("name", ["Handover", "Activity"])
def test_names_of_the_system_are_refused(name: str) -> None:
    with pytest.raises(InvalidError, match=f"The name {name} is taken"):
        check_flow(flow(name=name))


def test_configurations_give_times() -> None:
    configurations = [
        {"id": "startTime", "adjustment": 30},
        {"id": "endTime"},
        {"id": "color", "adjustment": "red"},
    ]
    found = flow(configurations=configurations)
    check_flow(found)
    assert [(one.name, one.minutes) for one in found.timings] == [
        (TimeName.START, 30),
        (TimeName.END, 0),
    ]


@pytest.mark.parametrize("adjustment", ["30", 1.5, True, 10**7])
def test_an_adjustment_is_a_number_of_minutes(adjustment: object) -> None:
    with pytest.raises(InvalidError, match="adjustment of startTime"):
        check_flow(flow(configurations=[{"id": "startTime", "adjustment": adjustment}]))


def test_components_whose_values_would_be_of_another_kind_are_named() -> None:
    kinds = {"a": ValueKind.NUMBER, "b": ValueKind.TEXT, "gone": ValueKind.BILL}
    found = flow(
        {"id": "a", "component": "input"},
        {"id": "b", "component": "view"},
        {"id": "c", "component": "bill"},
        value_kinds=kinds,
    )
    assert misfits(found) == ["a"]
