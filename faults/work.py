"""The exports that are asked for while things fail, and what each must have come to."""

import csv
import io
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import polars as pl
from python_calamine import CalamineWorkbook

_FORMATS = ("xlsx", "json", "csv", "ndjson", "parquet")
_PATIENCE_SECONDS = 20
_TRIES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """An organization with `records` outlets, numbered from 0 in their dataId."""

    token: str
    data_type_id: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An export that was accepted."""

    tenant: Tenant
    export_id: str
    file_format: str
    limit: int


@dataclass(slots=True, kw_only=True)
class Work:
    """Asks for exports at any of the addresses, and checks what became of them."""

    addresses: Sequence[str]
    tenants: Sequence[Tenant]
    chance: random.Random
    asked: list[Asked] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)

    def ask(self) -> None:
        """Ask for one export of any size and format, however often that takes."""
        tenant = self.chance.choice(self.tenants)
        limit = self.chance.choice((10, 1_000, tenant.records, tenant.records))
        file_format = self.chance.choice(_FORMATS)
        answer = self._send(
            tenant,
            "POST",
            "/data/export",
            download=file_format,
            background="true",
            dataTypeId=tenant.data_type_id,
            limit=limit,
            sortBy="dataId",
            sortOrder="asc",
            fields="dataId,name",
        )
        self.asked.append(
            Asked(
                tenant=tenant,
                export_id=answer["data"]["exportId"],
                file_format=file_format,
                limit=limit,
            )
        )

    def await_ends(self, seconds: float) -> dict[str, dict[str, Any]]:
        """Give the log's entries by export; raise RuntimeError if some have not ended in time."""
        deadline = time.monotonic() + seconds
        ended: dict[str, dict[str, Any]] = {}
        while True:
            for one in self.asked:
                if one.export_id not in ended:
                    entry = self._send(one.tenant, "GET", f"/export/{one.export_id}")["data"]
                    if entry["status"] != "Processing":
                        ended[one.export_id] = entry
            left = [one.export_id for one in self.asked if one.export_id not in ended]
            if not left:
                return ended
            if time.monotonic() > deadline:
                raise RuntimeError(f"{len(left)} exports have not ended: {left[:5]}")
            time.sleep(1)

    def faults_of(self, ended: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Give what is wrong with the files of those that are Done, a sentence each."""
        found = []
        for one in self.asked:
            entry = ended[one.export_id]
            if entry["status"] == "Done":
                fault = self._fault(one, entry)
                if fault:
                    found.append(f"{one.export_id} ({one.file_format}): {fault}")
        return found

    def logged(self) -> int:
        """Give how many exports the logs of all tenants have."""
        return sum(
            int(self._send(one, "GET", "/tasks/export-log", limit=1)["total"])
            for one in self.tenants
        )

    def _fault(self, one: Asked, entry: Mapping[str, Any]) -> str | None:
        expected = min(one.limit, one.tenant.records)
        content = httpx.get(entry["fileUrl"], timeout=_PATIENCE_SECONDS).content
        if len(content) != entry["fileSize"]:
            return f"{len(content)} bytes instead of {entry['fileSize']}"
        keys = _READERS[one.file_format](content)
        if keys != [f"{number:010d}" for number in range(expected)]:
            return f"{len(keys)} records instead of {expected}, or other ones"
        if (entry["totalRecords"], entry["totalMatched"]) != (expected, one.tenant.records):
            return f"its entry counts {entry['totalRecords']} of {entry['totalMatched']}"
        return None

    def _send(self, tenant: Tenant, method: str, path: str, **query: object) -> dict[str, Any]:
        """Send a request until one of the addresses answers it."""
        for _ in range(_TRIES):
            url = f"{self.chance.choice(self.addresses)}/api/v3{path}"
            headers = {"Authorization": f"Bearer {tenant.token}"}
            try:
                answer = httpx.request(
                    method,
                    url,
                    headers=headers,
                    params={name: str(value) for name, value in query.items()},
                    timeout=_PATIENCE_SECONDS,
                )
            except httpx.HTTPError as error:
                self.refusals[type(error).__name__] += 1
            else:
                if answer.is_success:
                    found: dict[str, Any] = answer.json()
                    return found
                self.refusals[str(answer.status_code)] += 1
            time.sleep(0.5)
        raise RuntimeError(f"No address answers {method} {path}: {dict(self.refusals)}")


def _of_json(content: bytes) -> list[str]:
    return [record["dataId"] for record in orjson.loads(content)]


def _of_ndjson(content: bytes) -> list[str]:
    return [orjson.loads(line)["dataId"] for line in content.splitlines()]


def _of_csv(content: bytes) -> list[str]:
    return [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))][1:]


def _of_xlsx(content: bytes) -> list[str]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [str(row[0]) for row in sheet.to_python()][1:]


def _of_parquet(content: bytes) -> list[str]:
    return pl.read_parquet(io.BytesIO(content)).get_column("dataId").to_list()


_READERS: Mapping[str, Callable[[bytes], list[str]]] = {
    "xlsx": _of_xlsx,
    "json": _of_json,
    "csv": _of_csv,
    "ndjson": _of_ndjson,
    "parquet": _of_parquet,
}
