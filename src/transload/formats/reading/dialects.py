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
_DELIMITERS = (*",;\t|\x01\x14\x1e\x1f", *"~^:#&*¦§¬¤@!/%$", " ")
# After these, a blank may belong to the delimiter.
_SPACED = {",", ";", "|"}
# Delimiters of several characters: signs in a row, of which no text has many.
_RUN = re.compile(r"[^\w\s\"'.,;()\[\]{}<>/\\-]{2,8}")
# One row is always like itself.
_FEW = 2
_MOST_RUNS = 4
_MOST_REPEATED = 4
_QUOTES = ("'", "`", "\u00b4", "~", "^", "|", "$", "þ")
_LONE_CR = re.compile(r"\r(?![\r\n])")
# Of these, which are common in texts, only where every row has as many: of blanks, three cells.
_RARE = {**dict.fromkeys("~^:#&*¦§¬¤@!/%$", 2), " ": 3}
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
    | [{(\[<].*[\])}>]                                                 # something set in brackets
    | n/?a | nan | null
    | [^\W\d_](?:[\w '\u2019().!?/&+:-]|,\ |\u00a0)*                           # words
    | [\w#@+-][\w .\-/#]*                                               # a code
    )\s*
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)

# Values with signs in them that delimit cells elsewhere.
_VALUE = re.compile(
    r"""
    \s*(?:
    | [+-]?[€$£¥]?\s?[+-]?\d[\d.,']*(?:[eE][+-]?\d+)?\s?[%€$£¥]?
    | (?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})?[T ]?
      (?:\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?(?:\s?[AaPp][Mm])?\s?(?:Z|UTC|[+-]\d{2}:?\d{2})?
    | (?:https?|ftp)://\S+ | www\.\S+ | [^\s@]+@[^\s@]+\.[^\s@]+
    )\s*
    """,
    re.VERBOSE,
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
    # CR ends a line where there is no LF, or where lines are more alike so.
    is_mixed = "\n" in head and _LONE_CR.search(head) is not None
    ends_with_cr = "\r" in head and "\n" not in head
    if ends_with_cr:
        head = head.replace("\r", "\n")
    found = _found(head, choices)
    if is_mixed:
        even = _found(head.replace("\r\n", "\n").replace("\r", "\n"), choices)
        if even.score > found.score:
            found, ends_with_cr = even, True
    return replace(found.dialect, ends_with_cr=ends_with_cr)


def _found(head: str, choices: Choices) -> _Candidate:
    first_line = 1
    if said := _SEPARATOR_LINE.match(head):
        head, first_line = head[said.end() :], 2
        choices = replace(choices, delimiter=choices.delimiter or said[1])
    sample = _sample(head)
    best = max(_candidates(sample, choices), key=lambda one: one.score)
    dialect = _repeated(best.dialect, sample) if choices.delimiter is None else best.dialect
    return replace(best, dialect=replace(dialect, first_line=first_line))


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
        delimiters = _delimiters(sample, choices.decimal_separator)
    for quote in quotes:
        escapes = [choices.escape] if choices.escape is not None else _escapes(sample, quote)
        for escape in escapes:
            for at, delimiter in enumerate(delimiters):
                if quote and quote in delimiter:
                    continue
                dialect = Dialect(delimiter=delimiter, quote=quote, escape=escape)
                rows = [row for row in parse_records(sample, dialect) if any(row)]
                if not _is_sure(delimiter, rows):
                    continue
                # Of equals, the one that is more usual.
                score = _score(rows) * (1 - 0.001 * at) * (1 - 0.9 * _halved(rows, quote))
                yield _Candidate(score=score, dialect=dialect)


def _halved(rows: Sequence[Sequence[str | None]], quote: str) -> float:
    """Give the share of rows in which a cell has one of two quotes: delimiters cut through it."""
    if not quote:
        return 0
    halved = sum(
        any(cell and cell.startswith(quote) != cell.endswith(quote) for cell in row) for row in rows
    )
    return halved / max(1, len(rows))


def _delimiters(sample: str, decimal_separator: str | None) -> list[str]:
    """Give what may delimit cells, the most usual first."""
    # Where there is only one column, nothing delimits: one that is not there does as well.
    usual = ";" if decimal_separator == "," else ","
    single = [one for one in _DELIMITERS if one in sample and one != decimal_separator]
    single = single if usual in single else [usual, *single]
    # With the blank, so that a quote after it is one.
    spaced = [f"{one} " for one in single if one in _SPACED and f"{one} " in sample]
    runs = Counter(run for line in sample.split("\n") for run in {*_RUN.findall(line)})
    long = [run for run, lines in runs.most_common(_MOST_RUNS) if lines > 1]
    return [*spaced, *single, *long]


def _is_sure(delimiter: str, rows: Sequence[Sequence[str | None]]) -> bool:
    least = _RARE.get(delimiter, 2 if len(delimiter) > 1 else 0)
    if not least:
        return True
    if len(rows) < _FEW or len({len(row) for row in rows}) > 1 or len(rows[0]) < least:
        return False
    # What stands at the end of every cell delimits nothing, nor does a sign within values.
    if sum(map(any, zip(*rows, strict=True))) < _FEW or _is_one_value(delimiter, rows):
        return False
    if delimiter == " ":
        return not any(cell and cell.endswith((",", ";")) for row in rows for cell in row)
    if delimiter[1:] != " ":
        return True
    # Nearly every delimiter has a blank after it.
    alone = re.compile(rf"{re.escape(delimiter[0])}(?! )")
    cells = [cell or "" for row in rows for cell in row]
    return sum(alone.search(cell) is not None for cell in cells) * 20 <= len(cells)


def _is_one_value(delimiter: str, rows: Sequence[Sequence[str | None]]) -> bool:
    """Tell lines each of which is one value as a whole: an address, a time, a share in percent."""
    lines = (delimiter.join(cell or "" for cell in row) for row in rows)
    return delimiter in _RARE and all(_VALUE.fullmatch(line[:200]) for line in lines)


def _repeated(dialect: Dialect, sample: str) -> Dialect:
    """Take several delimiters in a row for one, where nothing ever stands between them."""
    rows = [row for row in parse_records(sample, dialect) if any(row)]
    if len(rows) < _FEW or all(len(row) == 1 for row in rows):
        return dialect
    for times in range(_MOST_REPEATED, 1, -1):
        if all(
            len(row) % times == 1 and not any(cell for at, cell in enumerate(row) if at % times)
            for row in rows
        ):
            return replace(dialect, delimiter=dialect.delimiter * times)
    return dialect


def _quotes(sample: str) -> list[str]:
    """Give the quotes that cells may have; the usual one always, as it may come further down."""
    return ['"', *(one for one in _QUOTES if one in sample and _is_quote(one, sample))]


def _is_quote(mark: str, sample: str) -> bool:
    """Tell whether a mark stands around cells, and does so more often than the usual quote."""
    ends = r",;\t|" if re.search(r"[,;\t|]", sample) else " "
    around = rf"(?:^|[{ends}]) ?{{0}}[^{{0}}]{{{{0,500}}}}{{0}}(?=[{ends}\r]|$)"
    marked, usual = (
        len(re.findall(around.format(re.escape(one)), sample, re.MULTILINE)) for one in (mark, '"')
    )
    within = len(re.findall(rf"\w{re.escape(mark)}\w", sample))
    return marked > max(1, within, usual)


def _escapes(sample: str, quote: str) -> list[str]:
    """Give the escapes that there may be: none, or a backslash.

    It is one for sure before a quote that does not close its cell there.
    """
    if "\\" not in sample:
        return [""]
    inner = re.escape(quote)
    if quote and re.search(rf"\\{inner}(?=[^,;\t|\r\n{inner}])", sample):
        return ["\\"]
    return ["", "\\"] if re.search(r"\\[,;\t|]", sample) else [""]


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
