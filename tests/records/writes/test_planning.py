"""Items applied to the records that there are, in each of the ways to write."""

from collections.abc import Mapping
from datetime import UTC, datetime

import orjson
import pytest

from transload.accounts.model import Actor, Role
from transload.data_types.model import DataType, Field, FieldType
from transload.records.model import Key, Record, Rejected, accept
from transload.records.writes.planning import (
    HUB_FIXED,
    NOT_FOUND,
    Checked,
    Part,
    Plan,
    Way,
    Whole,
    key_of,
    make_plan,
    taken,
)

_NOW = datetime(2025, 1, 31, tzinfo=UTC)
_HUB, _OTHER_HUB = "a" * 24, "b" * 24
_TYPE = DataType(
    id="c" * 24,
    organization_id="d" * 24,
    name="Outlets",
    fields=(
        Field(id="dataId", title="", type=FieldType.STRING, is_key=True),
        Field(id="name", title="", type=FieldType.STRING, default="new"),
        Field(id="price", title="", type=FieldType.NUMBER),
    ),
    shape=1,
    is_common=True,
    created_by="",
    updated_by="",
    created_time=_NOW,
    updated_time=_NOW,
)
_ADMIN = Actor(
    user_id="e" * 24,
    organization_id="d" * 24,
    email="owner@example.com",
    name="Owner",
    role=Role.OWNER,
    assigned_hub_ids=frozenset(),
)
_PLANNER = Actor(
    user_id="f" * 24,
    organization_id="d" * 24,
    email="planner@example.com",
    name="Planner",
    role=Role.PLANNER,
    assigned_hub_ids=frozenset({_HUB}),
)


def there(data_id: str = "1", hub_id: str = _HUB, **values: object) -> dict[Key, Record]:
    key = key_of(_TYPE, hub_id, data_id)
    record = Record(
        id="9" * 24,
        data_type_id=_TYPE.id,
        hub_id=hub_id,
        scope=key.scope,
        data_id=data_id,
        version=3,
        shape=1,
        values={"dataId": data_id, "name": None, "price": None, **values},  # type: ignore[dict-item] # the test's own values
        limited_to=("one@example.com",),
        created_by="",
        updated_by="",
        created_time="2025-01-31 00:00:00",
        updated_time="2025-01-31 00:00:00",
    )
    return {key: record}


def item(way: Way, hub_id: str = _HUB, data_id: str = "1", **values: object) -> Checked:
    sent = {"dataId": data_id, **values}
    key = key_of(_TYPE, hub_id, data_id)
    if way.is_partial:
        return Part(data_type=_TYPE, hub_id=hub_id, key=key, values=sent)
    accepted = accept(_TYPE, sent)
    assert not isinstance(accepted, Rejected)
    return Whole(data_type=_TYPE, hub_id=hub_id, key=key, accepted=accepted)


def documents(plan: Plan) -> list[Mapping[str, object]]:
    return [orjson.loads(one.accepted.document) for one in plan.pending.values()]


def test_a_key_that_nobody_has_is_made_in_three_ways_and_not_found_in_one() -> None:
    for way in (Way.ADD, Way.PUT, Way.MERGE):
        plan = make_plan(_ADMIN, [item(way, price=1)], {}, way)
        assert documents(plan) == [{"dataId": "1", "name": "new", "price": 1}]
        [pending] = plan.pending.values()
        assert (pending.record, pending.hub_id, pending.limited_to) == (None, _HUB, ())
    plan = make_plan(_ADMIN, [item(Way.PATCH, price=1)], {}, Way.PATCH)
    assert plan.outcomes == [NOT_FOUND]
    assert not plan.pending


def test_a_key_that_is_there_is_refused_written_whole_or_in_part() -> None:
    existing = there(name="old", price=1)
    plan = make_plan(_ADMIN, [item(Way.ADD, price=2)], existing, Way.ADD)
    assert plan.outcomes == [taken("1")]
    plan = make_plan(_ADMIN, [item(Way.PUT, price=2)], existing, Way.PUT)
    assert documents(plan) == [{"dataId": "1", "name": "new", "price": 2}]
    for way in (Way.PATCH, Way.MERGE):
        plan = make_plan(_ADMIN, [item(way, price=2)], existing, way)
        assert documents(plan) == [{"dataId": "1", "name": "old", "price": 2}]
        [pending] = plan.pending.values()
        assert pending.limited_to == ("one@example.com",)


@pytest.mark.parametrize("way", [Way.PUT, Way.PATCH, Way.MERGE])
def test_a_record_stays_in_its_hub(way: Way) -> None:
    plan = make_plan(_ADMIN, [item(way, _OTHER_HUB)], there(), way)
    assert plan.outcomes == [NOT_FOUND if way is Way.PATCH else HUB_FIXED]


@pytest.mark.parametrize("way", [Way.ADD, Way.PUT, Way.PATCH, Way.MERGE])
def test_a_record_in_a_hub_that_is_not_seen_keeps_its_key(way: Way) -> None:
    """P10."""
    plan = make_plan(_PLANNER, [item(way, price=2)], there(hub_id=_OTHER_HUB), way)
    assert plan.outcomes == [NOT_FOUND if way is Way.PATCH else taken("1")]
    assert not plan.pending


def test_merged_items_of_one_key_build_on_each_other() -> None:
    sent = [item(Way.MERGE, price=1), item(Way.MERGE, name="b"), item(Way.MERGE, price="x")]
    plan = make_plan(_ADMIN, sent, {}, Way.MERGE)
    assert documents(plan) == [{"dataId": "1", "name": "b", "price": 1}]
    assert [isinstance(one, Rejected) for one in plan.outcomes] == [False, False, True]
    made = [one.is_new for one in plan.outcomes if not isinstance(one, Rejected)]
    assert made == [True, False]


def test_what_would_change_nothing_is_known() -> None:
    existing = there(name="old", price=1.5)
    same: dict[str, object] = {"name": "old", "price": 1.5}
    changes: list[dict[str, object]] = [
        {},
        {"name": "x"},
        {"price": None},
        {"limitUser": ["two@example.com"]},
    ]
    for changed in changes:
        sent = item(Way.MERGE, _HUB, "1", **{**same, **changed})
        plan = make_plan(_ADMIN, [sent], existing, Way.MERGE)
        assert [one.is_unchanged for one in plan.pending.values()] == [not changed]
