"""JSON bodies: what JSON can say comes through exactly, what is none is refused."""

import json
import math
from typing import Any

import pytest
from anyio import create_task_group, run
from fastapi import Request
from starlette.types import Message

from transload.errors import InvalidError, TooLargeError
from transload.web.body import MAX_VALUES, aside, read_json_object
from transload.web.json_pieces import Body


@pytest.mark.parametrize("number", [2**53, 2**53 + 1, -(2**63), 2**64, 10**19 + 1, 10**30 + 7])
def test_integer_of_any_length_comes_through_exactly(number: int) -> None:
    assert read_json_object(json.dumps({"n": number, "x": [{"m": -number}]}).encode()) == {
        "n": number,
        "x": [{"m": -number}],
    }


@pytest.mark.parametrize("number", [0.1, -0.0, 1e300, 5e-324, 1.7976931348623157e308, 2.0**53 + 2])
def test_float_comes_through_exactly(number: float) -> None:
    read = read_json_object(json.dumps({"n": number}).encode())["n"]
    assert isinstance(read, float)
    assert math.copysign(1, read) == math.copysign(1, number)
    assert read == number


@pytest.mark.parametrize("start", ['{"n":', '{"n": \n\t', '{"n":[', '{"n":[1,', '{"n":[1,\r\n'])
@pytest.mark.parametrize("sign", ["", "-"])
def test_long_integer_comes_through_exactly_wherever_it_stands(start: str, sign: str) -> None:
    text = f"{start}{sign}18446744073709551617" + ("]}" if "[" in start else "}")
    assert read_json_object(text.encode()) == json.loads(text)


@pytest.mark.parametrize(("text", "value"), [("Infinity", math.inf), ("-Infinity", -math.inf)])
def test_infinity_comes_through(text: str, value: float) -> None:
    assert read_json_object(f'{{"n": {text}}}'.encode()) == {"n": value}


def test_nan_comes_through() -> None:
    assert math.isnan(read_json_object(b'{"n": NaN}')["n"])


def test_lone_surrogate_comes_through_and_spoils_nothing_beside_it() -> None:
    read = read_json_object('{"a": "\\ud800x", "b": "😀é", "c": "\\ud83d\\ude00"}'.encode())
    assert read == {"a": "\ud800x", "b": "😀é", "c": "😀"}


def test_last_of_two_equal_keys_counts() -> None:
    assert read_json_object(b'{"a": 1, "b": 2, "a": 3}') == {"a": 3, "b": 2}
    assert read_json_object(b'{"a": 1, "a": 18446744073709551617}') == {"a": 2**64 + 1}


def test_text_comes_through_as_it_is() -> None:
    text = "\u0000\t \u2028é\u0301 شكرا 😀 "
    assert read_json_object(json.dumps({text: text}).encode()) == {text: text}


@pytest.mark.parametrize("depth", [10, 200])
def test_nested_value_comes_through(depth: int) -> None:
    value = read_json_object(b'{"a":' + b"[" * depth + b"1" + b"]" * depth + b"}")["a"]
    for _ in range(depth):
        (value,) = value
    assert value == 1


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_nesting_without_end_is_refused(opening: bytes) -> None:
    with pytest.raises(InvalidError, match=r"not valid JSON|must be a JSON object"):
        read_json_object(opening * 100_000)
    with pytest.raises(InvalidError, match="not valid JSON"):
        read_json_object(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 01}',
        b'{"a": 1,}',
        b'{"a": "\xff"}',
        b'{"a": "\xc3"}',
        b'{"a": "\x01"}',
        b"{a: 1}",
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": 1} {}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidError, match=r"The request's body is not valid JSON\."):
        read_json_object(body)


@pytest.mark.parametrize("body", [b"[]", b"1", b'"a"', b"null", b"true", b"NaN", b'["\\ud800"]'])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidError, match=r"The request's body must be a JSON object\."):
        read_json_object(body)


@pytest.mark.parametrize("value", [b"1,", b"[],", b"{},", b"[[]],", b'"",', b'{"a":1},', b"1e9,"])
def test_more_values_than_a_request_can_need_are_refused(value: bytes) -> None:
    """P4."""
    with pytest.raises(TooLargeError, match=r"may hold 2100000 values at most\."):
        read_json_object(b'{"a":[' + value * (MAX_VALUES + 1) + b"1]}")


@pytest.mark.parametrize("text", [",[{" * 1_000_000, '\\",' * 1_000_000, "\\" * 2_000_001 + '",['])
def test_what_looks_like_values_in_a_text_is_no_value(text: str) -> None:
    filled = text + "," * MAX_VALUES
    assert read_json_object(json.dumps({filled: [filled]}).encode()) == {filled: [filled]}


@pytest.mark.parametrize("start", [b'{"a":"', b'{"a":"\\', b""])
def test_text_without_end_is_no_json_and_soon_known_for_none(start: bytes) -> None:
    """P4: the time does not grow with the square of the quotes."""
    with pytest.raises(InvalidError, match=r"not valid JSON|must be a JSON object"):
        read_json_object(start + b'\\",' * (MAX_VALUES + 1))


@pytest.mark.parametrize("items", [["x" * 1_000] * 2_000, [0] * 300_000])
def test_long_bodies_are_read_one_at_a_time(items: list[object]) -> None:
    """P29: those who read stand in line for the interpreter, and the event loop behind them."""
    at_work, most = 0, 0

    def read(body: Body) -> dict[str, Any]:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        found = read_json_object(body)
        at_work -= 1
        return found

    async def send() -> None:
        text = json.dumps({"items": items}).encode()

        async def receive() -> Message:
            return {"type": "http.request", "body": text, "more_body": False}

        scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "state": {}}
        async with create_task_group() as group:
            for _ in range(8):
                group.start_soon(aside, Request(scope, receive), read)

    run(send)
    assert most == 1
