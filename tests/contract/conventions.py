"""What all endpoints have in common."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.contract.cases import Case, Send, Sent, keys, refused
from tests.factories import Tenant

_REFUSED = keys("status message")
_PAGE = [
    "current_page",
    "data",
    "first_page_url",
    "from",
    "last_page",
    "last_page_url",
    "links",
    "next_page_url",
    "path",
    "per_page",
    "prev_page_url",
    "to",
    "total",
]


def _accepting(accept: str) -> Send:
    return lambda _: Sent(headers={"Accept": accept})


def _asking(**query: object) -> Send:
    return lambda _: Sent(query=query)


def _three_types(**query: object) -> Send:
    def send(tenant: Tenant) -> Sent:
        for name in ("A", "B", "C"):
            tenant.data_type(name=name)
        return Sent(query=query)

    return send


def _page(number: int, last: int, place: tuple[Any, Any]) -> Callable[[Any], bool]:
    return lambda body: _is_page(body["data_types"], number, last, place)


def _is_page(page: Mapping[str, Any], number: int, last: int, place: tuple[Any, Any]) -> bool:
    """Tell whether a page is that number of so many, its items from and to these places."""
    start = page["path"] + "?limit=2&fields=name&page="
    previous = f"{start}{number - 1}" if number > 1 else None
    following = f"{start}{number + 1}" if number < last else None
    return all(
        (
            list(page) == _PAGE,
            page["path"].endswith("/api/v3/data-types"),
            (page["current_page"], page["last_page"], page["per_page"]) == (number, last, 2),
            (page["from"], page["to"]) == place,
            page["first_page_url"] == f"{start}1",
            page["last_page_url"] == f"{start}{last}",
            (page["prev_page_url"], page["next_page_url"]) == (previous, following),
            page["links"]
            == [
                {"url": previous, "label": "&laquo; Previous", "active": False},
                *(
                    {"url": f"{start}{one}", "label": str(one), "active": one == number}
                    for one in range(1, last + 1)
                ),
                {"url": following, "label": "Next &raquo;", "active": False},
            ],
        )
    )


CONVENTIONS = [
    refused("GET", "/nowhere", "an unknown URL", (404, "Data not found")),
    refused("GET", "/nowhere/", "an unknown URL with a slash", (404, "Data not found")),
    refused(
        "PATCH",
        "/hub/x",
        "a method not offered",
        (405, "Method not allowed"),
        allow="GET, PUT, DELETE",
    ),
    *(
        Case(
            method="GET",
            path="/roles",
            case=f"to a client that takes {accept}",
            status=406,
            keys=_REFUSED,
            message="Only application/json is served.",
            send=_accepting(accept),
        )
        for accept in ("text/html", "text/csv;q=1, image/*")
    ),
    *(
        Case(
            method="GET",
            path="/roles/",
            case=f"to a client that takes {accept}",
            status=200,
            keys=keys("data status"),
            send=_accepting(accept),
            headers={"content-type": "application/json"},
        )
        for accept in ("*/*", "application/json", "text/html, application/json;q=0.1")
    ),
    *(
        Case(
            method="GET",
            path="/hubs",
            case=f"a boolean spelled {value}",
            status=200,
            keys=keys("data status"),
            send=_asking(byUser=value),
        )
        for value in ("true", "FALSE", "True", "1", "0")
    ),
    *(
        Case(
            method="GET",
            path="/data-types",
            case=f"page {number} of three types",
            status=200,
            keys=keys("status message data_types"),
            message="Success",
            send=_three_types(page=number, limit=2, fields="name"),
            holds=_page(number, 2, place),
        )
        for number, place in ((1, (1, 2)), (2, (3, 3)))
    ),
    Case(
        method="GET",
        path="/data-types",
        case="a page of none",
        status=200,
        keys=keys("status message data_types"),
        message="Success",
        send=lambda _: Sent(query={"limit": 2, "fields": "name"}),
        holds=_page(1, 1, (None, None)),
    ),
]
