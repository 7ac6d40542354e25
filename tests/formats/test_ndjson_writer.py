"""Stored documents to lines of JSON, judged by orjson and DuckDB."""

from io import BytesIO
from pathlib import Path

import duckdb
import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from transload.formats.columns import Losses
from transload.formats.ndjson_writer import NdjsonWriter

ONE = b'{"a":"\\n","b":1.0}'
TWO = '{"a": "é😀", "b": null}'.encode()

scalars = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
documents = st.dictionaries(st.text(), scalars | st.lists(scalars, max_size=3), max_size=4)


def written(*windows: bytes) -> bytes:
    file = BytesIO()
    with NdjsonWriter(file) as writer:
        for lines in windows:
            writer.write(lines)
        assert writer.close() == Losses()
    return file.getvalue()


def test_documents_are_copied_byte_by_byte_and_each_line_is_ended() -> None:
    assert written(ONE + b"\n" + TWO) == ONE + b"\n" + TWO + b"\n"


def test_windows_make_no_difference() -> None:
    expected = written(b"\n".join([ONE, TWO, ONE]))
    assert written(ONE, TWO, ONE) == expected
    assert written(ONE + b"\n" + TWO + b"\n", b"", ONE + b"\n") == expected


def test_no_document_is_an_empty_file() -> None:
    assert written() == b""
    assert written(b"") == b""


@given(st.lists(st.lists(documents, max_size=3), max_size=4))
@settings(max_examples=40)
def test_any_documents_round_trip(windows: list[list[dict[str, object]]]) -> None:
    """P23: nothing changes on the way."""
    content = written(*(b"\n".join(map(orjson.dumps, window)) for window in windows))
    found = [orjson.loads(line) for line in content.split(b"\n")[:-1]]
    assert found == [each for window in windows for each in window]


def test_duckdb_reads_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "file.ndjson"
    path.write_bytes(written(ONE, TWO))
    with duckdb.connect() as connection:
        found = connection.read_json(str(path)).fetchall()
    assert found == [("\n", 1.0), ("é😀", None)]
