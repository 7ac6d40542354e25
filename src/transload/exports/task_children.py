"""Bills and lists of tasks as rows of their own, and what bills come to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson
import polars as pl

from transload.formats.columns import Column, Kind

ROW_KEY = "_id"
"""The task's id, by which rows of a further table know theirs."""
TOTAL = "totalCost"
DISCOUNT = "Discount"
_MAX_NAMED = 20


def _column(name: str, kind: Kind, title: str = "") -> Column:
    return Column(id=name, title=title or name, kind=kind)


_KEY = _column(ROW_KEY, Kind.TEXT, "ID")
BILL_COLUMNS = (
    _KEY,
    _column("name", Kind.TEXT),
    _column("qty", Kind.NUMBER),
    _column("unit_price", Kind.NUMBER, "unitPrice"),
)
LIST_COLUMNS = (
    _KEY,
    _column("title", Kind.TEXT),
    _column("content", Kind.TEXT),
    _column("data", Kind.TEXT),
    _column("qty", Kind.NUMBER),
    _column("unitPrice", Kind.NUMBER),
    _column("qtyProcessed", Kind.NUMBER),
)
_ITEM = pl.Struct({"name": pl.String, "unit_price": pl.Float64, "qty": pl.Float64})
_COST = pl.Struct({"name": pl.String, "amount": pl.Float64})
_BILL = pl.Struct({"items": pl.List(_ITEM), "costs": pl.List(_COST)})
_LIST = pl.List(
    pl.Struct(
        {
            "title": pl.String,
            "content": pl.String,
            "data": pl.String,
            "qty": pl.Float64,
            "unitPrice": pl.Float64,
            "qtyProcessed": pl.Float64,
        }
    )
)


@dataclass(slots=True)
class CostsLeftOut:
    """Counts the costs of a bill that no column holds: those of other names than `shown`."""

    shown: frozenset[str]
    found: Counter[str] = field(default_factory=Counter)

    def add(self, bills: pl.Series) -> None:
        """Look at the bills of some tasks."""
        costs = bills.struct.field("costs").explode()
        names = costs.struct.field("name")
        is_lost = costs.is_not_null() & ~names.fill_null("").is_in(sorted(self.shown))
        self.found.update(name or "" for name in names.filter(is_lost))


def note_of_costs(left_out: Mapping[str, CostsLeftOut]) -> list[str]:
    """Say which costs of which bills are in no column, a sentence a bill."""
    return [
        f"Costs of {bill} that no column holds, left out: "
        + ", ".join(f"{name} ({count})" for name, count in one.found.most_common(_MAX_NAMED))
        + (" and others." if len(one.found) > _MAX_NAMED else ".")
        for bill, one in left_out.items()
        if one.found
    ]


def bill_rows(
    lines: bytes, *, keeps_dates_spelled: bool, name: str, left_out: CostsLeftOut
) -> pl.DataFrame:
    """Give a row for each item of the bills of that name."""
    del keeps_dates_spelled  # there are none
    bills = _read(lines, name, _BILL)
    left_out.add(bills.get_column("value"))
    items = bills.select(pl.col("key"), item=pl.col("value").struct.field("items"))
    return _exploded(items, BILL_COLUMNS)


def list_rows(lines: bytes, *, keeps_dates_spelled: bool, name: str) -> pl.DataFrame:
    """Give a row for each item of the lists of that name."""
    del keeps_dates_spelled  # likewise
    lists = _read(lines, name, _LIST)
    rows = _exploded(lists.select(pl.col("key"), item=pl.col("value")), LIST_COLUMNS)
    if rows.get_column("data").null_count() == rows.height:
        return rows
    # Any JSON may be there, and polars spells some of it anew: it is taken from the documents.
    exact = [
        _spelled(item["data"])
        for line in lines.split(b"\n")
        for item in orjson.loads(line).get(name) or ()
    ]
    return rows.with_columns(pl.Series("data", exact, dtype=pl.String))


def additional_values(lines: bytes, bill: str, names: Sequence[str]) -> list[pl.Series]:
    """Give the columns `<bill>.<cost>` and `<bill>.totalCost`, a value for each document.

    The total is the sum of quantity and unit price of each item, plus the costs, of which one named
    Discount is subtracted. What is missing counts as nothing; no bill has no total.
    """
    values = _read(lines, bill, _BILL).get_column("value")
    items, costs = values.struct.field("items"), values.struct.field("costs")
    return [
        (
            _total(values, items, costs)
            if name == f"{bill}.{TOTAL}"
            else _cost(costs, name.removeprefix(f"{bill}."))
        ).alias(name)
        for name in names
    ]


def _spelled(data: object) -> str | None:
    """Give JSON as text: a text as itself, unless it would be read as something else."""
    if data is None:
        return None
    if isinstance(data, str):
        try:
            orjson.loads(data)
        except orjson.JSONDecodeError:
            return data
    return orjson.dumps(data).decode()


def _read(lines: bytes, name: str, kind: pl.DataType) -> pl.DataFrame:
    # Under other names, as polars would take an id such as "^a$" for a pattern.
    read = pl.read_ndjson(lines, schema={ROW_KEY: pl.String, name: kind})
    return pl.DataFrame(
        [read.get_column(ROW_KEY).alias("key"), read.get_column(name).alias("value")]
    )


def _exploded(rows: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    kept = rows.filter(pl.col("item").list.len() > 0).explode("item")
    items = kept.get_column("item")
    return pl.DataFrame(
        [
            kept.get_column("key").alias(ROW_KEY),
            *(items.struct.field(column.id).alias(column.id) for column in columns[1:]),
        ]
    )


def _cost(costs: pl.Series, name: str) -> pl.Series:
    named = pl.element().filter(pl.element().struct.field("name") == name)
    return costs.list.eval(named.struct.field("amount")).list.first()


def _total(values: pl.Series, items: pl.Series, costs: pl.Series) -> pl.Series:
    item = pl.element().struct
    goods = items.list.eval(item.field("qty") * item.field("unit_price")).list.sum().fill_null(0.0)
    amount = pl.element().struct.field("amount")
    is_discount = (pl.element().struct.field("name") == DISCOUNT).fill_null(value=False)
    signed = pl.when(is_discount).then(-amount).otherwise(amount)
    more = costs.list.eval(signed).list.sum().fill_null(0.0)
    total = goods + more
    return pl.select(pl.when(values.is_not_null()).then(total)).to_series()
