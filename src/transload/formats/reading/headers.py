"""Where a table's titles stand, guessed by its first rows.

Titles are the row that has most of those that are expected, in any spelling. Where none are
expected: the first row that fills more than half of the columns (the first aside), if no number or
date stands in it (years aside), or a later such row that fills more. A first row with numbers or
dates, where no such row follows, is data: then there are no titles. A row that a blank one parts
from a row of more titles stands above the table.
"""

import re
import unicodedata
from collections.abc import Sequence

SAMPLE_ROWS = 100
_ROWS_ABOVE = 40
_MOST_TITLES = 4_096
_DATA = re.compile(
    r"[+-]?[€$£¥]?\s?[+-]?\d[\d.,' \u00a0]*(?:[eE][+-]?\d+)?\s?[%€$£¥]?"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?.{0,10}"
    r"|true|false|\S+@\S+\.\S+|https?://\S+",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")

Texts = Sequence[str | None]


def find_header(rows: Sequence[Texts], expected: Sequence[str]) -> int | None:
    """Give the place among a table's first rows at which the titles stand; None: nowhere.

    Blank rows have no cells.
    """
    if expected and (found := _expected_header(rows, expected)) is not None:
        return found
    filled = [_filled(row) for row in rows]
    most = max((count for count in filled[:_ROWS_ABOVE] if count <= _MOST_TITLES), default=0)
    possible = [at for at, row in enumerate(rows[:_ROWS_ABOVE]) if _titled(row) * 2 > most]
    if not possible:
        return None
    first = possible[0]
    fuller = [at for at in possible if not _has_data(rows[at]) and filled[at] > filled[first]]
    if _has_data(rows[first]):
        return fuller[0] if fuller else None
    if fuller and 0 in filled[first : fuller[0]]:
        return fuller[0]
    return first


def normalised(title: str) -> str:
    """Give a title without case, accents, blanks and signs, so that spellings of one are equal."""
    plain = unicodedata.normalize("NFKD", title).casefold()
    return "".join(one for one in plain if one.isalnum())


def _expected_header(rows: Sequence[Texts], expected: Sequence[str]) -> int | None:
    wanted = {normalised(title) for title in expected} - {""}
    scores = [len({normalised(cell) for cell in row if cell} & wanted) for row in rows]
    best = max(scores, default=0)
    return scores.index(best) if best else None


def _filled(row: Texts) -> int:
    return sum(1 for cell in row if cell and not cell.isspace())


def _titled(row: Texts) -> int:
    """Count the cells of a row, the first too where it alone is blank: it is of names of rows."""
    count = _filled(row)
    return count + (count > 0 and count == len(row) - 1 and not (row[0] or "").strip())


def _has_data(row: Texts) -> bool:
    cells = [cell.strip() for cell in row if cell]
    return any(_DATA.fullmatch(cell[:100]) and not _YEAR.fullmatch(cell) for cell in cells)
