"""Long reads of a tenant's records, straight from the site's database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import orjson
from sqlalchemy import Connection

from tests.factories import Tenant
from transload.accounts.model import Actor
from transload.data_types import store as data_types
from transload.data_types.model import DataType
from transload.db.engine import Database
from transload.documents.filters import Holds
from transload.documents.lines import Content
from transload.documents.order import Order, Slice
from transload.documents.windows import Window, iterate
from transload.records.source import source_of
from transload.records.store import Selection

ONLY_IDS = Content(names=["_id"], is_exact=True)


def database_of(tenant: Tenant) -> Database:
    """Give the store behind the site."""
    return tenant.site.service.accounts.database


def actor_of(tenant: Tenant) -> Actor:
    """Give the tenant's user as use cases see them."""
    return tenant.site.service.accounts.authenticate(tenant.token, tenant.site.clock.now())


def order_by(name: str, *, is_number: bool = False, is_descending: bool = False) -> Order:
    """Give an order, ascending unless told otherwise."""
    holds = Holds.NUMBER if is_number else Holds.TEXT
    return Order(name=name, holds=holds, is_descending=is_descending)


CREATED = order_by("createdTime")


def selected(
    tenant: Tenant, data_type_id: str | None = None, hub_ids: frozenset[str] | None = None
) -> Selection:
    """Select the tenant's records: of all types and hubs unless told otherwise."""
    return Selection(
        organization_id=tenant.organization_id, data_type_id=data_type_id, hub_ids=hub_ids
    )


@contextmanager
def windows_of(
    tenant: Tenant,
    selection: Selection,
    order: Order = CREATED,
    *,
    content: Content = ONLY_IDS,
    types: Sequence[DataType] = (),
    offset: int = 0,
    limit: int = 1_000_000,
) -> Iterator[tuple[Connection, Iterator[Window]]]:
    """Give the windows, and the snapshot that they are of."""
    with database_of(tenant).long_snapshot() as connection:
        part = Slice(offset=offset, limit=limit)
        yield connection, iterate(connection, source_of(selection, types), order, part, content)


def lines_of(
    tenant: Tenant,
    selection: Selection,
    order: Order = CREATED,
    *,
    content: Content = ONLY_IDS,
    types: Sequence[DataType] = (),
    offset: int = 0,
    limit: int = 1_000_000,
) -> list[bytes]:
    """Give all lines of all windows."""
    with windows_of(
        tenant, selection, order, content=content, types=types, offset=offset, limit=limit
    ) as (_, windows):
        return [line for window in windows for line in window.lines.split(b"\n")]


def ids_of(
    tenant: Tenant,
    selection: Selection,
    order: Order = CREATED,
    *,
    offset: int = 0,
    limit: int = 1_000_000,
) -> list[str]:
    """Give the `_id` of all records in order."""
    lines = lines_of(tenant, selection, order, offset=offset, limit=limit)
    return ids_in(lines)


def ids_in(lines: list[bytes]) -> list[str]:
    """Give the `_id` of each line."""
    return [orjson.loads(line)["_id"] for line in lines]


def data_type_of_id(tenant: Tenant, data_type_id: str) -> DataType:
    """Give a stored data type."""
    with database_of(tenant).read() as connection:
        found = data_types.find(connection, tenant.organization_id, data_type_id)
    assert found is not None
    return found
