import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.formats.workbooks import column, read_by_calamine, read_by_openpyxl, workbook
from transload.formats.columns import Kind
from transload.formats.zip_headers import FULL
from transload.formats.zip_writer import ZipWriter

LOCAL = struct.Struct("<4sHHHHHIIIHH")
CONTENT = b"<row/>" * 50_000


def archive(zip64_from: int = FULL) -> bytes:
    file = BytesIO()
    writer = ZipWriter(file, zip64_from=zip64_from)
    writer.add("a.xml", b"<a/>")
    writer.add("b/b.xml", b"")
    entry = writer.begin("c.xml")
    for start in range(0, len(CONTENT), 70_000):
        writer.write(entry, CONTENT[start : start + 70_000])
    writer.close()
    return file.getvalue()


def local_header_of(content: bytes, name: str) -> tuple[tuple[int, ...], bytes]:
    """Give the fields after the signature, and the extra field."""
    info = zipfile.ZipFile(BytesIO(content)).getinfo(name)
    signature, *fields = LOCAL.unpack_from(content, info.header_offset)
    assert signature == b"PK\3\4"
    start = info.header_offset + LOCAL.size + fields[-2]
    return tuple(fields), content[start : start + fields[-1]]


@pytest.mark.parametrize("zip64_from", [FULL, 1_000, 1])
def test_entries_read_back(zip64_from: int) -> None:
    with zipfile.ZipFile(BytesIO(archive(zip64_from))) as read:
        assert read.testzip() is None
        assert read.namelist() == ["a.xml", "b/b.xml", "c.xml"]
        assert read.read("a.xml") == b"<a/>"
        assert read.read("b/b.xml") == b""
        assert read.read("c.xml") == CONTENT


def test_local_headers_hold_the_sizes_and_no_descriptor_follows() -> None:
    content = archive()
    with zipfile.ZipFile(BytesIO(content)) as read:
        for info in read.infolist():
            fields, _ = local_header_of(content, info.filename)
            version, flags, method, _, _, crc, stream_bytes, content_bytes, _, _ = fields
            assert (version, flags, method) == (20, 0, zipfile.ZIP_DEFLATED)
            assert (crc, stream_bytes) == (info.CRC, info.compress_size)
            assert content_bytes == info.file_size
            assert info.date_time == (1980, 1, 1, 0, 0, 0)


def test_small_archives_have_no_zip64() -> None:
    content = archive()
    _, extra = local_header_of(content, "c.xml")
    assert struct.unpack("<HHHH12x", extra) == (0xA220, 16, 0xA028, 0)
    assert local_header_of(content, "a.xml")[1] == b""
    assert b"PK\6\6" not in content
    assert zipfile.ZipFile(BytesIO(content)).getinfo("c.xml").extra == b""


def test_zip64_is_in_both_headers_of_a_large_entry_and_only_there() -> None:
    content = archive(zip64_from=200_000)
    fields, extra = local_header_of(content, "c.xml")
    assert (fields[0], fields[6], fields[7]) == (45, FULL, FULL)
    identifier, length, content_bytes, stream_bytes = struct.unpack("<HHQQ", extra)
    assert (identifier, length, content_bytes) == (1, 16, len(CONTENT))
    with zipfile.ZipFile(BytesIO(content)) as read:
        assert read.getinfo("c.xml").compress_size == stream_bytes
        assert read.getinfo("c.xml").extract_version == 45
        assert read.getinfo("c.xml").extra == extra
        assert read.getinfo("a.xml").extract_version == 20
    assert b"PK\6\6" not in content


def test_a_directory_far_into_the_file_is_found_by_zip64() -> None:
    content = archive(zip64_from=1_000)
    end = content.rindex(b"PK\5\6")
    directory = content.index(b"PK\1\2")
    assert struct.unpack_from("<I", content, end + 16) == (FULL,)
    assert content[end - 20 : end - 16] == b"PK\6\7"
    assert struct.unpack_from("<Q", content, end - 20 + 8) == (end - 20 - 56,)
    assert struct.unpack_from("<Q", content, end - 20 - 8) == (directory,)


def test_spreadsheet_readers_take_a_workbook_with_zip64() -> None:
    columns = [column(Kind.TEXT)]
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook(columns, []))) as read:
        *parts, sheet = [(name, read.read(name)) for name in read.namelist()]
        writer = ZipWriter(file, zip64_from=10)
        for name, content in parts:
            writer.add(name, content)
        writer.write(writer.begin(sheet[0]), sheet[1])
        writer.close()
    assert read_by_calamine(file.getvalue()) == [["value"]]
    assert read_by_openpyxl(file.getvalue()) == [["value"]]


def test_a_stopped_archive_is_not_readable() -> None:
    file = BytesIO()
    writer = ZipWriter(file)
    writer.add("a.xml", b"<a/>")
    writer.write(writer.begin("c.xml"), CONTENT)
    writer.begin("aside.xml")
    writer.stop()
    assert not zipfile.is_zipfile(file)


@pytest.mark.parametrize("zip64_from", [FULL, 1_000, 1])
def test_entries_are_written_beside_each_other(zip64_from: int, tmp_path: Path) -> None:
    file = BytesIO()
    writer = ZipWriter(file, folder=tmp_path, zip64_from=zip64_from)
    entries = [writer.begin(name) for name in ("a", "b", "c")]
    for start in range(0, len(CONTENT), 70_000):
        for entry in entries[:2]:
            writer.write(entry, CONTENT[start : start + 70_000])
    writer.close()
    with zipfile.ZipFile(file) as read:
        assert read.testzip() is None
        assert [read.read(name) for name in read.namelist()] == [CONTENT, CONTENT, b""]
        assert read.namelist() == ["a", "b", "c"]
    assert not list(tmp_path.iterdir())


def test_entries_are_written_one_after_the_other() -> None:
    file = BytesIO()
    writer = ZipWriter(file)
    for name in ("a", "b"):
        entry = writer.begin(name)
        writer.write(entry, name.encode())
        writer.end(entry)
    writer.close()
    with zipfile.ZipFile(file) as read:
        assert {name: read.read(name) for name in read.namelist()} == {"a": b"a", "b": b"b"}
