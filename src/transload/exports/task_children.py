"""Bills and lists of tasks as rows of their own, and what bills come to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
import polars as pl

from transload.formats.columns import Column, Kind
from transload.formats.json_reader import split_lines

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
_DATA = "data"
_LIST = pl.List(
    pl.Struct(
        {
            "title": pl.String,
            "content": pl.String,
            "qty": pl.Float64,
            "unitPrice": pl.Float64,
            "qtyProcessed": pl.Float64,
        }
    )
)
"""An item of a list, but for its data: any JSON may be there."""


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


def read_children(
    lines: bytes, *, bills: Iterable[str], lists: Iterable[str]
) -> Mapping[str, pl.Series]:
    """Read the bills and lists of these names out of documents, one JSON object a line.

    Each name, `_id` too, has a value for each document; what is missing is null. The data of lists
    is left out. Raises ValueError for a value that is no bill or no list.
    """
    members = {ROW_KEY: pl.String(), **dict.fromkeys(bills, _BILL), **dict.fromkeys(lists, _LIST)}
    # Nested values take this a quarter of the time that a reader of whole files takes.
    try:
        read = split_lines(lines).str.json_decode(pl.Struct(members)).struct.unnest()
    except pl.exceptions.PolarsError as error:
        raise ValueError("A stored document does not have the canonical form.") from error
    # Under another name, as polars would take an id such as "^a$" for a pattern.
    return {name: read.get_column(name).alias("value") for name in members}


def bill_rows(ids: pl.Series, bills: pl.Series) -> pl.DataFrame:
    """Give a row for each item of some tasks' bills."""
    return _exploded(ids, bills.struct.field("items"), BILL_COLUMNS)


def list_rows(ids: pl.Series, lists: pl.Series, data: Sequence[str | None]) -> pl.DataFrame:
    """Give a row for each item of some tasks' lists, with `data`, as `data_of` reads it."""
    typed = [column for column in LIST_COLUMNS if column.id != _DATA]
    rows = _exploded(ids, lists, typed)
    exact = pl.Series(_DATA, data or [None] * rows.height, dtype=pl.String)
    return rows.insert_column([column.id for column in LIST_COLUMNS].index(_DATA), exact)


def data_of(lines: bytes, name: str) -> list[str | None]:
    """Give the data of each item of the lists of that name, as text; nothing where none has any."""
    if lines.count(b'"data":') == lines.count(b'"data":null'):
        return []
    return [
        _spelled(item[_DATA])
        for line in lines.split(b"\n")
        for item in orjson.loads(line).get(name) or ()
    ]


def additional_values(bills: pl.Series, bill: str, names: Sequence[str]) -> list[pl.Series]:
    """Give the columns `<bill>.<cost>` and `<bill>.totalCost`, a value for each document.

    The total is the sum of quantity and unit price of each item, plus the costs, of which one named
    Discount is subtracted. What is missing counts as nothing; no bill has no total.
    """
    items, costs = bills.struct.field("items"), bills.struct.field("costs")
    return [
        (
            _total(bills, items, costs)
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


def _exploded(ids: pl.Series, items: pl.Series, columns: Sequence[Column]) -> pl.DataFrame:
    """Give a row for each item, keyed by its task."""
    kept = (
        pl.DataFrame([ids.alias("key"), items.alias("item")])
        .filter(pl.col("item").list.len() > 0)
        .explode("item")
    )
    found = kept.get_column("item")
    return pl.DataFrame(
        [
            kept.get_column("key").alias(ROW_KEY),
            *(found.struct.field(column.id).alias(column.id) for column in columns[1:]),
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
