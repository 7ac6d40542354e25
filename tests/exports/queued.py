"""Background exports whose worker is the test: it takes the job when it wants to."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from tests.exports.outlets import stored, unfinished
from tests.factories import Tenant
from tests.unserved import UnservedQueue
from transload.accounts import store as accounts
from transload.db.tables import users
from transload.exports import store
from transload.exports.model import MAX_RECORDS
from transload.exports.records import DATA, Records, RecordsRequest
from transload.exports.run import Exports
from transload.formats.registry import Format


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A background export of a planner, seen by the owner."""

    owner: Tenant
    planner: Tenant
    exports: Exports
    row_id: str

    def perform(self) -> dict[str, Any]:
        """Do the job; give the log entry."""
        self.exports.perform(self.owner.organization_id, self.row_id)
        return self.entry()

    def asked(self) -> RecordsRequest:
        """Give what was asked for."""
        with self.exports.database.read() as connection:
            found = store.find(connection, self.owner.organization_id, self.row_id)
        assert found is not None
        return Records().parsed(found.asked)

    def entry(self) -> dict[str, Any]:
        body = self.owner.get("/tasks/export-log", email=self.planner.email).json()
        [hit] = body["data"]
        assert hit["_id"] == f"exp_{self.row_id}"
        found: dict[str, Any] = hit["_source"]
        return found

    def cancel(self) -> dict[str, Any]:
        """Delete it as the owner; give the log entry."""
        answer = self.owner.request("DELETE", f"/export/exp_{self.row_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["data"]
        return found

    def files(self) -> list[str]:
        """Give the names of its files, and of all that are being written."""
        return stored(self.exports.files, f"exp_{self.row_id}.") + unfinished(self.exports.files)

    def change_user(self, **columns: object) -> None:
        with self.exports.database.write() as connection:
            connection.execute(
                update(users).where(users.c.id == self.planner.user_id).values(**columns)
            )


def queued(tenant: Tenant, planner: Tenant, **wanted: Any) -> Queued:  # noqa: ANN401 - a request's own values
    service = tenant.site.service.exports
    with service.database.read() as connection:
        actor = accounts.find_user(connection, tenant.organization_id, planner.user_id)
    assert actor is not None
    request = RecordsRequest(
        **{
            "format": Format.JSON,
            "is_background": True,
            "fields": ("dataId",),
            "hub_id": None,
            "data_type_id": None,
            "page": 1,
            "limit": MAX_RECORDS,
            "sort_by": "dataId",
            "is_descending": False,
            **wanted,
        }
    )
    export = service.start(UnservedQueue(), actor, request, DATA)
    return Queued(owner=tenant, planner=planner, exports=service, row_id=export.id)
