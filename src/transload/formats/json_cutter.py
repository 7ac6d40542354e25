"""Chosen members of many JSON objects, cut out as the bytes that they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from transload.formats.json_reader import split_lines

_OBJECT = pl.col("object")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """Cuts objects that have exactly the members `keys`, in this order, without blanks around.

    Keys are distinct and spelled in JSON as they are; values are no objects, nor lists of objects.
    """

    keys: Sequence[str]
    chosen: Sequence[str]

    def cut(self, lines: bytes) -> bytes:
        """Give the objects, one a line, with the members `chosen` alone, byte for byte.

        A chosen member that is not among the keys is `null`. Lines end without a newline. Raises
        ValueError when an object has not all the keys whose places are needed.
        """
        parts = self._parts()
        edges = {edge for part in parts if isinstance(part, range) for edge in _edges(part)}
        # Columns, so that each is searched for once: several members have an edge in common.
        objects = split_lines(lines).to_frame("object")
        found = objects.with_columns(self._edge(at).alias(str(at)) for at in sorted(edges))
        members = [_member(part) for part in parts]
        # The brace is the object's own: with it the height is right, whatever the members are.
        content = pl.concat_str(members, separator=",")
        cut = found.select(pl.concat_str(_OBJECT.str.head(1), content, pl.lit("}"))).to_series()
        if cut.has_nulls():
            raise ValueError("A stored document does not have the canonical form.")
        joined: bytes = cut.str.join("\n").cast(pl.Binary).item()
        return joined

    def _parts(self) -> list[range | str]:
        """Give the places of members to copy, those side by side together, or a text instead."""
        places = {key: at for at, key in enumerate(self.keys)}
        parts: list[range | str] = []
        for key in self.chosen:
            at = places.get(key)
            last = parts[-1] if parts else None
            if at is None:
                parts.append(f'"{key}":null')
            elif isinstance(last, range) and last.stop == at:
                parts[-1] = range(last.start, at + 1)
            else:
                parts.append(range(at, at + 1))
        return parts

    def _edge(self, at: int) -> pl.Expr:
        """Find the byte before the member at a place, after the last one the byte behind it.

        `,"key":` stands nowhere else in an object: within a text the quotes are escaped, and after
        the quote that ends one comes no key.
        """
        if at == 0:
            return pl.lit(0, dtype=pl.UInt32)
        if at == len(self.keys):
            return _OBJECT.str.len_bytes() - 1
        return _OBJECT.str.find(f',"{self.keys[at]}":', literal=True)


def _edges(places: range) -> tuple[int, int]:
    return places.start, places.stop


def _member(part: range | str) -> pl.Expr:
    if isinstance(part, str):
        return pl.lit(part)
    start, end = (pl.col(str(edge)) for edge in _edges(part))
    return _OBJECT.cast(pl.Binary).bin.slice(start + 1, end - start - 1).cast(pl.String)
