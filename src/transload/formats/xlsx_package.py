"""The parts of a workbook around the rows of its only sheet (ECMA-376-1 and -2)."""

from collections.abc import Sequence
from typing import assert_never

from transload.formats.columns import Column, Kind

HEADER_STYLE, DATE_STYLE, DATE_TIME_STYLE = 1, 2, 3
"""Indexes of `cellXfs` in the styles part."""

MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576

SHEET = "xl/worksheets/sheet1.xml"
SHEET_END = b"</sheetData></worksheet>"

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_CONTENTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/{SHEET}" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    "<bookViews><workbookView/></bookViews>"
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets>'
    "</workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    "</Relationships>",
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
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
    '<cellXfs count="4">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    "</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}

PARTS = [(name, (_XML + content).encode()) for name, content in _CONTENTS.items()]
"""Name and content of every part but the sheet, in the order of the archive."""


def sheet_start(columns: Sequence[Column], titles: Sequence[str]) -> bytes:
    """Begin the sheet, up to and with its header row: bold, and in view however far one scrolls.

    `titles`: the escaped text of the header cells.
    """
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
        f'{_XML}<worksheet xmlns="{_MAIN}">'
        '<sheetViews><sheetView tabSelected="1" workbookViewId="0">'
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


def _width(kind: Kind) -> int:
    # In characters; never by the content, which is not known ahead.
    match kind:
        case Kind.TEXT | Kind.LIST:
            return 24
        case Kind.NUMBER:
            return 14
        case Kind.BOOLEAN:
            return 10
        case Kind.DATE:
            return 12
        case Kind.DATE_TIME:
            return 20
        case _:
            assert_never(kind)
