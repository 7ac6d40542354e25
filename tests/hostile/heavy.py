"""Documents of nearly 1 MiB, made where they are stored: to send each would take a minute."""

from collections.abc import Sequence

from sqlalchemy import Table, Text, cast, func, literal, type_coerce, update

from tests.factories import Tenant
from transload.db.tables import records, tasks
from transload.db.types import Document

LARGE_BYTES = (1 << 20) - 2_000
_SMALL = "grows"


def heavy_records(tenant: Tenant, number: int) -> tuple[str, str, list[str]]:
    """Add records whose `name` is large, and whose dataIds are numbers; give type, hub and ids."""
    kind, hub = tenant.data_type(), tenant.hub()
    ids = tenant.add(kind, hub, ({"dataId": str(one), "name": _SMALL} for one in range(number)))
    _grow(tenant, records, ids)
    return kind, hub, ids


def heavy_tasks(tenant: Tenant, number: int) -> list[str]:
    """Add tasks of the flow Heavy whose `outlet` is large; give their ids."""
    hub = tenant.hub()
    tenant.flow(name="Heavy")
    ids = tenant.add_tasks("Heavy", hub, ({"outlet": _SMALL} for _ in range(number)))
    _grow(tenant, tasks, ids)
    return ids


def _grow(tenant: Tenant, table: Table, ids: Sequence[str]) -> None:
    text = cast(table.c.document, Text)
    grown = func.replace(text, _SMALL, literal("x" * LARGE_BYTES))
    database = tenant.site.service.accounts.database
    with database.write() as connection:
        document = type_coerce(grown, Document) if database.is_sqlite else cast(grown, Document)
        connection.execute(
            update(table)
            .where(table.c.organization_id == tenant.organization_id, table.c.id.in_(ids))
            .values(document=document, size=table.c.size + LARGE_BYTES - len(_SMALL))
        )
