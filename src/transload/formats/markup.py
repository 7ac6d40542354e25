"""Rows of a frame as markup: what the formats that are made of XML have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from transload.formats.columns import Losses

Part = str | pl.Expr
"""A piece of markup: the same in every row, or a text for each."""

MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""What stands in XML for the characters of its own."""

MAX_DIGITS = 15
"""So many digits of a number spreadsheets keep, or show."""

_SECOND_MILLISECONDS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedRows:
    """The markup of consecutive rows, in UTF-8, and what it could not hold of them."""

    xml: bytes
    losses: Losses


def survey(values: pl.DataFrame, asked: Sequence[Mapping[str, pl.Expr]]) -> list[dict[str, Any]]:
    """Answer questions about columns, all in one pass over the values.

    `asked`: for each column, in order, its questions by name, each an expression with one value.
    """
    answers = values.select(
        expression.alias(f"{at} {name}")
        for at, questions in enumerate(asked)
        for name, expression in questions.items()
    ).row(0, named=True)
    return [
        {name: answers[f"{at} {name}"] for name in questions} for at, questions in enumerate(asked)
    ]


def is_short(decimal: pl.Expr) -> pl.Expr:
    """Tell whether a decimal number's text has no more than `MAX_DIGITS`."""
    return decimal.str.count_matches("[0-9]") <= MAX_DIGITS


def has_milliseconds(moment: pl.Expr) -> pl.Expr:
    """Tell whether a date-time is no whole second."""
    return moment.to_physical() % _SECOND_MILLISECONDS != 0


def filled(parts: Sequence[Part]) -> pl.Expr:
    """Join pieces to one text a row; it is null where one of those that vary is."""
    template = "".join(part if isinstance(part, str) else "{}" for part in parts)
    return pl.format(template, *(part for part in parts if not isinstance(part, str)))


def either(condition: pl.Expr, parts: Sequence[Part], otherwise: Sequence[Part]) -> list[Part]:
    """Take the one sequence of pieces where the condition holds, else the other, as long a one."""
    return [
        pl.when(condition).then(_expression(part)).otherwise(_expression(other))
        for part, other in zip(parts, otherwise, strict=True)
    ]


def is_blank(columns: int) -> pl.Expr:
    """Tell whether a row has no value at all."""
    return pl.all_horizontal(pl.col(str(at)).is_null() for at in range(columns))


def rendered(values: pl.DataFrame, row: pl.Expr) -> bytes:
    """Join the text of each row to one content."""
    content: bytes = values.select(row.str.join("").cast(pl.Binary)).item()
    return content


def _expression(part: Part) -> pl.Expr:
    return pl.lit(part) if isinstance(part, str) else part
