"""Workbooks of Excel since 2007 to a table: xlsx, xlsm and xlsb, by calamine."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from transload.formats.reading.archives import (
    DAMAGED,
    PASSWORD,
    checked_archive,
    in_utf8,
    local_name,
    part_tree,
    part_windows,
    with_part,
)
from transload.formats.reading.batches import Row
from transload.formats.reading.cells import MAX_EXACT, DoubtfulError, Stored, spelled_cell
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
from transload.formats.reading.workbooks import batches_of, chosen_sheet, write_sheet
from transload.formats.reading.xlsb_records import (
    ShortCellsError,
    find_errors,
    sheet_relations,
    with_long_cells,
)
from transload.formats.reading.xlsx_marks import Place, find_exact, find_marks

_MIDNIGHT = time(0)
# As Excel leaves them of the macro sheets of its versions before 1997, among the sheets.
_UNRELATED = re.compile(rb"""<(?:\w+:)?sheet\b[^<>]*\s(?:\w+:)?id\s*=\s*(?:""|'')[^<>]*/>""")
# Any other than the three of ECMA-376, part 1, 18.18.68: some programs write `show`.
_UNKNOWN_STATE = re.compile(
    rb"""(<(?:\w+:)?sheet\b[^<>]*?)\sstate\s*=\s*["'](?!(?:visible|hidden|veryHidden)["'])[^"'<>]*["']"""
)
_DOCUMENT = "/officeDocument"
_XML = (".xml", ".rels")
_PARTS_WITHOUT_DECLARATION = ("sharedstrings.xml", "styles.xml")


def read_xlsx(source: Path, rows: Path, kind: Kind, choices: Choices, limits: Limits) -> Table:
    """Read one sheet; raises UnreadableError."""
    with checked_archive(source, limits) as archive:
        plain = in_utf8(archive, source, rows.with_name(f"{rows.name}.utf8"), limits)
    try:
        return _read(plain, rows, kind, choices, limits)
    except _OddSheetsError as error:
        related = rows.with_name(f"{rows.name}.related")
        with checked_archive(plain, limits) as archive:
            with_part(archive, related, error.part, [error.content], limits)
        return _read(related, rows, kind, choices, limits)


class _OddSheetsError(Exception):
    """The workbook says of sheets what is not so: its part, and what is in it without that."""

    def __init__(self, part: str, content: bytes) -> None:
        super().__init__(part)
        self.part = part
        self.content = content


def _read(source: Path, rows: Path, kind: Kind, choices: Choices, limits: Limits) -> Table:
    with checked_archive(source, limits) as archive, _opened(source, archive, limits) as workbook:
        sheets = _sheets(workbook)
        at = chosen_sheet(sheets, choices.sheet)
        part = _sheet_part(archive, sheets[at].name, limits)
        _refuse_declarations(archive, limits, _PARTS_WITHOUT_DECLARATION)

        def windows() -> Iterable[bytes]:
            return part_windows(archive, part, limits)

        def written(found: Iterable[Row], stored: Mapping[Place, Stored]) -> Table:
            return write_sheet(
                batches_of(found, stored, start=start, width=width),
                kind=kind,
                sheets=sheets,
                sheet=at,
                rows=rows,
                choices=choices,
                limits=limits,
            )

        try:
            stored = find_errors(windows()) if kind is Kind.XLSB else find_marks(windows)
        except ShortCellsError:
            long = rows.with_name(f"{rows.name}.long")
            with_part(archive, long, part, with_long_cells(windows()), limits)
            return read_xlsx(long, rows, kind, choices, limits)
        sheet = _parsed(workbook, sheets[at].name)
        start, width = sheet.start or (0, 0), sheet.width
        try:
            return written(sheet.iter_rows(), stored)
        except DoubtfulError:
            # Rare, and dear to find out.
            exact = {} if kind is Kind.XLSB else find_exact(windows)
            return written(_exact(sheet.iter_rows(), exact, start[1]), stored)


def _opened(source: Path, archive: ZipFile, limits: Limits) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(source))
    except PasswordError as error:
        raise UnreadableError(Cause.PASSWORD, PASSWORD) from error
    except (CalamineError, OSError, ValueError) as error:
        _refuse_declarations(archive, limits, _XML)
        document = _document(archive, limits)
        content = b"".join(part_windows(archive, document, limits))
        mended = _UNKNOWN_STATE.sub(rb"\1", _UNRELATED.sub(b"", content))
        if mended != content:
            raise _OddSheetsError(document, mended) from error
        raise UnreadableError(Cause.DAMAGED, DAMAGED.format("it has no readable sheets")) from error


def _parsed(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return workbook.get_sheet_by_name(name)
    except (CalamineError, ValueError) as error:
        raise UnreadableError(Cause.DAMAGED, DAMAGED.format("its sheet is broken")) from error


def _sheets(workbook: CalamineWorkbook) -> list[Sheet]:
    return [
        Sheet(name=one.name, is_visible=one.visible is SheetVisibleEnum.Visible)
        for one in workbook.sheets_metadata
        if one.typ is SheetTypeEnum.WorkSheet
    ]


def _exact(rows: Iterable[Row], exact: Mapping[Place, Stored], column: int) -> Iterator[Row]:
    """Give rows with their doubtful cells as they are stored; they begin at a sheet's column."""
    for number, row in enumerate(rows):
        yield [
            _stored(exact.get((number, column + at)), form, spelled)
            if (form := _doubtful(cell)) is not None and (spelled := spelled_cell(cell))
            else cell
            for at, cell in enumerate(row)
        ]


def _stored(found: Stored | None, form: Form, spelled: str) -> Stored:
    """Give a doubtful cell as the part has it; what calamine takes for a number is no date."""
    is_number = form is Form.NUMBER and found is not None and found.form is Form.NOT_A_DATE
    return Stored(form, spelled) if found is None or is_number else found


def _doubtful(cell: object) -> Form | None:
    """Give the form of a cell of which calamine may have made another, None for others."""
    if type(cell) is float and not abs(cell) < MAX_EXACT:
        return Form.NUMBER
    return Form.TIME if cell == _MIDNIGHT and type(cell) is time else None


def _refuse_declarations(archive: ZipFile, limits: Limits, parts: tuple[str, ...]) -> None:
    for name in archive.namelist():
        if name.lower().endswith(parts):
            next(iter(part_windows(archive, name, limits)), b"")


def _sheet_part(archive: ZipFile, sheet: str, limits: Limits) -> str:
    """Find a sheet's part by its relation to the workbook, as ECMA-376, part 2, 8.3 has them."""
    document = _document(archive, limits)
    targets = _targets(archive, document, limits)
    if document.endswith(".bin"):
        content = b"".join(part_windows(archive, document, limits))
        relations = dict(sheet_relations(content))
    else:
        relations = _relations(part_tree(archive, document, limits))
    try:
        return targets[relations[sheet]]
    except KeyError as error:
        raise UnreadableError(Cause.DAMAGED, DAMAGED.format("a sheet has no part")) from error


def _document(archive: ZipFile, limits: Limits) -> str:
    document = next(iter(_targets(archive, "", limits, kind=_DOCUMENT).values()), None)
    if document is None:
        raise UnreadableError(Cause.DAMAGED, DAMAGED.format("it names no workbook"))
    return document


def _relations(workbook: Element) -> dict[str, str]:
    """Give the ids of the relations of a workbook's sheets, by their names."""
    found = {}
    for element in workbook.iter():
        if local_name(element.tag) == "sheet":
            names = {local_name(name): value for name, value in element.attrib.items()}
            found[names.get("name", "")] = names.get("id", "")
    return found


def _targets(archive: ZipFile, part: str, limits: Limits, kind: str = "") -> dict[str, str]:
    """Give the parts that a part relates to, by the ids of the relations."""
    path = PurePosixPath(part.replace("\\", "/"))
    name = _existing(archive, str(path.parent / "_rels" / f"{path.name}.rels"))
    if name is None:
        return {}
    found = {}
    for relation in part_tree(archive, name, limits):
        target = relation.get("Target", "").replace("\\", "/")
        full = target if target.startswith("/") else str(path.parent / target)
        existing = _existing(archive, posixpath.normpath(full))
        if existing is not None and relation.get("Type", "").endswith(kind):
            found[relation.get("Id", "")] = existing
    return found


def _existing(archive: ZipFile, part: str) -> str | None:
    """Give a part's name as the archive spells it: case and slashes vary."""
    wanted = part.lstrip("/").casefold()
    for name in archive.namelist():
        if name.replace("\\", "/").lstrip("/").casefold() == wanted:
            return name
    return None
