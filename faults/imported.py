"""What is imported while processes are killed: records of a type, or tasks with their bills.

A row is named by its key. A task whose bill is not whole counts under another name than its key, so
that it is missed where it is looked for.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

import polars as pl
from python_calamine import CalamineWorkbook

from faults.asking import Asking
from transload.formats.columns import Column, Kind, Table
from transload.formats.xlsx_writer import XlsxWriter

_PAGE = 10_000
_TASKS_PAGE = 1_000
_FLOW = "Deliveries"
_COMPONENTS = [
    {"id": "outlet", "component": "input", "title": "Outlet"},
    {"id": "amount", "component": "input", "title": "Amount", "inputType": "number"},
    {"id": "goods", "component": "bill", "title": "Goods"},
]
_ITEMS = 3


class Things(Protocol):
    """What is imported, and how it is found again."""

    @property
    def form(self) -> Mapping[str, str]:
        """The fields of the form that a file is sent with."""

    @property
    def number_field(self) -> str:
        """The field that holds the numbers."""

    def file(self, keys: Sequence[str], numbers: Sequence[str]) -> tuple[str, bytes]:
        """Give the name and the content of a file: a row for each key."""

    def stored(self, prefix: str) -> list[str]:
        """Give the keys that begin so of what is stored."""

    def failed(self, content: bytes) -> list[str]:
        """Give the keys in a file of failed rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records, from a csv."""

    asking: Asking
    form: Mapping[str, str]
    number_field: str = "creditLimit"

    @classmethod
    def of(cls, asking: Asking, data_type_id: str) -> "Records":
        """Give those of a type, in the first hub."""
        hub = asking.ask("GET", "/hubs")[0]["_id"]
        return cls(asking=asking, form={"dataTypeId": data_type_id, "hubId": hub})

    def file(self, keys: Sequence[str], numbers: Sequence[str]) -> tuple[str, bytes]:
        """Give a csv."""
        pairs = zip(keys, numbers, strict=True)
        lines = ["dataId,name,creditLimit", *(f"{key},Trial,{number}" for key, number in pairs)]
        return "rows.csv", "\n".join(lines).encode()

    def stored(self, prefix: str) -> list[str]:
        """Give the keys of the newest records, as long as they begin so."""
        found: list[str] = []
        page = 1
        while True:
            answer = self.asking.ask(
                "GET",
                "/data",
                dataTypeId=self.form["dataTypeId"],
                fields="dataId",
                sortBy="createdTime",
                sortOrder="desc",
                limit=_PAGE,
                page=page,
            )["data"]
            mine = [one["dataId"] for one in answer if one["dataId"].startswith(prefix)]
            found += mine
            # The newest stand first: those of this trial before all others.
            if len(mine) < _PAGE:
                return found
            page += 1

    def failed(self, content: bytes) -> list[str]:
        """Give the first cell of each row."""
        sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
        return [str(row[0]) for row in sheet.to_python()[1:]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """Tasks, from a workbook with a sheet of their bills' items."""

    asking: Asking
    form: Mapping[str, str]
    number_field: str = "amount"

    @classmethod
    def made(cls, asking: Asking) -> "Tasks":
        """Make a flow; give the tasks of it in the first hub."""
        flow = {"name": _FLOW, "pages": [{"id": "page", "components": _COMPONENTS}]}
        made = asking.answer("POST", "/flow", flow)["flow"]["_id"]
        hub = asking.ask("GET", "/hubs")[0]["_id"]
        return cls(asking=asking, form={"type": "task", "flowId": made, "hubId": hub})

    def file(self, keys: Sequence[str], numbers: Sequence[str]) -> tuple[str, bytes]:
        """Give a workbook of two sheets."""
        names = [name for key in keys for name in _items(key)]
        frames = [
            pl.DataFrame({"ID": keys, "Outlet": keys, "Amount": numbers}),
            pl.DataFrame({"ID": [key for key in keys for _ in range(_ITEMS)], "name": names}),
        ]
        tables = [
            Table(
                name=name,
                columns=[Column(id=one, title=one, kind=Kind.TEXT) for one in frame.columns],
            )
            for name, frame in zip(("Tasks", "Goods"), frames, strict=True)
        ]
        file = BytesIO()
        with XlsxWriter(file, tables) as writer:
            for number, frame in enumerate(frames):
                writer.write(frame, number)
        return "tasks.xlsx", file.getvalue()

    def stored(self, prefix: str) -> list[str]:
        """Give the outlets of the newest tasks, as long as they begin so."""
        found: list[str] = []
        last: dict[str, str] = {}
        while True:
            answer = self.asking.answer(
                "GET", "/tasks", fields="outlet,goods", limit=_TASKS_PAGE, lazyLoad=1, **last
            )["tasks"]["data"]
            mine = [one for one in answer if one["outlet"].startswith(prefix)]
            found += [
                _named(one["outlet"], [item["name"] for item in one["goods"]["items"]])
                for one in mine
            ]
            if len(mine) < _TASKS_PAGE:
                return found
            last = {"cursor": mine[-1]["_id"]}

    def failed(self, content: bytes) -> list[str]:
        """Give the first cell of each row of the main sheet."""
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        items = defaultdict(list)
        for row in book.get_sheet_by_name("Goods").to_python()[1:]:
            items[str(row[0])].append(str(row[1]))
        keys = [str(row[0]) for row in book.get_sheet_by_index(0).to_python()[1:]]
        return [_named(key, items[key]) for key in keys]


def _items(key: str) -> list[str]:
    return [f"{key}-{at}" for at in range(_ITEMS)]


def _named(key: str, items: Sequence[str]) -> str:
    """Give the key of a task that has the items that it should have."""
    return key if items == _items(key) else f"{key} with {len(items)} other items"
