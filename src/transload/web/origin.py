"""Which page a browser's request comes from: requests that another page forges are refused.

A cookie goes along with whatever page asks, also one on another port of the same host, which
`SameSite=Strict` lets through. Browsers say in headers that no page can write who asks: Fetch
Metadata (https://www.w3.org/TR/fetch-metadata/) and `Origin` (RFC 6454).
"""

from urllib.parse import urlsplit

from fastapi import Request

from transload.errors import ForbiddenError
from transload.settings import Settings

_SAFE = {"GET", "HEAD", "OPTIONS"}
_OURS = {"same-origin", "none"}
_FORGED = "The request comes from another page than this service's own; nothing was done."


def require_own_page(request: Request) -> None:
    """Raise ForbiddenError unless a request with a cookie was made by a page of ours.

    One that changes something has to say so: by `Sec-Fetch-Site`, or where browsers leave that out
    (plain http beyond the own machine) by an `Origin` equal to ours.
    """
    site = request.headers.get("sec-fetch-site")
    if request.method in _SAFE:
        is_ours = site is None or site in _OURS
    elif site is not None:
        is_ours = site == "same-origin"
    else:
        is_ours = _has_own_origin(request)
    if not is_ours:
        raise ForbiddenError(_FORGED)


def refuse_foreign_page(request: Request) -> None:
    """Raise ForbiddenError for a request that a browser made for another page.

    It is for requests without a cookie, such as those that sign in: a program that is no browser
    says nothing of where it comes from, and has nothing that could be forged.
    """
    if "sec-fetch-site" in request.headers or "origin" in request.headers:
        require_own_page(request)


def is_secure(request: Request) -> bool:
    """Tell whether the browser reached the service by https, as far as it can be told."""
    own = urlsplit(_settings(request).public_url)
    is_public = own.netloc != "" and own.netloc == request.headers.get("host")
    return request.url.scheme == "https" or (is_public and own.scheme == "https")


def own_port(request: Request) -> int:
    """Give the port that the browser names."""
    return request.url.port or (443 if is_secure(request) else 80)


def _has_own_origin(request: Request) -> bool:
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.url.netloc}"
    public = urlsplit(_settings(request).public_url)
    return origin in {own, f"{public.scheme}://{public.netloc}"}


def _settings(request: Request) -> Settings:
    found: Settings = request.app.state.parts[Settings]
    return found
