"""P10: a value that a role hides is in no byte that the role can get, by any route or file."""

import io
import json
import re
import zipfile
from collections.abc import Iterator

import polars as pl
import pytest

from tests.contract.test_tenancy import Ids
from tests.factories import Tenant, fetch
from tests.imports.drafting import Draft
from tests.imports.sending import imported
from transload.accounts.model import Permission
from transload.api import API

_SECRET = "PlantedTitmouse"  # noqa: S105 - what is looked for
_FORMATS = ("xlsx", "json", "csv", "ndjson", "parquet")
_LINK = re.compile(r'"(http://[^"]+/files/[^"]+)"')
_ROWS = f"Code,Name,Price\n1,{_SECRET},5\n2,{_SECRET},wrong\n".encode()


@pytest.fixture
def planted(tenant: Tenant) -> tuple[Tenant, Ids]:
    """A user who may all but see one field, and the ids of all that the owner did with it."""
    kind, hub = tenant.data_type(name="Birds"), tenant.hub()
    (record,) = tenant.add(kind, hub, [{"dataId": "open-0", "name": _SECRET, "price": 1}])
    theirs = imported(tenant, _ROWS, dataTypeId=kind, hubId=hub).record["_id"]
    answer = tenant.export(download="json", dataTypeId=kind).json()["data"]
    assert _SECRET.encode() in fetch(answer["link"])
    flow = tenant.flow(name="Feeding")
    (task,) = tenant.add_tasks("Feeding", hub, [{"title": "x", "outlet": _SECRET}])
    hiding = [
        {"permissionName": "view/data", "dataTypeId": kind, "hiddenFields": ["name"]},
        {"permissionName": "view/task", "flowId": flow, "hiddenFields": ["outlet"]},
    ]
    role = tenant.role(*Permission, permissionDetails=hiding)
    user = tenant.user(role, [hub])
    ids = Ids(
        hub=hub,
        data_type=kind,
        type_name="Birds",
        record=record,
        data_id="open-0",
        export=answer["exportId"],
        import_=theirs,
        file="20200101/data_none_1.json",
        role=role.id,
        flow=flow,
        flow_name="Feeding",
        task=task,
        user=user.user_id,
        email=tenant.email,
    )
    return user, ids


def _paths(user: Tenant, ids: Ids) -> Iterator[str]:
    """Give every address that is read from, with the ids of what there is."""
    for path, operations in user.site.service.app.openapi()["paths"].items():
        if path.startswith(API) and "get" in operations:
            names = re.findall(r"{(\w+)}", path)
            filled = path.format(**{name: ids.in_path(name, path) for name in names})
            yield filled.removeprefix(API)


def _opened(content: bytes) -> bytes:
    """Give what is in a file, of whatever format, unpacked."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return b"".join(package.read(name) for name in package.namelist())
    if content.startswith(b"PAR1"):
        return pl.read_parquet(io.BytesIO(content)).write_ndjson().encode()
    return content


def test_planted_value_is_in_nothing_that_is_read(planted: tuple[Tenant, Ids]) -> None:
    user, ids = planted
    answered = 0
    for path in _paths(user, ids):
        for query in ({}, {"dataTypeId": ids.data_type}, {"flowId": ids.flow, "q": "Titmouse"}):
            answer = user.get(path, **query, download="json")
            answered += answer.status_code == 200
            assert _SECRET not in answer.text, (path, query)
            for link in _LINK.findall(answer.text):
                assert _SECRET.encode() not in _opened(fetch(json.loads(f'"{link}"'))), path
    assert answered > 60
    asked = {"filter": json.dumps([{"field": "name", "operator": "eq", "value": _SECRET}])}
    for query in ({"fields": "name"}, {"sortBy": "name"}, asked):
        assert user.get("/data", dataTypeId=ids.data_type, **query).status_code == 403


def test_planted_value_is_in_no_file_that_is_made(planted: tuple[Tenant, Ids]) -> None:
    user, ids = planted
    for kind in _FORMATS:
        typed = {"download": kind, "dataTypeId": ids.data_type}
        tasks = user.post("/tasks/export", {"download": kind, "flowId": ids.flow})
        assert tasks.status_code == 200, tasks.text
        records = [
            user.file_directly(**typed),
            user.file_directly(download=kind),
            user.file_in_background(**typed),
        ]
        for content in map(_opened, records):
            assert b"open-0" in content, "the records are there"
            assert _SECRET.encode() not in content
        assert _SECRET.encode() not in _opened(fetch(tasks.json()["data"]["link"]))


def test_planted_value_is_in_nothing_of_an_import_over_it(planted: tuple[Tenant, Ids]) -> None:
    user, ids = planted
    where = {"dataTypeId": ids.data_type, "hubId": ids.hub}
    draft = Draft.create(user, b"Code,Price\nopen-0,7\n1,wrong\n", **where)
    draft.checked()
    shown = [draft.call("GET", "rows").text, draft.call("GET", "problems").text]
    draft.committed()
    shown += [draft.call("GET", step).text for step in ("", "rows", "undo")]
    sent = imported(user, b"Code,Price\nopen-0,8\n1,wrong\n", **where)
    assert sent.record["totalInvalid"] == 1
    shown.append(json.dumps(sent.record))
    for text in shown:
        assert _SECRET not in text
    links = {link for text in shown for link in re.findall(r'"(http://[^"]+/files/[^"]+)"', text)}
    assert len(links) >= 2, "a template, and failed rows"
    for link in links:
        assert _SECRET.encode() not in _opened(fetch(link))
