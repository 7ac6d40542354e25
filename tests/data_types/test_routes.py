"""Data types as a client sees them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.factories import Tenant
from tests.records.reads import data_type_of_id, database_of
from transload import audit

BAD_REQUEST = "Bad request - invalid parameters provided."
NOT_FOUND = {"status": False, "message": "Data not found"}
FIELDS = '{"id": "dataId", "type": "string"}, {"id": "price", "type": "number", "default": %s}'


@pytest.mark.parametrize("unknown", ["f" * 24, "F" * 24, "x", "%00", "%FF", "'"])
def test_an_id_that_is_nobodys_is_not_found(tenant: Tenant, unknown: str) -> None:
    """P20: whatever stands in the path, the database has no say."""
    answer = tenant.get(f"/data-type/{unknown}")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_another_organizations_type_is_not_found(tenant: Tenant) -> None:
    """P7."""
    theirs = Tenant.create(tenant.site).get(f"/data-type/{tenant.data_type()}")
    unknown = tenant.get(f"/data-type/{'f' * 24}")
    assert (theirs.status_code, theirs.content) == (unknown.status_code, unknown.content)


@pytest.mark.parametrize("default", ["NaN", "-Infinity", "1e999"])
def test_a_default_that_is_not_finite_is_refused(tenant: Tenant, default: str) -> None:
    """P20: a refusal of ours, not an error of the database."""
    body = '{"name": "Outlets", "fields": [%s]}' % (FIELDS % default)
    answer = tenant.request("POST", "/data-type", content=body)
    fault = "The request's body holds a number that is not finite."
    expected = {"status": False, "message": f"{BAD_REQUEST} {fault}"}
    assert (answer.status_code, answer.json()) == (400, expected)


def test_a_default_that_its_field_cannot_hold_is_refused(tenant: Tenant) -> None:
    price = {"id": "price", "type": "number", "default": "cheap"}
    answer = tenant.post(
        "/data-type", {"name": "Outlets", "fields": [{"id": "dataId", "type": "string"}, price]}
    )
    fault = "The default of price must be a number, with a point and without separators."
    expected = {"status": False, "message": f"{BAD_REQUEST} {fault}"}
    assert (answer.status_code, answer.json()) == (400, expected)


def test_a_whole_number_is_a_default_of_text(tenant: Tenant) -> None:
    size = {"id": "size", "type": "string", "default": 5}
    kind = tenant.data_type([{"id": "dataId", "type": "string"}, size])
    [record] = tenant.add(kind, tenant.hub(), [{"dataId": "1"}])
    assert tenant.get(f"/data/{record}").json()["data"]["size"] == "5"


def test_a_type_that_was_read_can_be_sent_back(tenant: Tenant) -> None:
    body = {
        "name": "Outlets",
        "fields": [
            {"id": "dataId", "type": "string", "title": "Code"},
            {"id": "size", "inputType": "option", "optionData": ["S", 7], "isRequired": True},
            {"id": "note", "type": "text", "format": "uri", "default": "x", "visible": False},
        ],
        "commonData": True,
        "provider": "external-api",
        "providerConfig": {"url": "https://example.com", "key": "secret"},
    }
    created = tenant.post("/data-type", body).json()["data_type"]
    path = f"/data-type/{created['_id']}"
    for method in ("PUT", "PATCH"):
        answer = tenant.request(method, path, json=tenant.get(path).json()["data_type"])
        sent_back = answer.json()["data_type"]
        assert sent_back | {"updatedTime": ""} == created | {"updatedTime": ""}


@pytest.mark.parametrize("config", [None, {"url": "https://other.example"}])
def test_the_key_of_a_provider_stays_and_is_never_given_back(
    tenant: Tenant, config: dict[str, str] | None
) -> None:
    body = {
        "name": "Outlets",
        "fields": [{"id": "dataId", "type": "string"}],
        "provider": "external-api",
        "providerConfig": {"url": "https://example.com", "key": "a-secret"},
    }
    answers = [tenant.post("/data-type", body)]
    kind = answers[0].json()["data_type"]["_id"]
    changes = {"name": "Shops", "fields": body["fields"], "providerConfig": config}
    answers += [
        tenant.request("PUT", f"/data-type/{kind}", json=changes),
        tenant.get(f"/data-type/{kind}"),
        tenant.get("/data-types", provider="external-api"),
    ]
    assert not any("a-secret" in answer.text for answer in answers)
    source = data_type_of_id(tenant, kind).source
    assert source is not None
    assert source.key == "a-secret"


def test_what_becomes_of_a_type_is_audited(tenant: Tenant) -> None:
    """P21."""
    kind = tenant.data_type(name="Outlets")
    tenant.request("PATCH", f"/data-type/{kind}", json={"name": "Shops"})
    tenant.request("DELETE", f"/data-type/{kind}", params={"dryRun": True})
    tenant.request("DELETE", f"/data-type/{kind}")
    with database_of(tenant).read() as connection:
        events = audit.find_many(
            connection, tenant.organization_id, audit.Query(email=tenant.email)
        )
    assert [(event.action, event.detail) for event in reversed(events)] == [
        (audit.Action.CREATE, "Outlets"),
        (audit.Action.UPDATE, "Shops"),
        (audit.Action.DELETE, "Shops"),
    ]
    assert {(event.thing, event.thing_id) for event in events} == {("dataType", kind)}


def test_two_types_can_take_each_others_names_at_once(tenant: Tenant) -> None:
    kinds = [tenant.data_type(name="A"), tenant.data_type(name="B")]

    def rename(kind: str, name: str) -> int:
        body = {"name": name}
        return tenant.request("PATCH", f"/data-type/{kind}", json=body).status_code

    with ThreadPoolExecutor(2) as threads:
        for _ in range(10):
            codes = set(threads.map(rename, kinds, ["B", "A"]))
            assert codes <= {200, 409}


def test_an_emptied_provider_is_no_type_rather_than_all(tenant: Tenant) -> None:
    kind = tenant.data_type()
    assert tenant.get("/data-types", provider=",").json()["data_types"]["data"] == []
    [found] = tenant.get("/data-types", provider="").json()["data_types"]["data"]
    assert found["_id"] == kind
