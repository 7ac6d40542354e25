"""P17: requests that name themselves are done once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import httpx
import pytest
from sqlalchemy import update

from tests.factories import Tenant
from transload.accounts.model import Role
from transload.db import answers, tables
from transload.db.answers import RequestName
from transload.errors import ConflictError

Send = Callable[[Tenant, str, str], httpx.Response]


def export(path: str) -> Send:
    def send(tenant: Tenant, key: str, variant: str) -> httpx.Response:
        body = {"download": "csv", "background": True, "sortOrder": variant}
        return tenant.request("POST", path, json=body, headers={"Idempotency-Key": key})

    return send


def bulk_of_tasks(tenant: Tenant, key: str, variant: str) -> httpx.Response:
    tasks = [{"flow": "Nowhere", "hubId": "", "title": variant}]
    headers = {"Idempotency-Key": key}
    return tenant.request("POST", "/tasks/bulk", json={"tasks": tasks}, headers=headers)


def bulk_of_records(tenant: Tenant, key: str, variant: str) -> httpx.Response:
    headers = {"Idempotency-Key": key}
    return tenant.request("POST", "/data/bulk", json={"data": [{"x": variant}]}, headers=headers)


def upload(tenant: Tenant, key: str, variant: str) -> httpx.Response:
    types = tenant.get("/data-types").json()["data_types"]["data"]
    kind = types[0]["_id"] if types else tenant.data_type(common=True)
    return tenant.request(
        "POST",
        "/data/import",
        data={"dataTypeId": kind},
        files={"file": ("outlets.csv", f"Code,Name\n1,{variant}\n".encode(), "text/csv")},
        headers={"Idempotency-Key": key},
    )


SENDS = {
    "/data/export": export("/data/export"),
    "/tasks/export": export("/tasks/export"),
    "/tasks/bulk": bulk_of_tasks,
    "/data/bulk": bulk_of_records,
    "/data/import": upload,
}
every_route = pytest.mark.parametrize("send", SENDS.values(), ids=SENDS)


@every_route
def test_the_same_request_gets_the_first_answer_again(tenant: Tenant, send: Send) -> None:
    first = send(tenant, "key-1", "asc")
    assert first.status_code in {200, 201}, first.text
    assert "Idempotency-Replayed" not in first.headers
    again = send(tenant, "key-1", "asc")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Content-Type"] == first.headers["Content-Type"]


@every_route
def test_another_request_under_the_same_key_is_refused(tenant: Tenant, send: Send) -> None:
    assert send(tenant, "key-1", "asc").status_code in {200, 201}
    other = send(tenant, "key-1", "desc")
    assert other.status_code == 422
    assert other.json()["message"] == "Another request was sent with this Idempotency-Key."


def test_one_key_makes_one_job(tenant: Tenant) -> None:
    send = SENDS["/data/export"]
    ids = {send(tenant, "key-1", "asc").json()["data"]["exportId"] for _ in range(3)}
    assert len(ids) == 1
    assert tenant.get("/tasks/export-log").json()["total"] == 1
    assert send(tenant, "key-2", "asc").json()["data"]["exportId"] not in ids


def test_keys_are_an_organizations_own(tenant: Tenant) -> None:
    send = SENDS["/data/export"]
    first = send(tenant, "key-1", "asc").json()["data"]["exportId"]
    other = send(Tenant.create(tenant.site), "key-1", "asc")
    assert "Idempotency-Replayed" not in other.headers
    assert other.json()["data"]["exportId"] != first


def test_a_refused_request_may_be_sent_again(tenant: Tenant) -> None:
    headers = {"Idempotency-Key": "key-1"}
    refused = tenant.request("POST", "/data/export", json={"download": "x"}, headers=headers)
    assert refused.status_code == 400
    user = tenant.user(Role.FIELD)
    assert user.request("POST", "/data/export", json={}, headers=headers).status_code == 403
    passed = tenant.request("POST", "/data/export", json={"download": "csv"}, headers=headers)
    assert passed.status_code == 200


def test_an_answer_is_kept_for_a_day(tenant: Tenant) -> None:
    send = SENDS["/data/export"]
    first = send(tenant, "key-1", "asc").json()["data"]["exportId"]
    tenant.site.clock.move(timedelta(hours=23, minutes=59))
    assert send(tenant, "key-1", "asc").json()["data"]["exportId"] == first
    tenant.site.clock.move(timedelta(minutes=2))
    assert send(tenant, "key-1", "asc").json()["data"]["exportId"] != first


@every_route
def test_work_whose_answer_is_lost_is_not_done_again(tenant: Tenant, send: Send) -> None:
    database, clock = tenant.site.service.accounts.database, tenant.site.clock
    first = send(tenant, "key-1", "asc")
    assert first.status_code in {200, 201}
    made = counted(tenant)
    with database.write() as connection:
        # What a process leaves that dies between the commit of the work and that of the answer.
        connection.execute(
            update(tables.answers)
            .where(tables.answers.c.organization_id == tenant.organization_id)
            .values(status=None, media_type=None, body=None)
        )
    for hours in (0, 1, 22):
        clock.move(timedelta(hours=hours))
        again = send(tenant, "key-1", "asc")
        assert again.status_code == 409, again.text
        assert "in whole or in part, and its answer is not here" in again.json()["message"]
    assert counted(tenant) == made


def counted(tenant: Tenant) -> list[int]:
    return [
        tenant.get(path).json()[name] if not inner else tenant.get(path).json()[name][inner]
        for path, name, inner in (
            ("/tasks/export-log", "total", ""),
            ("/import-monitoring", "data", "total"),
        )
    ]


def test_an_attempt_that_was_given_up_writes_nothing(tenant: Tenant) -> None:
    database, clock = tenant.site.service.accounts.database, tenant.site.clock
    name = RequestName(organization_id=tenant.organization_id, path="POST /x", key="key-1")
    with database.write() as connection:
        slow = answers.claim(connection, name, "asked", clock.now())
    clock.move(answers.LEASE)
    with database.write() as connection:
        second = answers.claim(connection, name, "asked", clock.now())
    assert isinstance(slow, str)
    assert isinstance(second, str)
    note = partial(answers.note_work, name=name, mine=slow)
    with pytest.raises(ConflictError), database.alongside(note), database.write():
        pass
    note = partial(answers.note_work, name=name, mine=second)
    with database.alongside(note), database.write():
        pass
    clock.move(answers.LEASE)
    with database.write() as connection:
        found = answers.claim(connection, name, "asked", clock.now())
    assert isinstance(found, answers.Answer)
    assert (found.status, found.is_worked) == (None, True)


def test_a_request_whose_first_is_at_work_is_refused(tenant: Tenant) -> None:
    send = SENDS["/data/export"]
    send(tenant, "key-1", "asc")
    name = RequestName(
        organization_id=tenant.organization_id, path="POST /api/v3/data/export", key="key-2"
    )
    service, clock = tenant.site.service, tenant.site.clock
    with service.accounts.database.write() as connection:
        mine = answers.claim(connection, name, "", clock.now())
    assert isinstance(mine, str)
    other = send(tenant, "key-2", "asc")
    assert other.status_code == 422
    with service.accounts.database.write() as connection:
        answers.release(connection, name, mine)
    assert send(tenant, "key-2", "asc").status_code == 200


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é".encode()])
def test_a_key_has_1_to_255_visible_characters(tenant: Tenant, key: str | bytes) -> None:
    answer = tenant.request(
        "POST", "/data/export", json={"download": "csv"}, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 400
    assert "1 to 255 visible" in answer.json()["message"]
