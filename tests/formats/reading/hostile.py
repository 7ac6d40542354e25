"""Odd and hostile files, made here, each with what reading it has to come to."""

import gzip
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import msoffcrypto  # type: ignore[import-untyped]  # it has no types of its own
import polars as pl
import xlsxwriter  # type: ignore[import-untyped]  # likewise
import xlwt  # type: ignore[import-untyped]  # likewise

from transload.formats.reading.model import Cause

Rows = list[list[str | None]]
Outcome = Rows | int | Cause | tuple[Cause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file, and its rows, or their number, or the cause why it is refused.

    `titles`: those that are found, where the case is about them. `kills`: its parser may die of it,
    so that it is read by a guarded process.
    """

    name: str
    make: Callable[[], bytes]
    outcome: Outcome
    titles: tuple[str, ...] | None = None
    faults: tuple[int, ...] = ()
    kills: bool = False


def _text(name: str, content: bytes, outcome: Outcome, **more: object) -> Case:
    return Case(name=name, make=lambda: content, outcome=outcome, **more)  # type: ignore[arg-type]


def texts() -> Iterator[Case]:
    """Texts."""
    yield _text("titles alone", b"a,b\n", 0, titles=("a", "b"))
    yield _text("no line end", b"a,b\n1,x", [["1", "x"]])
    yield _text("two marks", b"\xef\xbb\xbf\xef\xbb\xbfa,b\n1,x\n", [["1", "x"]])
    yield _text("mark within", b"a,b\n1,\xef\xbb\xbfx\n", [["1", "\ufeffx"]])
    yield _text("utf-16 of odd length", "a,b\n1,x\n".encode("utf-16") + b"y", 2)
    yield _text("utf-16 without mark", "a,b\n1,é\n".encode("utf-16-le"), [["1", "é"]])
    yield _text("utf-32", "a,b\n1,x\n".encode("utf-32"), [["1", "x"]])
    yield _text("overlong utf-8", b"a,b\n" + "é,é\n".encode() * 9 + b"1,\xc0\x80\n", 10)
    yield _text("half pairs", b"a,b\n" + "é,é\n".encode() * 20 + b"1,\xed\xa0\x80\n", 21)
    yield _text("random bytes", _noise(5_000), Cause.NOT_A_KIND)
    yield _text("zeros", bytes(5_000), Cause.NOT_A_KIND)
    yield _text("one zero", b"a,b\n1,x\0y\n", [["1", "x\0y"]])
    yield _text("cr alone", b"a,b\r1,x\r2,y", [["1", "x"], ["2", "y"]])
    yield _text("cr within", b"a,b\n1,x\ry\n", [["1", "x\ry"]])
    yield _text("line ends of three kinds", b"a,b\r\n1,x\n2,y\r\n", [["1", "x"], ["2", "y"]])
    yield _text(
        "separators of unicode", "a,b\n1,x\u2028y\x85z\x0b\n".encode(), [["1", "x\u2028y\x85z\x0b"]]
    )
    yield _text("delimiters alone", b",,,\n,,,\n", Cause.EMPTY)
    yield _text("blanks alone", b"  \n\t\n", Cause.EMPTY)
    yield _text("ten thousand blank lines", b"a,b\n" + b"\n" * 10_000 + b"1,x\n", [["1", "x"]])


def texts_with_quotes() -> Iterator[Case]:
    """Texts with quotes."""
    yield _text("a quote alone", b'"', 0)
    yield _text("four quotes", b'a,b\n"""",x\n', [['"', "x"]])
    yield _text("quote never closed", b'a,b\n1,"x\n2,y\n', 2, faults=(2, 3))
    yield _text("quote never closed at the end", b'a,b\n1,x\n2,"y', 2, faults=(3,))
    yield _text("stray quote", b'a,b\n"1,x\n2,"y"\n', 2, faults=(2,))
    stray = b"a,b\n" + b'"1,x"y\n' * 500
    yield _text("stray quotes on every line", stray, 500, faults=tuple(range(2, 502)))
    yield _text("quote within", b'a,b\n1,5" x\n', [["1", '5" x']])
    yield _text("text after a quote", b'a,b\n1,"x"y\n', [["1", "xy"]])
    yield _text(
        "quoted titles of two lines", b'"a\nb",c\n1,x\n', [["1", "x"]], titles=("a\nb", "c")
    )


def texts_of_shapes() -> Iterator[Case]:
    """Texts of odd shapes, and what is no table."""
    good = b"a,b\n1,x\n"
    yield _text("titles twice", b"a,a\n1,x\n", [["1", "x"]], titles=("a", "a"))
    yield _text("too many cells", b"a,b\n1,x,y\n2,z\n", 2, faults=(2,))
    yield _text("too many blank cells", b"a,b\n1,x,,\n", [["1", "x"]])
    yield _text("too few cells", b"a,b\n1\n", [["1", None]])
    yield _text("a million columns", b"a" + b",x" * 1_000_000 + b"\n1\n", Cause.TOO_LARGE)
    yield _text(
        "five thousand columns", b",".join(b"t%d" % at for at in range(5_000)), Cause.TOO_LARGE
    )
    yield _text("a million cells in a row", good + b"2" + b",y" * 1_000_000, 2, faults=(3,))
    yield _text("a cell of 20 MB", b'a,b\n1,"' + b"x" * 20_000_000 + b'"\n2,y\n', 2)
    yield _text("a line of 20 MB", b"a,b\n" + b"x" * 20_000_000 + b"\n2,y\n", 2)
    yield _text("one column", b"name\nAyu Sari\nBudi\n", [["Ayu Sari"], ["Budi"]])
    yield _text(
        "semicolons and decimal commas", b"a;b\n1,5;x\n2,25;y\n", [["1,5", "x"], ["2,25", "y"]]
    )
    yield _text(
        "commas in texts, tabs between", b"a\tb\n1\tx, y, z\n2\tv, w\n", 2, titles=("a", "b")
    )
    yield _text("times between colons", b"at,b\n12:30:00,x\n13:30:00,y\n", 2, titles=("at", "b"))
    yield _text("sep", b"sep=|\na|b\n1|x\n", [["1", "x"]])
    yield _text("formulas", b"a,b\n=1+1,@x\n", [["=1+1", "@x"]])
    yield _text("guarded formulas", b"a,b\n'=1+1,''=x\n", [["=1+1", "'=x"]])
    yield _text("script from right to left", "a,b\n\u202eتفاح,x\n".encode(), [["\u202eتفاح", "x"]])
    yield _text(
        "a title block", b"Report\n\n\na,b,c\n1,2,x\n", [["1", "2", "x"]], titles=("a", "b", "c")
    )
    yield _text("years as titles", b"city,2023,2024\nx,1,2\n", 1, titles=("city", "2023", "2024"))
    yield _text("no titles", b"1,2024-01-01,3\n2,2024-01-02,4\n", 2, titles=("", "", ""))
    yield _text("program by its first letters", b"MZ,b\n1,x\n", [["1", "x"]], titles=("MZ", "b"))
    yield _text("mail by its first word", b"From: me,b\n1,x\n", [["1", "x"]])
    yield _text("web page", b"<html><table><tr><td>a</td></tr></table></html>", Cause.HTML)
    yield _text("web page after blanks", b"\n\n <!-- x --> <TABLE border=1><tr>", Cause.HTML)
    yield _text("web page of xml", b'<?xml version="1.0"?><html xmlns="x">', Cause.HTML)
    yield _text("mail with a web page", b"MIME-Version: 1.0\n\n<html>", Cause.HTML)
    yield _text("xml of Excel", b'<?xml version="1.0"?><Workbook xmlns="urn:x">', Cause.XML)
    yield _text("xml in utf-16", '<?xml version="1.0"?><a/>'.encode("utf-16"), Cause.XML)
    yield _text("xml without a root", b"<a>1</a>\n<a>2</a>\n", Cause.XML)
    yield _text("xml without a declaration", b"<a>\n<b>1,2</b>\n</a>\n", Cause.XML)
    yield _text("titles in brackets", b"<a>,<b>\n1,2\n", [["1", "2"]], titles=("<a>", "<b>"))
    yield _text("sylk", b"ID;PWXL;N;E\nP;PGeneral\nF;W1 1 9\nC;Y1;X1;K1\nE\n", Cause.NOT_A_KIND)
    yield _text("titles like sylk", b"ID;Preis\nC;2\nD;3\n", 2, titles=("ID", "Preis"))
    yield _text("dif", b'TABLE\n0,1\n"Sheet1"\nVECTORS\n0,8\n""\n', Cause.NOT_A_KIND)
    yield _text("pdf", b"%PDF-1.7\n%\xe2\xe3", Cause.NOT_A_KIND)
    yield _text("picture", b"\x89PNG\r\n\x1a\n" + bytes(50), Cause.NOT_A_KIND)
    yield _text("gzip", gzip.compress(good), Cause.NOT_A_KIND)
    yield _text("rtf", rb"{\rtf1 a}", Cause.NOT_A_KIND)
    yield _text("database", b"SQLite format 3\0" + bytes(100), Cause.NOT_A_KIND)
    yield _text("nothing", b"", Cause.EMPTY)


def documents() -> Iterator[Case]:
    """JSON and Parquet."""
    yield _text("scalars", b'[{"a":1},2]', Cause.NO_TABLE)
    yield _text("array cut off", b'[{"a":1},\n{"a":2}', Cause.NO_TABLE)
    yield _text("object cut off", b'{"a":1', Cause.NO_TABLE)
    yield _text("line cut off", b'{"a":1}\n{"a":', 2, faults=(2,))
    yield _text("deep json", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", Cause.TOO_COMPLEX)
    yield _text("deep line", b'{"a":1}\n{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}", 2, faults=(2,))
    yield _text("no number", b'{"a":NaN}\n{"a":1}', 2, faults=(1,))
    yield _text("half a pair", b'{"a":"\\ud800"}\n{"a":"x"}', 2, faults=(1,))
    yield _text("key twice", b'{"a":1,"a":2}\n', [["2"]])
    yield _text(
        "long number",
        b'{"a":123456789012345678901234567890}\n',
        [["123456789012345678901234567890"]],
    )
    yield _text(
        "many keys",
        b"{" + b",".join(b'"k%d":1' % at for at in range(5_000)) + b"}",
        Cause.TOO_LARGE,
    )
    yield _text("no objects", b"[]", Cause.EMPTY)
    parquet = _parquet()
    yield _text("parquet", parquet, [["1", "x"]])
    yield _text("parquet cut off", parquet[:-20], Cause.DAMAGED)
    yield _text("parquet of nothing", b"PAR1PAR1", Cause.DAMAGED)
    yield _text(
        "parquet with a lying footer", parquet[:-8] + b"\xff\xff\xff\x7fPAR1", Cause.DAMAGED
    )
    damaged = bytearray(parquet)
    damaged[10:40] = _noise(30)
    yield Case(
        name="parquet of damaged pages",
        make=lambda: bytes(damaged),
        outcome=(Cause.DAMAGED, Cause.TOO_COMPLEX),
        kills=True,
    )


def _parquet() -> bytes:
    file = BytesIO()
    pl.DataFrame({"a": [1], "b": ["x"]}).write_parquet(file)
    return file.getvalue()


SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
_DTD = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


def workbooks() -> Iterator[Case]:
    """Workbooks of zip archives."""
    D, C = Cause.DAMAGED, Cause.TOO_COMPLEX  # noqa: N806 - short, as there are many
    good = workbook()
    yield _text("workbook", good, [["1", "x"]])
    yield _text("workbook cut off", good[: len(good) // 2], D)
    yield _text("workbook without its end", good[:-30], D)
    yield _text("empty archive", b"PK\x05\x06" + bytes(18), Cause.NOT_A_KIND)
    yield _text("archive of text", zipped({"a.csv": b"a,b"}), Cause.NOT_A_KIND)
    yield _text(
        "text document", zipped({"[Content_Types].xml": b"wordprocessingml"}), Cause.NOT_A_KIND
    )
    yield _text(
        "presentation of OpenDocument",
        zipped({"mimetype": b"opendocument.presentation"}),
        Cause.NOT_A_KIND,
    )
    yield _text(
        "document type in the sheet",
        changed(good, SHEET, "<worksheet", f"{_DTD}<worksheet"),
        Cause.DECLARATION,
    )
    yield _text(
        "document type in the strings",
        changed(good, STRINGS, "<sst", f"{_DTD}<sst"),
        Cause.DECLARATION,
    )
    yield _text(
        "document type in the book",
        changed(good, BOOK, "<workbook", f"{_DTD}<workbook"),
        Cause.DECLARATION,
    )
    macro = '<sheet name="Module1" sheetId="9" state="veryHidden" r:id=""/></sheets>'
    yield _text("macro sheet", changed(good, BOOK, "</sheets>", macro), [["1", "x"]])
    yield _text(
        "document type in the relations",
        changed(good, "xl/_rels/workbook.xml.rels", "<Relationships", f"{_DTD}<Relationships"),
        Cause.DECLARATION,
    )
    outside = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    yield _text(
        "entity from outside",
        changed(good, SHEET, "<worksheet", f"{outside}<worksheet"),
        Cause.DECLARATION,
    )
    for part, what in [
        (BOOK, "book"),
        (SHEET, "sheet"),
        ("_rels/.rels", "relations"),
        ("xl/_rels/workbook.xml.rels", "book's relations"),
    ]:
        yield _text(f"without its {what}", without(good, part), (D, Cause.NO_TABLE))
    yield _text("without its strings", without(good, STRINGS), D)
    yield _text("without its styles", without(good, "xl/styles.xml"), [["1", "x"]])
    for part in (SHEET, STRINGS, BOOK):
        yield _text(f"{part} cut off", cut(good, part), D)
    yield _text("wrong checksum", _wrong_checksum(good), D)
    yield _text("overlapping parts", _overlapping(good), D)
    yield _text("encrypted part", _flagged(good), Cause.PASSWORD)
    yield _text("too many parts", zipped({f"x{at}": b"" for at in range(10_001)}, good), C)
    yield Case(name="bomb", make=lambda: _bomb(good), outcome=Cause.TOO_LARGE)
    yield Case(
        name="last cell of all",
        make=lambda: changed(good, SHEET, 'r="B2"', 'r="XFD1048576"'),
        outcome=C,
        kills=True,
    )
    yield Case(
        name="row past all",
        make=lambda: changed(good, SHEET, '"A2"', '"A99999999"'),
        outcome=(C, D),
        kills=True,
    )
    yield Case(name="string used often", make=lambda: _long_string(good), outcome=C, kills=True)
    yield Case(
        name="lying number of strings",
        make=lambda: changed(good, STRINGS, 'count="', 'count="9'),
        outcome=[["1", "x"]],
        kills=True,
    )
    yield Case(
        name="very lying number of strings",
        make=lambda: changed(good, STRINGS, 'uniqueCount="3"', 'uniqueCount="99999999999"'),
        outcome=(C, D),
        kills=True,
    )
    yield _text(
        "string that is not there",
        changed(good, SHEET, '<c r="B2" t="s"><v>2</v>', '<c r="B2" t="s"><v>99</v>'),
        D,
    )
    yield _text(
        "number that is none",
        changed(good, SHEET, "<v>1</v></c><c", "<v>one</v></c><c"),
        [["one", "x"]],
    )
    yield _text(
        "error",
        changed(good, SHEET, '<c r="A2"><v>1</v>', '<c r="A2" t="e"><v>#REF!</v>'),
        [["#REF!", "x"]],
    )
    yield _text(
        "error in single quotes",
        changed(good, SHEET, '<c r="A2"><v>1</v>', "<c r='A2' t='e'><v>#REF!</v>"),
        [["#REF!", "x"]],
    )
    yield _text(
        "formula without value",
        changed(good, SHEET, "<v>1</v></c><c", "<f>1+1</f></c><c"),
        [[None, "x"]],
    )
    yield _text(
        "formula with an empty value",
        changed(good, SHEET, "<v>1</v></c><c", "<f>1</f><v/></c><c"),
        [[None, "x"]],
    )
    yield _text(
        "shared formula",
        changed(good, SHEET, "<v>1</v></c><c", '<f t="shared" si="0"/></c><c'),
        [[None, "x"]],
    )
    yield _text(
        "call of a web service",
        changed(
            good, SHEET, "<v>1</v></c><c", '<f>WEBSERVICE("http://127.0.0.1:9/")</f><v>7</v></c><c'
        ),
        [["7", "x"]],
    )
    yield _text(
        "text in place",
        changed(
            good,
            SHEET,
            '<c r="B2" t="s"><v>2</v>',
            '<c r="B2" t="inlineStr"><is><r><t>y</t></r><r><t xml:space="preserve"> z</t></r></is>',
        ),
        [["1", "y z"]],
    )
    yield _text(
        "text in another",
        changed(
            good, SHEET, '<c r="B2" t="s"><v>2</v>', '<c r="B2" t="str"><v>&lt;y&gt; &#233;</v>'
        ),
        [["1", "<y> é"]],
    )
    yield _text(
        "date of ISO",
        changed(good, SHEET, '<c r="A2"><v>1</v>', '<c r="A2" t="d"><v>2024-02-29</v>'),
        [["2024-02-29", "x"]],
    )
    yield _text(
        "comment in the XML",
        changed(good, SHEET, "<sheetData>", '<!-- t="e" <c r="A1"> --><sheetData>'),
        [["1", "x"]],
    )
    yield _text(
        "part in another case", renamed(good, SHEET, "xl/Worksheets/Sheet1.xml"), [["1", "x"]]
    )
    yield _text("parts with backslashes", _with_backslashes(good), [["1", "x"]])
    yield _text(
        "whole path in a relation",
        changed(good, "xl/_rels/workbook.xml.rels", "worksheets/", "/xl/worksheets/"),
        [["1", "x"]],
    )
    yield _text("part in utf-16", _in_utf16(good), [["1", "x"]])
    yield _text(
        "all sheets hidden",
        changed(good, BOOK, 'sheetId="1"', 'sheetId="1" state="hidden"'),
        [["1", "x"]],
    )
    yield _text(
        "binary with another inside", renamed(good, BOOK, "xl/workbook.bin"), (D, Cause.NO_TABLE)
    )


def old_workbooks() -> Iterator[Case]:
    """Workbooks of compound files, and those of OpenDocument."""
    D, P = Cause.DAMAGED, Cause.PASSWORD  # noqa: N806 - short, as there are many
    old = _xls()
    yield _text("xls", old, [["1", "x"]])
    yield _text("xls cut off", old[:1_500], (D, Cause.NOT_A_KIND))
    yield _text("head of a compound file", old[:600], (D, Cause.NOT_A_KIND))
    looping = bytearray(old)
    looping[512:1024] = struct.pack("<128I", *range(128))
    yield Case(
        name="looping compound file",
        make=lambda: bytes(looping),
        outcome=(D, Cause.NO_TABLE, Cause.TOO_COMPLEX, Cause.NOT_A_KIND),
        kills=True,
    )
    many = bytearray(old)
    many[44:48] = b"\xff\xff\xff\x7f"
    yield Case(
        name="compound file of countless sectors",
        make=lambda: bytes(many),
        outcome=[["1", "x"]],
        kills=True,
    )
    noise = bytearray(old)
    at = old.index(b"\x09\x08")
    noise[at + 20 : at + 400] = _noise(380)
    yield Case(
        name="xls of noise",
        make=lambda: bytes(noise),
        outcome=(D, Cause.TOO_COMPLEX, Cause.EMPTY, Cause.NO_TABLE),
        kills=True,
    )
    yield _text("compound file of nothing", old[:8] + bytes(2_000), D)
    yield Case(name="password", make=lambda: _encrypted("geheim"), outcome=P)
    yield Case(
        name="password of all", make=lambda: _encrypted("VelvetSweatshop"), outcome=[["1", "x"]]
    )
    yield _text("ods", ods(ODS_ROWS), [["1", "x"]])
    yield _text("ods without content", zipped({"mimetype": _ODS_TYPE}), D)
    yield _text("ods cut off", ods(ODS_ROWS, end=""), D)
    yield _text("ods with entities", ods(ODS_ROWS, before=_DTD), Cause.DECLARATION)
    entry = '<x><file-entry full-path="{}"><encryption-data/></file-entry></x>'
    hidden, macro = (entry.format(name).encode() for name in ("content.xml", "Basic/a.xml"))
    yield _text("encrypted ods", ods(ODS_ROWS, manifest=hidden), P)
    yield _text("ods with an encrypted macro", ods(ODS_ROWS, manifest=macro), [["1", "x"]])
    named = b'<!DOCTYPE x PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"><x/>'
    yield _text("ods of OpenOffice", ods(ODS_ROWS, manifest=named), [["1", "x"]])
    foreign = ods(
        ODS_ROWS.replace(">x<", ">&x;<"), before='<!DOCTYPE x PUBLIC "x" "file:///etc/passwd">'
    )
    yield _text("ods with entities of others", foreign, Cause.DECLARATION)
    blank = _ods_row('<table:table-cell table:number-columns-repeated="16384"/>', times=1_048_000)
    yield _text("ods to the end of the sheet", ods(ODS_ROWS + blank), [["1", "x"]])
    countless = "999999999"
    cell = f'<table:table-cell table:number-columns-repeated="{countless}"><text:p>y</text:p>'
    wide = _ods_row(f"{cell}</table:table-cell>", times=int(countless))
    yield Case(
        name="ods of countless cells",
        make=lambda: ods(ODS_ROWS + wide),
        outcome=(Cause.TOO_LARGE, Cause.TOO_COMPLEX),
        kills=True,
    )
    note = _ods_row(
        "<table:table-cell><office:annotation><text:p>no</text:p></office:annotation>"
        '<text:p>a<text:s text:c="2"/>b<text:tab/>c</text:p><text:p>d</text:p></table:table-cell>'
    )
    yield _text("ods with a note", ods(ODS_ROWS + note), [["1", "x"], ["a  b\tc\nd", None]])


def workbook(rows: int = 1) -> bytes:
    """A good workbook: titles a and b, and rows of 1 and x."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, ["a", "b"])
        for at in range(1, rows + 1):
            sheet.write_row(at, 0, [1, "x"])
    return file.getvalue()


def _noise(size: int) -> bytes:
    """The same bytes each time, of all values."""
    return b"".join(sha256(bytes([at & 255, at >> 8])).digest() for at in range(size // 32 + 1))[
        :size
    ]


def _parts(archive: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(parts: dict[str, bytes], more: bytes | None = None) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in {**(_parts(more) if more else {}), **parts}.items():
            archive.writestr(name, content)
    return file.getvalue()


def changed(archive: bytes, part: str, old: str, new: str) -> bytes:
    """Replace text in a part, which has to have it."""
    parts = _parts(archive)
    assert old.encode() in parts[part], (part, old, parts[part][-700:])
    return zipped({**parts, part: parts[part].replace(old.encode(), new.encode())})


def without(archive: bytes, part: str) -> bytes:
    parts = _parts(archive)
    del parts[part]
    return zipped(parts)


def cut(archive: bytes, part: str) -> bytes:
    parts = _parts(archive)
    return zipped({**parts, part: parts[part][: len(parts[part]) * 2 // 3]})


def renamed(archive: bytes, part: str, name: str) -> bytes:
    parts = _parts(archive)
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as opened:
        for one, content in parts.items():
            info = ZipInfo("x")
            info.filename = name if one == part else one
            opened.writestr(info, content, ZIP_DEFLATED)
    return file.getvalue()


def _with_backslashes(archive: bytes) -> bytes:
    for part in _parts(archive):
        if "/" in part:
            archive = renamed(archive, part, part.replace("/", "\\"))
    return archive


def _wrong_checksum(archive: bytes) -> bytes:
    content = _parts(archive)[SHEET]
    checksum = struct.pack("<I", zlib.crc32(content))
    assert archive.count(checksum) >= 1
    return archive.replace(checksum, b"\1\2\3\4")


def _overlapping(archive: bytes) -> bytes:
    """Point two entries of the directory at one part."""
    first = archive.index(b"PK\x01\x02")
    second = archive.index(b"PK\x01\x02", first + 4)
    changed_one = bytearray(archive)
    changed_one[second + 42 : second + 46] = archive[first + 42 : first + 46]
    return bytes(changed_one)


def _flagged(archive: bytes) -> bytes:
    at = archive.index(b"PK\x01\x02")
    changed_one = bytearray(archive)
    changed_one[at + 8] |= 1
    return bytes(changed_one)


def _bomb(archive: bytes) -> bytes:
    file = BytesIO()
    block = b"<row></row>" * 100_000
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as opened:
        for name, content in _parts(archive).items():
            if name != SHEET:
                opened.writestr(name, content)
        with opened.open(SHEET, "w", force_zip64=True) as part:
            for _ in range(1_100):
                part.write(block)
    return file.getvalue()


def _long_string(archive: bytes) -> bytes:
    long = changed(archive, STRINGS, "<t>x</t>", f"<t>{'x' * 10_000_000}</t>")
    rows = "".join(f'<row r="{at}"><c r="B{at}" t="s"><v>2</v></c></row>' for at in range(3, 5_000))
    return changed(long, SHEET, "</sheetData>", f"{rows}</sheetData>")


def _in_utf16(archive: bytes) -> bytes:
    parts = _parts(archive)
    text = parts[SHEET].decode().replace("UTF-8", "UTF-16")
    return zipped({**parts, SHEET: text.encode("utf-16")})


def _encrypted(password: str) -> bytes:
    file = BytesIO()
    msoffcrypto.OfficeFile(BytesIO(workbook())).encrypt(password, file)
    return file.getvalue()


def _xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Data")
    rows: list[tuple[object, object]] = [("a", "b"), (1, "x")]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
ODS_ROWS = (
    "<table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
    "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row>"
    '<table:table-row><table:table-cell office:value-type="float" office:value="1">'
    "<text:p>1</text:p></table:table-cell><table:table-cell><text:p>x</text:p></table:table-cell>"
    "</table:table-row>"
)
_ODS_END = "</table:table></office:spreadsheet></office:body></office:document-content>"


def _ods_row(cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'


def ods(rows: str, *, before: str = "", end: str = _ODS_END, manifest: bytes = b"<x/>") -> bytes:
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?>{before}<office:document-content{names}><office:body>'
        f'<office:spreadsheet><table:table table:name="Data">{rows}{end}'
    )
    file = BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as archive:
        archive.writestr("mimetype", _ODS_TYPE)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return file.getvalue()


CASES = [
    *texts(),
    *texts_with_quotes(),
    *texts_of_shapes(),
    *documents(),
    *workbooks(),
    *old_workbooks(),
]
