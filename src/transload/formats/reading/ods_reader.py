"""Spreadsheets of OpenDocument to a table: ods.

Source: OpenDocument 1.3, part 3: 9.1 (tables), 19.385 (value types), 6.1 (text). Rows and cells
that repeat stand once with their number; the last of them go on to the end of the sheet, and are
blank.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZipFile

from transload.formats.reading.archives import (
    DAMAGED,
    DECLARATION,
    PASSWORD,
    checked_archive,
    local_name,
    part_tree,
    part_windows,
)
from transload.formats.reading.batches import Row
from transload.formats.reading.cells import Stored
from transload.formats.reading.model import (
    Cause,
    Choices,
    Form,
    Kind,
    Limits,
    Sheet,
    Table,
    UnreadableError,
)
from transload.formats.reading.serials import (
    spelled_duration,
    spelled_moment,
    spelled_number,
)
from transload.formats.reading.workbooks import batches_of, chosen_sheet, write_sheet

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_CELL_PARTS = {_CONTENT, "encrypted-package"}
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
_EXTENDED = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_CELLS = {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}
_MAX_COLUMNS = 16_384
_MAX_ROWS = 1_048_576
_DURATION = re.compile(
    r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?)?"
)
_DAY = timedelta(days=1)
# Older programs store an error as the number 0, or as text.
_ERROR = re.compile(r"Err:\d{3}|#(?:N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!)")
_WHOLE = re.compile(r"[+-]?\d{1,400}")


def read_ods(source: Path, rows: Path, choices: Choices, limits: Limits) -> Table:
    """Read one sheet; raises UnreadableError."""
    with checked_archive(source, limits) as archive:
        if _is_encrypted(archive, limits):
            raise UnreadableError(Cause.PASSWORD, PASSWORD)
        found = _Sheets()
        for _ in found.rows(part_windows(archive, _CONTENT, limits)):
            pass
        sheets = [
            Sheet(name=name, is_visible=style not in found.hidden_styles)
            for name, style in zip(found.names, found.styles, strict=True)
        ]
        at = chosen_sheet(sheets, choices.sheet)
        start, width = found.starts[at], found.widths[at]
        read = _Sheets(wanted=at)
        rows_of_sheet = (
            [*row[start:], *(None,) * (width - max(start, len(row)))]
            for row in read.rows(part_windows(archive, _CONTENT, limits))
        )
        return write_sheet(
            batches_of(rows_of_sheet, {}, width=width - start),
            kind=Kind.ODS,
            sheets=sheets,
            sheet=at,
            rows=rows,
            choices=choices,
            limits=limits,
        )


def _is_encrypted(archive: ZipFile, limits: Limits) -> bool:
    """Tell whether the cells need a password; where a macro alone has one, they do not."""
    if _MANIFEST not in archive.namelist():
        return False
    if b"encryption-data" not in b"".join(part_windows(archive, _MANIFEST, limits)):
        return False
    return any(
        name in _CELL_PARTS and any(local_name(one.tag) == "encryption-data" for one in entry)
        for entry in part_tree(archive, _MANIFEST, limits)
        for attribute, name in entry.items()
        if local_name(attribute) == "full-path"
    )


class _Sheets:
    """Walks through a document's tables, and gives the rows of the wanted one, from 0."""

    def __init__(self, wanted: int | None = None) -> None:
        self.names: list[str] = []
        self.styles: list[str] = []
        self.starts: list[int] = []
        self.widths: list[int] = []
        self.hidden_styles: set[str] = set()
        self._wanted = wanted
        self._depth = 0
        self._style = ""
        self._table_depth = 0
        self._row: list[object] = []
        self._row_times = 1
        self._blank_rows = 0
        self._cell_depth = 0
        self._cell: dict[str, str] = {}
        self._paragraph_depth = 0
        self._skipped_depth = 0
        self._paragraphs: list[str] = []
        self._ready: list[Row] = []
        self._has_skipped = False

    def rows(self, windows: Iterable[bytes]) -> Iterator[Row]:
        """Read the document; give the wanted rows, blank ones too but for those at the end."""
        parser = ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.SkippedEntityHandler = self._skip
        try:
            for window in windows:
                parser.Parse(window, False)  # noqa: FBT003 - it has no name
                yield from self._ready
                self._ready.clear()
            parser.Parse(b"", True)  # noqa: FBT003
        except ExpatError as error:
            raise UnreadableError(Cause.DAMAGED, DAMAGED.format("its XML is broken")) from error
        if self._has_skipped:
            raise UnreadableError(Cause.DECLARATION, DECLARATION)
        yield from self._ready

    def _skip(self, _name: str, _is_parameter: bool) -> None:  # noqa: FBT001 - as expat calls it
        self._has_skipped = True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._cell_depth:
            self._start_in_cell(name, attributes)
        elif name == f"{_TABLE}table":
            if not self._table_depth:
                self._table_depth = self._depth
                self.names.append(attributes.get(f"{_TABLE}name", ""))
                self.styles.append(attributes.get(f"{_TABLE}style-name", ""))
                self.starts.append(_MAX_COLUMNS)
                self.widths.append(0)
                self._blank_rows = 0
        elif name == f"{_TABLE}table-row":
            self._row = []
            self._row_times = _number(attributes.get(f"{_TABLE}number-rows-repeated"), _MAX_ROWS)
        elif name in _CELLS and self._table_depth:
            self._cell_depth, self._cell, self._paragraphs = self._depth, attributes, []
        elif name == f"{_STYLE}style":
            self._style = attributes.get(f"{_STYLE}name", "")
        elif attributes.get(f"{_TABLE}display") == "false":
            self.hidden_styles.add(self._style)

    def _start_in_cell(self, name: str, attributes: dict[str, str]) -> None:
        if self._skipped_depth:
            return
        if self._paragraph_depth:
            if name == f"{_TEXT}s":
                self._paragraphs[-1] += " " * _number(attributes.get(f"{_TEXT}c"), 1 << 20)
            elif name == f"{_TEXT}tab":
                self._paragraphs[-1] += "\t"
            elif name == f"{_TEXT}line-break":
                self._paragraphs[-1] += "\n"
            elif name.startswith(_OFFICE) or name == f"{_TEXT}ruby-text":
                self._skipped_depth = self._depth
        elif name == f"{_TEXT}p" and self._depth == self._cell_depth + 1:
            self._paragraph_depth = self._depth
            self._paragraphs.append("")

    def _text(self, text: str) -> None:
        if self._paragraph_depth and not self._skipped_depth:
            self._paragraphs[-1] += text

    def _end(self, name: str) -> None:
        if self._depth == self._skipped_depth:
            self._skipped_depth = 0
        elif self._depth == self._paragraph_depth:
            self._paragraph_depth = 0
        elif self._depth == self._cell_depth:
            self._cell_depth = 0
            self._add_cell()
        elif self._depth == self._table_depth:
            self._table_depth = 0
        elif name == f"{_TABLE}table-row" and not self._cell_depth and self._table_depth:
            self._add_row()
        self._depth -= 1

    def _add_cell(self) -> None:
        value = _value(self._cell, "\n".join(self._paragraphs))
        times = _number(self._cell.get(f"{_TABLE}number-columns-repeated"), _MAX_COLUMNS)
        self._row += [value] * min(times, _MAX_COLUMNS - len(self._row))

    def _add_row(self) -> None:
        while self._row and self._row[-1] is None:
            self._row.pop()
        if not self._row:
            self._blank_rows += self._row_times
            return
        first = next(at for at, cell in enumerate(self._row) if cell is not None)
        self.starts[-1] = min(self.starts[-1], first)
        self.widths[-1] = max(self.widths[-1], len(self._row))
        if len(self.names) - 1 == self._wanted:
            self._ready += [()] * min(self._blank_rows, _MAX_ROWS)
            self._ready += [self._row] * self._row_times
        self._blank_rows = 0


def _number(text: str | None, most: int) -> int:
    return min(int(text), most) if text and text.isdecimal() else 1


def _value(cell: dict[str, str], text: str) -> object:
    """Give what a cell holds, by its type; what cannot be told is its text."""
    if cell.get(f"{_EXTENDED}value-type") == "error":
        return Stored(Form.ERROR, text or "#ERROR")
    kind = cell.get(f"{_OFFICE}value-type")
    if kind is not None and f"{_TABLE}formula" in cell and _ERROR.fullmatch(text):
        return Stored(Form.ERROR, text)
    if kind is None:
        if f"{_TABLE}formula" in cell and not text:
            return Stored(Form.FORMULA, None)
        return text or None
    try:
        return _typed(kind, cell, text)
    except (ValueError, OverflowError):
        return text or None


def _typed(kind: str, cell: dict[str, str], text: str) -> object:
    match kind:
        case "float" | "percentage" | "currency":
            said = cell.get(f"{_OFFICE}value", "")
            whole = _WHOLE.fullmatch(said)
            digits = str(int(said)) if whole else spelled_number(float(said))
            return Stored(Form.NUMBER, digits)
        case "boolean":
            said = cell.get(f"{_OFFICE}boolean-value", "")
            # Some programs write the number that is shown so.
            return said == "true" if said in {"true", "false"} else float(said) != 0
        case "date":
            return _moment(cell.get(f"{_OFFICE}date-value", ""))
        case "time":
            return _span(cell.get(f"{_OFFICE}time-value", ""))
        case _:
            return text or cell.get(f"{_OFFICE}string-value") or None


def _moment(said: str) -> Stored:
    if "T" not in said:
        return Stored(Form.DATE, date.fromisoformat(said).isoformat())
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    if moment.time() == time(0):
        return Stored(Form.DATE, moment.date().isoformat())
    return Stored(Form.DATE_TIME, spelled_moment(moment))


def _span(said: str) -> Stored:
    found = _DURATION.fullmatch(said)
    if not found or found[2] or found[3]:
        raise ValueError(said)
    days, hours, minutes, seconds = (int(found[at] or 0) for at in (4, 5, 6, 7))
    fraction = float(f"0.{found[8] or 0}")
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds + round(fraction, 3))
    if found[1]:
        span = -span
    if timedelta(0) <= span < _DAY:
        return Stored(Form.TIME, spelled_duration(span, width=2))
    return Stored(Form.DURATION, spelled_duration(span))
