"""One record: added, changed, deleted, found by its names."""

from urllib.parse import quote

import pytest

from tests.factories import Tenant
from tests.records.test_duplicates import counts
from transload import audit
from transload.accounts.model import Role

_BAD_REQUEST = "Bad request - invalid parameters provided."

NAMES = [
    "1",
    "A 1",
    " ",
    "a/b",
    "/",
    "a/",
    "/a",
    "100%",
    "%2F",
    "é市🏪",
    "a?b#c",
    "...",
    "a+b",
    "'",
    "a\nb",
    "\r\n",
    "a//b",
    "type/1",
]


def by_hub(hub: str, name: str, data_id: str) -> str:
    return f"/data/hub/{hub}/type/{quote(name, safe='')}/{quote(data_id, safe='')}"


def by_name(name: str, data_id: str) -> str:
    return f"/data/type/{quote(name, safe='')}/{quote(data_id, safe='')}"


@pytest.mark.parametrize("name", ["Outlets", "a/b type/c %", "/x", "x/", "a\nb", "type/a"])
def test_any_text_in_a_path_leads_to_its_record(tenant: Tenant, name: str) -> None:
    """P15."""
    hub, kind = tenant.hub(), tenant.data_type(name=name)
    ids = tenant.add(kind, hub, [{"dataId": one} for one in NAMES])
    for data_id, record_id in zip(NAMES, ids, strict=True):
        for path in (by_hub(hub, name, data_id), by_name(name, data_id)):
            answer = tenant.get(path)
            assert answer.status_code == 200, (path, answer.text)
            assert answer.json()["data"]["_id"] == record_id
        assert tenant.request("DELETE", by_hub(hub, name, data_id)).status_code == 200
        assert tenant.get(by_name(name, data_id)).status_code == 404


@pytest.mark.parametrize("name", [".", ".."])
def test_name_that_no_path_can_hold_is_refused_when_it_is_made(tenant: Tenant, name: str) -> None:
    """Clients and proxies take these for steps through the path, encoded or not."""
    told = "must not be . or .., which no path can name."
    kind, hub = tenant.data_type(), tenant.hub()
    record = {"dataTypeId": kind, "hubId": hub, "dataId": name}
    fields = [{"id": "dataId", "title": "Code", "type": "string", "primaryKey": True}]
    flow = {"name": name, "pages": [{"id": "p", "components": [{"id": "a", "component": "view"}]}]}

    for path, body, what in (
        ("/data", record, "dataId"),
        ("/data-type", {"name": name, "fields": fields}, "The name"),
        ("/flow", flow, "The name"),
    ):
        answer = tenant.post(path, body)
        assert (answer.status_code, answer.json()["message"][-len(told) :]) == (400, told), path
        assert f"{what} {told}" in answer.json()["message"]
    for path in (f"/data/type/x/{name}", f"/data/hub/{hub}/type/x/{name}"):
        encoded = path.replace(".", "%2E")
        assert tenant.get(encoded).status_code == 404


@pytest.mark.parametrize("path", ["%00", "%FF", "%ED%A0%80", "a%00b"])
def test_what_no_store_can_hold_is_nobodys_name(tenant: Tenant, path: str) -> None:
    """P20."""
    tenant.data_type(name="Outlets")
    for start in ("/data/type/Outlets", f"/data/hub/{tenant.hub()}/type/Outlets"):
        assert tenant.get(f"{start}/{path}").status_code == 404
    assert tenant.get(f"/data/type/{path}/1").status_code == 404


def test_by_name_the_oldest_record_of_the_hubs_seen_is_found(tenant: Tenant) -> None:
    """P10."""
    kind, hubs = tenant.data_type(name="Outlets"), [tenant.hub(), tenant.hub()]
    ids = [tenant.add(kind, hub, [{"dataId": "1"}])[0] for hub in hubs]
    found = [
        user.get(by_name("Outlets", "1")).json()["data"]["_id"]
        for user in (tenant, *(tenant.user(Role.FIELD, [hub]) for hub in hubs))
    ]
    assert found == [ids[0], *ids]
    assert tenant.user(Role.FIELD).get(by_name("Outlets", "1")).status_code == 404


def test_put_writes_the_whole_record_and_patch_a_part(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    [record_id] = tenant.add(kind, hub, [{"dataId": "1", "name": "a", "price": 1, "tags": ["x"]}])
    admin = tenant.user(Role.ADMIN)

    patched = admin.request("PATCH", f"/data/{record_id}", json={"price": "2.50"}).json()["data"]
    assert (patched["name"], patched["price"], patched["tags"]) == ("a", 2.5, ["x"])
    assert (patched["createdBy"], patched["updatedBy"]) == (tenant.email, admin.email)

    put = tenant.request("PUT", f"/data/{record_id}", json={**patched, "dataId": "2"})
    assert put.json()["data"] == {
        **patched,
        "dataId": "2",
        "updatedBy": tenant.email,
        "updatedTime": put.json()["data"]["updatedTime"],
    }
    bare = tenant.request("PUT", f"/data/{record_id}", json={"dataId": "3"}).json()["data"]
    assert (bare["dataId"], bare["name"], bare["price"], bare["tags"]) == ("3", None, None, None)
    assert tenant.get(f"/data/{record_id}").json()["data"] == bare


def test_a_data_id_moves_only_to_one_that_is_free(tenant: Tenant) -> None:
    hub = tenant.hub()
    first, _ = tenant.add(tenant.data_type(), hub, [{"dataId": "1"}, {"dataId": "2"}])
    answer = tenant.request("PATCH", f"/data/{first}", json={"dataId": "2"})
    assert (answer.status_code, answer.json()["message"]) == (
        409,
        "The dataId 2 is taken already.",
    )
    assert tenant.request("PATCH", f"/data/{first}", json={"dataId": "1"}).status_code == 200
    assert tenant.request("PATCH", f"/data/{first}", json={"dataId": "3"}).status_code == 200


def test_a_record_stays_in_its_type(tenant: Tenant) -> None:
    [record_id] = tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1"}])
    other = tenant.data_type()
    for given in (other, "x", 5, [other]):
        answer = tenant.request("PATCH", f"/data/{record_id}", json={"dataTypeId": given})
        assert (answer.status_code, answer.json()["message"]) == (
            400,
            f"{_BAD_REQUEST} The dataTypeId of a record cannot be changed.",
        )
    sent = {"dataTypeId": None, "hubId": None}
    assert tenant.request("PATCH", f"/data/{record_id}", json=sent).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_record_moves_to_the_hub_that_is_named(tenant: Tenant, method: str) -> None:
    kind, home, other = tenant.data_type(), tenant.hub(), tenant.hub()
    [moved, stays] = tenant.add(kind, home, [{"dataId": "1", "name": "a"}, {"dataId": "2"}])
    tenant.add(kind, other, [{"dataId": "2"}])
    body = {"hubId": other, "dataId": "1", "name": "b"}
    answer = tenant.request(method, f"/data/{moved}", json=body)
    assert answer.status_code == 200, answer.text
    record = answer.json()["data"]
    assert (record["_id"], record["hubId"], record["name"]) == (moved, other, "b")
    for hub, number in ((home, 1), (other, 2)):
        assert tenant.get("/data", hubId=hub).json()["data"]["total"] == number
    taken = tenant.request(method, f"/data/{stays}", json={"hubId": other, "dataId": "2"})
    assert (taken.status_code, taken.json()["message"]) == (409, "The dataId 2 is taken already.")
    assert tenant.get(f"/data/{stays}").json()["data"]["hubId"] == home


def test_a_record_moves_to_no_hub_that_its_writer_does_not_see(tenant: Tenant) -> None:
    """P7: nor to one that is none."""
    kind, home, other = tenant.data_type(), tenant.hub(), tenant.hub()
    [record_id] = tenant.add(kind, home, [{"dataId": "1"}])
    planner = tenant.user(Role.PLANNER, [home])
    foreign = Tenant.create(tenant.site).hub()
    answers = [
        planner.request("PATCH", f"/data/{record_id}", json={"hubId": given})
        for given in (other, foreign, "x", 5, [other])
    ]
    assert [answer.status_code for answer in answers] == [403, 400, 400, 400, 400]
    assert tenant.get(f"/data/{record_id}").json()["data"]["hubId"] == home


def test_keys_that_the_type_does_not_know_are_passed_over_and_named(tenant: Tenant) -> None:
    """P28: the reference's own examples send some."""
    place = {"dataTypeId": tenant.data_type(), "hubId": tenant.hub()}
    made = tenant.post("/data", {**place, "dataId": "1", "colour": "red"})
    assert (made.status_code, made.json()["ignoredFields"]) == (201, ["colour"])
    record = made.json()["data"]
    assert "colour" not in record
    path = f"/data/{record['_id']}"
    for method in ("PUT", "PATCH"):
        changed = tenant.request(method, path, json={**record, "name": "b", "size": 1})
        assert (changed.status_code, changed.json()["ignoredFields"]) == (200, ["size"])
        strict = {"Prefer": "handling=strict"}
        refused = tenant.request(method, path, json={"dataId": "1", "size": 1}, headers=strict)
        assert refused.status_code == 400
        assert "'size' is not a field of" in refused.json()["message"]
        again = tenant.request(method, path, json=record | {"name": "c"}, headers=strict)
        assert again.status_code == 200
        assert "ignoredFields" not in again.json()


def test_what_breaks_the_schema_changes_nothing(tenant: Tenant) -> None:
    [record_id] = tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1", "price": 1}])
    was = tenant.get(f"/data/{record_id}").json()
    for body in (
        b'{"price": "x"}',
        b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}',
        b'{"dataId": ""}',
    ):
        answer = tenant.request("PATCH", f"/data/{record_id}", content=body)
        assert answer.status_code == 400, body
    assert tenant.get(f"/data/{record_id}").json() == was


def test_counts_follow_every_write(tenant: Tenant) -> None:
    """P19."""
    kind, hub = tenant.data_type(name="Outlets"), tenant.hub()
    for number in range(3):
        body = {"dataTypeId": kind, "hubId": hub, "dataId": str(number)}
        assert tenant.post("/data", body).status_code == 201
    record_id = tenant.get(by_hub(hub, "Outlets", "0")).json()["data"]["_id"]
    assert tenant.request("DELETE", f"/data/{record_id}").json()["data"]["dataId"] == "0"
    assert tenant.request("DELETE", by_hub(hub, "Outlets", "1")).status_code == 200
    assert counts(tenant, kind, hub) == (1, 1)


def test_writes_leave_their_events(tenant: Tenant) -> None:
    """P21."""
    body = {"dataTypeId": tenant.data_type(), "hubId": tenant.hub(), "dataId": "1"}
    record_id = tenant.post("/data", body).json()["data"]["_id"]
    tenant.request("PATCH", f"/data/{record_id}", json={"name": "x"})
    tenant.request("DELETE", f"/data/{record_id}")
    with tenant.site.service.accounts.database.read() as connection:
        events = audit.find_latest(connection, tenant.organization_id, 3)
    assert [(event.action, event.thing, event.thing_id) for event in events] == [
        (action, "record", record_id) for action in ("delete", "update", "create")
    ]


def test_each_way_to_write_needs_its_permission_and_a_hub_that_is_seen(tenant: Tenant) -> None:
    """P10."""
    kind, hub = tenant.data_type(name="Outlets"), tenant.hub()
    [record_id] = tenant.add(kind, hub, [{"dataId": "1"}])
    new = {"dataTypeId": kind, "hubId": hub, "dataId": "2"}
    field, planner = tenant.user(Role.FIELD, [hub]), tenant.user(Role.PLANNER)
    requests: list[tuple[str, str, object]] = [
        ("POST", "/data", new),
        ("PUT", f"/data/{record_id}", {"dataId": "1"}),
        ("PATCH", f"/data/{record_id}", {}),
        ("DELETE", f"/data/{record_id}", None),
        ("PUT", by_hub(hub, "Outlets", "1"), {}),
        ("DELETE", by_hub(hub, "Outlets", "1"), None),
    ]
    assert [field.request(way, path, json=body).status_code for way, path, body in requests] == [
        403
    ] * 6
    assert [planner.request(way, path, json=body).status_code for way, path, body in requests] == [
        403,
        *[404] * 5,
    ]


def test_another_organizations_record_is_as_good_as_unknown(tenant: Tenant) -> None:
    """P7."""
    hub = tenant.hub()
    [record_id] = tenant.add(tenant.data_type(name="Outlets"), hub, [{"dataId": "1"}])
    stranger = Tenant.create(tenant.site)
    paths = {f"/data/{record_id}": f"/data/{'f' * 24}"}
    paths[by_hub(hub, "Outlets", "1")] = by_hub("f" * 24, "Outlets", "1")
    for theirs, nobodys in paths.items():
        for method in ("GET", "PUT", "DELETE"):
            answers = [stranger.request(method, path, json={}) for path in (theirs, nobodys)]
            assert answers[0].status_code == 404
            assert answers[0].content == answers[1].content
