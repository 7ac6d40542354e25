"""What a file is, by its content, and the reader that it is for."""

from typing import assert_never

from transload.formats.reading.compound import opened_file
from transload.formats.reading.kinds import find_kind
from transload.formats.reading.model import Cause, Choices, Kind, Table, UnreadableError
from transload.formats.reading.wire import Request


def read_table(request: Request) -> Table:
    """Read the file of a request; raises UnreadableError."""
    source, rows = request.source, request.rows
    choices, limits = request.choices, request.limits
    kind = find_kind(source)
    if kind is Kind.XLS:
        source = opened_file(source, rows.with_name(f"{rows.name}.plain"))
        kind = find_kind(source)
    _require_text(kind, choices)
    # Imported one by one: what a file does not need takes time and memory.
    match kind:
        case Kind.CSV:
            from transload.formats.reading.text_reader import read_text  # noqa: PLC0415

            return read_text(source, rows, choices, limits)
        case Kind.XLSX | Kind.XLSM | Kind.XLSB:
            from transload.formats.reading.xlsx_reader import read_xlsx  # noqa: PLC0415

            return read_xlsx(source, rows, kind, choices, limits)
        case Kind.XLS:
            from transload.formats.reading.xls_reader import read_xls  # noqa: PLC0415

            return read_xls(source, rows, choices, limits)
        case Kind.ODS:
            from transload.formats.reading.ods_reader import read_ods  # noqa: PLC0415

            return read_ods(source, rows, choices, limits)
        case Kind.JSON | Kind.NDJSON:
            from transload.formats.reading.json_documents import read_json  # noqa: PLC0415

            return read_json(source, rows, kind, limits)
        case Kind.PARQUET:
            from transload.formats.reading.parquet_reader import read_parquet  # noqa: PLC0415

            return read_parquet(source, rows, limits)
        case _:
            assert_never(kind)


def _require_text(kind: Kind, choices: Choices) -> None:
    """Refuse choices of how text is written where the file is none: they would mean nothing."""
    if kind is Kind.CSV:
        return
    for name in ("encoding", "delimiter", "quote", "escape"):
        if getattr(choices, name) is not None:
            raise UnreadableError(
                Cause.CHOICE, f"The file is {kind}, where no {name} can be chosen: leave that out."
            )
