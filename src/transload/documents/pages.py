"""The documents of one page: counted before they are read, then read and rendered in pieces.

So a page holds one piece as objects, and what is rendered as text, whatever its documents weigh.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

import orjson

from transload.errors import InvalidError

MAX_LIMIT = 10_000
MAX_BYTES = 64 << 20
PIECE_BYTES = 4 << 20
PIECE_ROWS = 200
_AROUND_BYTES = 500
_HELD = 3
_TOO_LARGE = InvalidError(
    f"The page's items have more than {MAX_BYTES >> 20} MiB together: ask for a smaller limit, or "
    "for some fields of them."
)

Item = TypeVar("Item")
Name = TypeVar("Name")
Sized = tuple[str, int]
"""A document's id, and its bytes."""


class PageItems(Generic[Item]):
    """The items of a page's answer, made from its documents.

    A page may have 64 MiB. Where whole documents are asked for, that is told before they are read;
    where only some fields of each are, it is counted as they are rendered.
    """

    def __init__(
        self, render: Callable[[Item], object], hold: Callable[[int], None], *, is_narrowed: bool
    ) -> None:
        """Begin with none. `hold` counts bytes of memory; it raises where there are too many.

        `is_narrowed`: only some of each document is given.
        """
        self.items: list[orjson.Fragment] = []
        self._render = render
        self._hold = hold
        self._is_narrowed = is_narrowed
        self._is_expected = False
        self._bytes = 0

    def expect(self, documents: Sequence[Sized]) -> None:
        """Prepare for these documents. Raises InvalidError where they are more than a page has."""
        if self._is_narrowed:
            return
        size = sum(size for _, size in documents)
        if size > MAX_BYTES:
            raise _TOO_LARGE
        self._hold(_HELD * (size + _AROUND_BYTES * len(documents)))
        self._is_expected = True

    def add(self, found: Iterable[Item]) -> None:
        """Render documents. Raises InvalidError where they make the page too large."""
        made = [orjson.dumps(self._render(one)) for one in found]
        if not self._is_expected:
            size = sum(map(len, made))
            self._bytes += size
            if self._bytes > MAX_BYTES:
                raise _TOO_LARGE
            self._hold(_HELD * size)
        self.items += map(orjson.Fragment, made)


def pieces(
    documents: Iterable[tuple[Name, int]],
    *,
    most_rows: int = PIECE_ROWS,
    most_bytes: int = PIECE_BYTES,
) -> Iterator[list[Name]]:
    """Give what stands beside each size, in its order, as many at once as go together.

    That is one, or more that are within both bounds; by default those of what is read together.
    """
    piece: list[Name] = []
    left = most_bytes
    for name, size in documents:
        left -= size
        if piece and (left < 0 or len(piece) == most_rows):
            yield piece
            piece, left = [], most_bytes - size
        piece.append(name)
    if piece:
        yield piece
