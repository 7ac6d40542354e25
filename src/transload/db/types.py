"""Column types that read the same on both dialects."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Dialect, Text, cast, types
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import TypeCompiler

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcTime(types.TypeDecorator[datetime]):
    """An instant: an aware datetime, stored as microseconds since 1970 in a BIGINT."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Give the stored number."""
        del dialect
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Give the instant, in UTC."""
        del dialect
        return None if value is None else _EPOCH + value * _MICROSECOND


class Document(types.UserDefinedType[str]):
    """A JSON object as its text, byte for byte: `json` on PostgreSQL, TEXT on SQLite.

    PostgreSQL's `json`, unlike `jsonb`, keeps the text and the order of the keys.
    """

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type for PostgreSQL."""
        return "JSON"

    def column_expression(self, colexpr: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read it as text: PostgreSQL's driver would parse it."""
        return cast(colexpr, Text)


@compiles(Document, "sqlite")
def _compile_for_sqlite(_type: Document, _compiler: TypeCompiler, **_: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    return "TEXT"


class RowAddress(types.UserDefinedType[object]):
    """Where a row lies in its table; it stays there for as long as a snapshot is read."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type for PostgreSQL."""
        return "TID"


@compiles(RowAddress, "sqlite")
def _compile_address_for_sqlite(_type: RowAddress, _compiler: TypeCompiler, **_: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    return "INTEGER"
