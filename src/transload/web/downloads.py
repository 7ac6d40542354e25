"""A stored file as an answer: whole, in parts, or its headers alone."""

import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import obstore
from fastapi.responses import FileResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import MalformedRangeHeader, RangeNotSatisfiable
from starlette.types import Receive, Scope, Send

from transload.counts import counted
from transload.files.model import StoredObject

_BUFFER_BYTES = 4 << 20
_BAD_RANGE = "Bad request - invalid parameters provided. The Range header is not valid."
_PRECONDITION_FAILED = 412
_OTHER_FILE = "The file is not the one that If-Match names."
_UNIT = "bytes"
_READ = {"GET", "HEAD"}
_OF_UNCHANGED = ("etag", "last-modified", "cache-control", "x-content-type-options")
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class DownloadResponse(FileResponse):
    """Serves a file as an attachment that nobody keeps, from a folder or from a bucket.

    A store that fails on the way breaks the connection off: no part looks like the whole.
    """

    def __init__(self, found: Path | StoredObject, *, media_type: str, filename: str) -> None:
        self._found = found
        super().__init__(
            found if isinstance(found, Path) else found.key,
            headers=_HEADERS,
            media_type=media_type,
            filename=filename,
            stat_result=None if isinstance(found, Path) else _stat(found),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as RFC 9110 has it.

        If-Match is 13.1.1, If-None-Match 13.1.2; Range is for GET alone and in bytes (14.2).
        """
        headers = Headers(scope=scope)
        if self.stat_result is None:
            self.set_stat_headers(await run_in_threadpool(os.stat, self.path))
        if not _matches(headers.get("if-match"), self.headers["etag"]):
            raise HTTPException(_PRECONDITION_FAILED, _OTHER_FILE)
        if scope["method"] in _READ and self._is_held(headers.get("if-none-match")):
            kept_headers = {name: self.headers[name] for name in _OF_UNCHANGED}
            await Response(status_code=304, headers=kept_headers)(scope, receive, send)
            return
        unit = headers.get("range", "").partition("=")[0].strip().lower()
        if scope["method"] != "GET" or unit != _UNIT:
            kept = [(name, value) for name, value in scope["headers"] if name != b"range"]
            scope = {**scope, "headers": kept}
        await super().__call__(scope, receive, send)

    def _is_held(self, asked: str | None) -> bool:
        """Tell whether the client says that it has the file; a weak tag names it too."""
        if asked is None:
            return False
        tags = ",".join(tag.strip().removeprefix("W/") for tag in asked.split(","))
        return _matches(tags, self.headers["etag"])

    @classmethod
    def _parse_range_header(cls, http_range: str, file_size: int) -> list[tuple[int, int]]:
        """Give the parts that are asked for; refuse bad ones as all else is refused, in JSON."""
        try:
            return super()._parse_range_header(http_range, file_size)
        except MalformedRangeHeader as error:
            raise HTTPException(400, _BAD_RANGE) from error
        except RangeNotSatisfiable as error:
            message = f"The file has {counted(file_size, 'byte')}; the range is beyond its end."
            size = {"Content-Range": f"bytes */{file_size}"}
            raise HTTPException(416, message, headers=size) from error

    @asynccontextmanager
    async def _open_file(self) -> AsyncIterator[Any]:
        """Open what the parts of the file are read from."""
        if isinstance(self._found, StoredObject):
            yield await obstore.open_reader_async(
                self._found.store,
                self._found.key,
                buffer_size=_BUFFER_BYTES,
                size=self._found.size,
            )
        else:
            async with super()._open_file() as file:
                yield file


def _stat(found: StoredObject) -> os.stat_result:
    """Give what the system would tell of such a file: size and time are what counts."""
    seconds = int(found.modified.timestamp())
    return os.stat_result((stat.S_IFREG, 0, 0, 1, 0, 0, found.size, seconds, seconds, seconds))


def _matches(asked: str | None, etag: str) -> bool:
    """Tell whether the file is one of those that a header names; a weak tag names none."""
    if asked is None or asked.strip() == "*":
        return True
    return etag in {tag.strip() for tag in asked.split(",")}
