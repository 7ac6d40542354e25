"""The HTTP API as commands use it: by the address and the token of the environment."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from transload.errors import TransloadError
from transload.settings import checked_url

URL = "TRANSLOAD_URL"
TOKEN = "TRANSLOAD_TOKEN"  # noqa: S105 - a variable's name
_TOKEN = re.compile(r"[\x21-\x7e]+")
_DEFAULT_URL = "http://127.0.0.1:8080"
_API = "/api/v3"
_NOWHERE = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
_TIMEOUT_SECONDS = 120
_IN_MEMORY_BYTES = 8 << 20
_COPY_BYTES = 1 << 20


class RefusedError(TransloadError):
    """What the service answered with, in its words, or that it cannot be reached."""


class _AnsweredError(RefusedError):
    """What the service answered with; `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client of the API with a token."""

    base_url: str
    token: str

    @classmethod
    def of_environment(cls) -> "Client":
        """Give the client that the environment names.

        Raises RefusedError without a token, or for what is no token and what is no address.
        """
        token = os.environ.get(TOKEN, "").strip()
        if not token:
            raise RefusedError(
                f"{TOKEN} is not set: put a token there, as `transload token create` prints it."
            )
        if not _TOKEN.fullmatch(token):
            raise RefusedError(f"{TOKEN} holds no token, as `transload token create` prints it.")
        address = os.environ.get(URL) or _DEFAULT_URL
        try:
            return cls(base_url=checked_url(address), token=token)
        except ValueError as error:
            raise RefusedError(f"{URL} is {address}; it {error}.") from error

    def get(self, path: str, **query: object) -> dict[str, Any]:
        """Give the answer to a GET."""
        return self._send("GET", path, query, None, "application/json")

    def post(
        self, path: str, body: Mapping[str, object] | None = None, **query: object
    ) -> dict[str, Any]:
        """Give the answer to a POST."""
        content = None if body is None else BytesIO(json.dumps(body).encode())
        return self._send("POST", path, query, content, "application/json")

    def upload(self, path: str, file: Path, fields: Mapping[str, str]) -> dict[str, Any]:
        """Send a form with a file; give the answer."""
        boundary = secrets.token_hex(16)
        with _form(file, fields, boundary) as form:
            return self._send("POST", path, {}, form, f"multipart/form-data; boundary={boundary}")

    def download(self, link: str, target: Path) -> None:
        """Fetch a link into a file; what was there is replaced when the new one is whole."""
        unfinished = target.with_name(f"{target.name}.part")
        try:
            with unfinished.open("wb") as stream, _opened(Request(link)) as answer:  # noqa: S310 - the service's own link
                while part := answer.read(_COPY_BYTES):
                    stream.write(part)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, object],
        content: BinaryIO | None,
        kind: str,
    ) -> dict[str, Any]:
        request = Request(  # noqa: S310 - the address that the user names
            f"{self.base_url}{_API}{path}?{urlencode(query)}",
            method=method,
            data=content,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": kind},
        )
        if content is not None:
            content.seek(0, os.SEEK_END)
            request.add_unredirected_header("Content-Length", str(content.tell()))
            content.seek(0)
        try:
            with _opened(request) as answer:
                found = answer.json()
        except _AnsweredError as error:
            if error.status in _NOWHERE and not self._finds_api():
                raise self._no_api() from error
            raise
        if found is None:
            raise self._no_api()
        return found

    def _finds_api(self) -> bool:
        """Tell whether an API is there at all: it always has a list of hubs, shown or denied."""
        request = Request(  # noqa: S310 - likewise
            f"{self.base_url}{_API}/hubs?limit=1",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        try:
            with _opened(request) as answer:
                return answer.json() is not None
        except _AnsweredError as error:
            return error.status not in _NOWHERE

    def _no_api(self) -> RefusedError:
        return RefusedError(
            f"There is no API of Transload at {self.base_url}: {URL} names the service alone, "
            f"such as {_DEFAULT_URL}."
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    """What comes from the service; reading it raises RefusedError where the connection breaks."""

    stream: HTTPResponse
    host: str

    def read(self, most_bytes: int) -> bytes:
        with _told_of(self.host):
            return self.stream.read(most_bytes)

    def json(self) -> dict[str, Any] | None:
        """Give the object that the answer is; None: it is something else."""
        with _told_of(self.host):
            text = self.stream.read()
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        return found if isinstance(found, dict) else None


@contextmanager
def _opened(request: Request) -> Iterator[_Answer]:
    """Send a request; raise RefusedError with the service's sentence, or that it is not there."""
    with _told_of(request.host):
        stream = urlopen(request, timeout=_TIMEOUT_SECONDS)  # noqa: S310 - likewise
    with stream:
        yield _Answer(stream, request.host)


@contextmanager
def _told_of(host: str) -> Iterator[None]:
    """Raise RefusedError, in one sentence, for what goes wrong between here and the service."""
    try:
        yield
    except HTTPError as error:
        with closing(error):  # it is the answer, and holds the connection
            raise _AnsweredError(_sentence(error), error.code) from error
    except OSError as error:
        reason = getattr(error, "reason", error)
        why = getattr(reason, "strerror", None) or reason or type(reason).__name__
        raise RefusedError(f"The service at {host} cannot be reached: {why}.") from error
    except HTTPException as error:
        raise RefusedError(f"What {host} answered broke off, or is no answer of HTTP.") from error


def _sentence(error: HTTPError) -> str:
    if error.code == HTTPStatus.UNAUTHORIZED:
        return f"The service does not know the token in {TOKEN}: it may have expired or be revoked."
    try:
        return str(json.load(error)["message"])
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return f"The service answered {error.code} {error.reason}."


@contextmanager
def _form(file: Path, fields: Mapping[str, str], boundary: str) -> Iterator[BinaryIO]:
    name = file.name.replace("\\", "_").replace('"', "%22").replace("\r", "").replace("\n", "")
    with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as form, file.open("rb") as stream:
        for field, value in fields.items():
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n'
            form.write(f"{head}{value}\r\n".encode())
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"'
        form.write(f"{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode())
        shutil.copyfileobj(stream, form, _COPY_BYTES)
        form.write(f"\r\n--{boundary}--\r\n".encode())
        yield form  # type: ignore[misc]  # it is one in all but its base class
