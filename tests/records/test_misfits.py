"""What would not fit a change of a data type is told before it is made."""

from typing import Any

from tests.factories import FIELDS, Tenant
from transload.data_types.model import FieldType


def _as_number(name: str) -> dict[str, Any]:
    return {
        "fields": [
            {**field, "type": FieldType.NUMBER.value} if field["id"] == name else field
            for field in FIELDS
        ]
    }


def _misfits(user: Tenant, kind: str, name: str = "name") -> tuple[int, list[tuple[str, str, str]]]:
    answer = user.post(f"/data-type/{kind}/misfits", _as_number(name))
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    return data["total"], [(one["dataId"], one["field"], one["value"]) for one in data["misfits"]]


def test_every_value_that_would_not_fit_is_counted_and_the_first_are_named(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    tenant.add(kind, hub, [{"dataId": str(n), "name": "x" if n else "5"} for n in range(103)])
    before = tenant.get(f"/data-type/{kind}").json()

    total, shown = _misfits(tenant, kind)

    assert (total, len(shown)) == (102, 100)
    assert shown[0] == ("1", "name", '"x"')
    assert tenant.get(f"/data-type/{kind}").json() == before
    assert _misfits(tenant, kind, "price") == (0, [])


def test_values_are_shown_to_who_may_see_them_as_records(tenant: Tenant) -> None:
    """P10."""
    kind, hub = tenant.data_type(), tenant.hub()
    tenant.add(kind, hub, [{"dataId": "1", "name": "theirs"}])
    tenant.add(kind, tenant.hub(), [{"dataId": "2", "name": "elsewhere"}])
    hidden = [{"permissionName": "view/data", "dataTypeId": kind, "hiddenFields": ["name"]}]
    of_hub = tenant.user(tenant.role("edit/dataType", "view/data"), [hub])
    without_field = tenant.role("edit/dataType", "view/data", permissionDetails=hidden)
    assert _misfits(of_hub, kind) == (2, [("1", "name", '"theirs"')])
    assert _misfits(tenant.user(without_field, [hub]), kind) == (2, [])
    assert _misfits(tenant.user(tenant.role("edit/dataType"), [hub]), kind) == (2, [])
