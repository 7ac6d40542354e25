import json
from io import BytesIO

import pytest

from transload.formats.columns import Losses
from transload.formats.json_writer import JsonWriter

ONE = b'{"a":"\\n","b":1.0}'
TWO = '{"a": "é😀", "b": null}'.encode()


def written(*windows: bytes) -> bytes:
    file = BytesIO()
    with JsonWriter(file) as writer:
        for lines in windows:
            writer.write(lines)
    return file.getvalue()


def test_documents_are_copied_byte_by_byte() -> None:
    assert written(ONE + b"\n" + TWO) == b"[\n" + ONE + b",\n" + TWO + b"\n]"


def test_windows_make_no_difference() -> None:
    expected = written(b"\n".join([ONE, TWO, ONE]))
    assert written(ONE, TWO, ONE) == expected
    assert written(ONE + b"\n" + TWO + b"\n", b"", ONE + b"\n") == expected
    assert [each["b"] for each in json.loads(expected)] == [1.0, None, 1.0]


def test_no_document_is_an_empty_array() -> None:
    assert written() == b"[]"
    assert written(b"") == b"[]"


def test_closing_says_that_nothing_is_lost_and_may_be_repeated() -> None:
    file = BytesIO()
    with JsonWriter(file) as writer:
        writer.write(ONE)
        assert writer.close() == Losses()
    assert writer.close() == Losses()
    assert json.loads(file.getvalue()) == [{"a": "\n", "b": 1.0}]
    with pytest.raises(ValueError, match="closed"):
        writer.write(ONE)


def write_and_fail(writer: JsonWriter) -> None:
    with writer:
        writer.write(ONE)
        raise KeyError


def test_an_exception_leaves_the_array_open() -> None:
    file = BytesIO()
    writer = JsonWriter(file)
    with pytest.raises(KeyError):
        write_and_fail(writer)
    assert file.getvalue() == b"[\n" + ONE
    with pytest.raises(ValueError, match="closed"):
        writer.write(TWO)
    with pytest.raises(ValueError, match="closed"):
        writer.close()
