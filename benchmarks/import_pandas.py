"""A peer: the script that most people write. pandas reads, pydantic checks, SQLite takes it."""

import sqlite3
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd  # type: ignore[import-untyped]  # its types are a package of their own
from pydantic import BaseModel, BeforeValidator, Field

from benchmarks import peer
from benchmarks.import_files import import_fields


def _plain(value: object) -> object:
    return None if value is None or value == "" or value != value else value  # noqa: PLR0124 - NaN


Maybe = BeforeValidator(_plain)


class Outlet(BaseModel):
    """A row, checked as the fields say."""

    dataId: str = Field(min_length=1)  # noqa: N815 - the field's id
    name: str = Field(min_length=1)
    city: Annotated[
        Literal["Jakarta", "Bandung", "Surabaya", "Medan", "Semarang", "Makassar"] | None, Maybe
    ]
    visits: Annotated[float | None, Maybe]
    turnover: Annotated[float | None, Maybe]
    isActive: Annotated[bool | None, Maybe]  # noqa: N815 - the field's id
    opened: Annotated[date | None, Maybe]
    seen: Annotated[datetime | None, Maybe]
    phone: Annotated[str | None, Maybe, Field(pattern=r"^\+?[0-9][0-9 ()./-]{1,38}$")]
    place: Annotated[str | None, Maybe, Field(pattern=r"^-?\d+\.\d+,-?\d+\.\d+$")]
    note: Annotated[str | None, Maybe]
    region: Annotated[str | None, Maybe]


def write(store: str, file: str) -> None:
    """Import a file into an SQLite file."""
    names = [field.id for field in import_fields()]
    if Path(file).suffix == ".csv":
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    else:
        frame = pd.read_excel(file, engine="calamine")
    frame.columns = pd.Index(names)
    with sqlite3.connect(store) as database:
        database.execute("CREATE TABLE records (key TEXT PRIMARY KEY, document TEXT)")
        checked = (Outlet.model_validate(row) for row in frame.to_dict("records"))
        database.executemany(
            "INSERT INTO records VALUES (?, ?)",
            ((one.dataId, one.model_dump_json()) for one in checked),
        )


if __name__ == "__main__":
    peer.run(write)
