"""How the cells of a text are told apart: found in its first lines.

Each likely pair of delimiter and quote is tried, and scored by how alike the rows then are and how
many of the cells then look like something: a number, a date, a word, nothing. The method is that of
G. J. J. van den Burg, A. Nazábal, C. Sutton: "Wrangling messy CSV files by detecting row and type
patterns" (2019). A first line `sep=;`, as Excel knows it, says the delimiter itself.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from transload.formats.reading.csv_records import Dialect, parse_records
from transload.formats.reading.encodings import decoder
from transload.formats.reading.model import Cause, Choices, UnreadableError

_HEAD_BYTES = 1 << 18
_MAX_LINES = 120
_MAX_CHARACTERS = 1 << 16
_DELIMITERS = (",", ";", "\t", "|", "\x1f", "~", "^", ":", "#", "&", "*", " ")
# Of these, which are common in texts, only where every row has as many: of blanks, three cells.
_RARE = {"~": 2, "^": 2, ":": 2, "#": 2, "&": 2, "*": 2, " ": 3}
_SEPARATOR_LINE = re.compile(r'"?sep=(.|\t)"?[\t,;]*\r?(?:\n|$)', re.IGNORECASE)
_MAX_DELIMITER = 8
# One cell a row says nothing of the delimiter, and is still better than none.
_LEAST = 1e-3
_LIKELY_CELL = re.compile(
    r"""
    \s*(?:
    | [+-]?[\d.,'\u2019 \u00a0]*\d[\d.,]*(?:[eE][+-]?\d+)?\s?[%€$£¥]?         # a number
    | [€$£¥]\s?[+-]?\d[\d.,' ]*
    | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ,]+\d{1,2}:\d{2}(?::\d{2})?[^,;|\t]{0,12})?  # a date
    | \d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AaPp][Mm])?             # a time
    | (?:https?|ftp)://\S+ | www\.\S+ | [\w.+-]+@[\w-]+(?:\.[\w-]+)+    # an address
    | [{(\[].*[\])}]                                                   # something set in brackets
    | n/?a | nan | null
    | [^\W\d_](?:[\w '\u2019().!?/&+-]|,\ |\u00a0)*                           # words
    | [\w#@+-][\w .\-/#]*                                               # a code
    )\s*
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    score: float
    dialect: Dialect


def find_dialect(file: Path, encoding: str, choices: Choices) -> Dialect:
    """Find how a text is written; what was chosen is taken.

    Raises UnreadableError for a choice that cannot be.
    """
    _check(choices)
    with file.open("rb") as opened:
        head = decoder(encoding).decode(opened.read(_HEAD_BYTES)).removeprefix("\ufeff")
    ends_with_cr = "\r" in head and "\n" not in head
    if ends_with_cr:
        head = head.replace("\r", "\n")
    first_line = 1
    if said := _SEPARATOR_LINE.match(head):
        head, first_line = head[said.end() :], 2
        choices = replace(choices, delimiter=choices.delimiter or said[1])
    sample = _sample(head)
    found = max(_candidates(sample, choices), key=lambda one: one.score).dialect
    if choices.delimiter is None:
        found = _longer(found, sample)
    return replace(found, ends_with_cr=ends_with_cr, first_line=first_line)


def _check(choices: Choices) -> None:
    delimiter, quote, escape = choices.delimiter, choices.quote, choices.escape
    if delimiter is not None and not 0 < len(delimiter) <= _MAX_DELIMITER:
        raise UnreadableError(Cause.CHOICE, "The delimiter has to be 1 to 8 characters long.")
    if delimiter is not None and {"\n", "\r"} & {*delimiter}:
        raise UnreadableError(Cause.CHOICE, "A line end cannot be the delimiter.")
    for name, mark in (("quote", quote), ("escape", escape)):
        if mark is not None and (len(mark) > 1 or mark in {"\n", "\r"} or mark == delimiter):
            raise UnreadableError(
                Cause.CHOICE,
                f"The {name} has to be one character other than the delimiter, or empty.",
            )


def _sample(head: str) -> str:
    """Give the first lines, whole ones where there are any."""
    lines = head[: _MAX_CHARACTERS + 1].split("\n")
    if len(head) > _MAX_CHARACTERS and len(lines) > 1:
        lines.pop()
    return "\n".join(lines[:_MAX_LINES])[:_MAX_CHARACTERS]


def _candidates(sample: str, choices: Choices) -> Iterable[_Candidate]:
    quotes = [choices.quote] if choices.quote is not None else _quotes(sample)
    if choices.delimiter is not None:
        delimiters = [choices.delimiter]
    else:
        # Where there is only one column, nothing delimits: one that is not there does as well.
        usual = ";" if choices.decimal_separator == "," else ","
        found = [one for one in _DELIMITERS if one in sample and one != choices.decimal_separator]
        delimiters = found if usual in found else [usual, *found]
    for quote in quotes:
        escape = choices.escape if choices.escape is not None else _escape(sample, quote)
        for at, delimiter in enumerate(delimiters):
            if delimiter == quote:
                continue
            dialect = Dialect(delimiter=delimiter, quote=quote, escape=escape)
            rows = [row for row in parse_records(sample, dialect) if any(row)]
            if not _is_sure(delimiter, rows):
                continue
            # Of equals, the one that is more usual.
            score = _score(rows) * (1 - 0.001 * at)
            yield _Candidate(score=score, dialect=dialect)


def _is_sure(delimiter: str, rows: Sequence[Sequence[str | None]]) -> bool:
    if delimiter not in _RARE:
        return True
    lengths = {len(row) for row in rows}
    return len(rows) > 1 and len(lengths) == 1 and min(lengths) >= _RARE[delimiter]


def _longer(dialect: Dialect, sample: str) -> Dialect:
    """Take a blank after each delimiter, or each delimiter's double, for a part of it."""
    if f"{dialect.delimiter} " in sample:
        # With the blank, so that a quote after it is one.
        wide = replace(dialect, delimiter=f"{dialect.delimiter} ")
        rows = parse_records(sample, wide)
        cells = [cell or "" for row in rows for cell in row]
        lengths = {len(row) for row in rows if any(row)}
        alone = re.compile(rf"{re.escape(dialect.delimiter)}(?! )")
        unsplit = sum(alone.search(cell) is not None for cell in cells)
        if len(lengths) == 1 and lengths != {1} and unsplit * 20 <= len(cells):
            return wide
    rows = [row for row in parse_records(sample, dialect) if any(row)]
    gaps = {(len(row) % 2 == 1 and not any(row[1::2])) for row in rows}
    if len(rows) > 1 and gaps == {True} and any(len(row) > 1 for row in rows):
        return replace(dialect, delimiter=dialect.delimiter * 2)
    return dialect


def _quotes(sample: str) -> list[str]:
    """Give the quotes that cells may have; the usual one always, as it may come further down."""
    apostrophes = len(re.findall(r"(?:^|[,;\t| ])'[^'\n]*'(?=[,;\t| \r]|$)", sample, re.MULTILINE))
    if apostrophes > len(re.findall(r"\w'\w", sample)) + sample.count('"') and apostrophes > 1:
        return ['"', "'"]
    return ['"']


def _escape(sample: str, quote: str) -> str:
    """Give the escape: a backslash before a quote, where it does not close its cell there."""
    if not quote:
        return ""
    inner = re.escape(quote)
    return "\\" if re.search(rf"\\{inner}(?=[^,;\t|\r\n{inner}])", sample) else ""


def _score(rows: Sequence[Sequence[str | None]]) -> float:
    if not rows:
        return 0
    patterns = Counter(len(row) for row in rows)
    alike = sum(
        count * max(_LEAST, length - 1) / length for length, count in patterns.items()
    ) / len(patterns)
    cells = [cell or "" for row in rows for cell in row]
    likely = sum(_LIKELY_CELL.fullmatch(cell[:200]) is not None for cell in cells)
    return alike * max(_LEAST, likely / len(cells))
