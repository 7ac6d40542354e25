"""A ZIP archive whose entries are streamed, for readers as strict as Excel.

Sizes stand in the local headers, patched when they are known: archives that give them behind the
data have been called damaged. ZIP64 only where a number needs it, for the same reason. Times are
fixed: the same content makes the same archive.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from transload.formats.aside import aside, pieces
from transload.formats.deflater import Deflated, Deflater, deflate, stored
from transload.formats.stage import Stage
from transload.formats.zip_headers import FULL, Entry, central_header, end_records, local_header

_PIECES_AHEAD = 2
_NOTHING = Deflated(crc=0, content_bytes=0, stream_bytes=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """An entry that is being written: to the archive itself, or aside, to be copied there."""

    name: str
    file: BinaryIO
    offset: int
    is_aside: bool
    deflater: Deflater


class ZipWriter:
    """Writes an archive to `file` (seekable, empty), entry by entry, in the order that they end.

    One entry at a time is streamed to the archive; further ones that are written meanwhile wait
    aside, deflated, in files without a name in `folder` (the system's own for such files where it
    is None). All are deflated in one thread, beside the caller. `close` completes the archive;
    `stop` leaves it unreadable. The file stays open either way.
    `zip64_from`: the smallest size or offset that is kept in a ZIP64 field.
    """

    def __init__(
        self, file: BinaryIO, *, folder: Path | None = None, zip64_from: int = FULL
    ) -> None:
        self._file = file
        self._folder = folder
        self._zip64_from = zip64_from
        self._entries: list[Entry] = []
        self._open: list[Stream] = []
        self._stage = Stage(_deflated, depth=_PIECES_AHEAD)

    def add(self, name: str, content: bytes, *, is_stored: bool = False) -> None:
        """Add a whole entry under an ASCII name, deflated or not; not while one is streamed."""
        stream, sizes = stored(content) if is_stored else deflate(content)
        entry = Entry(name=name, offset=self._file.tell(), sizes=sizes, is_stored=is_stored)
        self._entries.append(entry)
        self._file.write(local_header(entry, self._zip64_from) + stream)

    def begin(self, name: str, *, room: int = 0) -> Stream:
        """Begin an entry under an ASCII name: in the archive, or aside while another is there.

        `room`: the length of its head, in bytes, which is given at its end.
        """
        is_aside = any(not one.is_aside for one in self._open)
        file = aside(self._folder) if is_aside else self._file
        offset = file.tell()
        if not is_aside:
            file.write(local_header(_unsized(name, offset), self._zip64_from))
        stream = Stream(
            name=name,
            file=file,
            offset=offset,
            is_aside=is_aside,
            deflater=Deflater(file, room=room),
        )
        self._open.append(stream)
        return stream

    def write(self, stream: Stream, content: bytes) -> None:
        """Append to an entry; raises what writing earlier content has raised."""
        self._stage.put((stream, content))

    def end(self, stream: Stream, head: bytes = b"") -> None:
        """Wait for the entry to be in the archive; those aside end after the one that is there.

        `head`: what comes before all that was written, as long as the room that was left for it.
        """
        self._stage.drain()
        sizes = stream.deflater.finish(head)
        if stream.is_aside:
            self._copy(stream, sizes)
        else:
            self._size(stream, sizes)
        self._open.remove(stream)

    def close(self) -> None:
        """End the entries that have not ended, and write the directory."""
        for stream in list(self._open):
            self.end(stream)
        self._stage.finish()
        offset = self._file.tell()
        directory = b"".join(central_header(entry, self._zip64_from) for entry in self._entries)
        end = end_records(len(self._entries), offset, len(directory), self._zip64_from)
        self._file.write(directory + end)

    def stop(self) -> None:
        """End the thread that deflates, and leave the archive incomplete."""
        self._stage.stop()
        for stream in self._open:
            if stream.is_aside:
                stream.file.close()
        self._open.clear()

    def _size(self, stream: Stream, sizes: Deflated) -> None:
        """Write into an entry's header what is known at its end."""
        entry = replace(_unsized(stream.name, stream.offset), sizes=sizes)
        offset = self._file.tell()
        self._file.seek(entry.offset)
        self._file.write(local_header(entry, self._zip64_from))
        self._file.seek(offset)
        self._entries.append(entry)

    def _copy(self, stream: Stream, sizes: Deflated) -> None:
        entry = Entry(name=stream.name, offset=self._file.tell(), sizes=sizes)
        self._file.write(local_header(entry, self._zip64_from))
        with stream.file as spool:
            for piece in pieces(spool):
                self._file.write(piece)
        self._entries.append(entry)


def _unsized(name: str, offset: int) -> Entry:
    return Entry(name=name, offset=offset, sizes=_NOTHING, is_streamed=True)


def _deflated(given: tuple[Stream, bytes]) -> None:
    stream, content = given
    stream.deflater.write(content)
