"""Outlets: records for the tests of exports, and what a file of them holds."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import obstore

from tests.factories import Tenant
from tests.formats.workbooks import read_by_calamine
from transload.files.model import Files, StoredObject

BAD_REQUEST = "Bad request - invalid parameters provided."
DENIED = {"status": False, "message": "You do not have permission to export data"}
UNAUTHORIZED = {"status": False, "message": "Unauthorized"}


def add_outlets(tenant: Tenant, count: int) -> tuple[str, list[str]]:
    """Add a type and so many records of it, in one hub; give the type's id and theirs."""
    data_type_id = tenant.data_type()
    records = [{"dataId": f"{number:03}"} for number in range(1, count + 1)]
    return data_type_id, tenant.add(data_type_id, tenant.hub(), records)


def objects(tenant: Tenant, **query: object) -> list[dict[str, object]]:
    """Export directly as JSON; give the objects in the file."""
    found: list[dict[str, object]] = json.loads(tenant.file_directly(download="json", **query))
    return found


def rows(tenant: Tenant, **query: object) -> list[list[object]]:
    """Export directly as xlsx; give the sheet's rows, the header first."""
    return read_by_calamine(tenant.file_directly(download="xlsx", **query))


def values(found: Sequence[Mapping[str, object]], name: str) -> list[object]:
    """Give the values of one key."""
    return [one[name] for one in found]


def stored(files: Files, text: str = "") -> list[str]:
    """Give the names of the published files whose key has that text in it."""
    return [key.rpartition("/")[2] for key in files.iterate() if text in key]


def unfinished(files: Files) -> list[str]:
    """Give the names of the files that are being written."""
    return [path.name for path in files.scratch_dir.iterdir()]


def content_of(found: Path | StoredObject | None) -> bytes:
    """Give the bytes of a published file."""
    if isinstance(found, StoredObject):
        return bytes(obstore.get(found.store, found.key).bytes())
    assert found is not None
    return found.read_bytes()
