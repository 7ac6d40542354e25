"""P10: a value that a role hides is in no byte that the role can get."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests.factories import FIELDS, Tenant, fetch
from transload.accounts.model import Role

_SECRET = "Quetzalcoatlus"  # noqa: S105 - a name that stands nowhere else
_FORMATS = ["xlsx", "json", "csv", "ndjson", "parquet"]
_MAY = ["view/data", "edit/data", "add/data", "view/dataType", "view/hub", "export/data"]


@pytest.fixture
def clerk(tenant: Tenant) -> tuple[Tenant, str, str, str]:
    """A user from whom `name` is hidden; the type, the hub and a record that holds the secret."""
    kind, hub = tenant.data_type(FIELDS, name="Animals"), tenant.hub()
    hiding = [{"permissionName": "view/data", "dataTypeId": kind, "hiddenFields": ["name"]}]
    role = tenant.role(*_MAY, "import/data", permissionDetails=hiding)
    (record,) = tenant.add(kind, hub, [{"dataId": "A1", "name": _SECRET, "price": 7}])
    tenant.add(kind, hub, [{"dataId": "A2", "name": "Aardvark", "price": 8}])
    return tenant.user(role, [hub]), kind, hub, record


def test_planted_value_is_in_no_answer(clerk: tuple[Tenant, str, str, str]) -> None:
    user, kind, hub, record = clerk
    paths: list[tuple[str, dict[str, Any]]] = [
        ("/data", {}),
        ("/data", {"dataTypeId": kind}),
        ("/data", {"dataTypeName": "Animals"}),
        ("/data", {"dataTypeId": kind, "sortBy": "price"}),
        ("/data", {"lazyLoad": 1}),
        (f"/data/{record}", {}),
        ("/data/type/Animals/A1", {}),
        (f"/data/hub/{hub}/type/Animals/A1", {}),
        (f"/data-type/{kind}", {}),
        ("/data-types", {}),
    ]
    for path, query in paths:
        answer = user.get(path, **query)
        assert answer.status_code == 200, (path, answer.text)
        assert _SECRET not in answer.text, path
    listed = user.get("/data", dataTypeId=kind).json()["data"]["data"]
    assert [record["price"] for record in listed] == [8, 7]
    assert all("name" not in record for record in listed)


@pytest.mark.parametrize("download", _FORMATS)
def test_planted_value_is_in_no_file(clerk: tuple[Tenant, str, str, str], download: str) -> None:
    user, kind, _, _ = clerk
    files = [
        user.file_directly(download=download, dataTypeId=kind),
        user.file_directly(download=download),
        user.file_in_background(download=download, dataTypeId=kind),
    ]
    for content in files:
        assert len(content) > 10
        assert _SECRET.encode() not in _unpacked(content)


@pytest.mark.parametrize(
    "query", [{"fields": "dataId,name"}, {"sortBy": "name"}, {"fields": "name", "sortBy": "price"}]
)
def test_hidden_field_asked_for_by_name_is_refused_naming_it(
    clerk: tuple[Tenant, str, str, str], query: dict[str, str]
) -> None:
    user, kind, _, _ = clerk
    for answer in (
        user.get("/data", dataTypeId=kind, **query),
        user.export(download="json", dataTypeId=kind, **query),
    ):
        assert answer.status_code == 403, answer.text
        assert "name" in answer.json()["message"]


@pytest.mark.parametrize(
    "query",
    [
        {"q": _SECRET},
        {"filter": json.dumps([{"field": "name", "operator": "eq", "value": _SECRET}])},
    ],
)
def test_hidden_value_cannot_be_guessed_by_searching(
    clerk: tuple[Tenant, str, str, str], query: dict[str, str]
) -> None:
    """What is asked for has to be refused, or to find as much as for a value that is nowhere."""
    user, kind, _, _ = clerk
    nowhere = {name: text.replace(_SECRET, "nowhere") for name, text in query.items()}
    answers = [user.get("/data", dataTypeId=kind, **one) for one in (query, nowhere)]
    assert answers[0].status_code == answers[1].status_code
    if answers[0].status_code == 200:
        totals = [answer.json()["data"]["total"] for answer in answers]
        assert totals[0] == totals[1]


def test_hidden_field_is_neither_written_nor_lost(clerk: tuple[Tenant, str, str, str]) -> None:
    user, kind, hub, record = clerk
    for method in ("PATCH", "PUT"):
        body = {"dataId": "A1", "dataTypeId": kind, "hubId": hub, "name": "Mine"}
        answer = user.request(method, f"/data/{record}", json=body)
        assert answer.status_code == 403, answer.text
        assert _SECRET not in answer.text
    changed = user.request("PATCH", f"/data/{record}", json={"price": 9})
    assert changed.status_code == 200, changed.text
    assert _SECRET not in changed.text
    bulk = {"data": [{"dataId": "A1", "dataTypeId": kind, "hubId": hub, "price": 10}]}
    upserted = user.post("/data/bulk/upsert", bulk)
    assert upserted.json()["success"] == 1, upserted.text
    assert _SECRET not in upserted.text


def test_owner_still_sees_what_the_clerk_did_not_touch(
    tenant: Tenant, clerk: tuple[Tenant, str, str, str]
) -> None:
    user, _, _, record = clerk
    assert user.request("PATCH", f"/data/{record}", json={"price": 9}).status_code == 200
    stored = tenant.get(f"/data/{record}").json()["data"]
    assert (stored["name"], stored["price"]) == (_SECRET, 9)


def test_role_that_changes_counts_from_the_next_request_on(
    tenant: Tenant, clerk: tuple[Tenant, str, str, str]
) -> None:
    """P9: what is taken away is gone, also for what was begun before."""
    user, kind, _, record = clerk
    role_id = user.get("/user").json()["roleId"]
    asked = user.export(download="json", dataTypeId=kind)
    link = asked.json()["data"]["link"]
    assert _SECRET.encode() not in fetch(link)
    body = {"name": "Nothing", "permissionList": ["view/dataType"]}
    assert tenant.request("PUT", f"/role/{role_id}", json=body).status_code == 200
    assert user.get(f"/data/{record}").status_code == 403
    assert user.export(download="json").status_code == 403
    assert user.get("/data-types").status_code == 200


def test_demoted_owner_is_no_owner_at_once(tenant: Tenant) -> None:
    other = tenant.user(Role.OWNER)
    path = f"/user/{other.user_id}"
    assert tenant.request("PATCH", path, json={"roleId": Role.FIELD.id}).status_code == 200
    assert other.post("/role", {"name": "x", "permissionList": []}).status_code == 403
    assert tenant.request("PATCH", path, json={"status": "inactive"}).status_code == 200
    assert other.get("/user").status_code == 401
    assert tenant.request("DELETE", path).status_code == 200
    assert other.get("/user").status_code == 401


def test_role_in_use_is_not_deleted_and_who_has_it_is_named(tenant: Tenant) -> None:
    role = tenant.role("view/data")
    user = tenant.user(role)
    refused = tenant.request("DELETE", f"/role/{role.id}")
    assert refused.status_code == 409
    assert refused.json()["message"] == (
        f"The role {role.name} is in use; give another one first to {user.email}."
    )
    moved = tenant.request("PATCH", f"/user/{user.user_id}", json={"roleId": Role.FIELD.id})
    assert moved.status_code == 200
    assert tenant.request("DELETE", f"/role/{role.id}").status_code == 200


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"PK"):
        return content
    with ZipFile(BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
