"""Types limited to named users: of their records a user sees those that list their e-mail."""

from dataclasses import dataclass

import orjson
import pytest

from tests.factories import Site, Tenant
from tests.records.test_single import by_hub, by_name
from transload.accounts.model import Role

NAME = "Limited"
BAD_REQUEST = "Bad request - invalid parameters provided."


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """A hub with a record for the user, one for somebody else, one for nobody, and a free one."""

    owner: Tenant
    user: Tenant
    hub: str
    kind: str
    mine: str
    others: str
    nobodys: str
    free: str


@pytest.fixture
def limited(site: Site) -> Limited:
    owner = Tenant.create(site)
    hub, kind = owner.hub(), owner.data_type(name=NAME, limited=True)
    user = owner.user(Role.PLANNER, [hub])
    rows: list[dict[str, object]] = [
        {"dataId": "mine", "limitUser": [f" {user.email.upper()} ", "else@example.com"]},
        {"dataId": "others", "limitUser": f"x{user.email}, else@example.com,"},
        {"dataId": "nobodys"},
    ]
    mine, others, nobodys = owner.add(kind, hub, rows)
    [free] = owner.add(owner.data_type(), hub, [{"dataId": "free", "limitUser": ["a@b.c"]}])
    return Limited(
        owner=owner,
        user=user,
        hub=hub,
        kind=kind,
        mine=mine,
        others=others,
        nobodys=nobodys,
        free=free,
    )


def ids_of(tenant: Tenant, **query: object) -> tuple[list[str], int]:
    found = tenant.get("/data", sortOrder="asc", **query).json()["data"]
    return [record["_id"] for record in found["data"]], found["total"]


def test_addresses_are_kept_in_lower_case_and_read_as_a_list(limited: Limited) -> None:
    found = [
        limited.owner.get(f"/data/{one}").json()["data"]["limitUser"]
        for one in (limited.mine, limited.others, limited.nobodys)
    ]
    email = limited.user.email
    assert found == [[email, "else@example.com"], [f"x{email}", "else@example.com"], []]


def test_a_list_has_what_names_the_caller_and_its_total_too(limited: Limited) -> None:
    """P10, P19: by default for admins as well."""
    seen = [limited.mine, limited.free]
    assert ids_of(limited.user) == (seen, 2)
    assert ids_of(limited.user, dataTypeId=limited.kind) == ([limited.mine], 1)
    assert ids_of(limited.user, hubId=limited.hub, limit=1, page=2) == ([limited.free], 2)
    assert ids_of(limited.user, dataId="mine,others") == ([limited.mine], 1)
    assert ids_of(limited.user, sortBy="dataId") == ([limited.free, limited.mine], 2)
    assert ids_of(limited.owner) == ([limited.free], 1)


def test_only_admins_list_all(limited: Limited) -> None:
    every = [limited.mine, limited.others, limited.nobodys, limited.free]
    assert ids_of(limited.owner, limitUser="false") == (every, 4)
    assert ids_of(limited.owner, limitUser="0", dataTypeId=limited.kind) == (every[:3], 3)
    answer = limited.user.get("/data", limitUser="false")
    assert (answer.status_code, answer.json()["message"]) == (
        403,
        "You do not have permission to perform this action",
    )


def test_a_record_that_names_others_answers_like_an_unknown_one(limited: Limited) -> None:
    """P7, P10."""
    pairs = [
        (f"/data/{limited.others}", f"/data/{'f' * 24}"),
        (by_hub(limited.hub, NAME, "others"), by_hub(limited.hub, NAME, "unknown")),
        (by_name(NAME, "nobodys"), by_name(NAME, "unknown")),
    ]
    for hidden, unknown in pairs:
        methods = ["GET"] if hidden == by_name(NAME, "nobodys") else ["GET", "PUT", "DELETE"]
        for method in methods:
            answers = [
                limited.user.request(method, path, json={"dataId": "z"})
                for path in (hidden, unknown)
            ]
            assert answers[0].status_code == 404
            assert answers[0].content == answers[1].content
    assert limited.user.get(f"/data/{limited.mine}").status_code == 200
    assert limited.user.get(by_name(NAME, "mine")).status_code == 200
    assert limited.owner.get(f"/data/{limited.nobodys}").status_code == 200


def test_bulk_writes_touch_only_what_names_the_user(limited: Limited) -> None:
    """P10."""
    place = {"dataTypeId": limited.kind, "hubId": limited.hub}
    items = [{**place, "dataId": name, "name": "x"} for name in ("mine", "others", "new")]

    def statuses(method: str, path: str, sent: object) -> list[bool]:
        answer = limited.user.request(method, path, json={"data": sent})
        return [item["status"] for item in answer.json()["data"]]

    assert statuses("PATCH", "/datas/bulk", items) == [True, False, False]
    assert statuses("POST", "/data/bulk/upsert", items) == [True, False, True]
    ids = [limited.others, limited.mine]
    assert statuses("DELETE", "/datas/bulk", ids) == [False, True]
    assert limited.owner.get(f"/data/{limited.others}").json()["data"]["name"] is None


def test_who_is_listed_stays_unless_it_is_named(limited: Limited) -> None:
    path = f"/data/{limited.mine}"
    was = limited.owner.get(path).json()["data"]["limitUser"]
    place = {"dataTypeId": limited.kind, "hubId": limited.hub, "dataId": "mine"}
    limited.owner.request("PUT", path, json={"dataId": "mine"})
    limited.owner.post("/data/bulk/upsert", {"data": [place]})
    limited.owner.request("PATCH", "/datas/bulk", json={"data": [{**place, "name": "x"}]})
    assert limited.owner.get(path).json()["data"]["limitUser"] == was
    limited.owner.request("PATCH", path, json={"limitUser": None})
    assert limited.user.get(path).status_code == 404


@pytest.mark.parametrize(
    "value", ["x", ["a@b.c", 5], {}, 5, True, ["a@b.c\nd@e.f"], ["a@b.c"] * 1_001]
)
def test_what_lists_no_addresses_is_refused(limited: Limited, value: object) -> None:
    answer = limited.owner.request("PATCH", f"/data/{limited.mine}", json={"limitUser": value})
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        f"{BAD_REQUEST} limitUser must be a list of up to 1000 e-mail addresses.",
    )


@pytest.mark.parametrize("sort_by", ["createdTime", "dataId"])
def test_an_export_has_what_the_user_sees_and_says_how_many(limited: Limited, sort_by: str) -> None:
    """P10, P19."""
    for tenant, names in (
        (limited.user, {"mine", "free"}),
        (limited.owner, {"mine", "others", "nobodys", "free"}),
    ):
        answer = tenant.export(download="json", sortBy=sort_by, fields="dataId")
        assert answer.json()["data"]["totalMatched"] == len(names)
        file = tenant.file_directly(download="json", sortBy=sort_by, fields="dataId")
        assert {record["dataId"] for record in orjson.loads(file)} == names
