"""The cookie of a signed-in browser."""

from fastapi import Request, Response

from transload.web.origin import is_secure, own_port

SECURE_COOKIE = "__Host-transload"
_MAX_LENGTH = 128
_MAX_FURTHER = 2_048


def cookie_name(request: Request) -> str:
    """Give the cookie's name: by https one that no other host can set, else one a port.

    Cookies do not tell ports apart: two services on one host would sign each other's users out.
    """
    return SECURE_COOKIE if is_secure(request) else f"transload_{own_port(request)}"


def cookie_of(request: Request) -> str | None:
    """Give the secret that a browser sent."""
    secret = request.cookies.get(cookie_name(request))
    return secret if secret and len(secret) <= _MAX_LENGTH else None


def set_cookie(request: Request, response: Response, secret: str, seconds: int) -> None:
    """Have the browser keep the secret: from scripts, and from requests that other sites begin."""
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=seconds,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="strict",
    )


def further_cookie_of(request: Request, name: str) -> str | None:
    """Give what a browser keeps beside its session, for a short time."""
    kept = request.cookies.get(f"{cookie_name(request)}-{name}")
    return kept if kept and len(kept) <= _MAX_FURTHER else None


def set_further_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int
) -> None:
    """Have the browser keep something that it also sends when another site leads back to here."""
    response.set_cookie(
        f"{cookie_name(request)}-{name}",
        value,
        max_age=seconds,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def clear_cookie(request: Request, response: Response) -> None:
    """Have the browser forget the secret."""
    set_cookie(request, response, "", 0)
