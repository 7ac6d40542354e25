"""Compresses bytes to a raw deflate stream in a file (RFC 1951)."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from isal import isal_zlib

_RAW = -15
_FASTEST_SMALL = 1
_BLOCK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Deflated:
    """What a stream came to: the CRC-32 and length of its content, and its length in the file."""

    crc: int
    content_bytes: int
    stream_bytes: int


def deflate(content: bytes) -> tuple[bytes, Deflated]:
    """Deflate `content` at once; returns the stream and what it came to."""
    stream = isal_zlib.compress(content, _FASTEST_SMALL, wbits=_RAW)
    return stream, Deflated(
        crc=isal_zlib.crc32(content), content_bytes=len(content), stream_bytes=len(stream)
    )


def stored(content: bytes) -> tuple[bytes, Deflated]:
    """Leave `content` as it is; returns it and what it came to."""
    return content, Deflated(
        crc=isal_zlib.crc32(content), content_bytes=len(content), stream_bytes=len(content)
    )


class Deflater:
    """Deflates what it is given into `file` from where that stands.

    The stream depends on the content alone, not on how that is cut into pieces: the compressor,
    whose output does depend on it, is fed blocks of one size.
    `room`: so many bytes (at most 65,535), the first of the content, are given at its end. They
    stand in the stream as they are (a stored block, RFC 1951 3.2.4).
    """

    def __init__(self, file: BinaryIO, *, room: int = 0) -> None:
        self._file = file
        self._room = room
        self._compressor = isal_zlib.compressobj(_FASTEST_SMALL, wbits=_RAW)
        self._rest = b""
        self._crc = 0
        self._content_bytes = 0
        self._stream_bytes = 0
        if room:
            self._append(struct.pack("<BHH", 0, room, room ^ 0xFFFF))
            self._room_at = file.tell()
            self._append(bytes(room))

    def write(self, content: bytes) -> None:
        """Append to the content."""
        blocks = memoryview(self._rest + content)
        end = len(blocks) - len(blocks) % _BLOCK_BYTES
        for start in range(0, end, _BLOCK_BYTES):
            self._compress(blocks[start : start + _BLOCK_BYTES])
        self._rest = bytes(blocks[end:])

    def finish(self, head: bytes = b"") -> Deflated:
        """Complete the stream in the file; returns what it came to.

        `head`: what fills the room. Raises ValueError where it is not as long as that.
        """
        if len(head) != self._room:
            raise ValueError(f"{len(head)} bytes are to fill a room of {self._room}.")
        self._compress(memoryview(self._rest))
        self._append(self._compressor.flush())
        if head:
            end = self._file.tell()
            self._file.seek(self._room_at)
            self._file.write(head)
            self._file.seek(end)
        return Deflated(
            crc=isal_zlib.crc32_combine(isal_zlib.crc32(head), self._crc, self._content_bytes),
            content_bytes=len(head) + self._content_bytes,
            stream_bytes=self._stream_bytes,
        )

    def _compress(self, block: memoryview) -> None:
        self._crc = isal_zlib.crc32(block, self._crc)
        self._content_bytes += len(block)
        self._append(self._compressor.compress(block))

    def _append(self, stream: bytes) -> None:
        self._file.write(stream)
        self._stream_bytes += len(stream)
