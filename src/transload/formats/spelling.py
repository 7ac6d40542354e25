"""Values as text, the same in every format, by polars expressions; no value stays none."""

import polars as pl


def spelled_number(value: pl.Expr) -> pl.Expr:
    """Spell numbers as JSON does: the shortest digits of the same double, 5 rather than 5.0."""
    return value.cast(pl.String).str.strip_suffix(".0")


def spelled_date(value: pl.Expr) -> pl.Expr:
    """Spell dates as YYYY-MM-DD."""
    return value.dt.strftime("%Y-%m-%d")


def spelled_date_time(value: pl.Expr) -> pl.Expr:
    """Spell date-times as YYYY-MM-DD HH:MM:SS, followed by .mmm where that is not zero."""
    return value.dt.strftime("%Y-%m-%d %H:%M:%S%.f")
