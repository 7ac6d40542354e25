"""Cells of a worksheet part of which the workbook's reader says less than the file does.

It gives errors, and formulas without a stored value, as empty cells; whole numbers past 2^53 as the
nearest double; and numbers below zero that are shown as dates as midnight. They are looked for in
the part's XML. Source: ECMA-376, part 1, 18.3.1.4 (`c`), 18.3.1.40 (`f`), 18.3.1.96 (`v`).
"""

import re
from collections.abc import Callable, Iterable, Iterator

from transload.formats.reading.cells import Stored
from transload.formats.reading.model import Form

Place = tuple[int, int]
"""Row and column, from 0."""
Windows = Callable[[], Iterable[bytes]]
"""Gives the part from its beginning."""

_EXACT_DIGITS = 15
_ATTRIBUTE = rb"""(?<![\w:.-])%s\s*=\s*["']([^"']*)["']"""
_REFERENCE = re.compile(_ATTRIBUTE % b"r")
_TYPE = re.compile(_ATTRIBUTE % b"t")
_CELL_REFERENCE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})", re.IGNORECASE)
_WHOLE = re.compile(rb"[+-]?[0-9]{16,400}")
_PREFIX = re.compile(rb"<([A-Za-z_][\w.-]*:)?sheetData\b")


class _NoReferencesError(Exception):
    """A cell does not say its place: it is the next one of its row."""


def find_marks(windows: Windows) -> dict[Place, Stored]:
    """Find errors, and formulas without a value."""
    return _found(windows, is_exact=False)


def find_exact(windows: Windows) -> dict[Place, Stored]:
    """Find whole numbers that no double is equal to, and numbers below zero, as no dates."""
    found = _found(windows, is_exact=True)
    return {at: cell for at, cell in found.items() if cell.form in {Form.NUMBER, Form.NOT_A_DATE}}


def _found(windows: Windows, *, is_exact: bool) -> dict[Place, Stored]:
    try:
        return dict(_quick(windows(), is_exact=is_exact))
    except _NoReferencesError:
        return dict(_counted(windows(), is_exact=is_exact))


class _Patterns:
    """What a part's cells look like, with the prefix of its names."""

    def __init__(self, prefix: bytes) -> None:
        name = re.escape(prefix)
        self.error = re.compile(rb"<" + name + rb"""c\b(?=[^<>]*?\st\s*=\s*["']e["'])[^<>]*>""")
        self.unvalued = re.compile(
            rb"<NSc\b[^<>]*(?<!/)>\s*<NSf\b(?:[^<>]*/>|[^<>]*>[^<]*</NSf>)\s*"
            rb"(?:<NSv\s*/>\s*|<NSv\b[^<>]*>\s*</NSv>\s*)?</NSc>".replace(b"NS", name)
        )
        self.long = re.compile(
            rb"<NSc\b[^<>]*(?<!/)>(?:\s*<NSf\b(?:[^<>]*/>|[^<>]*>[^<]*</NSf>))?"
            rb"\s*<NSv\b[^<>]*>\s*-?[0-9]{16}".replace(b"NS", name)
        )
        self.negative = re.compile(
            rb"<NSc\b[^<>]*(?<!/)>(?:\s*<NSf\b(?:[^<>]*/>|[^<>]*>[^<]*</NSf>))?"
            rb"\s*<NSv\b[^<>]*>\s*-".replace(b"NS", name)
        )
        self.opening = re.compile(rb"<NS(row|c)\b([^<>]*)>".replace(b"NS", name))
        self.end = re.compile(rb"</NSc\s*>".replace(b"NS", name))
        self.value = re.compile(rb"<NSv\b[^<>]*>\s*([^<]*?)\s*<".replace(b"NS", name))
        self.formula = b"<" + prefix + b"f"
        self.closing = b"</" + prefix + b"c>"
        self.row_closing = b"</" + prefix + b"row>"


def _quick(windows: Iterable[bytes], *, is_exact: bool) -> Iterator[tuple[Place, Stored]]:
    for text, patterns in _whole_cells(windows):
        wanted = []
        if b't="e"' in text or b"t='e'" in text:
            wanted.append(patterns.error)
        if patterns.formula in text:
            wanted.append(patterns.unvalued)
        if is_exact:
            wanted += [patterns.long, patterns.negative]
        for pattern in wanted:
            for found in pattern.finditer(text):
                opening_end = text.index(b">", found.start()) + 1
                opening = text[found.start() : opening_end]
                reference = _REFERENCE.search(opening)
                if reference is None:
                    raise _NoReferencesError
                stored = _stored(opening, text, opening_end, patterns, is_exact=is_exact)
                if stored is not None and (place := _place(reference[1])) is not None:
                    yield place, stored


def _counted(windows: Iterable[bytes], *, is_exact: bool) -> Iterator[tuple[Place, Stored]]:
    """Do the same where cells do not say their places, cell by cell."""
    row = column = -1
    for text, patterns in _whole_cells(windows):
        for found in patterns.opening.finditer(text):
            reference = _REFERENCE.search(found[2])
            if found[1] == b"row":
                number = int(reference[1]) - 1 if reference and reference[1].isdigit() else row + 1
                row, column = number, -1
                continue
            place = _place(reference[1]) if reference else None
            row, column = place or (row, column + 1)
            if not found[2].endswith(b"/"):
                stored = _stored(found[0], text, found.end(), patterns, is_exact=is_exact)
                if stored is not None:
                    yield (row, column), stored


def _stored(
    opening: bytes, text: bytes, start: int, patterns: _Patterns, *, is_exact: bool
) -> Stored | None:
    end = patterns.end.search(text, start)
    content = text[start : end.start() if end else len(text)]
    kind = _TYPE.search(opening)
    value = patterns.value.search(content)
    said = value[1] if value else b""
    match kind[1] if kind else b"n":
        case b"e":
            return Stored(Form.ERROR, said.decode("ascii", "replace") or "#ERROR")
        case b"n" if not said and patterns.formula in content:
            return Stored(Form.FORMULA, None)
        case b"n" if is_exact and len(said) > _EXACT_DIGITS and _WHOLE.fullmatch(said):
            return Stored(Form.NUMBER, str(int(said)))
        case b"n" if is_exact and said.startswith(b"-"):
            return Stored(Form.NOT_A_DATE, said.decode("ascii", "replace"))
    return None


def _place(reference: bytes) -> Place | None:
    found = _CELL_REFERENCE.fullmatch(reference.strip())
    if not found:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + letter - 64
    return int(found[2]) - 1, column - 1


def _whole_cells(windows: Iterable[bytes]) -> Iterator[tuple[bytes, _Patterns]]:
    """Cut windows anew where a cell ends."""
    rest = b""
    patterns: _Patterns | None = None
    for window in windows:
        text = rest + window
        if patterns is None and (found := _PREFIX.search(text)):
            patterns = _Patterns(found[1] or b"")
        if patterns is None:
            rest = text
            continue
        cut = max(text.rfind(end) + len(end) for end in (patterns.closing, patterns.row_closing))
        if cut < len(patterns.row_closing):
            rest = text
            continue
        yield text[:cut], patterns
        rest = text[cut:]
    if patterns is not None:
        yield rest, patterns
