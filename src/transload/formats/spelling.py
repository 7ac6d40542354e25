"""Values as text, the same in every format, by polars expressions; no value stays none."""

import polars as pl

_MAX_EXACT = 2.0**53


def spelled_number(value: pl.Expr) -> pl.Expr:
    """Spell numbers as JSON does: the shortest digits of the same double, 5 rather than 5.0.

    Beyond 2^53 the fraction stays: without it, digits that a double cannot tell apart seem exact.
    """
    text = value.cast(pl.String)
    return (
        pl.when(value.cast(pl.Float64).abs() > _MAX_EXACT)
        .then(text)
        .otherwise(text.str.strip_suffix(".0"))
    )


def spelled_date(value: pl.Expr) -> pl.Expr:
    """Spell dates as YYYY-MM-DD."""
    return value.dt.strftime("%Y-%m-%d")


def spelled_date_time(value: pl.Expr) -> pl.Expr:
    """Spell date-times as YYYY-MM-DD HH:MM:SS, followed by .mmm where that is not zero."""
    return value.dt.strftime("%Y-%m-%d %H:%M:%S%.f")
