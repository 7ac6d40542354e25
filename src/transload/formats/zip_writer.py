"""A ZIP archive whose last entry is streamed, for readers as strict as Excel.

Sizes stand in the local headers, patched when they are known: archives that give them behind the
data have been called damaged. ZIP64 only where a number needs it, for the same reason. Times are
fixed: the same content makes the same archive.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import BinaryIO

from transload.formats.deflater import Deflated, Deflater, deflate
from transload.formats.zip_headers import FULL, Entry, central_header, end_records, local_header


class ZipWriter:
    """Writes an archive to `file` (seekable, empty): whole parts, then one entry as a stream.

    `parts`: names (ASCII) and contents. `streamed`: the name of the entry that `write` appends to.
    `close` completes the archive; `stop` leaves it unreadable. The file stays open either way.
    `zip64_from`: the smallest size or offset that is kept in a ZIP64 field.
    """

    def __init__(
        self,
        file: BinaryIO,
        parts: Iterable[tuple[str, bytes]],
        streamed: str,
        *,
        zip64_from: int = FULL,
    ) -> None:
        self._file = file
        self._zip64_from = zip64_from
        self._entries = [self._added(name, content) for name, content in parts]
        nothing = Deflated(crc=0, content_bytes=0, stream_bytes=0)
        self._streamed = Entry(name=streamed, offset=file.tell(), sizes=nothing, is_streamed=True)
        file.write(local_header(self._streamed, zip64_from))
        self._deflater = Deflater(file)

    def write(self, content: bytes) -> None:
        """Append to the streamed entry; raises what writing earlier content has raised."""
        self._deflater.write(content)

    def close(self) -> None:
        """Wait for the streamed entry to be in the file, and write what depends on its sizes."""
        streamed = replace(self._streamed, sizes=self._deflater.finish())
        offset = self._file.tell()
        self._file.seek(streamed.offset)
        self._file.write(local_header(streamed, self._zip64_from))
        self._file.seek(offset)
        entries = [*self._entries, streamed]
        directory = b"".join(central_header(entry, self._zip64_from) for entry in entries)
        end = end_records(len(entries), offset, len(directory), self._zip64_from)
        self._file.write(directory + end)

    def stop(self) -> None:
        """End the thread that deflates, and leave the archive incomplete."""
        self._deflater.stop()

    def _added(self, name: str, content: bytes) -> Entry:
        stream, sizes = deflate(content)
        entry = Entry(name=name, offset=self._file.tell(), sizes=sizes)
        self._file.write(local_header(entry, self._zip64_from) + stream)
        return entry
