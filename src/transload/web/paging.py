"""Lists in pages, in the form that the API's clients know."""

from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Request
from pydantic import Field
from typing_extensions import TypedDict

from transload.web.links import base_url
from transload.web.parameters import MAX_PAGE, Parameters, Whole

MAX_LIMIT = 1_000
_EACH_SIDE = 3
_ALL_UP_TO = 2 * _EACH_SIDE + 7
_ENDS = 2
_GAP = "..."
_ADDRESS = "https://example.com/api/v3"

Item = TypeVar("Item")


class PageParameters(Parameters):
    """Which page of a list."""

    page: Whole = Field(1, ge=1, le=MAX_PAGE, description="The page's number, from 1.")
    limit: Whole = Field(20, ge=1, le=MAX_LIMIT, description="Items a page.")

    @property
    def offset(self) -> int:
        """How many items come before the page."""
        return (self.page - 1) * self.limit


class PageLink(TypedDict):
    """A link of the pager; `url` is null where it leads nowhere."""

    url: str | None
    label: str
    active: bool


class PageList(TypedDict, Generic[Item]):
    """One page of a list; `from` and `to` are the numbers of its first and last item."""

    current_page: int
    data: list[Item]
    first_page_url: str
    from_: Annotated[int | None, Field(alias="from")]
    last_page: int
    last_page_url: str
    links: list[PageLink]
    next_page_url: str | None
    path: str
    per_page: int
    prev_page_url: str | None
    to: int | None
    total: int


def page_list(
    request: Request, asked: PageParameters, items: Sequence[object], total: int
) -> dict[str, object]:
    """Give the page with links to the others, each with the caller's further parameters."""
    path = base_url(request) + request.url.path
    last = max(1, -(-total // asked.limit))
    query = request.query_params.multi_items()
    kept = urlencode([(name, value) for name, value in query if name != "page"])
    start_of_url = f"{path}?{kept}&page=" if kept else f"{path}?page="

    def url(page: int) -> str | None:
        return f"{start_of_url}{page}" if 1 <= page <= last else None

    previous, following = url(asked.page - 1), url(asked.page + 1)
    start = asked.offset + 1
    return {
        "current_page": asked.page,
        "data": items,
        "first_page_url": url(1),
        "from": start if items else None,
        "last_page": last,
        "last_page_url": url(last),
        "links": [
            {"url": previous, "label": "&laquo; Previous", "active": False},
            *(
                {
                    "url": None if page is None else url(page),
                    "label": _GAP if page is None else str(page),
                    "active": page == asked.page,
                }
                for page in _shown(asked.page, last)
            ),
            {"url": following, "label": "Next &raquo;", "active": False},
        ],
        "next_page_url": following,
        "path": path,
        "per_page": asked.limit,
        "prev_page_url": previous,
        "to": start + len(items) - 1 if items else None,
        "total": total,
    }


def page_example(path: str, item: object) -> dict[str, object]:
    """Give what a page of one item looks like, for the document."""
    only = f"{_ADDRESS}{path}?page=1"
    return {
        "current_page": 1,
        "data": [item],
        "first_page_url": only,
        "from": 1,
        "last_page": 1,
        "last_page_url": only,
        "links": [
            {"url": None, "label": "&laquo; Previous", "active": False},
            {"url": only, "label": "1", "active": True},
            {"url": None, "label": "Next &raquo;", "active": False},
        ],
        "next_page_url": None,
        "path": f"{_ADDRESS}{path}",
        "per_page": 20,
        "prev_page_url": None,
        "to": 1,
        "total": 1,
    }


def _shown(current: int, last: int) -> list[int | None]:
    """Give the pages that the pager names, None for a gap: the ends and those around this one."""
    if last <= _ALL_UP_TO:
        return list(range(1, last + 1))
    shown = {1, 2, last - 1, last}
    shown.update(range(max(1, current - _EACH_SIDE), min(last, current + _EACH_SIDE) + 1))
    found: list[int | None] = []
    for page in sorted(shown):
        if found and found[-1] is not None and page > found[-1] + 1:
            found.append(None)
        found.append(page)
    return found
