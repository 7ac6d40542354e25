"""Files sent to be imported, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import httpx
import openpyxl  # type: ignore[import-untyped]  # ships no types

from tests.factories import Tenant, awaited, fetch
from tests.unserved import UnservedQueue
from transload.accounts import store as accounts
from transload.formats.reading.model import Choices
from transload.imports.model import Import, Mode, Target
from transload.imports.readings import NO_READING
from transload.imports.run import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An import that has ended, as its user sees it."""

    tenant: Tenant
    record: Mapping[str, Any]

    def counts(self) -> tuple[int, int, int, int]:
        """Give created, updated, unchanged, invalid."""
        record = self.record
        return (
            record["created"],
            record["updated"],
            record["unchanged"],
            record["totalInvalid"],
        )

    def failed_rows(self) -> list[list[object]]:
        """Give the rows of the file of failed rows, its titles first."""
        return sheet_rows(fetch(self.record["fileFailedImported"]))

    def errors(self) -> list[str]:
        """Give what is wrong with each failed row."""
        return [str(row[-1]) for row in self.failed_rows()[1:]]


def send(
    tenant: Tenant, content: bytes, filename: str = "rows.csv", **fields: object
) -> httpx.Response:
    """Send a file to be imported."""
    form = {name: str(value) for name, value in fields.items() if value is not None}
    return tenant.request("POST", "/data/import", files={"file": (filename, content)}, data=form)


def finished(tenant: Tenant, import_id: str) -> Sent:
    """Wait until an import has ended."""

    def look() -> dict[str, Any]:
        answer = tenant.get(f"/import-monitoring/{import_id}")
        assert answer.status_code == 200, answer.text
        record: dict[str, Any] = answer.json()["data"]
        return record

    record = awaited(look, lambda record: record["status"] != "onprocess")
    return Sent(tenant=tenant, record=record)


def imported(tenant: Tenant, content: bytes, filename: str = "rows.csv", **fields: object) -> Sent:
    """Import a file; give what became of it."""
    answer = send(tenant, content, filename, **fields)
    assert answer.status_code == 200, answer.text
    return finished(tenant, answer.json()["data"]["_id"])


def queued(tenant: Tenant, content: bytes, *, data_type_id: str, hub_id: str) -> Import:
    """Send a file to be imported by whoever performs its job: the test is the worker."""
    imports = tenant.site.service.imports
    with imports.database.read() as connection:
        actor = accounts.find_user(connection, tenant.organization_id, tenant.user_id)
    assert actor is not None
    request = Request(
        target=Target(data_type_id=data_type_id, hub_id=hub_id),
        mode=Mode.UPSERT,
        is_dry_run=False,
        choices=Choices(),
        mapping=None,
        reading=NO_READING,
    )
    return imports.start(UnservedQueue(), actor, request, BytesIO(content), "rows.csv")


def stored(tenant: Tenant, data_type_id: str, **query: object) -> dict[str, dict[str, Any]]:
    """Give a type's records by their keys."""
    answer = tenant.get("/data", dataTypeId=data_type_id, limit=1_000, **query)
    assert answer.status_code == 200, answer.text
    return {record["dataId"]: record for record in answer.json()["data"]["data"]}


def sheet_rows(content: bytes) -> list[list[object]]:
    """Give the rows of a workbook's first sheet."""
    book = openpyxl.load_workbook(BytesIO(content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def saved_columns(tenant: Tenant, data_type: str, **columns: str) -> str:
    """Save an import config of which column is which field, by the field; give its id."""
    body = {
        "name": "Kantor",
        "collection": "data",
        "referenceType": "dataType",
        "referenceId": data_type,
        "fields": [{"id": name, "headerColumn": column} for name, column in columns.items()],
    }
    answer = tenant.post("/import-config", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["_id"])
