"""The order of an export's records, and its pages."""

from collections.abc import Sequence

import pytest

from tests.exports.outlets import add_outlets, objects, values
from tests.factories import FIELDS, Tenant

OPTIONS = ["b", "a", "10", "9"]
EVERY_KIND = [
    *FIELDS,
    {"id": "hour", "type": "time"},
    {"id": "place", "type": "coordinate"},
    {"id": "phone", "type": "phone"},
    {"id": "size", "type": "option", "optionData": OPTIONS},
]


def exported(tenant: Tenant, **query: object) -> list[object]:
    return values(objects(tenant, fields="dataId", **query), "dataId")


@pytest.mark.parametrize(
    ("field", "in_order"),
    [
        ("price", [-10, -9.5, 0, 0.25, 9, 10, 100, 9007199254740992, 1e300]),
        (
            "name",
            ["", " ", "10", "9", "A", "B", "Z", "a", "aa", "b", "e\u0301", "é", "\ufffd", "🏪"],
        ),
        ("active", [False, True]),
        ("opened", ["0001-01-01", "1899-12-31", "2025-01-31", "2025-02-01", "9999-12-31"]),
        (
            "visited",
            [
                "1999-12-31 23:59:59",
                "2025-01-31 00:00:00",
                "2025-01-31 00:00:00.007",
                "2025-01-31 00:00:00.100",
                "2025-01-31 00:00:01",
            ],
        ),
        ("hour", ["00:00:00", "09:00:00", "10:00:00", "23:59:59"]),
        ("place", ["-6.17,106.8", "10,10", "9,9"]),
        ("phone", ["+628", "0812", "10", "90"]),
        ("size", ["10", "9", "a", "b"]),
        ("tags", [["a"], ["b"], ["c", "a"]]),
    ],
)
def test_records_are_sorted_by_what_the_field_holds(
    tenant: Tenant, field: str, in_order: Sequence[object]
) -> None:
    """P15: missing values come last in both orders."""
    kind, hub = tenant.data_type(EVERY_KIND), tenant.hub()
    sent = [None, *in_order[::-1][1::2], *in_order[::-1][::2]]
    tenant.add(kind, hub, [{"dataId": str(n), field: value} for n, value in enumerate(sent)])
    query = {"dataTypeId": kind, "fields": field, "sortBy": field, "limit": 100}
    asked = [values(objects(tenant, sortOrder=way, **query), field) for way in ("asc", "desc")]
    assert asked == [[*in_order, None], [*in_order[::-1], None]]
    assert values(objects(tenant, **query), field) == asked[1]


@pytest.mark.parametrize("name", ["_id", "createdTime", "updatedTime", "createdBy", "updatedBy"])
def test_records_are_sorted_by_what_the_system_knows(tenant: Tenant, name: str) -> None:
    add_outlets(tenant, 3)
    for way, wanted in (("asc", ["001", "002", "003"]), ("desc", ["003", "002", "001"])):
        assert exported(tenant, sortBy=name, sortOrder=way) == wanted


def test_the_newest_record_comes_first_unless_another_order_is_asked_for(tenant: Tenant) -> None:
    add_outlets(tenant, 3)
    assert exported(tenant) == exported(tenant, sortBy="createdTime") == ["003", "002", "001"]
    assert exported(tenant, sortOrder="asc") == ["001", "002", "003"]


def test_records_are_sorted_by_type_and_hub_and_those_of_no_hub_come_last(tenant: Tenant) -> None:
    first, second = tenant.data_type(common=True), tenant.data_type()
    near, far = tenant.hub(), tenant.hub()
    tenant.add(second, far, [{"dataId": "second far"}])
    tenant.add(second, near, [{"dataId": "second near"}])
    tenant.add(first, None, [{"dataId": "first nowhere"}])
    assert exported(tenant, sortBy="dataTypeId", sortOrder="asc") == [
        "first nowhere",
        "second far",
        "second near",
    ]
    for way, wanted in (("asc", ["near", "far"]), ("desc", ["far", "near"])):
        found = exported(tenant, sortBy="hubId", sortOrder=way)
        assert found == [*(f"second {place}" for place in wanted), "first nowhere"]


def test_equal_values_go_by_id_in_the_order_that_is_asked_for(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    prices = [2, None, 1, 2, None, 1]
    tenant.add(kind, hub, [{"dataId": str(n), "price": one} for n, one in enumerate(prices)])
    for sort_by in ("price", "name"):
        is_price = sort_by == "price"
        assert exported(tenant, dataTypeId=kind, sortBy=sort_by, sortOrder="asc") == list(
            "250314" if is_price else "012345"
        )
        assert exported(tenant, dataTypeId=kind, sortBy=sort_by, sortOrder="desc") == list(
            "305241" if is_price else "543210"
        )


def test_a_field_that_types_disagree_about_is_sorted_as_text(tenant: Tenant) -> None:
    key, hub = FIELDS[0], tenant.hub()
    for kind, found in (
        ("number", [10, 9, 2.5, 1e22, 1e-7]),
        ("string", ["1", "a", "3", "fa", "tz", "1f"]),
        ("boolean", [True, False]),
        ("list", [["b"]]),
    ):
        data_type = tenant.data_type([key, {"id": "value", "type": kind}])
        tenant.add(data_type, hub, [{"dataId": str(one), "value": one} for one in found])
    assert exported(tenant, sortBy="value", sortOrder="asc") == [
        *("1", "10", "1e+22", "1e-07", "1f", "2.5", "3", "9"),
        *("['b']", "a", "fa", "False", "True", "tz"),
    ]


@pytest.mark.parametrize("sort_by", ["createdTime", "dataId", "price"])
@pytest.mark.parametrize("way", ["asc", "desc"])
def test_pages_hold_every_record_once(tenant: Tenant, sort_by: str, way: str) -> None:
    """P25."""
    kind, _ = add_outlets(tenant, 7)
    query = {"dataTypeId": kind, "sortBy": sort_by, "sortOrder": way}
    whole = exported(tenant, **query)
    assert sorted(map(str, whole)) == [f"00{n}" for n in range(1, 8)]
    pages = [exported(tenant, page=page, limit=3, **query) for page in (1, 2, 3, 4, 1_000_000_000)]
    assert pages == [whole[:3], whole[3:6], whole[6:], [], []]


def test_each_page_says_whether_there_are_more_after_it(tenant: Tenant) -> None:
    """P19."""
    add_outlets(tenant, 7)
    told = [tenant.export(download="xlsx", page=page, limit=3).json() for page in (1, 2, 3, 4)]
    assert [one["total_data_be"] for one in told] == [3, 3, 1, 0]
    assert [one["data"]["truncated"] for one in told] == [True, True, False, False]
    assert {one["data"]["totalMatched"] for one in told} == {7}
    assert told[3]["last_id"] is None
