"""Text to rows of cells.

RFC 4180, and what is found beyond it: any delimiter, quote and escape; lines that end with LF, CR
LF or, where the dialect says so, CR; quotes within a cell that does not begin with one are text;
text after a closing quote belongs to the cell, blanks alone do not. An empty cell is None, an empty
quoted cell is empty text. A cell may go on over lines or delimiters, if its closing quote ends the
cell, and no quote may stand alone in it. Where that does not hold, nobody can tell where the cell
ends: that row is faulty and names its line, and reading goes on with the next line, which is faulty
too where it has the other half of the quotes. Where no closing quote follows at all, nobody can
tell which of the lines after it are rows, and each of them is faulty. A byte 1A at the end of a
file, as DOS put it there, is no cell.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import IncrementalNewlineDecoder
from pathlib import Path
from sys import maxsize

from transload.formats.reading.batches import Batch
from transload.formats.reading.encodings import BAD, decoder
from transload.formats.reading.model import Form

_BLOCK_BYTES = 4 << 20
_MAX_OPEN_CHARACTERS = 64 << 20
_END_OF_FILE = "\x1a"
_BLANKS = " \r\t"

Cells = list[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a text's cells are told apart; `quote` and `escape` are empty where there is none.

    `ends_with_cr`: lines end with CR too. `first_line`: the line from 1 at which rows begin.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    ends_with_cr: bool = False
    first_line: int = 1


def read_records(file: Path, encoding: str, dialect: Dialect) -> Iterator[Batch]:
    """Read a file's rows from the dialect's first line on, about 4 MiB a batch, blank ones too."""
    records = _Records(dialect)
    for text in _texts(file, encoding, ends_with_cr=dialect.ends_with_cr):
        yield from records.add(text)
    yield from records.finish()


def parse_records(text: str, dialect: Dialect) -> list[Cells]:
    """Give the rows of a whole text, faulty ones too."""
    records = _Records(dialect)
    batches = [*records.add(text), *records.finish()]
    return [list(row) for batch in batches for row in batch.rows]  # type: ignore[arg-type]


def _texts(file: Path, encoding: str, *, ends_with_cr: bool) -> Iterator[str]:
    bare = decoder(encoding)
    read = IncrementalNewlineDecoder(bare, translate=True) if ends_with_cr else bare
    is_first = True
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK_BYTES):
            text = read.decode(block)
            if is_first and text:
                text, is_first = text.removeprefix("\ufeff"), False
            yield text
    yield read.decode(b"", final=True)


class _Records:
    """Cuts text that comes in parts into rows."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._rest = ""
        self._line = 1
        self._to_skip = dialect.first_line - 1
        self._open_line = 0
        self._unclosed_line = 0

    def add(self, text: str) -> Iterator[Batch]:
        """Take the next part; give the rows that are whole."""
        self._rest += text
        end = self._rest.rfind("\n") + 1
        if end:
            yield from self._taken(end, is_last=False)

    def finish(self) -> Iterator[Batch]:
        """Give the rows that are left."""
        self._rest = self._rest.rstrip(_END_OF_FILE)
        if self._rest and not self._rest.endswith("\n"):
            self._rest += "\n"
        if self._rest:
            yield from self._taken(len(self._rest), is_last=True)

    def _taken(self, end: int, *, is_last: bool) -> Iterator[Batch]:
        whole = self._rest[:end] if end < len(self._rest) else self._rest
        start = self._skipped(whole)
        if start is None:
            self._rest = self._rest[end:]
            return
        whole = whole[start:] if start else whole
        batch, used = self._parsed(whole, is_last=is_last)
        self._rest = self._rest[start + used :]
        if batch is not None:
            yield batch

    def _skipped(self, text: str) -> int | None:
        """Give where rows begin, past the lines to skip; None: not in this text."""
        at = 0
        while self._to_skip:
            at = text.find("\n", at) + 1
            if not at:
                return None
            self._to_skip -= 1
            self._line += 1
            if at == len(text) and self._to_skip:
                return None
        return at

    def _parsed(self, text: str, *, is_last: bool) -> tuple[Batch | None, int]:
        is_clear = not self._open_line and not self._unclosed_line
        if is_clear and (quick := _quick(text, self._dialect)) is not None:
            rows, empty_is_nothing = quick
            lines: Sequence[int] = range(self._line, self._line + len(rows))
            self._line += len(rows)
            return _batch(lines, rows, {}, text, empty_is_nothing=empty_is_nothing), len(text)
        return self._careful(text, is_last=is_last)

    def _careful(self, text: str, *, is_last: bool) -> tuple[Batch | None, int]:
        lines: list[int] = []
        rows: list[Cells] = []
        faults: dict[int, str] = {}
        at = 0
        while at < len(text):
            if self._open_line:
                cells, after, fault = *_plain_line(text, at, self._dialect), _after(self._open_line)
            else:
                cells, after, is_unclosed = _line(text, at, self._dialect)
                fault = ""
                if is_unclosed or self._unclosed_line:
                    fault = self._fault(text[at:after], is_unclosed=is_unclosed)
                if after < 0:
                    if not is_last and len(text) - at < _MAX_OPEN_CHARACTERS:
                        break
                    self._open_line = self._line
                    cells, after = _plain_line(text, at, self._dialect)
                    fault = _never_closed(self._line)
            if fault:
                faults[len(rows)] = fault
            lines.append(self._line)
            rows.append(cells)
            self._line += text.count("\n", at, after)
            at = after
        return (_batch(lines, rows, faults, text) if rows else None), at

    def _fault(self, line: str, *, is_unclosed: bool) -> str:
        """Say what is wrong with a row: its quotes, or that it has the end of the row before it."""
        before, self._unclosed_line = self._unclosed_line, self._line if is_unclosed else 0
        if is_unclosed:
            return _unclosed(self._line)
        if before and line.count(self._dialect.quote) & 1:
            return _other_half(before)
        return ""


def _unclosed(line: int) -> str:
    return f"A quote opens in line {line} that is not closed at the end of its cell."


def _never_closed(line: int) -> str:
    return f"A quote opens in line {line} that is never closed."


def _other_half(line: int) -> str:
    return (
        f"This line comes after a quote that opens in line {line} and is not closed there, and may "
        "be a part of that cell."
    )


def _after(line: int) -> str:
    return (
        f"This line comes after a quote that opens in line {line} and is never closed, "
        "and may be a part of that cell."
    )


def _quick(text: str, dialect: Dialect) -> tuple[list[Cells], bool] | None:
    """Give the rows of lines, each of which is a row, and whether empty text is nothing in them.

    None where it is not sure that each line is a row.
    """
    if dialect.escape and dialect.escape in text:
        return None
    if not dialect.quote or dialect.quote not in text:
        plain = text
        while "\r\n" in plain:
            plain = plain.replace("\r\n", "\n")
        delimiter = dialect.delimiter
        return [line.split(delimiter) for line in plain[:-1].split("\n")], True  # type: ignore[misc]
    if len(dialect.delimiter) > 1:
        return None
    lines = text[:-1].split("\n")
    if any(line.count(dialect.quote) & 1 for line in lines):
        return None
    rows = _strict(lines, dialect)
    if rows is None or len(rows) != len(lines):
        return None
    empty = dialect.quote * 2
    if empty not in text:
        return rows, True
    doubtful = [at for at, line in enumerate(lines) if empty in line and "" in rows[at]]
    if not doubtful:
        return rows, True
    exact: list[Cells] = [[cell or None for cell in row] for row in rows]
    for at in doubtful:
        exact[at] = _record(f"{lines[at]}\n", 0, dialect)[0]
    return exact, False


def _strict(lines: Sequence[str], dialect: Dialect) -> list[Cells] | None:
    """Have Python's reader, in C, read lines; None where it objects."""
    csv.field_size_limit(maxsize)
    try:
        return [
            *csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
        ]
    except csv.Error:
        return None


def _line(text: str, at: int, dialect: Dialect) -> tuple[Cells, int, bool]:
    """Do what `_record` does, sooner where the row is of a common kind."""
    end = text.find("\n", at)
    line = text[at:end]
    quote = dialect.quote
    if not dialect.escape and len(dialect.delimiter) == 1:
        if not quote or quote not in line:
            return *_plain_line(text, at, dialect), False
        if not line.count(quote) & 1:
            rows = _strict((line,), dialect)
            is_clear = quote * 2 not in line or (rows and "" not in rows[0])
            if rows is not None and len(rows) == 1 and is_clear:
                return [cell or None for cell in rows[0]], end + 1, False
    return _record(text, at, dialect)


def _record(text: str, at: int, dialect: Dialect) -> tuple[Cells, int, bool]:
    """Give a row's cells, where the next row begins, and whether a quote was not closed.

    The place is negative where a quoted cell has no end in this text.
    """
    start, cells = at, Cells()
    quote, delimiter = dialect.quote, dialect.delimiter
    line_end = text.find("\n", at)
    while True:
        if quote and text.startswith(quote, at):
            content, end = _quoted(text, at + len(quote), dialect)
            if end < 0:
                return [], -1, False
            if "\n" in content:
                line_end = text.find("\n", end)
            cell_end = _end(text, end, line_end, delimiter)
            tail = text[end:cell_end]
            tail = tail.strip(_BLANKS) and tail.rstrip("\r")
            if tail and (quote in tail or "\n" in content or delimiter in content):
                return *_plain_line(text, start, dialect), True
            ends_line = cell_end == line_end
            cells.append(content + tail)
        else:
            cell_end = _cell_end(text, at, line_end, dialect)
            ends_line = cell_end == line_end
            cell = text[at:cell_end]
            cell = cell.rstrip("\r") if ends_line else cell
            cells.append(_unescaped(cell, dialect) or None)
        if ends_line:
            return cells, line_end + 1, False
        at = cell_end + len(delimiter)


def _quoted(text: str, at: int, dialect: Dialect) -> tuple[str, int]:
    """Give a quoted cell's content, and the place after its closing quote; negative: none."""
    quote, escape = dialect.quote, dialect.escape
    parts = []
    while True:
        end = text.find(quote, at)
        if end < 0:
            return "", -1
        if escape and escape != quote:
            slash = text.find(escape, at, end)
            if slash >= 0:
                parts += [text[at:slash], text[slash + 1 : slash + 2]]
                at = slash + 2
                continue
        parts.append(text[at:end])
        at = end + len(quote)
        if not text.startswith(quote, at):
            return "".join(parts), at
        parts.append(quote)
        at += len(quote)


def _end(text: str, at: int, line_end: int, delimiter: str) -> int:
    found = text.find(delimiter, at, line_end)
    return line_end if found < 0 else found


def _cell_end(text: str, at: int, line_end: int, dialect: Dialect) -> int:
    end = _end(text, at, line_end, dialect.delimiter)
    if dialect.escape:
        while end < line_end and _is_escaped(text, at, end, dialect.escape):
            end = _end(text, end + 1, line_end, dialect.delimiter)
    return end


def _is_escaped(text: str, start: int, at: int, escape: str) -> bool:
    before = text[start:at]
    return (len(before) - len(before.rstrip(escape))) % 2 == 1


def _unescaped(cell: str, dialect: Dialect) -> str:
    escape = dialect.escape
    if not escape or escape not in cell:
        return cell
    # Of a text without quotes, an escape takes a meaning from these alone.
    for special in (dialect.delimiter, dialect.quote, escape):
        if special:
            cell = cell.replace(escape + special, special)
    return cell


def _plain_line(text: str, at: int, dialect: Dialect) -> tuple[Cells, int]:
    end = text.find("\n", at)
    line = text[at:end].rstrip("\r")
    return [cell or None for cell in line.split(dialect.delimiter)], end + 1


def _batch(
    lines: Sequence[int],
    rows: Sequence[Cells],
    faults: dict[int, str],
    text: str,
    *,
    empty_is_nothing: bool = False,
) -> Batch:
    marks: dict[tuple[int, int], tuple[Form, str | None]] = {}
    if BAD in text:
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell and BAD in cell:
                    marks[at, column] = (Form.BAD_BYTES, cell.replace(BAD, "\ufffd"))
    return Batch(
        lines=lines, rows=rows, faults=faults, marks=marks, empty_is_nothing=empty_is_nothing
    )
