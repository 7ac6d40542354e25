"""Pages that are read in one statement, and what happens between it and what was asked before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.factories import FIELDS as ALL_FIELDS
from tests.factories import Tenant
from tests.records.changes import KEY, Changing
from tests.records.reads import database_of
from transload.accounts.model import Role
from transload.data_types.changing import Changes
from transload.data_types.model import FieldType
from transload.records.lists.bookmarks import STEP

_PAGE = 100


@contextmanager
def before_the_page(tenant: Tenant, meanwhile: Callable[[], object]) -> Iterator[list[str]]:
    """Have somebody do something once, before the statement that reads the page; give them all."""
    asked: list[str] = []
    is_done = False

    def look(*args: object) -> None:
        nonlocal is_done
        statement = str(args[2])
        asked.append(statement)
        if not is_done and "document" in statement and "record_counts" in statement:
            is_done = True
            meanwhile()

    reader = database_of(tenant).reader
    event.listen(reader, "before_cursor_execute", look)
    try:
        yield asked
    finally:
        event.remove(reader, "before_cursor_execute", look)
    assert is_done


def page(tenant: Tenant, **query: object) -> dict[str, Any]:
    found: dict[str, Any] = tenant.get("/data", **query).json()["data"]
    return found


def ids_on(found: dict[str, Any]) -> list[str]:
    return [record["_id"] for record in found["data"]]


def is_later(tenant: Tenant) -> bool:
    """Tell whether a statement sees more than the one before it: on SQLite both see one moment."""
    return not database_of(tenant).is_sqlite


def nothing() -> None:
    """Leave all as it is."""


def test_a_type_that_comes_meanwhile_brings_its_records(tenant: Tenant) -> None:
    hub = tenant.hub()
    [old] = tenant.add(tenant.data_type(), hub, [{"dataId": "old"}])
    new: list[str] = []

    def add() -> None:
        new.extend(tenant.add(tenant.data_type(), hub, [{"dataId": "new", "name": "n"}]))

    with before_the_page(tenant, add):
        found = page(tenant)
    assert ids_on(found) == ([*new, old] if is_later(tenant) else [old])
    assert found["total"] == len(found["data"])
    assert ids_on(page(tenant)) == [*new, old]


def test_a_limited_type_that_comes_meanwhile_shows_nothing(tenant: Tenant) -> None:
    hub = tenant.hub()
    [old] = tenant.add(tenant.data_type(), hub, [{"dataId": "old"}])

    def add() -> None:
        secret = [{"dataId": "secret", "limitUser": ["else@example.com"]}]
        tenant.add(tenant.data_type(limited=True), hub, secret)

    with before_the_page(tenant, add):
        found = page(tenant)
    assert ids_on(found) == [old]
    assert found["total"] == 1


def test_a_record_is_read_by_the_fields_that_it_was_written_for(tenant: Tenant) -> None:
    many = Changing.of(tenant, "1", "2")
    with before_the_page(tenant, lambda: many.retype(FieldType.NUMBER)):
        found = page(tenant, dataTypeId=many.data_type_id, sortOrder="asc")
    prices = [record["price"] for record in found["data"]]
    assert prices == ([1, 2] if is_later(tenant) else ["1", "2"])

    with before_the_page(tenant, lambda: many.change(Changes(fields=[KEY]))):
        found = page(tenant, sortOrder="asc")
    prices = [record.get("price") for record in found["data"]]
    assert prices == ([None, None] if is_later(tenant) else [1, 2])


@pytest.mark.parametrize("is_named", [True, False])
def test_what_a_type_withholds_from_then_on_is_not_shown(tenant: Tenant, *, is_named: bool) -> None:
    """P7."""
    many = Changing.of(tenant, "1")
    hub = page(tenant)["data"][0]["hubId"]
    user = tenant.user(Role.PLANNER, [hub])
    query = {"dataTypeId": many.data_type_id} if is_named else {}

    def limit() -> None:
        many.change(Changes(is_limited=True))
        secret = [{"dataId": "secret", "limitUser": ["else@example.com"]}]
        tenant.add(many.data_type_id, hub, secret)

    with before_the_page(user, limit):
        found = page(user, hubId=hub, **query)
    shown = [] if is_later(tenant) else ["0"]
    assert [record["dataId"] for record in found["data"]] == shown
    assert found["total"] == len(shown)
    assert page(user, hubId=hub, **query)["total"] == 0


def test_a_type_that_is_removed_meanwhile_is_gone(tenant: Tenant) -> None:
    kind = tenant.data_type()
    tenant.add(kind, tenant.hub(), [{"dataId": "1"}])

    def remove() -> None:
        assert tenant.request("DELETE", f"/data-type/{kind}").status_code == 200

    with before_the_page(tenant, remove):
        answer = tenant.get("/data", dataTypeId=kind)
    assert answer.status_code == (400 if is_later(tenant) else 200)
    assert tenant.get("/data", dataTypeId=kind).status_code == 400


@pytest.mark.parametrize("way", ["asc", "desc"])
def test_a_far_page_is_one_statement_while_the_line_is_as_it_was(tenant: Tenant, way: str) -> None:
    """P25."""
    kind, hub = tenant.data_type(ALL_FIELDS[:2]), tenant.hub()
    ids = tenant.add(kind, hub, ({"dataId": str(n)} for n in range(5 * STEP)))

    def expected(number: int) -> list[str]:
        ordered = ids if way == "asc" else ids[::-1]
        return ordered[(number - 1) * _PAGE : number * _PAGE]

    def asked(number: int) -> dict[str, Any]:
        return page(tenant, dataTypeId=kind, sortOrder=way, limit=_PAGE, page=number)

    middle = 2 * STEP // _PAGE + 7
    for number in (middle, STEP // _PAGE + 3, 5 * STEP // _PAGE):
        assert ids_on(asked(number)) == expected(number)
        with before_the_page(tenant, nothing) as statements:
            assert ids_on(asked(number)) == expected(number)
        assert sum("record_counts" in one for one in statements) == 1

    def change() -> None:
        body = {"data": [{"_id": ids.pop(0)}, {"_id": ids.pop()}, {"_id": ids.pop(STEP)}]}
        assert tenant.request("DELETE", "/datas/bulk", json=body).json()["success"] == 3
        ids.extend(tenant.add(kind, hub, [{"dataId": "new"}, {"dataId": "newer"}]))

    was, total = expected(middle), len(ids)
    with before_the_page(tenant, change):
        found = asked(middle)
    assert ids_on(found) == (expected(middle) if is_later(tenant) else was)
    assert found["total"] == (len(ids) if is_later(tenant) else total)
    assert ids_on(asked(middle)) == expected(middle) != was
