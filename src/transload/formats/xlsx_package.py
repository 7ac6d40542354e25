"""The parts of a workbook around the rows of its sheets (ECMA-376-1 and -2)."""

import re
from collections.abc import Sequence
from typing import assert_never
from xml.sax.saxutils import escape

from transload.formats.columns import Column, Kind

HEADER_STYLE, DATE_STYLE, DATE_TIME_STYLE, MOMENT_STYLE, AMOUNT_STYLE = 1, 2, 3, 4, 5
"""Indexes of `cellXfs` in the styles part."""

MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576

SHEET_END = b"</sheetData></worksheet>"

_MAX_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="3">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '<numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss.000"/>'
    "</numFmts>"
    '<fonts count="2">'
    '<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    "</fonts>"
    '<fills count="2">'
    '<fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    "</fills>"
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    "</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def sheet_part(number: int) -> str:
    """Name the part of a sheet, counted from 1."""
    return f"xl/worksheets/{_sheet_file(number)}"


def parts(names: Sequence[str]) -> list[tuple[str, bytes]]:
    """Give name and content of every part but the sheets, in the order of the archive.

    `names`: those of the sheets, as `sheet_names` gives them.
    """
    contents = {
        "[Content_Types].xml": _content_types(len(names)),
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": _workbook(names),
        "xl/_rels/workbook.xml.rels": _relationships(len(names)),
        "xl/styles.xml": _STYLES,
    }
    return [(name, (_XML + content).encode()) for name, content in contents.items()]


def sheet_names(wanted: Sequence[str]) -> list[str]:
    r"""Give sheets names that Excel takes, as near as can be to those that are wanted.

    Excel takes 1 to 31 characters, none of `[]:*?/\` nor of control, no apostrophe at an end, not
    "History", and no two that differ by case alone. A sheet without a wanted name is called by its
    number.
    """
    names: list[str] = []
    taken = {"history"}
    for number, name in enumerate(wanted, 1):
        stem = _FORBIDDEN.sub("_", name).strip().strip("'") or f"Sheet{number}"
        found, ordinal = _short(stem, _MAX_NAME), 1
        while found.casefold() in taken:
            ordinal += 1
            suffix = f" ({ordinal})"
            found = _short(stem, _MAX_NAME - len(suffix)) + suffix
        taken.add(found.casefold())
        names.append(found)
    return names


def sheet_head(columns: int, rows: int) -> bytes:
    """Begin a sheet of so many columns and rows; it has one length for all sheets.

    Readers that stream a sheet learn from it how large that is, and some need it.
    """
    last = f'{letters(columns - 1)}{rows}"'
    return f'{_XML}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{last:<11}/>'.encode()


def sheet_start(columns: Sequence[Column], titles: Sequence[str], *, is_shown: bool) -> bytes:
    """Go on from a sheet's head to its header row: bold, and in view however far one scrolls.

    `titles`: the escaped text of the header cells. `is_shown`: the workbook opens on this sheet.
    """
    shown = 'tabSelected="1" ' if is_shown else ""
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{_width(column.kind)}" customWidth="1"/>'
        for number, column in enumerate(columns, 1)
    )
    header = "".join(
        f'<c r="{letters(at)}1" s="{HEADER_STYLE}" t="inlineStr">'
        f'<is><t xml:space="preserve">{title}</t></is></c>'
        for at, title in enumerate(titles)
    )
    return (
        f'<sheetViews><sheetView {shown}workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        "</sheetView></sheetViews>"
        f"{f'<cols>{widths}</cols>' if widths else ''}"
        f'<sheetData>\n<row r="1">{header}</row>\n'
    ).encode()


def letters(at: int) -> str:
    """Name the column at a position counted from 0: `A`, `Z`, `AA`, up to `XFD`."""
    name = ""
    number = at + 1
    while number:
        number, letter = divmod(number - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


HEAD_BYTES = len(sheet_head(MAX_COLUMNS, MAX_ROWS))


def _width(kind: Kind) -> int:
    # In characters; never by the content, which is not known ahead.
    match kind:
        case Kind.TEXT | Kind.LIST:
            return 24
        case Kind.NUMBER | Kind.DECIMAL:
            return 14
        case Kind.BOOLEAN:
            return 10
        case Kind.DATE:
            return 12
        case Kind.DATE_TIME:
            return 20
        case _:
            assert_never(kind)


def _sheet_file(number: int) -> str:
    return f"sheet{number}.xml"


def _content_types(sheets: int) -> str:
    overrides = "".join(
        f'<Override PartName="/{sheet_part(number)}" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in range(1, sheets + 1)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f"{overrides}"
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        "</Types>"
    )


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        "<bookViews><workbookView/></bookViews>"
        f"<sheets>{sheets}</sheets>"
        "</workbook>"
    )


def _relationships(sheets: int) -> str:
    targets = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet"'
        f' Target="worksheets/{_sheet_file(number)}"/>'
        for number in range(1, sheets + 1)
    )
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{targets}"
        f'<Relationship Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>"
    )


def _short(name: str, longest: int) -> str:
    """Cut a name to so many UTF-16 code units, between two characters."""
    units = name.encode("utf-16-le")[: 2 * longest]
    return units.decode("utf-16-le", errors="ignore").rstrip("'")
