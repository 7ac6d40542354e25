"""The bearer token of a request."""

from fastapi import Request

from transload.errors import UnauthenticatedError

_MAX_TOKEN_LENGTH = 4_096


def bearer_token(request: Request) -> str:
    """Give the token of the Authorization header; raise UnauthenticatedError if there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _MAX_TOKEN_LENGTH:
        raise UnauthenticatedError
    return token
