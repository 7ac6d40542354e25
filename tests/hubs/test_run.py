"""Listing, changing and deleting hubs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.factories import Tenant
from transload import audit
from transload.accounts.model import Role

_UNKNOWN = "f" * 24


def _body(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "address": "", "lat": 0, "lng": 0, **more}


def _create(tenant: Tenant, name: str, **more: object) -> str:
    answer = tenant.post("/hub", _body(name, **more))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["_id"])


def _put(tenant: Tenant, hub_id: str, name: str, **more: object) -> int:
    return tenant.request("PUT", f"/hub/{hub_id}", json=_body(name, **more)).status_code


def _names(tenant: Tenant, **query: object) -> list[str]:
    answer = tenant.get("/hubs", **query)
    assert answer.status_code == 200, answer.text
    return [hub["name"] for hub in answer.json()["data"]]


def _events(tenant: Tenant) -> list[tuple[str, audit.Action, str, str, str]]:
    with tenant.site.service.accounts.database.read() as connection:
        found = audit.find_many(connection, tenant.organization_id, audit.Query(email=tenant.email))
    return [
        (event.email, event.action, event.thing, event.thing_id, event.detail)
        for event in reversed(found)
    ]


def test_list_sorts_names_by_code_point(tenant: Tenant) -> None:
    names = ["Zoo", "ant", "Äther", "b-2", "b 10", "B"]
    for name in names:
        tenant.hub(name)
    assert _names(tenant) == sorted(names)
    assert _names(tenant, sortOrder="desc") == sorted(names, reverse=True)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("address", ["A", "Z", "a"]),
        ("lat", [-10, -9.5, 9]),
        ("lng", [-10, 9, 100]),
        ("countryCode", ["IDN", "MYS", "idn"]),
    ],
)
def test_list_sorts_by_the_key_that_is_asked_for(
    tenant: Tenant, key: str, values: list[object]
) -> None:
    for number, value in enumerate(reversed(values)):
        _create(tenant, f"Hub {number}", **{key: value})
    hubs = tenant.get("/hubs", sortBy=key).json()["data"]
    assert [hub[key] for hub in hubs] == values
    hubs = tenant.get("/hubs", sortBy=key, sortOrder="desc").json()["data"]
    assert [hub[key] for hub in hubs] == values[::-1]


def test_list_sorts_by_time_and_by_id(tenant: Tenant) -> None:
    older = tenant.hub("older")
    tenant.site.clock.move(timedelta(seconds=1))
    tenant.hub("newer")
    for key in ("_id", "createdTime", "updatedTime"):
        assert _names(tenant, sortBy=key) == ["older", "newer"]
    tenant.site.clock.move(timedelta(seconds=1))
    assert _put(tenant, older, "older") == 200
    assert _names(tenant, sortBy="updatedTime", sortOrder="desc") == ["older", "newer"]
    assert _names(tenant, sortBy="createdTime", sortOrder="desc") == ["newer", "older"]


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_of_equal_hubs_hold_each_once(tenant: Tenant, order: str) -> None:
    """P25."""
    ids = [tenant.hub() for _ in range(7)]
    pages = [
        [hub["_id"] for hub in tenant.get("/hubs", **query).json()["data"]]
        for query in (
            {"sortBy": "lat", "sortOrder": order, "limit": 3, "page": page} for page in range(1, 5)
        )
    ]
    assert pages == [ids[:3], ids[3:6], ids[6:], []]


def test_list_gives_twenty_unless_asked_for_more(tenant: Tenant) -> None:
    for _ in range(21):
        tenant.hub()
    assert len(_names(tenant)) == 20
    assert len(_names(tenant, limit=21)) == 21


def test_name_is_matched_whole_and_in_its_case(tenant: Tenant) -> None:
    for name in ("North", "north", "North 2", " North"):
        tenant.hub(name)
    assert _names(tenant, name="North") == ["North"]
    assert _names(tenant, name=" North") == [" North"]
    assert _names(tenant, name="Nor") == []


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("utara", ["Gudang Utara", "Kantor"]),
        ("GUDANG", ["Gudang Utara", "gudang_100%"]),
        ("%", ["gudang_100%"]),
        ("_", ["gudang_100%"]),
        ("g_d", []),
        ("/", ["Kantor"]),
        ("'", ["Toko '45"]),
        ("\\", []),
        ("école", ["ÉCOLE"]),
    ],
)
def test_part_is_found_in_names_and_addresses_in_any_case(
    tenant: Tenant, part: str, found: list[str]
) -> None:
    """P15: nothing in it means more than it is."""
    for name in ("Gudang Utara", "gudang_100%", "Toko '45"):
        tenant.hub(name)
    _create(tenant, "Kantor", address="Jl. UTARA 1/2")
    tenant.hub("ÉCOLE")
    assert _names(tenant, q=part) == found


def test_fields_choose_the_keys_in_their_order(tenant: Tenant) -> None:
    hub = tenant.hub("Here")
    [shown] = tenant.get("/hubs", fields="lng,_id,name,_id").json()["data"]
    assert list(shown.items()) == [("lng", 106.8), ("_id", hub), ("name", "Here")]


def test_users_see_their_hubs_alone(tenant: Tenant) -> None:
    """P10."""
    mine, other = tenant.hub("mine"), tenant.hub("other")
    planner = tenant.user(Role.PLANNER, [mine])
    for query in ({}, {"byUser": True}, {"byUser": False}, {"q": ""}):
        assert _names(planner, **query) == ["mine"]
    assert _names(planner, name="other") == _names(planner, q="oth") == []
    assert _names(tenant.user(Role.FIELD)) == []
    assert planner.get(f"/hub/{other}").status_code == 404


def test_admins_see_all_hubs_or_by_wish_those_assigned_to_them(tenant: Tenant) -> None:
    mine = tenant.hub("mine")
    tenant.hub("other")
    admin = tenant.user(Role.ADMIN, [mine])
    assert _names(admin) == ["mine", "other"]
    assert _names(admin, byUser=1) == ["mine"]
    assert _names(tenant, byUser=True) == ["mine", "other"], "who makes a hub is assigned to it"
    maker = tenant.user(tenant.role("add/hub", "view/hub"))
    maker.hub("third")
    assert _names(maker) == ["third"]


def test_lists_hold_hubs_of_the_own_organization_alone(tenant: Tenant) -> None:
    """P7: even if another's hub stands in a user's list."""
    stranger = Tenant.create(tenant.site)
    theirs = stranger.hub("theirs")
    tenant.hub("ours")
    assert _names(tenant) == ["ours"]
    assert _names(tenant, name="theirs") == _names(tenant, q="their") == []
    assert _names(tenant.user(Role.FIELD, [theirs])) == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_organizations_hub_answers_like_an_unknown_one(tenant: Tenant, method: str) -> None:
    """P7: and stays as it is, whether or not it has records."""
    stranger = Tenant.create(tenant.site)
    theirs, full = stranger.hub("theirs"), stranger.hub("full")
    stranger.add(stranger.data_type(), full, [{"dataId": "1"}])
    answers = [
        tenant.request(method, f"/hub/{hub_id}", json=_body("ours"))
        for hub_id in (_UNKNOWN, theirs, full)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert _names(stranger) == ["full", "theirs"]


def test_put_writes_all_of_a_hub(tenant: Tenant) -> None:
    hub = _create(tenant, "old", address="there", country={"a": [1]}, countryCode="MYS")
    before = tenant.get(f"/hub/{hub}").json()["data"]
    assert (before["country"], before["countryCode"]) == ({"a": [1]}, "MYS")
    tenant.site.clock.move(timedelta(seconds=1))

    sent = {"name": "new", "address": "here", "lat": "1e1", "lng": " -0.5 ", "_id": _UNKNOWN}
    shown = tenant.request("PUT", f"/hub/{hub}", json=sent).json()["property"]

    assert shown == tenant.get(f"/hub/{hub}").json()["data"]
    assert shown["updatedTime"] > before["updatedTime"]
    assert shown == {
        **before,
        "name": "new",
        "address": "here",
        "lat": 10.0,
        "lng": -0.5,
        "country": None,
        "countryCode": "IDN",
        "updatedTime": shown["updatedTime"],
    }


def test_a_hub_keeps_its_name(tenant: Tenant) -> None:
    hub = tenant.hub("same")
    assert _put(tenant, hub, "same", address="new") == 200


def test_a_name_is_unique_in_its_organization_alone(tenant: Tenant) -> None:
    hub = tenant.hub("one")
    tenant.hub("two")
    assert _put(tenant, hub, "two") == 409
    assert tenant.get(f"/hub/{hub}").json()["data"]["name"] == "one"
    assert _put(tenant, hub, "Two") == 200
    assert Tenant.create(tenant.site).hub("two")


def test_of_simultaneous_hubs_of_one_name_one_is_made(tenant: Tenant) -> None:
    with ThreadPoolExecutor(8) as clients:
        sent = [clients.submit(tenant.post, "/hub", _body("same")) for _ in range(16)]
        codes = sorted(answer.result().status_code for answer in sent)
    assert codes == [200, *[409] * 15]
    assert _names(tenant) == ["same"]


def test_of_simultaneous_renames_to_one_name_one_is_made(tenant: Tenant) -> None:
    hubs = [tenant.hub() for _ in range(8)]
    with ThreadPoolExecutor(8) as clients:
        codes = sorted(clients.map(lambda hub: _put(tenant, hub, "same"), hubs))
    assert codes == [200, *[409] * 7]
    assert _names(tenant, name="same") == ["same"]


def test_hubs_that_take_each_others_names_at_once_are_refused(tenant: Tenant) -> None:
    one, two = tenant.hub("one"), tenant.hub("two")
    with ThreadPoolExecutor(8) as clients:
        wishes = [(one, "two"), (two, "one")] * 20
        codes = set(clients.map(lambda wish: _put(tenant, *wish), wishes))
    assert codes == {409}
    assert _names(tenant) == ["one", "two"]


def test_a_hub_with_records_stays(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub("full")
    tenant.add(kind, hub, [{"dataId": "1"}, {"dataId": "2"}])
    planner = tenant.user(Role.PLANNER, [hub])
    answer = tenant.request("DELETE", f"/hub/{hub}")
    assert (answer.status_code, answer.json()) == (
        409,
        {"status": False, "message": "The hub full still has 2 records."},
    )
    assert _names(tenant) == _names(planner) == ["full"]


def test_a_deleted_hub_is_gone_and_its_name_is_free(tenant: Tenant) -> None:
    hub = tenant.hub("one")
    tenant.add(tenant.data_type(), tenant.hub("two"), [{"dataId": "1"}])
    assert tenant.request("DELETE", f"/hub/{hub}").status_code == 200
    assert _names(tenant) == ["two"]
    assert tenant.get(f"/hub/{hub}").status_code == 404
    again = tenant.request("DELETE", f"/hub/{hub}")
    assert (again.status_code, again.json()["message"]) == (404, "data not found")
    assert tenant.hub("one") != hub


def test_a_deleted_hub_leaves_the_lists_of_its_users(tenant: Tenant) -> None:
    gone, kept = tenant.hub(), tenant.hub()
    planner = tenant.user(Role.PLANNER, [gone, kept])
    alone = tenant.user(Role.FIELD, [gone])
    other = tenant.user(Role.FIELD, [kept])
    assert tenant.request("DELETE", f"/hub/{gone}").status_code == 200
    assigned = [user.get("/user").json()["hubId"] for user in (planner, alone, other)]
    assert assigned == [[kept], [], [kept]]


def test_hubs_deleted_at_once_all_leave_the_lists_of_their_users(tenant: Tenant) -> None:
    hubs = [tenant.hub() for _ in range(8)]
    users = [tenant.user(Role.PLANNER, hubs) for _ in range(4)]
    with ThreadPoolExecutor(8) as clients:
        answers = clients.map(lambda hub: tenant.request("DELETE", f"/hub/{hub}"), hubs)
        assert {answer.status_code for answer in answers} == {200}
    assert [user.get("/user").json()["hubId"] for user in users] == [[]] * 4


def test_changes_leave_events_and_refusals_leave_none_of_them(tenant: Tenant) -> None:
    """P21."""
    hub = tenant.hub("one")
    assert tenant.post("/hub", _body("one")).status_code == 409
    assert _put(tenant, hub, "uno") == 200
    assert _put(tenant, _UNKNOWN, "uno") == 404
    tenant.request("DELETE", f"/hub/{hub}")
    assert tenant.request("DELETE", f"/hub/{hub}").status_code == 404
    assert _events(tenant) == [
        (tenant.email, audit.Action.CREATE, "hub", hub, "one"),
        (tenant.email, audit.Action.UPDATE, "hub", hub, "uno"),
        (tenant.email, audit.Action.DELETE, "hub", hub, "uno"),
    ]


@pytest.mark.parametrize(
    ("coordinate", "shown"),
    [("-6.1944", -6.1944), ("+6", 6.0), (".5", 0.5), ("90", 90.0), (-90, -90.0), (1e-9, 1e-9)],
)
def test_coordinates_come_as_numbers_or_text_and_are_given_as_numbers(
    tenant: Tenant, coordinate: object, shown: float
) -> None:
    hub = _create(tenant, "here", lat=coordinate)
    given = tenant.get(f"/hub/{hub}").json()["data"]["lat"]
    assert given == shown
    assert isinstance(given, float)


@pytest.mark.parametrize(
    "coordinate",
    ["", "x", "1,5", "1_0", "٣", "0x10", "inf", "nan", "1e999", None, [1], {}, False, 91, -90.01],
)
def test_what_is_no_coordinate_is_refused(tenant: Tenant, coordinate: object) -> None:
    answer = tenant.post("/hub", _body("here", lat=coordinate))
    assert answer.status_code == 400
    assert "The lat field must be " in answer.json()["message"]
    assert _names(tenant) == []


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_body_with_a_number_that_is_not_finite_is_refused(tenant: Tenant, literal: str) -> None:
    body = f'{{"name": "here", "address": "", "lat": {literal}, "lng": 0}}'
    answer = tenant.request("POST", "/hub", content=body)
    assert answer.status_code == 400
    assert _names(tenant) == []
