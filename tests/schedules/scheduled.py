"""Makes schedules over HTTP, and waits for what becomes of them."""

from typing import Any

from tests.factories import Tenant, awaited


def body(url: str, data_type_id: str, **more: object) -> dict[str, Any]:
    """Give the body of a schedule that hands csv of a type to a webhook.

    It comes due on leap days alone: not by itself in the middle of a test, whatever the hour.
    """
    return {
        "name": "Outlets",
        "cron": "0 3 29 2 *",
        "timeZone": "Asia/Jakarta",
        "reportType": "data",
        "export": {"download": "json", "dataTypeId": data_type_id, "fields": "dataId,name"},
        "destination": {"kind": "webhook", "url": url},
        **more,
    }


def schedule(tenant: Tenant, sent: dict[str, Any]) -> dict[str, Any]:
    """Make a schedule; give it as its answer shows it."""
    answer = tenant.post("/export-schedules", sent)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


def get(tenant: Tenant, made: dict[str, Any]) -> dict[str, Any]:
    """Give a schedule as it is now."""
    answer = tenant.get(f"/export-schedule/{made['_id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


def runs(tenant: Tenant, made: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the runs of a schedule, the newest first."""
    answer = tenant.get(f"/export-schedule/{made['_id']}/runs", limit=100)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]["data"]
    return found


def ran(tenant: Tenant, made: dict[str, Any]) -> dict[str, Any]:
    """Run a schedule now; give the run when it is over."""
    answer = tenant.post(f"/export-schedule/{made['_id']}/run")
    assert answer.status_code == 201, answer.text
    return over(tenant, made)


def over(tenant: Tenant, made: dict[str, Any]) -> dict[str, Any]:
    """Wait until the newest run of a schedule is over; give it."""
    awaited(lambda: (found := runs(tenant, made)) and found[0]["completedTime"])
    return runs(tenant, made)[0]
