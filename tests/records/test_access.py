"""The rule of what a user may read and write, on every way to a record."""

from typing import Any

import orjson
import pytest
from sqlalchemy import Connection

from tests.factories import FIELDS, Tenant
from tests.records.reads import actor_of, data_type_of_id, database_of
from transload.accounts.model import Actor, Detail, Permission, Role
from transload.documents.lines import Content
from transload.documents.order import Slice
from transload.documents.pages import PageItems
from transload.documents.windows import iterate
from transload.errors import ForbiddenError, InvalidError
from transload.exports.records import Records, RecordsRequest
from transload.formats.registry import Format
from transload.records import run, single
from transload.records.access import Request, find_readable, hidden_fields
from transload.records.lists import listing
from transload.records.lists.bookmarks import Bookmarks
from transload.records.lists.listing import Query
from transload.records.model import ALL
from transload.records.single import Found
from transload.records.wire import to_wire

_REFUSED = r"You do not have permission to use these fields: price\."


def with_hidden(tenant: Tenant, data_type_id: str, *names: str) -> Actor:
    """Give a planner whose role hides fields of the type."""
    planner = actor_of(tenant.user(Role.PLANNER))
    detail = Detail(
        permission=Permission.VIEW_DATA, thing_id=data_type_id, hidden_fields=frozenset(names)
    )
    role = Role(
        id="a" * 24,
        key="a" * 24,
        name="Clerk",
        permissions=Role.PLANNER.permissions,
        details=(detail,),
    )
    return Actor(
        user_id=planner.user_id,
        organization_id=planner.organization_id,
        email=planner.email,
        name="Clerk",
        role=role,
        assigned_hub_ids=frozenset(),
    )


def listed(tenant: Tenant, actor: Actor, **query: Any) -> list[dict[str, object]]:  # noqa: ANN401 - parts of a query
    asked = {
        "fields": None,
        "sort_by": "createdTime",
        "is_descending": False,
        "hub_id": None,
        "data_type_id": None,
        "data_type_name": None,
        "is_limited": True,
        "narrowing": ALL,
        "part": Slice(offset=0, limit=10),
    }
    items = PageItems[Found](
        lambda found: to_wire(found, query.get("fields")), lambda _size: None, is_narrowed=False
    )
    wanted = Query(**{**asked, **query})
    listing.list_records(database_of(tenant), Bookmarks(), actor, wanted, items)
    found: list[dict[str, object]] = orjson.loads(orjson.dumps(items.items))
    return found


def exported(
    connection: Connection,
    actor: Actor,
    data_type_id: str | None,
    **request: Any,  # noqa: ANN401 - parts of a request
) -> list[dict[str, object]]:
    asked = {
        "format": Format.JSON,
        "is_background": False,
        "fields": None,
        "hub_id": None,
        "data_type_id": data_type_id,
        "page": 1,
        "limit": 10,
        "sort_by": "createdTime",
        "is_descending": False,
    }
    plan = Records().plan(connection, actor, RecordsRequest(**{**asked, **request}))
    content = Content(names=plan.names, is_exact=True)
    windows = iterate(connection, plan.source, plan.order, plan.part, content)
    return [orjson.loads(line) for window in windows for line in window.lines.split(b"\n")]


def test_hidden_fields_are_in_no_read(tenant: Tenant) -> None:
    """P10: pages, one record, exports of one type and of all."""
    kind, other = tenant.data_type(common=True), tenant.data_type(common=True)
    [record_id] = tenant.add(kind, None, [{"dataId": "1", "name": "a", "price": 5}])
    tenant.add(other, None, [{"dataId": "1", "name": "a", "price": 6}])
    actor, database = with_hidden(tenant, kind, "price", "dataId"), database_of(tenant)
    with database.long_snapshot() as connection:
        rows = [
            *listed(tenant, actor),
            *listed(tenant, actor, data_type_id=kind),
            to_wire(single.get(database, actor, record_id)),
            to_wire(single.get_by_name(database, actor, data_type_of_id(tenant, kind).name, "1")),
            *exported(connection, actor, kind),
            *exported(connection, actor, None),
        ]
    assert len(rows) == 8
    for row in rows:
        assert "price" not in row
        assert (row["dataId"], row["name"]) == ("1", "a")
    assert [row["price"] for row in listed(tenant, actor, data_type_id=other)] == [6]


def test_hidden_fields_that_are_asked_for_by_name_are_refused(tenant: Tenant) -> None:
    kind = tenant.data_type(common=True)
    actor, database = with_hidden(tenant, kind, "price"), database_of(tenant)
    for asked in ({"fields": ("name", "price")}, {"sort_by": "price"}):
        with pytest.raises(ForbiddenError, match=_REFUSED):
            listed(tenant, actor, data_type_id=kind, **asked)
        with pytest.raises(ForbiddenError, match=_REFUSED), database.long_snapshot() as connection:
            exported(connection, actor, kind, **asked)
    assert listed(tenant, actor, data_type_id=kind, fields=("name",)) == []


def test_hidden_fields_cannot_be_written_and_stay_as_they_are(tenant: Tenant) -> None:
    kind, now = tenant.data_type(common=True), tenant.site.clock.now()
    [record_id] = tenant.add(kind, None, [{"dataId": "1", "name": "a", "price": 5}])
    actor, database = with_hidden(tenant, kind, "price"), database_of(tenant)
    item = {"dataTypeId": kind, "dataId": "1"}
    for write in (run.upsert_many, run.patch_many):
        [refused] = write(database, actor, [{**item, "price": 6}], now)
        assert refused.rejected is not None
        with pytest.raises(ForbiddenError, match=_REFUSED):
            raise refused.rejected.error()
        [written] = write(database, actor, [{**item, "name": "b"}], now)
        assert written.record_id == record_id
    for is_whole in (True, False):
        with pytest.raises(ForbiddenError, match=_REFUSED):
            single.change(database, actor, record_id, {"price": 6}, now, is_whole=is_whole)
        values = {"dataId": "1", "name": "c"}
        found = single.change(database, actor, record_id, values, now, is_whole=is_whole)
        assert "price" not in found.values
    record = tenant.get(f"/data/{record_id}").json()["data"]
    assert (record["name"], record["price"]) == ("c", 5)


def test_owners_and_admins_see_all_fields(tenant: Tenant) -> None:
    kind = data_type_of_id(tenant, tenant.data_type())
    for role in (Role.OWNER, Role.ADMIN, Role.PLANNER):
        assert hidden_fields(actor_of(tenant.user(role)), kind) == set()


def test_what_is_readable_follows_hubs_and_limits(tenant: Tenant) -> None:
    """P10."""
    seen, unseen = tenant.hub(), tenant.hub()
    kind, limited = tenant.data_type(FIELDS), tenant.data_type(limited=True)
    planner, owner = actor_of(tenant.user(Role.PLANNER, [seen])), actor_of(tenant)
    with database_of(tenant).read() as connection:
        readable = find_readable(connection, planner, Request())
        assert readable.selection.hub_ids == frozenset({seen, ""})
        assert readable.selection.limited_type_ids == {limited}
        assert readable.stored_type is None
        readable = find_readable(connection, owner, Request(data_type_id=kind, hub_id=unseen))
        assert (readable.selection.hub_ids, readable.selection.data_type_id) == (
            frozenset({unseen}),
            kind,
        )
        assert [one.id for one in readable.types] == [kind]
        with pytest.raises(ForbiddenError, match="no reading"):
            find_readable(connection, planner, Request(hub_id=unseen, denied="no reading"))
        for request in (
            Request(hub_id="f" * 24),
            Request(data_type_id="f" * 24),
            Request(data_type_name="none"),
            Request(data_type_id=kind, data_type_name="none"),
        ):
            with pytest.raises(InvalidError, match="is invalid"):
                find_readable(connection, planner, request)
