"""The page on which people read and try the API; its scripts come from this service alone."""

import re
from base64 import b64encode
from hashlib import sha256

from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi_swagger import patch_fastapi  # type: ignore[import-untyped]  # ships no types

_PAGE = "/docs"
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_SHOWN = {
    "tryItOutEnabled": True,
    "persistAuthorization": True,
    "filter": True,
    "displayRequestDuration": True,
}


def include_docs(app: FastAPI) -> None:
    """Serve the page at /docs, with addresses that no header of a request has a say in."""

    @app.get(_PAGE, include_in_schema=False)
    async def show_docs(request: Request) -> Response:
        root = _root(request)
        page = get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title=app.title,
            swagger_js_url=f"{root}/swagger/swagger-ui-bundle.js",
            swagger_css_url=f"{root}/swagger/swagger-ui.css",
            swagger_favicon_url=f"{root}/swagger/favicon-32x32.png",
            swagger_ui_parameters=_SHOWN,
        )
        text = bytes(page.body).decode()
        return HTMLResponse(text, headers={"Content-Security-Policy": _policy(text)})

    # Comes after, so that of its own pages the files alone are reached.
    patch_fastapi(app, redirect_from_root_to_docs=False)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")


def _policy(page: str) -> str:
    """Allow what the page holds, and nothing of elsewhere."""
    hashes = " ".join(
        f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
        for script in _SCRIPT.findall(page)
    )
    return (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
