"""Where a number no longer fits its 32 bits, to the byte; no archive of 4 GiB is made for it."""

import struct

import pytest

from transload.formats.deflater import Deflated
from transload.formats.zip_headers import FULL, Entry, central_header, end_records, local_header

GIB5 = 5 << 30
LOCAL_SIZES, CENTRAL_SIZES, CENTRAL_OFFSET, END_OFFSET = 18, 20, 42, 16


def entry(content_bytes: int, stream_bytes: int, offset: int = 0) -> Entry:
    sizes = Deflated(crc=7, content_bytes=content_bytes, stream_bytes=stream_bytes)
    return Entry(name="s.xml", offset=offset, sizes=sizes, is_streamed=True)


@pytest.mark.parametrize(("content", "stream"), [(FULL, 9), (GIB5, 9), (GIB5, GIB5 - 1)])
def test_sizes_from_4_gib_on_are_in_the_zip64_field(content: int, stream: int) -> None:
    for header, at in (
        (local_header(entry(content, stream), FULL), LOCAL_SIZES),
        (central_header(entry(content, stream), FULL), CENTRAL_SIZES),
    ):
        assert struct.unpack_from("<II", header, at) == (FULL, FULL)
        assert header.endswith(struct.pack("<HHQQ", 1, 16, content, stream))


def test_smaller_sizes_are_not() -> None:
    whole = entry(FULL - 1, FULL - 2)
    for header, at in (
        (local_header(whole, FULL), LOCAL_SIZES),
        (central_header(whole, FULL), CENTRAL_SIZES),
    ):
        assert struct.unpack_from("<II", header, at) == (FULL - 2, FULL - 1)
        assert struct.pack("<HH", 1, 16) not in header


@pytest.mark.parametrize("offset", [FULL, GIB5])
def test_a_place_from_4_gib_on_is_in_the_zip64_field_alone(offset: int) -> None:
    header = central_header(entry(5, 3, offset=offset), FULL)
    assert struct.unpack_from("<II", header, CENTRAL_SIZES) == (3, 5)
    assert struct.unpack_from("<I", header, CENTRAL_OFFSET) == (FULL,)
    assert header.endswith(struct.pack("<HHQ", 1, 8, offset))


@pytest.mark.parametrize("offset", [FULL, GIB5])
def test_a_directory_from_4_gib_on_is_found_by_the_zip64_records(offset: int) -> None:
    plain, large = (end_records(6, one, 300, FULL) for one in (FULL - 1, offset))
    assert struct.unpack_from("<I", plain, END_OFFSET) == (FULL - 1,)
    assert plain.startswith(b"PK\5\6")
    assert large.startswith(b"PK\6\6")
    assert struct.pack("<QQ", 300, offset) in large
    assert struct.unpack_from("<I", large[-22:], END_OFFSET) == (FULL,)
