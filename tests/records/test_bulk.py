"""POST /data/bulk as a client sees it."""

import pytest

from tests.factories import Tenant
from tests.records.bulks import bulk, outcomes
from transload.accounts.model import Role

_WRITES = [("POST", "/data/bulk"), ("POST", "/data/bulk/upsert"), ("PATCH", "/datas/bulk")]
BAD_REQUEST = "Bad request - invalid parameters provided."


def test_the_answer_says_of_every_item_what_became_of_it(tenant: Tenant) -> None:
    """P28: good records go in though others are bad."""
    hub, kind = tenant.hub(), tenant.data_type(name="Outlets")
    place = {"dataTypeId": kind, "hubId": hub}

    answer = bulk(
        tenant,
        {**place, "dataId": "1"},
        {**place, "dataId": "2", "price": "cheap", "colour": "red"},
        {**place, "dataId": "3"},
    )

    assert answer.status_code == 201
    body = answer.json()
    first, third = body["data"][0]["_id"], body["data"][2]["_id"]
    assert body == {
        "success": 2,
        "failed": 1,
        "data": [
            {"status": True, "message": "Success.", "_id": first},
            {
                "status": False,
                "message": "price must be a number, with a point and without separators.",
                "_id": None,
            },
            {"status": True, "message": "Success.", "_id": third},
        ],
    }
    assert first < third
    assert tenant.get(f"/data/{third}").json()["data"]["dataId"] == "3"


def test_keys_that_a_type_does_not_know_are_passed_over_and_named(tenant: Tenant) -> None:
    """P28: nothing is left out in silence, item by item; in a patch and an upsert alike."""
    place = {"dataTypeId": tenant.data_type(), "hubId": tenant.hub()}
    item = {**place, "dataId": "1", "colour": "red", "price": 1, "ignoredFields": ["colour"], "": 2}
    plain = {**place, "dataId": "2"}
    for method, path in _WRITES:
        sent = {"data": [item, plain]}
        named, silent = tenant.request(method, path, json=sent).json()["data"]
        assert (named["status"], named["ignoredFields"]) == (True, ["colour", ""])
        assert silent["status"], silent
        assert "ignoredFields" not in silent
        assert tenant.get(f"/data/{named['_id']}").json()["data"].keys() & {"colour", ""} == set()


@pytest.mark.parametrize("prefer", ["handling=strict", "respond-async, Handling = strict"])
def test_a_client_that_prefers_it_has_unknown_keys_refused(tenant: Tenant, prefer: str) -> None:
    place = {"dataTypeId": tenant.data_type(name="Outlets"), "hubId": tenant.hub()}
    item = {**place, "dataId": "1", "colour": "red", "size": 2}
    faults = "'colour' is not a field of Outlets; 'size' is not a field of Outlets."
    for method, path in _WRITES:
        headers = {"Prefer": prefer}
        answer = tenant.request(method, path, json={"data": [item]}, headers=headers)
        [refused] = answer.json()["data"]
        assert (refused["status"], refused["message"]) == (False, faults)
        assert "ignoredFields" not in refused
    assert tenant.get("/data").json()["data"]["total"] == 0


def test_no_items_are_no_records(tenant: Tenant) -> None:
    answer = bulk(tenant)
    assert (answer.status_code, answer.json()) == (201, {"success": 0, "failed": 0, "data": []})


@pytest.mark.parametrize("item", [None, 1, "x", [], [{"dataId": "1"}]])
def test_an_item_that_is_no_object_fails_alone(tenant: Tenant, item: object) -> None:
    good = {"dataTypeId": tenant.data_type(), "hubId": tenant.hub(), "dataId": "1"}
    assert outcomes(bulk(tenant, item, good)) == [
        (False, "The record must be a JSON object."),
        (True, "Success."),
    ]


def test_a_record_needs_a_type_of_the_organization(tenant: Tenant) -> None:
    """P7: another organization's type is as good as unknown."""
    others = Tenant.create(tenant.site).data_type()
    item = {"hubId": tenant.hub(), "dataId": "1"}
    given_types: list[object] = [None, "", "x", 5, {}, "f" * 24, "f\0", others]
    found = outcomes(bulk(tenant, item, *({**item, "dataTypeId": one} for one in given_types)))
    assert found == [(False, "The selected dataTypeId is invalid.")] * 9


def test_a_record_needs_a_hub_of_the_organization(tenant: Tenant) -> None:
    """P7: another organization's hub is as good as unknown."""
    others = Tenant.create(tenant.site).hub()
    item = {"dataTypeId": tenant.data_type(), "dataId": "1"}
    missing = [item, {**item, "hubId": None}, {**item, "hubId": ""}]
    unknown = [{**item, "hubId": hub} for hub in ("x", "f" * 24, "f\0", others)]
    assert outcomes(bulk(tenant, *missing, *unknown)) == [
        *[(False, "The hubId field is required.")] * 3,
        *[(False, "The selected hubId is invalid.")] * 4,
    ]


def test_a_record_of_a_common_type_needs_no_hub(tenant: Tenant) -> None:
    kind = tenant.data_type(common=True)
    [record_id] = tenant.add(kind, None, [{"dataId": "1"}])
    assert tenant.get(f"/data/{record_id}").json()["data"]["hubId"] is None


def test_a_hub_that_the_user_does_not_see_takes_none_of_their_records(tenant: Tenant) -> None:
    """P10."""
    seen, unseen, kind = tenant.hub(), tenant.hub(), tenant.data_type()
    planner = tenant.user(Role.PLANNER, [seen])
    items = [{"dataTypeId": kind, "hubId": hub, "dataId": "1"} for hub in (seen, unseen)]
    assert outcomes(bulk(planner, *items)) == [
        (True, "Success."),
        (False, "You do not have permission to perform this action"),
    ]


def test_adding_needs_a_permission(tenant: Tenant) -> None:
    answer = bulk(tenant.user(Role.FIELD), {})
    assert (answer.status_code, answer.json()) == (
        403,
        {"status": False, "message": "You do not have permission to perform this action"},
    )


def test_two_thousand_records_are_taken_and_no_more(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    items = [{"dataTypeId": kind, "hubId": hub, "dataId": str(n)} for n in range(2_001)]
    answer = bulk(tenant, *items)
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "status": False,
            "message": f"{BAD_REQUEST} At most 2000 records are taken at once.",
        },
    )
    assert bulk(tenant, *items[1:]).json()["success"] == 2_000
    assert bulk(tenant, *items[:1]).json()["success"] == 1


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "The request's body is not valid JSON."),
        (b"{", "The request's body is not valid JSON."),
        (b'{"data": []', "The request's body is not valid JSON."),
        (b"\xff\xfe", "The request's body is not valid JSON."),
        (b"[]", "The request's body must be a JSON object."),
        (b"null", "The request's body must be a JSON object."),
        (b"{}", "The data field must be a list of records."),
        (b'{"data": null}', "The data field must be a list of records."),
        (b'{"data": {"0": {}}}', "The data field must be a list of records."),
    ],
)
def test_a_body_without_a_list_of_records_is_refused(
    tenant: Tenant, body: bytes, fault: str
) -> None:
    answer = tenant.request("POST", "/data/bulk", content=body)
    expected = {"status": False, "message": f"{BAD_REQUEST} {fault}"}
    assert (answer.status_code, answer.json()) == (400, expected)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (b'"\\u0000"', "name must not hold U+0000 or a lone surrogate."),
        (b'"\\ud83d"', "name must not hold U+0000 or a lone surrogate."),
        (b"12345678901234567890", "name must be text."),
        (b'"%s"' % (b"x" * (1 << 20)), "The record is over 1 MiB."),
        (b'"x", "price": NaN', "price must be a finite number."),
        (b'"x", "price": 1e999', "price must be a finite number."),
        (
            b'"x", "price": 9007199254740993',
            "price must be a number up to 2^53; keep longer ids as text.",
        ),
        (
            b'"x", "price": "%s"' % (b"9" * 5_000),
            "price must be a number up to 2^53; keep longer ids as text.",
        ),
        (b'"x", "tags": ["a", "\\u0000"]', "tags must not hold U+0000 or a lone surrogate."),
    ],
)
def test_what_no_store_can_hold_fails_alone(tenant: Tenant, value: bytes, fault: str) -> None:
    """P28, and P20: a refusal of ours, not an error of the database."""
    place = f'"dataTypeId": "{tenant.data_type()}", "hubId": "{tenant.hub()}"'.encode()
    body = b'{"data": [{%s, "dataId": "1", "name": %s}, {%s, "dataId": "2"}]}'
    answer = tenant.request("POST", "/data/bulk", content=body % (place, value, place))
    assert outcomes(answer) == [(False, fault), (True, "Success.")]
