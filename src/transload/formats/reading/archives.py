"""Zip archives, looked at before a parser gets them."""

import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, XMLParser
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from transload.formats.reading.model import Cause, Limits, UnreadableError

_MAX_PARTS = 10_000
_WINDOW_BYTES = 4 << 20
_HEAD_BYTES = 4_096
_ENCRYPTED = 0x1
_LOCAL_HEADER_BYTES = 30
# A document type by its name alone, as OpenOffice wrote it, has no entities: nothing is fetched.
_DECLARATION = re.compile(
    rb"<!\s*ENTITY|<!\s*DOCTYPE(?![^\[<>]*>)|<\0!\0D\0O\0C\0|\0<\0!\0D\0O\0C", re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"^\ufeff?<\?xml[^>]*\?>")
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\0")
DAMAGED = "The file is damaged: {}. Open it in a spreadsheet program and save it anew."
DECLARATION = (
    "The file declares entities of its own in its XML, which are not resolved here. Open it in a "
    "spreadsheet program and save it anew."
)
_TOO_LARGE = "The file unpacks to more than {} MB. Split it, or remove what is not the table."


@contextmanager
def checked_archive(file: Path, limits: Limits) -> Iterator[ZipFile]:
    """Open an archive whose parts are apart from each other, not encrypted and not too many.

    Raises UnreadableError, in the block too where the archive's own errors come up.
    """
    try:
        with ZipFile(file) as archive:
            _check(archive.infolist(), limits)
            yield archive
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, UnicodeError) as error:
        raise UnreadableError(Cause.DAMAGED, DAMAGED.format("its archive is broken")) from error
    except ParseError as error:
        raise UnreadableError(Cause.DAMAGED, DAMAGED.format("its XML is broken")) from error


def part_windows(archive: ZipFile, part: str, limits: Limits) -> Iterator[bytes]:
    """Give a part in windows of some MiB, its size and checksum looked at on the way.

    XML that declares entities is refused: what they come to nobody can bound.
    """
    left = limits.unpacked_bytes
    head = b""
    with archive.open(part) as opened:
        while window := opened.read(_WINDOW_BYTES):
            left -= len(window)
            if left < 0:
                raise UnreadableError(
                    Cause.TOO_LARGE, _TOO_LARGE.format(limits.unpacked_bytes // 1_000_000)
                )
            if not head:
                head = window[:_HEAD_BYTES]
                if _DECLARATION.search(head):
                    raise UnreadableError(Cause.DECLARATION, DECLARATION)
            yield window


def in_utf8(archive: ZipFile, source: Path, plain: Path, limits: Limits) -> Path:
    """Give the archive to read: `source`, or `plain` with its XML of UTF-16 in UTF-8."""
    wide = {name for name in archive.namelist() if _is_wide(archive, name)}
    if not wide:
        return source
    with ZipFile(plain, "w", ZIP_DEFLATED, compresslevel=1) as written:
        for name in archive.namelist():
            content = b"".join(part_windows(archive, name, limits))
            if name in wide:
                text = content.decode("utf-16" if content[:1] > b"<" else "utf-16-le")
                content = _XML_DECLARATION.sub("", text, count=1).encode()
            written.writestr(name, content)
    return plain


def with_part(
    archive: ZipFile, target: Path, part: str, content: Iterable[bytes], limits: Limits
) -> None:
    """Write the archive anew, with this content of one of its parts."""
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as written:
        for name in archive.namelist():
            with written.open(name, "w") as stream:
                for window in content if name == part else part_windows(archive, name, limits):
                    stream.write(window)


def part_tree(archive: ZipFile, part: str, limits: Limits) -> Element:
    """Parse a small part."""
    parser = XMLParser()  # noqa: S314 - part_windows refuses declarations
    for window in part_windows(archive, part, limits):
        parser.feed(window)
    root: Element = parser.close()
    return root


def local_name(tag: str) -> str:
    """Give an element's name without its namespace: there are two for each kind of document."""
    return tag.rpartition("}")[2]


def _is_wide(archive: ZipFile, name: str) -> bool:
    if not name.lower().endswith((".xml", ".rels")):
        return False
    with archive.open(name) as part:
        return part.read(2).startswith(_WIDE_STARTS)


def _check(parts: list[ZipInfo], limits: Limits) -> None:
    if len(parts) > _MAX_PARTS:
        raise UnreadableError(
            Cause.TOO_COMPLEX, f"The file has more than {_MAX_PARTS:,} parts. Save it as csv."
        )
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise UnreadableError(Cause.PASSWORD, PASSWORD)
    if sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise UnreadableError(
            Cause.TOO_LARGE, _TOO_LARGE.format(limits.unpacked_bytes // 1_000_000)
        )
    end = 0
    for part in sorted(parts, key=lambda one: one.header_offset):
        if part.header_offset < end:
            raise UnreadableError(Cause.DAMAGED, DAMAGED.format("its parts overlap"))
        end = part.header_offset + _LOCAL_HEADER_BYTES + part.compress_size


PASSWORD = (
    "The file is protected by a password. Open it, save it without the password, and upload that."  # noqa: S105
)
