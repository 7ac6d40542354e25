"""POST /data/export as a client sees it."""

from tests.factories import Tenant


def test_direct_export_gives_a_link_to_the_file(tenant: Tenant) -> None:
    hub, kind = tenant.hub(), tenant.data_type(name="Outlets")
    first, second = tenant.add(
        kind, hub, [{"dataId": "001", "name": "One"}, {"dataId": "002", "name": "=2"}]
    )

    answer = tenant.export(download="json", dataTypeId=kind, fields="dataId,name", sortOrder="asc")

    body = answer.json()
    assert body == {
        "status": True,
        "message": "Success",
        "total_data_be": 2,
        "last_id": second,
        "last_field": "name",
        "data": body["data"],
    }
    assert first < second
