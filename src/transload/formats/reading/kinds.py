"""What a file is, by its first bytes and what an archive says of itself; never by its name."""

import re
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from transload.formats.reading.archives import DAMAGED, PASSWORD
from transload.formats.reading.model import Cause, Kind, UnreadableError
from transload.formats.reading.wide_text import find_wide

_HEAD_BYTES = 1 << 16
_TAIL_BYTES = 1 << 10
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = b"PAR1"
# The first record of a workbook without a container around it, by version.
_BARE_XLS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file (gzip): unpack it first"),
    (b"7z\xbc\xaf", "an archive (7z): unpack it first"),
    (b"Rar!", "an archive (rar): unpack it first"),
    (b"BZh", "a compressed file (bzip2): unpack it first"),
    (b"\xfd7zXZ", "a compressed file (xz): unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstd): unpack it first"),
    (b"SQLite format 3\0", "a database of SQLite"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"ARROW1", "an Arrow file: save it as Parquet"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
# Of Lotus 1-2-3 until 2.x, from 3 on, and of Works.
_LOTUS = (b"\0\0\x02\0", b"\0\0\x1a\0", b"\xff\0\x02\0")
_OTHER_SHEET = (
    "The file is a sheet in the format {}. Open it in a spreadsheet program, save it as xlsx or "
    "csv, and upload that."
)
_CONTENT_TYPES = (
    (b"spreadsheetml.sheet.main", Kind.XLSX),
    (b"spreadsheetml.template.main", Kind.XLSX),
    (b"ms-excel.sheet.macroEnabled.main", Kind.XLSM),
    (b"ms-excel.template.macroEnabled.main", Kind.XLSM),
    (b"ms-excel.addin.macroEnabled.main", Kind.XLSM),
    (b"ms-excel.sheet.binary.macroEnabled.main", Kind.XLSB),
)
_PARTS = (
    ("xl/workbook.bin", Kind.XLSB),
    ("xl/workbook.xml", Kind.XLSX),
    ("content.xml", Kind.ODS),
)
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*\?>\s*)?<(?:!doctype\s+html|html|head|body|table|meta|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"\s*<\?xml\b|\s*<(?:ss:)?Workbook\b", re.IGNORECASE)
# Elements alone: in texts with delimiters too a first title may stand between such signs.
_ELEMENT = re.compile(rb"\s*(?:<!--.*?-->\s*)*<([A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>", re.DOTALL)
_DELIMITER = re.compile(rb"[ \"']*[,;|\t]")
_SYLK = re.compile(rb"ID;P[^\r\n]*[\r\n]+(?:(?:B|C|F|NE|NN|NU|O|P|W)(?:;[^\r\n]*)?[\r\n]+){2}")
_DIF = re.compile(rb'TABLE\s*?\r?\n0,\d+\r?\n"')
_MAIL = re.compile(rb"MIME-Version:|From:|Content-Type: multipart", re.IGNORECASE)
_OBJECT = re.compile(rb'\s*\{\s*(?:"|\})')
_ARRAY = re.compile(rb"\s*\[\s*(?:\{|\]\s*$|\[)")
_ONE_LINE_OBJECT = re.compile(rb"\s*\{[^\n]*\}\s*(?:\n|$)")
# Without those that delimit cells somewhere.
_CONTROLS = re.compile(rb"[\x00\x02-\x08\x0e-\x13\x15-\x1a\x1c\x1d]")
_MAX_CONTROL_SHARE = 0.05
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


def find_kind(file: Path) -> Kind:
    """Tell what a file is; raises UnreadableError, with a sentence for what is no table."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    if not head:
        raise UnreadableError(Cause.EMPTY, "The file is empty: it has no bytes.")
    if head.startswith(_ZIP):
        return _archived(file)
    if head.startswith((OLE, *_BARE_XLS)):
        return Kind.XLS
    if head.startswith(_PARQUET):
        return Kind.PARQUET
    if head.startswith(_LOTUS):
        raise UnreadableError(Cause.NOT_A_KIND, _OTHER_SHEET.format("Lotus 1-2-3 or Works"))
    for start, what in _OTHERS:
        if head.startswith(start) and not (start == b"MZ" and b"\0" not in head):
            raise UnreadableError(Cause.NOT_A_KIND, f"The file is no table but {what}.")
    return _text(head, _tail(file))


def _archived(file: Path) -> Kind:
    try:
        with ZipFile(file) as archive:
            return _package(archive)
    except NotImplementedError as error:
        raise UnreadableError(Cause.DAMAGED, DAMAGED.format("its archive is broken")) from error
    except RuntimeError as error:
        # What zipfile raises for a part that is encrypted.
        raise UnreadableError(Cause.PASSWORD, PASSWORD) from error
    except (BadZipFile, OSError, EOFError, ValueError) as error:
        raise UnreadableError(Cause.DAMAGED, DAMAGED.format("its archive is broken")) from error


def _package(archive: ZipFile) -> Kind:
    names = {name.replace("\\", "/").lstrip("/").casefold(): name for name in archive.namelist()}
    if "mimetype" in names:
        said = archive.open(names["mimetype"]).read(200)
        if b"opendocument.spreadsheet" in said:
            return Kind.ODS
        if b"sun.xml.calc" in said:
            raise UnreadableError(Cause.NOT_A_KIND, _OTHER_SHEET.format("OpenOffice 1 (sxc)"))
        raise UnreadableError(
            Cause.NOT_A_KIND, "The file is no table but another document of OpenDocument."
        )
    types = names.get("[content_types].xml")
    said = archive.open(types).read(_HEAD_BYTES * 16) if types else b""
    # A part in UTF-16 says the same with zeros between.
    said = said.replace(b"\0", b"")
    for sign, kind in _CONTENT_TYPES:
        if sign in said:
            return kind
    for name, kind in _PARTS:
        if name in names:
            return kind
    what = "a document of Office" if types else "an archive (zip): unpack it first"
    raise UnreadableError(Cause.NOT_A_KIND, f"The file is no table but {what}.")


def _tail(file: Path) -> bytes:
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - _TAIL_BYTES))
        return opened.read()


def _is_xml(head: bytes, tail: bytes) -> bool:
    if _XML.match(head):
        return True
    found = _ELEMENT.match(head)
    if found is None:
        return False
    name, closing = found[1], b"</%s>" % found[1]
    if not tail.replace(b"\0", b"").rstrip().endswith(closing):
        return False
    # A delimiter after the first element: a table of elements, as of links.
    first, _, rest = head.partition(closing)
    return len(re.findall(rb"<%s[\s/>]" % name, first)) > 1 or _DELIMITER.match(rest) is None


def _text(head: bytes, tail: bytes) -> Kind:
    is_wide = head.startswith(_WIDE_MARKS)
    plain = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe")
    if _HTML.match(plain) or (_MAIL.match(plain) and b"<html" in plain.lower()):
        raise UnreadableError(
            Cause.HTML,
            "The file is a web page (HTML) that is named like a spreadsheet. Open it in a "
            "spreadsheet program, save it as xlsx or csv, and upload that.",
        )
    if _is_xml(plain, tail):
        raise UnreadableError(
            Cause.XML,
            "The file is XML, as Excel 2003 and some programs write it. Open it in a spreadsheet "
            "program, save it as xlsx or csv, and upload that.",
        )
    for form, name in ((_SYLK, "SYLK"), (_DIF, "DIF")):
        if form.match(plain):
            raise UnreadableError(Cause.NOT_A_KIND, _OTHER_SHEET.format(name))
    if not is_wide and _is_binary(head):
        raise UnreadableError(
            Cause.NOT_A_KIND, "The file is no table: it is neither text nor a workbook."
        )
    if _OBJECT.match(plain):
        return Kind.NDJSON if _ONE_LINE_OBJECT.match(plain) else Kind.JSON
    return Kind.JSON if _ARRAY.match(plain) else Kind.CSV


def _is_binary(head: bytes) -> bool:
    """Tell bytes that no text has, beyond a few: UTF-16 has NUL in every second place."""
    if b"\0" in head and find_wide(head):
        return False
    return len(_CONTROLS.findall(head)) > max(4, len(head) * _MAX_CONTROL_SHARE)
