"""Writes frames (polars tables) to an OpenDocument spreadsheet, streamed.

Source: OpenDocument 1.3, part 2 (packages) and part 3 (documents).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

import polars as pl

from transload.formats.aside import aside, pieces
from transload.formats.columns import Column, Kind, Losses, Table
from transload.formats.markup import RenderedRows
from transload.formats.ods_rows import (
    AMOUNT_STYLE,
    DATE_STYLE,
    DATE_TIME_STYLE,
    MOMENT_STYLE,
    escaped,
    render_rows,
)
from transload.formats.stage import Stage
from transload.formats.writer import FullError, Writer
from transload.formats.xlsx_package import sheet_names
from transload.formats.zip_writer import ZipWriter

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"

_MAX_COLUMNS = 16_384
_MAX_ROWS = 1_048_576
_FRAMES_AHEAD = 1
_HEADER_STYLE = "header"
_WIDTHS_CM = {Kind.TEXT: 5, Kind.LIST: 5, Kind.DATE_TIME: 4}
_USUAL_WIDTH_CM = 3

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{_NAMES}:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
        "fo": "xsl-fo-compatible",
        "config": "config",
    }.items()
)
_YEAR_MONTH_DAY = (
    '<number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text>'
    '<number:day number:style="long"/>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rendered:
    table: int
    rows: RenderedRows


class OdsWriter(Writer[pl.DataFrame]):
    """Writes frames to `file` (seekable, empty) as a spreadsheet: a sheet a table, titles first.

    Numbers, booleans, dates and date-times are typed cells. The rest is text, never a formula, and
    so are decimals of more than 15 digits, and dates and date-times before 1582-10-15, spelled as
    in csv. Characters that XML has no place for are U+FFFD. No value is no cell, but a row without
    any value has an empty text in its first one, so that readers count it.

    XML is made in one thread and deflated in another, few frames behind the caller: memory does
    not grow with the rows. Rows of sheets after the first wait in files without a name in `folder`.
    Raises ValueError for no table, for a table of no column or of more than 16,384, and past
    1,048,575 rows of one; the spreadsheet cannot be completed after that.
    """

    def __init__(
        self, file: BinaryIO, tables: Sequence[Table], *, folder: Path | None = None
    ) -> None:
        if not tables:
            raise ValueError("A spreadsheet has at least one sheet.")
        if not all(1 <= len(table.columns) <= _MAX_COLUMNS for table in tables):
            raise ValueError(f"A sheet holds 1 to {_MAX_COLUMNS:,} columns.")
        super().__init__()
        self._tables = tuple(tables)
        self._names = sheet_names([table.name for table in tables])
        self._heights = [1 for _ in tables]
        self._losses = Losses()
        self._renderer = Stage(self._rendered, depth=_FRAMES_AHEAD)
        self._archive = ZipWriter(file, folder=folder)
        self._archive.add("mimetype", MEDIA_TYPE.encode(), is_stored=True)
        for name, content in _parts(self._names).items():
            self._archive.add(name, (_XML + content).encode())
        self._content = self._archive.begin("content.xml")
        self._archive.write(self._content, (_XML + _CONTENT_START).encode())
        self._archive.write(self._content, self._start(0))
        self._waiting = [aside(folder) for _ in tables[1:]]

    def _append(self, batch: pl.DataFrame, table: int) -> None:
        if not 0 <= table < len(self._tables):
            raise ValueError("The spreadsheet has no such sheet.")
        if self._heights[table] + batch.height > _MAX_ROWS:
            raise FullError(f"A sheet holds at most {_MAX_ROWS - 1:,} rows of data.")
        self._heights[table] += batch.height
        self._write(self._renderer.put((batch, table)))

    def _completed(self) -> Losses:
        self._write(self._renderer.finish())
        self._archive.write(self._content, _TABLE_END)
        for table, rows in enumerate(self._waiting, 1):
            self._archive.write(self._content, self._start(table))
            for piece in pieces(rows):
                self._archive.write(self._content, piece)
            self._archive.write(self._content, _TABLE_END)
        self._archive.write(self._content, _CONTENT_END)
        self._archive.end(self._content)
        self._archive.close()
        return self._losses

    def _stop(self) -> None:
        self._renderer.stop()
        self._archive.stop()
        for rows in self._waiting:
            rows.close()

    def _rendered(self, given: tuple[pl.DataFrame, int]) -> _Rendered:
        frame, table = given
        return _Rendered(table=table, rows=render_rows(frame, self._tables[table].columns))

    def _write(self, rendered: Iterable[_Rendered]) -> None:
        for one in rendered:
            if one.table:
                self._waiting[one.table - 1].write(one.rows.xml)
            else:
                self._archive.write(self._content, one.rows.xml)
            self._losses += one.rows.losses

    def _start(self, table: int) -> bytes:
        """Begin a table: its name, the widths of its columns, its titles."""
        columns = self._tables[table].columns
        widths = "".join(
            f'<table:table-column table:style-name="width{_width_cm(column)}"/>'
            for column in columns
        )
        titles = "".join(
            f'<table:table-cell table:style-name="{_HEADER_STYLE}" office:value-type="string">'
            f"<text:p>{title}</text:p></table:table-cell>"
            for title in escaped([column.title for column in columns])
        )
        return (
            f"<table:table table:name={quoteattr(self._names[table])}>{widths}\n"
            f"<table:table-row>{titles}</table:table-row>\n"
        ).encode()


def _parts(names: Sequence[str]) -> dict[str, str]:
    """Give the parts around the content by name, without their first line."""
    files = {"/": MEDIA_TYPE, "content.xml": "text/xml", "settings.xml": "text/xml"}
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in files.items()
    )
    return {
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_NAMES}:manifest:1.0"'
        f' manifest:version="1.3">{entries}</manifest:manifest>',
        "settings.xml": _settings(names),
    }


def _settings(names: Sequence[str]) -> str:
    """Keep the header row of each sheet in view, however far one scrolls."""
    frozen = (
        '<config:config-item config:name="VerticalSplitMode" config:type="short">2'
        "</config:config-item>"
        '<config:config-item config:name="VerticalSplitPosition" config:type="int">1'
        "</config:config-item>"
        '<config:config-item config:name="PositionBottom" config:type="int">1'
        "</config:config-item>"
    )
    sheets = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(name)}>{frozen}"
        "</config:config-item-map-entry>"
        for name in names
    )
    return (
        f'<office:document-settings {_NAMESPACES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings"'
        ' xmlns:ooo="http://openoffice.org/2004/office">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f'<config:config-item-map-named config:name="Tables">{sheets}'
        "</config:config-item-map-named></config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )


def _date_style(name: str, time: str = "") -> str:
    return (
        f'<number:date-style style:name="{name}Format">{_YEAR_MONTH_DAY}{time}'
        f"</number:date-style>{_cell_style(name, f'{name}Format')}"
    )


def _time_of_day(decimals: int = 0) -> str:
    places = f' number:decimal-places="{decimals}"' if decimals else ""
    return (
        '<number:text> </number:text><number:hours number:style="long"/>'
        '<number:text>:</number:text><number:minutes number:style="long"/>'
        f'<number:text>:</number:text><number:seconds number:style="long"{places}/>'
    )


def _cell_style(name: str, data_style: str) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-cell"'
        f' style:data-style-name="{data_style}"/>'
    )


def _width_cm(column: Column) -> int:
    return _WIDTHS_CM.get(column.kind, _USUAL_WIDTH_CM)


_STYLES = "".join(
    [
        (
            f'<style:style style:name="{_HEADER_STYLE}" style:family="table-cell">'
            '<style:text-properties fo:font-weight="bold"/></style:style>'
        ),
        (
            f'<number:number-style style:name="{AMOUNT_STYLE}Format"><number:number'
            ' number:min-integer-digits="1" number:decimal-places="2"'
            ' number:min-decimal-places="2" number:grouping="true"/></number:number-style>'
        ),
        _cell_style(AMOUNT_STYLE, f"{AMOUNT_STYLE}Format"),
        _date_style(DATE_STYLE),
        _date_style(DATE_TIME_STYLE, _time_of_day()),
        _date_style(MOMENT_STYLE, _time_of_day(decimals=3)),
        *(
            f'<style:style style:name="width{width}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{width}cm"/></style:style>'
            for width in sorted({_USUAL_WIDTH_CM, *_WIDTHS_CM.values()})
        ),
    ]
)
_CONTENT_START = (
    f'<office:document-content {_NAMESPACES} office:version="1.3">'
    f"<office:automatic-styles>{_STYLES}</office:automatic-styles>"
    "<office:body><office:spreadsheet>\n"
)
_TABLE_END = b"</table:table>\n"
_CONTENT_END = b"</office:spreadsheet></office:body></office:document-content>"
