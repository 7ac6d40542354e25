"""Types whose records follow a change, and what the store holds of them meanwhile."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row, func, select

from tests.factories import Tenant
from tests.records.reads import actor_of, database_of
from tests.unserved import UnservedQueue
from transload.accounts.model import Actor
from transload.data_types.changing import Changes
from transload.data_types.model import DataType, Field, FieldType
from transload.db.engine import Database
from transload.db.tables import records
from transload.jobs.model import Lane
from transload.records.schema import change
from transload.shutdown import Shutdown

KEY = Field(id="dataId", title="", type=FieldType.STRING, is_key=True)
FIELDS = [
    {"id": "dataId", "type": "string"},
    {"id": "price", "type": "string"},
    {"id": "note", "type": "string"},
]
MANY = 1_001


class ShortShutdown(Shutdown):
    """A shutdown that begins after so many looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self._looks = looks

    @property
    def has_begun(self) -> bool:
        """Count the look."""
        self._looks -= 1
        return self._looks < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """A type that is changed past the queue's worker, so that its records follow when told."""

    tenant: Tenant
    data_type_id: str
    queue: UnservedQueue

    @classmethod
    def of(cls, tenant: Tenant, *prices: str) -> "Changing":
        """Give a type with a record a price, whose dataIds count from 0; its notes are secret."""
        kind = tenant.data_type(FIELDS)
        rows = (
            {"dataId": str(n), "price": price, "note": f"secret {n}"}
            for n, price in enumerate(prices)
        )
        tenant.add(kind, tenant.hub(), rows)
        return cls(tenant=tenant, data_type_id=kind, queue=UnservedQueue())

    @property
    def actor(self) -> Actor:
        """The owner."""
        return actor_of(self.tenant)

    def change(self, changes: Changes, database: Database | None = None) -> DataType:
        """Change the type."""
        return change.change(
            database or database_of(self.tenant),
            self.queue,
            self.actor,
            self.data_type_id,
            changes,
            now=self.tenant.site.clock.now(),
        )

    def retype(self, kind: FieldType, database: Database | None = None) -> DataType:
        """Change the type of the prices."""
        return self.change(Changes(fields=[KEY, price(kind), NOTE]), database)

    def reshape(self, shutdown: Shutdown | None = None) -> None:
        """Do the last job that was queued."""
        name, job_id = self.queue.jobs[Lane.LONG][-1]
        assert name == change.RESHAPE
        change.reshape(
            database_of(self.tenant), shutdown or Shutdown(), self.tenant.organization_id, job_id
        )

    def rows(self) -> list[Row[Any]]:
        """Give the type's rows as the store has them."""
        own = records.c.organization_id == self.tenant.organization_id
        statement = select(records).where(own, records.c.data_type_id == self.data_type_id)
        with database_of(self.tenant).read() as connection:
            return list(connection.execute(statement.order_by(records.c.id)))

    def shapes(self) -> dict[int, int]:
        """Give how many records are marked with each shape."""
        own = records.c.organization_id == self.tenant.organization_id
        statement = (
            select(records.c.shape, func.count().label("records"))
            .where(own, records.c.data_type_id == self.data_type_id)
            .group_by(records.c.shape)
        )
        with database_of(self.tenant).read() as connection:
            return {row.shape: row.records for row in connection.execute(statement)}

    def exported(self, **query: object) -> list[dict[str, Any]]:
        """Give what a json export of the type holds, oldest first unless told otherwise."""
        query = {"dataTypeId": self.data_type_id, "sortOrder": "asc", "limit": 100_000, **query}
        found: list[dict[str, Any]] = orjson.loads(
            self.tenant.file_directly(download="json", **query)
        )
        return found


NOTE = Field(id="note", title="", type=FieldType.STRING)


def price(kind: FieldType) -> Field:
    """Give the price as a field of that type."""
    return Field(id="price", title="", type=kind)
