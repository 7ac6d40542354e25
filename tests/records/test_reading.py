"""GET /data/{id} as a client sees it."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import Tenant
from tests.records.bulks import ADDED, bulk, outcomes
from tests.schemas import OPTIONS
from transload.accounts.model import Role
from transload.data_types.model import FieldType

NOT_FOUND = {"status": False, "message": "Data not found"}
EVERY_TYPE: Sequence[Mapping[str, object]] = [
    {"id": "dataId", "type": "string", "primaryKey": True},
    *(
        {
            "id": kind.value,
            "type": kind.value,
            "optionData": OPTIONS * (kind == "option"),
            "format": "IDR" if kind == "money" else None,
        }
        for kind in FieldType
    ),
]
EVERY_VALUE: Mapping[str, object] = {
    "string": " =1+1 \t é 市場 🏪 \x01\x7f\u2028 ",
    "text": "",
    "number": -0.1,
    "boolean": False,
    "date": "1899-12-31",
    "dateTime": "2025-01-31 00:00:00.007",
    "time": "23:59:59",
    "coordinate": "-6.170,106.80",
    "phone": "+6281234567890",
    "option": OPTIONS[0],
    "list": ["a", "", "12345678901234567890", 9007199254740992, 0.5, True],
    "money": "-12500.05",
}
stored_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def test_a_record_reads_back_as_it_was_sent(tenant: Tenant) -> None:
    """P23."""
    hub, kind = tenant.hub(), tenant.data_type(EVERY_TYPE, name="Everything")
    [record_id] = tenant.add(kind, hub, [{"dataId": "007", **EVERY_VALUE}])

    body = tenant.get(f"/data/{record_id}").json()

    record = body["data"]
    created = record["createdTime"]
    assert body == {"status": True, "message": "Success", "data": record}
    assert record == {
        "_id": record_id,
        "dataTypeId": kind,
        "hubId": hub,
        "organizationId": tenant.organization_id,
        "limitUser": [],
        "data_type": {"_id": kind, "name": "Everything"},
        "createdBy": tenant.email,
        "updatedBy": tenant.email,
        "createdTime": created,
        "updatedTime": created,
        "dataId": "007",
        **EVERY_VALUE,
    }


def test_a_record_that_was_read_can_be_sent_to_another_hub(tenant: Tenant) -> None:
    kind = tenant.data_type()
    [record_id] = tenant.add(kind, tenant.hub(), [{"dataId": "1", "name": "x"}])
    read = tenant.get(f"/data/{record_id}").json()["data"]
    assert outcomes(bulk(tenant, {**read, "hubId": tenant.hub()})) == [ADDED]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(stored_text, min_size=1, max_size=20))
def test_text_of_any_script_reads_back_as_it_was_sent(tenant: Tenant, texts: list[str]) -> None:
    """P23: blanks at the ends and control characters too."""
    hub, kind = tenant.hub(uuid4().hex), tenant.data_type(name=uuid4().hex)
    sent = {"dataId": f"{texts[0]}1", "name": texts[-1], "tags": texts}
    [record_id] = tenant.add(kind, hub, [sent])
    read = tenant.get(f"/data/{record_id}").json()["data"]
    assert {name: read[name] for name in sent} == sent


@pytest.mark.parametrize("unknown", ["f" * 24, "F" * 24, "x", "1", "%00", "%FF", "'", "f" * 1_000])
def test_an_id_that_is_nobodys_is_not_found(tenant: Tenant, unknown: str) -> None:
    """P20: whatever stands in the path, the database has no say."""
    answer = tenant.get(f"/data/{unknown}")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_another_organizations_record_is_not_found(tenant: Tenant) -> None:
    """P7."""
    [record_id] = tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1"}])
    theirs = Tenant.create(tenant.site).get(f"/data/{record_id}")
    unknown = tenant.get(f"/data/{'f' * 24}")
    assert (theirs.status_code, theirs.content) == (unknown.status_code, unknown.content)


def test_records_of_an_unseen_hub_are_not_found(tenant: Tenant) -> None:
    """P10."""
    seen, unseen, kind = tenant.hub(), tenant.hub(), tenant.data_type()
    [there] = tenant.add(kind, seen, [{"dataId": "1"}])
    [hidden] = tenant.add(kind, unseen, [{"dataId": "1"}])
    field_user = tenant.user(Role.FIELD, [seen])
    assert field_user.get(f"/data/{there}").status_code == 200
    answer = field_user.get(f"/data/{hidden}")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
