"""The HTTP routes of kept files: whoever holds a link gets the file."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse

from transload.files.published import Downloads, Extent
from transload.formats.registry import Format
from transload.web.downloads import DownloadResponse
from transload.web.errors import error_route
from transload.web.openapi import example_text, refusals
from transload.web.parameters import EXAMPLE_ID
from transload.web.parts import part

router = APIRouter(tags=["Export"], route_class=error_route(explains=False))
DownloadsPart = Annotated[Downloads, Depends(part(Downloads))]
_BYTES = {
    "schema": {"type": "string", "format": "binary"},
    "example": example_text("The bytes of the file."),
}
_FILE_CONTENT = {
    # First: programs that are made of the document would read a file of JSON, not keep it.
    "application/octet-stream": _BYTES,
    **{kind.media_type.partition(";")[0]: dict(_BYTES) for kind in Format},
}
_FILE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": _FILE_CONTENT},
    206: {
        "description": "The parts of the file that the header Range asks for.",
        "content": _FILE_CONTENT,
    },
    304: {"description": "The file is one that the header If-None-Match names."},
}
Day = Annotated[
    str, Path(description="As in the link.", openapi_examples={"day": {"value": "20250131"}})
]
Name = Annotated[
    str,
    Path(
        description="As in the link.",
        openapi_examples={"name": {"value": f"data_{EXAMPLE_ID}_1738318830.xlsx"}},
    ),
]
Expires = Annotated[
    str,
    Query(
        description="As in the link: a Unix time.",
        openapi_examples={"expires": {"value": "1738405230"}},
    ),
]
Signature = Annotated[
    str, Query(description="As in the link.", openapi_examples={"signature": {"value": "9f3b"}})
]

User = Annotated[
    str,
    Query(
        description="As in the link: whom it was given to.",
        openapi_examples={"user": {"value": EXAMPLE_ID}},
    ),
]


@router.head("/files/{day}/{name}", include_in_schema=False)
@router.get(
    "/files/{day}/{name}",
    response_class=FileResponse,
    responses={**_FILE_ANSWERS, **refusals((400, 403, 404, 412, 416, 429, 500, 503))},
    openapi_extra={"security": []},
)
def download(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    kept: DownloadsPart,
    day: Day,
    name: Name,
    expires: Expires = "",
    signature: Signature = "",
    user: User = "",
) -> Response:
    """Give a file to whoever holds a link to it."""
    published, found = kept.fetch(f"{day}/{name}", expires, signature, _extent(request), user)
    return DownloadResponse(found, media_type=published.media_type, filename=name)


def _extent(request: Request) -> Extent:
    if request.method == "HEAD":
        return Extent.NOTHING
    return Extent.PART if "range" in request.headers else Extent.WHOLE
