"""Parquet files to a table: each column by its type."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import polars as pl

from transload.formats.reading.model import (
    EXTRA,
    FAULT,
    LINE,
    MAX_CELL_BYTES,
    Cause,
    Form,
    Kind,
    Limits,
    Table,
    UnreadableError,
    form_column,
    text_column,
)
from transload.formats.reading.rows_writer import RowsWriter
from transload.formats.reading.serials import spelled_duration
from transload.formats.spelling import spelled_date, spelled_number

_BATCH_ROWS = 100_000
_BATCH_CELLS = 1_000_000
_MOMENT = "%Y-%m-%d %H:%M:%S%.f"
_CLOCK = "%H:%M:%S%.f"
_LAST_YEAR = 9999
_SHOWN_CHARACTERS = 100


def read_parquet(source: Path, rows: Path, limits: Limits) -> Table:
    """Read a file of columns; raises UnreadableError."""
    try:
        schema = pl.read_parquet_schema(source)
        writer = RowsWriter(rows, columns=_width(schema, limits), has_forms=True, limits=limits)
        for frame in _frames(source, len(schema)):
            writer.write(frame)
        writer.close()
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise UnreadableError(
            Cause.DAMAGED, "The Parquet file is damaged, or has a type that cannot be read."
        ) from error
    return Table(
        kind=Kind.PARQUET,
        titles=tuple(schema),
        header_row=1,
        rows=writer.rows,
        faulty_rows=0,
        has_forms=True,
    )


def _width(schema: pl.Schema | dict[str, pl.DataType], limits: Limits) -> int:
    if not len(schema):
        raise UnreadableError(Cause.EMPTY, "The Parquet file has no columns.")
    if len(schema) > limits.columns:
        raise UnreadableError(
            Cause.TOO_LARGE, f"The table has more than {limits.columns:,} columns: remove some."
        )
    return len(schema)


def _frames(source: Path, width: int) -> Iterator[pl.DataFrame]:
    height = min(_BATCH_ROWS, max(1, _BATCH_CELLS // width))
    first = 0
    while True:
        part = pl.scan_parquet(source).slice(first, height).collect()
        if not part.height:
            return
        columns = [
            pl.Series(LINE, range(first + 1, first + 1 + part.height), dtype=pl.UInt32),
            pl.Series(FAULT, [None], dtype=pl.String).new_from_index(0, part.height),
            pl.Series(EXTRA, [None], dtype=pl.String).new_from_index(0, part.height),
        ]
        for at, values in enumerate(part.iter_columns()):
            texts, forms = _spelled(values.alias("values"))
            columns += [texts.alias(text_column(at)), forms.alias(form_column(at))]
        yield pl.DataFrame(columns)
        first += part.height


def _spelled(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Give a column's texts and forms."""
    kind = values.dtype
    value = pl.col("values")
    if kind.is_float():
        return _formed(values, spelled_number(value.cast(pl.Float64)), Form.NUMBER)
    if kind.is_integer() or kind.is_decimal():
        return _formed(values, value.cast(pl.String), Form.NUMBER)
    if kind == pl.Boolean:
        return _formed(values, value.cast(pl.String), Form.BOOLEAN)
    if kind == pl.Date:
        return _dated(values, spelled_date(value), Form.DATE)
    if isinstance(kind, pl.Datetime):
        naive = value.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        moment = naive if kind.time_zone else value
        return _dated(values, moment.dt.strftime(_MOMENT), Form.DATE_TIME)
    if kind == pl.Time:
        return _formed(values, value.dt.strftime(_CLOCK), Form.TIME)
    if isinstance(kind, pl.Duration):
        spans = [None if one is None else spelled_duration(one) for one in values]
        return _formed(pl.Series("values", spans, dtype=pl.String), value, Form.DURATION)
    return _spelled_texts(values)


def _spelled_texts(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    kind = values.dtype
    if kind == pl.Binary:
        return _bytes(values)
    if kind.is_nested():
        texts = [_json(one) for one in values]
        return _bounded(pl.Series("values", texts, dtype=pl.String), Form.LIST)
    return _bounded(values.cast(pl.String), Form.TEXT)


def _formed(values: pl.Series, text: pl.Expr, form: Form) -> tuple[pl.Series, pl.Series]:
    texts = values.to_frame().select(text.alias("texts")).to_series()
    forms = pl.select(pl.when(texts.is_null()).then(0).otherwise(form.value)).to_series()
    return texts, forms.cast(pl.UInt8)


def _dated(values: pl.Series, text: pl.Expr, form: Form) -> tuple[pl.Series, pl.Series]:
    texts, forms = _formed(values, text, form)
    is_beyond = ~values.dt.year().is_between(1, _LAST_YEAR).fill_null(value=True)
    return texts, forms.set(is_beyond, Form.NOT_A_DATE.value)


def _bytes(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    texts: list[str | None] = []
    forms: list[int] = []
    for value in values:
        text = (value or b"").decode("utf-8", "replace")
        is_text = text.encode() == (value or b"")
        texts.append(None if value is None else text)
        forms.append(Form.TEXT.value if is_text else Form.BAD_BYTES.value)
    return pl.Series(texts, dtype=pl.String), pl.Series(forms, dtype=pl.UInt8)


def _bounded(values: pl.Series, form: Form) -> tuple[pl.Series, pl.Series]:
    texts, forms = _formed(values, pl.col(values.name), form)
    is_long = (texts.str.len_bytes() > MAX_CELL_BYTES).fill_null(value=False)
    shown = texts.str.head(_SHOWN_CHARACTERS)
    return texts.zip_with(~is_long, shown), forms.set(is_long, Form.TOO_LONG.value)


def _json(value: object) -> str | None:
    if value is None:
        return None
    plain = value.to_list() if isinstance(value, pl.Series) else value
    return orjson.dumps(plain, default=str).decode()
