"""Writes stored documents to JSON files of one size, in one archive."""

from collections.abc import Iterator
from typing import BinaryIO

from transload.formats.columns import Losses
from transload.formats.json_writer import JsonArray
from transload.formats.writer import OneTable
from transload.formats.zip_writer import ZipWriter

PART_OBJECTS = 10_000


class JsonPartsWriter(OneTable[bytes]):
    """Writes documents to `file` (seekable, empty) as a ZIP archive of JSON files.

    Each holds one array of 10,000 documents, the last what is left: `part-1.json`, `part-2.json`
    and so on. No document makes one file with an empty array.
    """

    def __init__(self, file: BinaryIO, *, part_objects: int = PART_OBJECTS) -> None:
        super().__init__()
        self._archive = ZipWriter(file)
        self._part_objects = part_objects
        self._parts = 0
        self._begin_part()

    def _add(self, lines: bytes) -> None:
        held = lines.removesuffix(b"\n").split(b"\n") if lines else []
        for objects in self._fitting(held):
            self._archive.write(self._stream, self._array.add(b"\n".join(objects)))
            self._room -= len(objects)

    def _fitting(self, objects: list[bytes]) -> Iterator[list[bytes]]:
        """Cut the objects into what each part has room for, beginning parts as they are needed."""
        start = 0
        while start < len(objects):
            if not self._room:
                self._end_part()
                self._begin_part()
            stop = start + self._room
            yield objects[start:stop]
            start = stop

    def _begin_part(self) -> None:
        self._parts += 1
        self._stream = self._archive.begin(f"part-{self._parts}.json")
        self._array = JsonArray()
        self._room = self._part_objects

    def _end_part(self) -> None:
        self._archive.write(self._stream, self._array.end())
        self._archive.end(self._stream)

    def _completed(self) -> Losses:
        self._end_part()
        self._archive.close()
        return Losses()

    def _stop(self) -> None:
        self._archive.stop()
