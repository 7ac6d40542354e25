"""P23: whatever tasks hold comes back from every format, with what they hold of child rows."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
import polars as pl
import python_calamine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.exports.storable import HOSTILE
from tests.factories import FLOW, Tenant, fetch
from tests.formats.csv_files import unguarded

Task = dict[str, Any]
_NAMES = ("_id", "outlet", "amount", "due", "state", "goods", "boxes")
_COSTS = ("Delivery", "Discount")
# Calamine leaves the escapes of two signs as they are; exports of records look at those.
_UNSAFE = "\0\ufffe\uffff"

texts = st.sampled_from([one for one in HOSTILE if not set(one) & set(_UNSAFE)]) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=_UNSAFE), max_size=20
)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
maybe_text, maybe_number = st.none() | texts, st.none() | numbers
bills = st.fixed_dictionaries(
    {
        "items": st.lists(
            st.fixed_dictionaries(
                {"name": maybe_text, "unit_price": maybe_number, "qty": maybe_number}
            ),
            max_size=3,
        ),
        "costs": st.lists(
            st.fixed_dictionaries({"name": st.sampled_from(_COSTS), "amount": maybe_number}),
            max_size=2,
            unique_by=lambda cost: cost["name"],
        ),
    }
)
boxes = st.lists(
    st.fixed_dictionaries(
        {
            "title": maybe_text,
            "content": maybe_text,
            "data": anything,
            "qty": maybe_number,
            "unitPrice": maybe_number,
            "qtyProcessed": maybe_number,
        }
    ),
    max_size=3,
)
tasks = st.fixed_dictionaries(
    {
        "outlet": maybe_text,
        "amount": maybe_number,
        "due": st.none() | st.dates().map(date.isoformat),
        "state": st.none() | st.sampled_from(["good", "bad", ["good"], ["bad", "good"]]),
        "goods": st.none() | bills,
        "boxes": st.none() | boxes,
    }
)


@settings(
    max_examples=4,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.lists(tasks, min_size=15, max_size=25))
def test_whatever_tasks_hold_comes_back(tenant: Tenant, drawn: Sequence[Task]) -> None:
    name = f"Flow {len(tenant.get('/flows').json()['flows']['data'])}"
    flow, hub = tenant.flow(FLOW, name=name), tenant.hub()
    tenant.add_tasks(name, hub, drawn)
    asked = {"flowId": flow, "sortOrder": "asc", "fields": ",".join(_NAMES)}
    listed = tenant.get("/tasks", **asked, limit=1_000).json()["tasks"]["data"]
    stored = [{one: task.get(one) for one in _NAMES} for task in listed]
    assert len(stored) == len(drawn)
    for download, (read, shown) in _READERS.items():
        answer = tenant.post("/tasks/export", {"download": download, **asked}).json()
        found = read(fetch(answer["data"]["link"]))
        for one, other in zip(found, stored, strict=True):
            expected = shown(other)
            for key in expected:
                assert one[key] == expected[key], (download, key, ascii(one), ascii(other))


def _by_ndjson(content: bytes) -> list[Task]:
    return [orjson.loads(line) for line in content.splitlines()]


def _by_zip(content: bytes) -> list[Task]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [task for name in archive.namelist() for task in orjson.loads(archive.read(name))]


def _by_parquet(content: bytes) -> list[Task]:
    rows = pl.read_parquet(io.BytesIO(content)).to_dicts()
    return [{**row, "due": row["due"] and row["due"].isoformat()} | _parsed(row) for row in rows]


def _by_csv(content: bytes) -> list[Task]:
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    titles, *rows = csv.reader(text)
    found = []
    for row in rows:
        task: Task = {
            title[:1].lower() + title[1:]: unguarded(cell) or None
            for title, cell in zip(titles, row, strict=True)
        }
        amount = None if task["amount"] is None else float(task["amount"])
        found.append({**task, "amount": amount} | _parsed(task))
    return found


def _by_xlsx(content: bytes) -> list[Task]:
    book = python_calamine.load_workbook(io.BytesIO(content))
    sheets = {}
    for name in book.sheet_names:
        titles, *rows = book.get_sheet_by_name(name).to_python()
        sheets[name] = [dict(zip(map(str, titles), map(_cell, row), strict=True)) for row in rows]
    found = []
    for row in sheets["Tasks"]:
        items = [one for one in sheets["Goods"] if one["ID"] == row["ID"]]
        things = [one for one in sheets["Boxes"] if one["ID"] == row["ID"]]
        found.append(
            {
                "_id": row["ID"],
                "outlet": row["Outlet"],
                "amount": _number(row["Amount"]),
                "due": row["Due"],
                "state": _loaded(row["State"]),
                "items": [
                    (one["name"], _number(one["unitPrice"]), _number(one["qty"])) for one in items
                ],
                "costs": {cost: _number(row[f"goods.{cost}"]) for cost in _COSTS},
                "boxes": [
                    (
                        one["title"],
                        one["content"],
                        _loaded(one["data"]),
                        *(_number(one[name]) for name in ("qty", "unitPrice", "qtyProcessed")),
                    )
                    for one in things
                ],
            }
        )
    return found


def _in_sheets(task: Task) -> Task:
    """Give a task as its rows on the sheets tell of it: empty text is no value there."""
    bill = task["goods"] or {"items": [], "costs": []}
    costs = {cost["name"]: cost["amount"] for cost in bill["costs"]}
    return {
        **{name: task[name] or None for name in ("_id", "outlet", "due", "state")},
        "amount": task["amount"],
        "items": [(one["name"] or None, one["unit_price"], one["qty"]) for one in bill["items"]],
        "costs": {cost: costs.get(cost) for cost in _COSTS},
        "boxes": [
            (
                one["title"] or None,
                one["content"] or None,
                None if one["data"] == "" else one["data"],
                *(one[name] for name in ("qty", "unitPrice", "qtyProcessed")),
            )
            for one in task["boxes"] or []
        ],
    }


def _without_empty_text(task: Task) -> Task:
    return {**task, "outlet": task["outlet"] or None}


def _parsed(row: Mapping[str, Any]) -> Task:
    """Read what is JSON in a file of one table."""
    parts = {name: row[name] and orjson.loads(row[name]) for name in ("goods", "boxes")}
    return {**parts, "state": _loaded(row["state"])}


def _loaded(cell: object) -> object:
    try:
        return orjson.loads(cell) if isinstance(cell, str) else cell
    except orjson.JSONDecodeError:
        return cell


def _cell(cell: object) -> object:
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return None if cell == "" else cell


def _number(cell: object) -> object:
    """Read a number, which is text where Excel would not keep all of its digits."""
    return float(cell) if isinstance(cell, str) else cell


_READERS: Mapping[str, tuple[Callable[[bytes], list[Task]], Callable[[Task], Task]]] = {
    "ndjson": (_by_ndjson, dict),
    "json": (_by_zip, dict),
    "parquet": (_by_parquet, dict),
    "csv": (_by_csv, _without_empty_text),
    "xlsx": (_by_xlsx, _in_sheets),
}
