"""`transload demo`: records in and files out, through the HTTP API as any client does it."""

import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from transload.client import Client
from transload.data_types.model import Field

_BULK = 2_000
_POLL_SECONDS = 0.1
_TIMEOUT_SECONDS = 60


def create_hub(client: Client) -> str:
    """Create the sample hub; give its id."""
    hub = {"name": "Jakarta", "address": "Jl. Merdeka 1", "lat": -6.17, "lng": 106.82}
    return str(client.post("/hub", hub)["data"]["_id"])


def create_data_type(client: Client, name: str, fields: Iterable[Field]) -> str:
    """Create a data type; give its id."""
    body = {
        "name": name,
        "fields": [
            {
                "id": field.id,
                "title": field.title,
                "type": field.type.value,
                "optionData": list(field.options),
                "required": field.is_required,
                "primaryKey": field.is_key,
            }
            for field in fields
        ],
    }
    return str(client.post("/data-type", body)["data_type"]["_id"])


def load(
    client: Client, hub_id: str, data_type_id: str, records: Iterator[Mapping[str, object]]
) -> Iterator[int]:
    """Add the records, 2,000 a request; yield after each how many went in."""
    while batch := list(islice(records, _BULK)):
        items = [{"hubId": hub_id, "dataTypeId": data_type_id, **record} for record in batch]
        yield int(client.post("/data/bulk", {"data": items})["success"])


def export_directly(client: Client, data_type_id: str, limit: int) -> str:
    """Export in one request; give the file's link."""
    answer = client.post(
        "/data/export", download="xlsx", dataTypeId=data_type_id, limit=limit, sortOrder="asc"
    )
    return str(answer["data"]["link"])


def export_in_background(
    client: Client, data_type_id: str, file_format: str = "xlsx", **further: object
) -> Iterator[dict[str, Any]]:
    """Queue an export of every record; yield its log entry until the file is there.

    `further`: more parameters of the export, by their names in the API.
    """
    answer = client.post(
        "/data/export",
        download=file_format,
        dataTypeId=data_type_id,
        body=None,
        background="true",
        sortOrder="asc",
        **further,
    )
    export_id = answer["data"]["exportId"]
    while True:
        entry: dict[str, Any] = client.get(f"/export/{export_id}")["data"]
        yield entry
        if entry["status"] != "Processing":
            return
        time.sleep(_POLL_SECONDS)


def download(link: str, path: Path) -> None:
    """Fetch a file by its link."""
    with urlopen(link, timeout=_TIMEOUT_SECONDS) as answer, path.open("wb") as file:  # noqa: S310 - the service's own link
        shutil.copyfileobj(answer, file)
