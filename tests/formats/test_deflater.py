import random
import zlib
from io import SEEK_END, BytesIO

import pytest

from transload.formats.deflater import Deflater, deflate

CONTENT = b"".join(b"<c r='A%d'><v>%d</v></c>" % (n, n * n) for n in range(60_000))


def stream_of(pieces: list[bytes]) -> bytes:
    file = BytesIO()
    deflater = Deflater(file)
    for piece in pieces:
        deflater.write(piece)
    deflated = deflater.finish()
    assert deflated.stream_bytes == len(file.getvalue())
    assert deflated.content_bytes == sum(map(len, pieces))
    assert deflated.crc == zlib.crc32(b"".join(pieces))
    return file.getvalue()


def test_the_stream_inflates_to_the_content() -> None:
    assert zlib.decompress(stream_of([CONTENT]), wbits=-15) == CONTENT


def test_no_content_is_an_empty_stream() -> None:
    assert zlib.decompress(stream_of([]), wbits=-15) == b""


@pytest.mark.parametrize("longest", [500, 3_000, 70_000, 262_144, 1_000_000])
def test_the_stream_does_not_depend_on_the_pieces(longest: int) -> None:
    choose = random.Random(longest)  # noqa: S311  # cuts, not secrets
    pieces, start = [], 0
    while start < len(CONTENT):
        length = choose.randint(1, longest)
        pieces.append(CONTENT[start : start + length])
        start += length
    assert stream_of(pieces) == stream_of([CONTENT])


def test_a_head_that_is_given_at_the_end_stands_at_the_start() -> None:
    file = BytesIO(b"before")
    file.seek(0, SEEK_END)
    deflater = Deflater(file, room=4)
    deflater.write(CONTENT)
    deflated = deflater.finish(b"head")
    file.write(b"after")
    stream = file.getvalue().removeprefix(b"before").removesuffix(b"after")
    assert zlib.decompress(stream, wbits=-15) == b"head" + CONTENT
    assert deflated.stream_bytes == len(stream)
    assert deflated.content_bytes == 4 + len(CONTENT)
    assert deflated.crc == zlib.crc32(b"head" + CONTENT)


def test_a_head_of_another_length_than_its_room_is_refused() -> None:
    with pytest.raises(ValueError, match="3 bytes are to fill a room of 4"):
        Deflater(BytesIO(), room=4).finish(b"hea")


def test_content_at_once_is_deflated_alike() -> None:
    stream, deflated = deflate(b"content" * 100)
    assert zlib.decompress(stream, wbits=-15) == b"content" * 100
    assert (deflated.content_bytes, deflated.stream_bytes) == (700, len(stream))
    assert deflated.crc == zlib.crc32(b"content" * 100)


def test_a_failing_file_is_raised_to_the_writer() -> None:
    class FullFile(BytesIO):
        def write(self, _: object) -> int:
            raise OSError("No space left on device")

    deflater = Deflater(FullFile())
    with pytest.raises(OSError, match="No space left"):
        deflater.write(CONTENT)
