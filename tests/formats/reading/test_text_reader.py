"""Text of any dialect and encoding to a table."""

import pytest

from tests.formats.reading.files import read
from transload.formats.reading.model import Cause, Choices, Form, Limits, UnreadableError


@pytest.mark.parametrize(
    "content",
    [
        b"code,name\nA,1\nB,2\n",
        b"code;name\nA;1\nB;2\n",
        b"code\tname\r\nA\t1\r\nB\t2\r\n",
        b"code|name\nA|1\nB|2",
        b"code, name\nA, 1\nB, 2\n",
        b"code||name\nA||1\nB||2\n",
        b"code~name\nA~1\nB~2\n",
        b"code,name\rA,1\rB,2\r",
        b"code|||name\nA|||1\nB|||2\n",
        b"code::name\nA::1\nB::2\n",
        b"code~|~name\nA~|~1\nB~|~2\n",
        b"code\x01name\nA\x011\nB\x012\n",
        "code§name\nA§1\nB§2\n".encode(),
        b"code,name\rA,1\r\nB,2\n",
        b"code,name\r\r\nA,1\r\r\nB,2\r\r\n",
        b"code,name\r\nA,1\r\nB,2\r\n\x1a",
        b"sep=;\r\ncode;name\r\nA;1\r\nB;2\r\n",
        b"sep=\t\ncode\tname\nA\t1\nB\t2\n",
        b"\xef\xbb\xbfcode,name\nA,1\nB,2\n",
        b"'code','name'\n'A','1'\n'B','2'\n",
        b'"code","name"\n"A","1"\n"B","2"\n',
        b'"code" ,"name"\n"A" ,"1"\n"B" ,"2"\n',
        b"`code`,`name`\n`A`,`1`\n`B`,`2`\n",
        "code,name\nA,1\nB,2\n".encode("utf-16"),
        "code,name\nA,1\nB,2\n".encode("utf-16-le"),
        "code,name\nA,1\nB,2\n".encode("utf-16-be"),
        "code\tname\nA\t1\nB\t2\n".encode("utf-32"),
        "code,name\nA,1\nB,2\n".encode("utf-32-be"),
        b"\n\n code , name \n\nA,1\n,\n \t, \nB,2\n\n,,,\n",
        b"code,name,,\nA,1,,\nB,2,,\n",
        b"Outlets of 2024\nas of May\n\ncode,name\nA,1\nB,2\n",
    ],
)
def test_a_table_is_found(content: bytes) -> None:
    found = read(content)

    assert found.table.titles == ("code", "name")
    assert found.rows == [["A", "1"], ["B", "2"]]
    assert not found.faults


@pytest.mark.parametrize(
    ("content", "cell"),
    [
        (b"code,name\nA,'x, y'\nB,'v, \"w\", z'\nC,u\n", "x, y"),
        (b'"code", "name", "n"\n"A", "x, y", "1"\n"B", "v", "2"\n', "x, y"),
        (b'"B";"q::u::v::w";"g()"\n"A";"p::x::y::z";"f()"\n', "p::x::y::z"),
        (b"code,name\nA,x\\, y\nB,v\\, w\\, z\nC,u\n", "x, y"),
    ],
)
def test_delimiters_in_cells_are_told_from_others(content: bytes, cell: str) -> None:
    found = read(content)

    assert found.rows[0][:2] == ["A", cell]
    assert not found.faults


@pytest.mark.parametrize(
    "lines",
    [
        ["1.23%", "50%", "0.01%"],
        ["$5", "$6", "$7"],
        ["#1", "#2", "#3"],
        ["10:30", "11:40", "12:50"],
        ["2024-01-31 10:30 +0100", "2024-02-01 11:40 +0100"],
        ["a@example.org", "b@example.org"],
    ],
)
def test_a_column_of_values_with_signs_is_one_column(lines: list[str]) -> None:
    found = read("\n".join(lines).encode(), Choices(header_row=0))

    assert found.rows == [[line] for line in lines]


@pytest.mark.parametrize(
    ("content", "first"),
    [
        (b"1 2 3\n4 5 6\n", ["1", "2", "3"]),
        (b"1.5 -2,5 3e5\n4 5 6\n", ["1.5", "-2,5", "3e5"]),
        (b"2024-01-31 10:30 5\n2024-02-01 11:40 6\n", ["2024-01-31", "10:30", "5"]),
        (b"1~2\n3~4\n", ["1", "2"]),
    ],
)
def test_values_between_signs_are_columns_of_their_own(content: bytes, first: list[str]) -> None:
    assert read(content, Choices(header_row=0)).rows[0] == first


def test_blanks_within_cells_of_other_delimiters_delimit_nothing() -> None:
    found = read(b"31 Mar 2024, 01:00\n01 Apr 2024, 02:00\n", Choices(header_row=0))

    assert found.rows == [["31 Mar 2024", "01:00"], ["01 Apr 2024", "02:00"]]


def test_a_table_of_links_is_no_xml() -> None:
    line = "<a href='/1'>one</a>,<a href='/2'>two</a>"

    found = read(f"{line}\n{line}\n".encode(), Choices(header_row=0))

    assert found.rows == [line.split(",")] * 2


def test_names_of_rows_may_have_no_title() -> None:
    found = read(b"code,name\n1,A,x\n2,B,y\n3,C,\n")

    assert found.table.titles == ("", "code", "name")
    assert found.rows == [["1", "A", "x"], ["2", "B", "y"], ["3", "C", None]]


def test_names_of_rows_may_have_a_blank_title() -> None:
    found = read(b'"","x"\n"1",3.5\n"2",4.5\n')

    assert (found.table.header_row, found.table.titles) == (1, ("", "x"))
    assert found.rows == [["1", "3.5"], ["2", "4.5"]]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Ort,Preis\nKöln – Süd,12 €\nMünchen,3\nBesançon,4\n"),
        ("cp1250", "jméno,město\nŽofie Dvořáková,České Budějovice\nŁukasz,Łódź\n"),
        ("cp1251", "имя,город\nИван,Москва\nОльга,Санкт-Петербург\n"),
        ("cp1253", "όνομα,πόλη\nΓιώργος,Αθήνα\nΜαρία,Θεσσαλονίκη\n"),
        ("cp1254", "ad,şehir\nAyşe,İstanbul\nÇağrı,Eskişehir ğüı\n"),
        ("cp1256", "اسم,مدينة\nمحمد,القاهرة\n"),
        ("koi8-r", "имя,город\nИван,Москва\nОльга,Санкт-Петербург\n"),
        ("shift_jis", "名前,都市\n田中太郎,東京\nスズキ,大阪市\n"),
        ("gb18030", "姓名,城市\n张伟,北京\n王芳,上海市\n"),
        ("big5", "姓名,城市\n陳大文,臺北\n李小明,高雄市\n"),
        ("euc_kr", "이름,도시\n김철수,서울\n박영희,부산\n"),
        ("cp874", "ชื่อ,เมือง\nสมชาย,กรุงเทพ\nสมหญิง,เชียงใหม่\n"),
        ("iso8859_2", "jméno,město\nŽofie Dvořáková,České Budějovice\nŁukasz,Łódź\n"),
        ("cp850", "name,ort\nJürgen,Köln\nFrançois,Besançon\n"),
        ("mac_roman", "name,ort\nJürgen,Köln\nFrançois,Besançon\n"),
    ],
)
def test_text_of_any_encoding_keeps_its_letters(encoding: str, text: str) -> None:
    found = read(text.encode(encoding))

    assert [list(found.table.titles), *found.rows] == [
        line.split(",") for line in text.splitlines()
    ]


@pytest.mark.parametrize(
    ("encoding", "cells"),
    [
        ("cp1252", ["Merci à toi"]),
        ("cp1252", ["Città", "perché"]),
        ("cp1252", ["Palæstina", "Østrig", "Færøerne"]),
        ("cp1252", ["Åland", "Sverige"]),
        ("cp1252", ["São Tomé", "Japão"]),
        ("cp1252", ["20°", "½ kg", "5 m²"]),
        ("cp1252", ["“one”", "it’s"]),
        ("cp1252", ["© 2024"]),
        ("cp1250", ["Łódź", "Kraków"]),
        ("cp1254", ["Işık", "Sırbistan"]),
        ("cp1257", ["Šiauliai", "Panevėžys"]),
        ("cp1251", ["Москва"]),
        ("koi8-r", ["Москва", "Казань"]),
        ("cp1253", ["Ελλάδα"]),
        ("cp1255", ["ישראל"]),
        ("cp1256", ["مصر", "الأردن"]),
        ("cp874", ["สมชาย", "กรุงเทพ"]),
        ("gb18030", ["法国", "西班牙"]),
        ("euc_jp", ["アルゼンチン共和国", "ガーナ"]),
    ],
)
def test_few_letters_tell_the_encoding(encoding: str, cells: list[str]) -> None:
    lines = "".join(f"{at},{cell}\n" for at, cell in enumerate(cells))

    found = read(f"code,name\n{lines}".encode(encoding))

    assert [row[1] for row in found.rows] == cells


def test_the_next_likely_encodings_are_named_with_a_sample() -> None:
    found = read("Ort,Preis\nKöln,12 €\n".encode("cp1252"))

    assert found.table.text is not None
    taken, *others = found.table.text.encodings
    assert (taken.name, taken.sample) == ("cp1252", "Köln,12 €")
    assert others
    assert all(other.sample for other in others)


def test_a_chosen_encoding_is_taken() -> None:
    found = read("Ort,Preis\nKöln,12\n".encode("cp437"), Choices(encoding="IBM437"))

    assert found.rows == [["Köln", "12"]]


def test_one_wrong_byte_is_one_wrong_cell() -> None:
    lines = "".join(f"Köln,{at}\n" for at in range(20)).encode()

    found = read(b"Ort,Preis\n" + lines + b"M\xfcnchen,3\n")

    assert found.table.has_forms
    assert found.rows[-1] == ["M\ufffdnchen", "3"]
    assert found.forms[-1] == [Form.BAD_BYTES, Form.TEXT]
    assert found.forms[0] == [Form.TEXT, Form.TEXT]


def test_a_cell_that_no_record_holds_is_named() -> None:
    found = read(b'a,b\n1,"' + b"x" * (2 << 20) + b'"\n2,y\n')

    assert found.rows == [["1", "x" * 100], ["2", "y"]]
    assert found.forms == [[Form.TEXT, Form.TOO_LONG], [Form.TEXT, Form.TEXT]]


def test_rows_of_other_widths() -> None:
    found = read(b"a,b,c\n1,2\n3,4,5,6,7\n8,9,10,\n")

    assert found.rows == [["1", "2", None], ["3", "4", "5"], ["8", "9", "10"]]
    assert found.faults == {3: "The row has 5 cells, and the table 3 columns."}
    assert found.extras == {3: ["6", "7"]}
    assert found.table.faulty_rows == 1


def test_what_stands_above_the_titles_is_told() -> None:
    found = read(b"Outlets,\nas of,May\n\ncode,name,city\nA,1,x\n")

    assert found.table.header_row == 4
    assert found.table.skipped == ("Outlets", "as of May")


def test_the_row_with_the_expected_titles_is_the_header() -> None:
    content = b"Region,West,2024,x\nA,B,C,D\nOUTLET CODE,name,city,x\n1,2,3,4\n"

    found = read(content, Choices(expected_titles=("Outlet code", "Name", "Phone")))

    assert found.table.header_row == 3
    assert found.rows == [["1", "2", "3", "4"]]


@pytest.mark.parametrize("content", [b"1,Ayu,3.5\n2,Budi,4\n", b"A-1;2024-01-02\nA-2;2024-02-03\n"])
def test_a_table_without_titles_has_none(content: bytes) -> None:
    found = read(content)

    assert found.table.header_row == 0
    assert not any(found.table.titles)
    assert len(found.rows) == 2


@pytest.mark.parametrize("line", [1, 2])
def test_a_header_row_is_chosen(line: int) -> None:
    found = read(b"a,b\nc,d\ne,f\n", Choices(header_row=line))

    assert found.table.titles == (("a", "b"), ("c", "d"))[line - 1]
    assert found.lines == [*range(line + 1, 4)]


def test_no_header_row_is_chosen() -> None:
    found = read(b"a,b\nc,d\n", Choices(header_row=0))

    assert found.table.titles == ("", "")
    assert found.rows == [["a", "b"], ["c", "d"]]


def test_an_apostrophe_before_what_looks_like_a_formula_is_taken_off() -> None:
    found = read(b"'=a,b\n'=1+1,'quoted\n''-x,'+62 811\n=2,-5\n")

    assert found.table.titles == ("=a", "b")
    assert found.rows == [["=1+1", "'quoted"], ["'-x", "+62 811"], ["=2", "-5"]]


def test_an_apostrophe_behind_what_separates_cells_elsewhere_is_taken_off_likewise() -> None:
    found = read(b"a,b\n1;'=2,a\t'@SUM(1)\nit;'s,O;'-3\n'=1;''=2,\"x\n'+1!a\"\n")

    assert found.rows == [["1;=2", "a\t@SUM(1)"], ["it;'s", "O;'-3"], ["=1;'=2", "x\n+1!a"]]


def test_empty_text_is_told_from_nothing() -> None:
    found = read(b'a,b,c\n"",,x\n1,"say ""hi""",\n')

    assert found.rows == [["", None, "x"], ["1", 'say "hi"', None]]


@pytest.mark.parametrize(
    "choices",
    [
        Choices(encoding="utf-9"),
        Choices(encoding="base64"),
        Choices(delimiter=""),
        Choices(delimiter="\n"),
        Choices(quote="''"),
        Choices(escape=",", delimiter=","),
        Choices(header_row=9),
    ],
)
def test_a_choice_that_cannot_be_is_refused(choices: Choices) -> None:
    with pytest.raises(UnreadableError) as error:
        read(b"a,b\n1,2\n", choices)

    assert error.value.cause is Cause.CHOICE
    assert error.value.message.endswith(".")


@pytest.mark.parametrize("content", [b"", b"\n\n \n,,\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableError) as error:
        read(content)

    assert error.value.cause is Cause.EMPTY


@pytest.mark.parametrize(
    ("content", "limits"),
    [
        (b"a,b\n" + b"1,2\n" * 20, Limits(rows=10)),
        (b"a,b,c\n1,2,3\n", Limits(columns=2)),
    ],
)
def test_a_table_past_the_limits_is_refused(content: bytes, limits: Limits) -> None:
    with pytest.raises(UnreadableError) as error:
        read(content, limits=limits)

    assert error.value.cause is Cause.TOO_LARGE
