"""The records of a ZIP archive around its data.

Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 to 4.5. Every date is 1980-01-01, midnight.
"""

import struct
from dataclasses import dataclass

from transload.formats.deflater import Deflated

FULL = 0xFFFFFFFF
"""In a field of 32 bits: see the ZIP64 field."""

_METHOD_STORED, _METHOD_DEFLATE = 0, 8
_MIDNIGHT, _FIRST_OF_1980 = 0, 0x0021
_VERSION, _VERSION_ZIP64 = 20, 45

_ZIP64_ID = 0x0001
_ZIP64_SIZES_BYTES = 16
# Room for a ZIP64 field that is not needed, filled as Office fills it (the growth hint, 0xA220).
_ROOM = struct.pack("<HHHH12x", 0xA220, _ZIP64_SIZES_BYTES, 0xA028, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file in the archive: its name (ASCII), where its local header stands, and its sizes.

    `is_streamed`: its sizes are not known before its data; its local header has room for ZIP64.
    `is_stored`: its data is its content, as it is.
    """

    name: str
    offset: int
    sizes: Deflated
    is_streamed: bool = False
    is_stored: bool = False

    @property
    def method(self) -> int:
        """Give the number of how its data is compressed."""
        return _METHOD_STORED if self.is_stored else _METHOD_DEFLATE


def local_header(entry: Entry, zip64_from: int) -> bytes:
    """Give the record in front of an entry's data; a streamed entry's has the same length always.

    `zip64_from`: the smallest size kept in a ZIP64 field.
    """
    sizes = entry.sizes
    content_bytes, stream_bytes = sizes.content_bytes, sizes.stream_bytes
    extra = _ROOM if entry.is_streamed else b""
    is_zip64 = max(content_bytes, stream_bytes) >= zip64_from
    if is_zip64:
        extra = struct.pack("<HHQQ", _ZIP64_ID, _ZIP64_SIZES_BYTES, content_bytes, stream_bytes)
        content_bytes = stream_bytes = FULL
    name = entry.name.encode("ascii")
    fixed = struct.pack(
        "<4sHHHHHIIIHH",
        b"PK\3\4",
        _VERSION_ZIP64 if is_zip64 else _VERSION,
        0,
        entry.method,
        _MIDNIGHT,
        _FIRST_OF_1980,
        sizes.crc,
        stream_bytes,
        content_bytes,
        len(name),
        len(extra),
    )
    return fixed + name + extra


def central_header(entry: Entry, zip64_from: int) -> bytes:
    """Give an entry's record in the directory; both sizes are in a ZIP64 field or neither."""
    sizes = entry.sizes
    content_bytes, stream_bytes, offset = sizes.content_bytes, sizes.stream_bytes, entry.offset
    large: list[int] = []
    if max(content_bytes, stream_bytes) >= zip64_from:
        large += [content_bytes, stream_bytes]
        content_bytes = stream_bytes = FULL
    if offset >= zip64_from:
        large.append(offset)
        offset = FULL
    extra = struct.pack(f"<HH{len(large)}Q", _ZIP64_ID, 8 * len(large), *large) if large else b""
    version = _VERSION_ZIP64 if large else _VERSION
    name = entry.name.encode("ascii")
    fixed = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        b"PK\1\2",
        version,
        version,
        0,
        entry.method,
        _MIDNIGHT,
        _FIRST_OF_1980,
        sizes.crc,
        stream_bytes,
        content_bytes,
        len(name),
        len(extra),
        0,
        0,
        0,
        0,
        offset,
    )
    return fixed + name + extra


def end_records(count: int, offset: int, length: int, zip64_from: int) -> bytes:
    """Give what follows the directory: `count` entries in `length` bytes from `offset` on."""
    zip64 = b""
    if offset >= zip64_from:
        version = _VERSION_ZIP64
        zip64 = struct.pack(
            "<4sQHHIIQQQQ", b"PK\6\6", 44, version, version, 0, 0, count, count, length, offset
        ) + struct.pack("<4sIQI", b"PK\6\7", 0, offset + length, 1)
        offset = FULL
    return zip64 + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, length, offset, 0)
