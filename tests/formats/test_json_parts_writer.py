"""JSON files in an archive, each of so many documents."""

import json
import zipfile
from io import BytesIO

import pytest

from transload.formats.json_parts_writer import PART_OBJECTS, JsonPartsWriter


def parts_of(batches: list[bytes], part_objects: int = 3) -> dict[str, list[object]]:
    file = BytesIO()
    with JsonPartsWriter(file, part_objects=part_objects) as writer:
        for batch in batches:
            writer.write(batch)
    with zipfile.ZipFile(file) as read:
        assert read.testzip() is None
        return {name: json.loads(read.read(name)) for name in read.namelist()}


def lines(*numbers: int) -> bytes:
    return b"\n".join(b'{"n":%d,"t":"a\\nb"}' % number for number in numbers)


@pytest.mark.parametrize(
    ("rows", "sizes"),
    [(0, [0]), (1, [1]), (3, [3]), (4, [3, 1]), (9, [3, 3, 3]), (10, [3] * 3 + [1])],
)
@pytest.mark.parametrize("batch_rows", [1, 2, 3, 100])
def test_each_part_holds_so_many_documents_in_order(
    rows: int, sizes: list[int], batch_rows: int
) -> None:
    numbers = range(rows)
    batches = [lines(*numbers[at : at + batch_rows]) for at in range(0, rows, batch_rows)]
    found = parts_of(batches)
    assert [len(part) for part in found.values()] == sizes
    assert list(found) == [f"part-{at}.json" for at in range(1, len(sizes) + 1)]
    assert [row["n"] for part in found.values() for row in part if isinstance(row, dict)] == list(
        numbers
    )


def test_a_part_holds_10_000_documents() -> None:
    found = parts_of([lines(*range(PART_OBJECTS + 1)) + b"\n"], PART_OBJECTS)
    assert [len(part) for part in found.values()] == [10_000, 1]


def test_the_same_documents_make_the_same_archive() -> None:
    archives = []
    for batches in ([lines(1, 2, 3, 4)], [lines(1), b"", lines(2, 3) + b"\n", lines(4)]):
        file = BytesIO()
        with JsonPartsWriter(file, part_objects=2) as writer:
            for batch in batches:
                writer.write(batch)
        archives.append(file.getvalue())
    assert archives[0] == archives[1]
