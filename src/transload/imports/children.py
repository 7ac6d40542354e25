"""Rows of further sheets, joined to those of the main one: a column each, an array a row.

A row of a further sheet names its row of the main sheet by the text of its ID. What is wrong with
it as a whole is wrong with that row. Rows whose ID no row of the main sheet has are rows of their
own, which cannot go in and say why: nothing is left aside in silence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from transload.data_types.model import Field
from transload.formats.reading.model import (
    FAULT,
    GROUP_ROWS,
    LINE,
    Limits,
    Table,
    text_column,
)
from transload.formats.reading.rows_writer import RowsWriter, rows_schema
from transload.imports.child_sheets import (
    AT,
    KEY,
    ROWS,
    WRONG,
    Grouped,
    Said,
    find_children,
    gather,
    key_column,
    of_main,
)
from transload.imports.model import ChildTable


def join(
    source: Path,
    rows: Path,
    table: Table,
    *,
    children: Sequence[ChildTable],
    key: Field | None,
    said: Said,
    look: Callable[[], None],
) -> Table:
    """Add the columns of those child tables that are sheets of the workbook; give the table then.

    `rows` has the rows of the main sheet, and is written anew. Raises UnusableError where the main
    sheet has no ID, and for sheets that cannot be read.
    """
    found = find_children(table, children, said)
    if not found or key is None:
        return table
    at = key_column(table, key, of_main(said, table), found[0].sheet)
    groups = [one for child in found if (one := gather(source, rows, child, at, look)) is not None]
    if not groups:
        return table
    return _written(rows, table, at, groups, look)


def _written(
    rows: Path,
    table: Table,
    key: int,
    groups: Sequence[Grouped],
    look: Callable[[], None],
) -> Table:
    """Write the rows of the main sheet anew, with a column for each of the others."""
    own, columns = len(table.titles), len(table.titles) + len(groups)
    schema = rows_schema(columns, has_forms=table.has_forms)
    path = rows.with_name(f"{rows.name}.joined")
    writer = RowsWriter(path, columns=columns, has_forms=table.has_forms, limits=Limits())
    keys = []
    try:
        for start in range(0, max(1, table.rows), GROUP_ROWS):
            look()
            frame = pl.scan_parquet(rows).slice(start, GROUP_ROWS).collect()
            keys.append(frame.get_column(text_column(key)))
            writer.write(_with_children(frame, key, own, groups, schema))
        for frame in _without_main(pl.concat(keys), key, own, groups, schema).iter_slices(
            GROUP_ROWS
        ):
            look()
            writer.write(frame)
        writer.close()
    except BaseException:
        writer.abandon()
        path.unlink(missing_ok=True)
        raise
    path.replace(rows)
    sheets = [group.joined.sheet for group in groups]
    return replace(
        table,
        titles=(*table.titles, *sheets),
        rows=writer.rows,
        faulty_rows=writer.faulty_rows,
        remarks=(*table.remarks, _remark(sheets)),
        joined=tuple(group.joined for group in groups),
    )


def _with_children(
    frame: pl.DataFrame,
    key: int,
    own: int,
    groups: Sequence[Grouped],
    schema: Mapping[str, type[pl.DataType]],
) -> pl.DataFrame:
    faults = [pl.col(FAULT)]
    for at, group in enumerate(groups, own):
        named = group.frame.select(
            pl.col(KEY).alias(text_column(key)),
            pl.col(ROWS).alias(text_column(at)),
            pl.col(WRONG).alias(f"{WRONG}{at}"),
        )
        frame = frame.join(named, on=text_column(key), how="left", maintain_order="left")
        frame = frame.with_columns(pl.col(text_column(at)).fill_null("[]"))
        faults.append(pl.col(f"{WRONG}{at}"))
    return _completed(frame.with_columns(pl.coalesce(faults).alias(FAULT)), schema)


def _without_main(
    keys: pl.Series,
    key: int,
    own: int,
    groups: Sequence[Grouped],
    schema: Mapping[str, type[pl.DataType]],
) -> pl.DataFrame:
    """Give a row for each ID that only further sheets have: it cannot go in."""
    known = keys.drop_nulls().unique()
    frame = pl.DataFrame(schema={KEY: pl.String, LINE: pl.UInt32, FAULT: pl.String})
    for at, group in enumerate(groups, own):
        rest = group.frame.filter(~pl.col(KEY).is_in(known.implode()).fill_null(value=False))
        named = rest.select(
            KEY,
            pl.col(ROWS).alias(text_column(at)),
            pl.col(AT).alias("line_there"),
            pl.concat_str(
                pl.lit(f"The sheet {group.joined.sheet!r} has rows from row "),
                pl.col(AT).cast(pl.String),
                pl.when(pl.col(KEY).is_null())
                .then(pl.lit(" that name no row of the first sheet"))
                .otherwise(pl.lit(" whose ID no row of the first sheet has")),
            ).alias("fault_there"),
        )
        frame = frame.join(
            named, on=KEY, how="full", coalesce=True, nulls_equal=True, maintain_order="left_right"
        )
        frame = frame.with_columns(
            pl.coalesce(LINE, "line_there").alias(LINE),
            pl.concat_str(FAULT, "fault_there", separator="; ", ignore_nulls=True).alias(FAULT),
        ).drop("line_there", "fault_there")
    return _completed(frame.rename({KEY: text_column(key)}), schema)


def _completed(frame: pl.DataFrame, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """Give all columns of the rows; a cell that is not there is empty."""
    missing = [
        (pl.lit(0) if kind == pl.UInt8 else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
        if name not in frame.columns
    ]
    return frame.with_columns(missing).select(*schema)


def _remark(sheets: Sequence[str]) -> str:
    named = ", ".join(map(repr, sheets))
    return f"Rows of other sheets were joined to it by their ID: {named}."
