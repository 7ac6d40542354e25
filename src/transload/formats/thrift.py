"""Structs in Thrift's compact protocol, taken apart and put together again.

Source: the Thrift project's `doc/specs/thrift-compact-protocol.md`. A field's value stays the bytes
that it is unless it is asked for, so that what is not changed is copied as it stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import assert_never

_END = b"\x00"
_LONG_LIST = 15
_MAX_DELTA = 15


class Type(IntEnum):
    """The types of values, by their codes; maps, which Parquet does not have, are left out."""

    TRUE = 1
    FALSE = 2
    BYTE = 3
    I16 = 4
    I32 = 5
    I64 = 6
    DOUBLE = 7
    BINARY = 8
    LIST = 9
    SET = 10
    STRUCT = 12


# A look-up and a comparison of integers, as a footer has thousands of fields.
_TYPES = {kind.value: kind for kind in Type}
_BOOLEANS = (Type.TRUE, Type.FALSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a struct: its type, and its value's bytes."""

    type: Type
    value: bytes


Struct = Mapping[int, Field]
"""The fields of a struct, by their ids."""


def read_struct(data: bytes) -> dict[int, Field]:
    """Take apart the struct at the start of `data`."""
    return _struct(data, 0)[0]


def written_struct(struct: Struct) -> bytes:
    """Put a struct together."""
    written = bytearray()
    last = 0
    for number, field in sorted(struct.items()):
        delta = number - last
        if 0 < delta <= _MAX_DELTA:
            written.append(delta << 4 | field.type)
        else:
            written += bytes([field.type]) + _varint(_zigzag(number))
        written += field.value
        last = number
    return bytes(written + _END)


def integer(field: Field) -> int:
    """Give the value of an integer field."""
    number, _ = _read_varint(field.value, 0)
    return number >> 1 ^ -(number & 1)


def long_field(number: int) -> Field:
    """Make a field of 64 bits."""
    return Field(type=Type.I64, value=_varint(_zigzag(number)))


def struct_field(struct: Struct) -> Field:
    """Make a field that is a struct."""
    return Field(type=Type.STRUCT, value=written_struct(struct))


def structs(field: Field) -> list[dict[int, Field]]:
    """Take apart a field that is a list of structs."""
    _, count, at = _list_header(field.value, 0)
    found = []
    for _ in range(count):
        struct, at = _struct(field.value, at)
        found.append(struct)
    return found


def structs_field(written: Sequence[bytes]) -> Field:
    """Make a field that is a list of structs, each put together already."""
    count = len(written)
    if count < _LONG_LIST:
        header = bytes([count << 4 | Type.STRUCT])
    else:
        header = bytes([_LONG_LIST << 4 | Type.STRUCT]) + _varint(count)
    return Field(type=Type.LIST, value=header + b"".join(written))


def _struct(data: bytes, at: int) -> tuple[dict[int, Field], int]:
    found: dict[int, Field] = {}
    number = 0
    while data[at]:
        delta, kind = divmod(data[at], 16)
        at += 1
        if delta:
            number += delta
        else:
            spelled, at = _read_varint(data, at)
            number = spelled >> 1 ^ -(spelled & 1)
        named = _TYPES.get(kind) or Type(kind)
        end = at if named in _BOOLEANS else _skipped(named, data, at)
        found[number] = Field(type=named, value=data[at:end])
        at = end
    return found, at + len(_END)


def _skipped(kind: Type, data: bytes, at: int) -> int:
    """Give where a value ends; in a list, a boolean takes a byte."""
    match kind:
        case Type.TRUE | Type.FALSE | Type.BYTE:
            return at + 1
        case Type.I16 | Type.I32 | Type.I64:
            return _read_varint(data, at)[1]
        case Type.DOUBLE:
            return at + 8
        case Type.BINARY:
            length, at = _read_varint(data, at)
            return at + length
        case Type.LIST | Type.SET:
            item, count, at = _list_header(data, at)
            for _ in range(count):
                at = _skipped(item, data, at)
            return at
        case Type.STRUCT:
            return _struct(data, at)[1]
        case _:
            assert_never(kind)


def _list_header(data: bytes, at: int) -> tuple[Type, int, int]:
    count, item = divmod(data[at], 16)
    at += 1
    if count == _LONG_LIST:
        count, at = _read_varint(data, at)
    return _TYPES.get(item) or Type(item), count, at


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else -number * 2 - 1


def _varint(number: int) -> bytes:
    written = bytearray()
    while number >= 0x80:  # noqa: PLR2004 - seven bits a byte
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while data[at] & 0x80:
        number |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
    return number | data[at] << shift, at + 1
