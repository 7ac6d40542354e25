"""A file, in a form or as the body: stopped while it streams, as soon as it is over the limit.

What comes goes to the disk, so that many files at once need no memory.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from fastapi import Request, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from transload.errors import InvalidError, TooLargeError
from transload.web.bounds import hold

_FORM = "multipart/form-data"
_MAX_FIELDS = 100
_AROUND_BYTES = 1 << 20
_MAX_TEXT_BYTES = 1 << 20
_IN_MEMORY_BYTES = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What a form holds: its texts and, if there is one, its file; `size` in bytes."""

    fields: dict[str, object]
    file: BinaryIO | None
    filename: str
    size: int


@asynccontextmanager
async def received(request: Request, max_bytes: int) -> AsyncIterator[Upload]:
    """Read a form with at most one file, of at most so many bytes; it is gone after the block.

    A request without a form has no file. Raises TooLargeError while the file is still coming, and
    InvalidError for a form that is not well made.
    """
    if not request.headers.get("content-type", "").lower().startswith(_FORM):
        yield Upload(fields={}, file=None, filename="", size=0)
        return
    stream = _bounded(request, max_bytes + _AROUND_BYTES, max_bytes)
    parser = _Form(request, stream)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise InvalidError(f"The form is not well made: {error.message}") from error
    try:
        fields: dict[str, object] = {}
        upload = None
        for name, value in form.multi_items():
            if isinstance(value, str):
                if value:
                    fields[name] = value
            elif name == "file":
                upload = value
        size = 0 if upload is None else upload.size or 0
        if size > max_bytes:
            raise TooLargeError.of_file(max_bytes)
        yield Upload(
            fields=fields,
            file=None if upload is None else upload.file,
            filename="" if upload is None else upload.filename or "",
            size=size,
        )
    finally:
        await form.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What came of a body: a file, its size in bytes, whether the connection held to the end."""

    file: BinaryIO
    size: int
    is_whole: bool


@asynccontextmanager
async def received_part(request: Request, max_bytes: int) -> AsyncIterator[Part]:
    """Take the body as a file of at most so many bytes; it is gone after the block.

    Raises TooLargeError while it is still coming.
    """
    kept = SpooledTemporaryFile[bytes](max_size=_IN_MEMORY_BYTES)
    part = UploadFile(cast("BinaryIO", kept), size=0)
    is_whole = True
    try:
        try:
            async for piece in _bounded(request, max_bytes, max_bytes):
                await part.write(piece)
        except ClientDisconnect:
            is_whole = False
        await part.seek(0)
        yield Part(file=part.file, size=part.size or 0, is_whole=is_whole)
    finally:
        await part.close()


class _Form(MultiPartParser):
    """Reads a form with one file; its texts are held in memory, and counted there."""

    spool_max_size = _IN_MEMORY_BYTES

    def __init__(self, request: Request, stream: AsyncGenerator[bytes, None]) -> None:
        super().__init__(request.headers, stream, max_files=1, max_fields=_MAX_FIELDS)
        self._scope = request.scope
        self._text_bytes = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is None:
            self._text_bytes += end - start
            if self._text_bytes > _MAX_TEXT_BYTES:
                raise MultiPartException("Its texts have more than 1 MiB together.")
            hold(self._scope, end - start)
        super().on_part_data(data, start, end)


async def _bounded(request: Request, most: int, max_bytes: int) -> AsyncGenerator[bytes, None]:
    left = most
    async for part in request.stream():
        left -= len(part)
        if left < 0:
            raise TooLargeError.of_file(max_bytes)
        yield part
