"""The HTTP routes of the console: the page that all of it begins with, and its built files.

The files are built by `console/build.py`. The page itself calls the public API as any client does.
"""

import re
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from transload.errors import NotFoundError
from transload.web.errors import error_route
from transload.web.parts import part

PATH = "/console"
_API = "/api/"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}
_SHELL = {**_HEADERS, "Cache-Control": "no-cache"}
_ASSET = {**_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_ASSET_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.(css|js|svg)", re.ASCII)
_NOT_BUILT = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Transload</title></head>
  <body>
    <h1>The console is not built</h1>
    <p>Run <code>make console</code> in the folder of the sources, then load this page again.
      <code>make serve</code> says why it could not be built.</p>
    <p>The <a href="/docs">HTTP API</a> works as ever.</p>
  </body>
</html>
"""

router = APIRouter(include_in_schema=False, route_class=error_route(explains=False))


class ConsoleFiles:
    """The built files of the console, in a folder."""

    def __init__(self, folder: Path = Path(__file__).parent / "static") -> None:
        """Serve from the folder; it may be empty, or not there."""
        self._folder = folder

    def shell(self, accepted: str) -> Response:
        """Give the page that every address of the console begins with."""
        found = self._file("index.html", accepted, _SHELL)
        return found or Response(_NOT_BUILT, 503, _SHELL, media_type=_MEDIA_TYPES[".html"])

    def asset(self, name: str, accepted: str) -> Response:
        """Give a file that a page is made of; raise NotFoundError if there is none."""
        found = self._file(f"assets/{name}", accepted, _ASSET) if _is_asset(name) else None
        if found is None:
            raise NotFoundError
        return found

    def _file(self, name: str, accepted: str, headers: dict[str, str]) -> Response | None:
        path = self._folder / name
        packed = path.with_name(f"{path.name}.gz")
        kind = _MEDIA_TYPES[path.suffix]
        if "gzip" in accepted and packed.is_file():
            return FileResponse(
                packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=kind
            )
        return FileResponse(path, headers=headers, media_type=kind) if path.is_file() else None


FilesPart = Annotated[ConsoleFiles, Depends(part(ConsoleFiles))]
_GET = ("GET", "HEAD")


@router.api_route("/", methods=[*_GET])
def lead_to_console() -> Response:
    """Lead to the console who asks for the service's address alone."""
    return RedirectResponse(f"{PATH}/")


@router.api_route(f"{PATH}/assets/{{name}}", methods=[*_GET])
def give_asset(request: Request, files: FilesPart, name: str) -> Response:
    """Give a file of the console; its name changes with its content."""
    return files.asset(name, request.headers.get("accept-encoding", ""))


@router.api_route(PATH, methods=[*_GET])
@router.api_route(f"{PATH}/{{page:path}}", methods=[*_GET])
def give_shell(request: Request, files: FilesPart) -> Response:
    """Give the console, which shows the page that the address names.

    Raises NotFoundError for an address of the API below the console's: no page has such a one.
    """
    if _API in request.url.path:
        raise NotFoundError
    return files.shell(request.headers.get("accept-encoding", ""))


def _is_asset(name: str) -> bool:
    return _ASSET_NAME.fullmatch(name) is not None
