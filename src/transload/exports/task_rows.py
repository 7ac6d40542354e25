"""Turns documents of tasks into the rows of a file's tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from transload.exports.task_children import (
    ROW_KEY,
    CostsLeftOut,
    additional_values,
    bill_rows,
    data_of,
    list_rows,
    read_children,
)
from transload.formats.columns import Column
from transload.formats.json_reader import read_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRows:
    """Makes the rows of every table of the same documents; bills and lists are parsed once for all.

    `columns` are those of the main table. `additional`: which of them are worked out, of which
    bill. `children`: the bills and lists that are tables, in order; a bill comes with what counts
    its costs that no column holds.
    """

    columns: Sequence[Column]
    additional: Mapping[str, Sequence[str]]
    children: Mapping[str, CostsLeftOut | None]

    def __call__(self, lines: bytes, *, keeps_dates_spelled: bool) -> Iterator[pl.DataFrame]:
        """Give the rows of the main table, then those of each child."""
        lists = [name for name, left_out in self.children.items() if left_out is None]
        bills = [name for name in self.children if name not in lists]
        bills += [name for name in self.additional if name not in bills]
        children = read_children(lines, bills=bills, lists=lists)
        yield self._main(lines, children, keeps_dates_spelled=keeps_dates_spelled)
        for name, left_out in self.children.items():
            ids, values = children[ROW_KEY], children[name]
            if left_out is None:
                yield list_rows(ids, values, data_of(lines, name))
            else:
                left_out.add(values)
                yield bill_rows(ids, values)

    def _main(
        self, lines: bytes, children: Mapping[str, pl.Series], *, keeps_dates_spelled: bool
    ) -> pl.DataFrame:
        values = {
            series.name: series
            for bill, names in self.additional.items()
            for series in additional_values(children[bill], bill, names)
        }
        stored = [column for column in self.columns if column.id not in values]
        read = read_lines(lines, stored, keeps_dates_spelled=keeps_dates_spelled)
        return pl.DataFrame(
            [
                values[one.id] if one.id in values else read.get_column(one.id)
                for one in self.columns
            ]
        )
