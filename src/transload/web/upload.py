"""A form with one file: stopped while it streams, as soon as it is over the limit."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import Request
from starlette.formparsers import MultiPartException, MultiPartParser

from transload.errors import InvalidError, TooLargeError

_FORM = "multipart/form-data"
_MAX_FIELDS = 100
_AROUND_BYTES = 1 << 20


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
    parser = MultiPartParser(request.headers, stream, max_files=1, max_fields=_MAX_FIELDS)
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
            raise too_large(max_bytes)
        yield Upload(
            fields=fields,
            file=None if upload is None else upload.file,
            filename="" if upload is None else upload.filename or "",
            size=size,
        )
    finally:
        await form.close()


def too_large(max_bytes: int) -> TooLargeError:
    """Give the refusal of a file over the limit."""
    return TooLargeError(f"A file may have {max_bytes >> 20} MB at most.")


async def _bounded(request: Request, most: int, max_bytes: int) -> AsyncGenerator[bytes, None]:
    left = most
    async for part in request.stream():
        left -= len(part)
        if left < 0:
            raise too_large(max_bytes)
        yield part
