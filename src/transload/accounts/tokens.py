"""Bearer tokens: JWTs signed with Ed25519 (RFC 7519, RFC 8037), checked as RFC 8725 asks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from transload.errors import UnauthenticatedError

_ALGORITHM = "EdDSA"
_ISSUER = "transload"
_AUDIENCE = "transload-api"
_CACHED = 4_096
_LEEWAY = timedelta(seconds=60)
"""Clocks of two machines of an installation differ by less."""
_REQUIRED = ["aud", "exp", "iat", "iss", "jti", "nbf", "sub"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a genuine token says: its own id and its user's."""

    token_id: str
    user_id: str


def sign(key: Ed25519PrivateKey, claims: Claims, *, now: datetime, expires_time: datetime) -> str:
    """Give the token's text."""
    payload = {
        "aud": _AUDIENCE,
        "iss": _ISSUER,
        "jti": claims.token_id,
        "sub": claims.user_id,
        # Whole seconds: what clients know cannot read others.
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int(expires_time.timestamp()),
        "scopes": [],
    }
    return jwt.encode(payload, key, algorithm=_ALGORITHM)


def verify(key: Ed25519PrivateKey, token: str, now: datetime) -> Claims:
    """Give the claims of a token that this installation signed and that is valid now.

    Raises UnauthenticatedError for everything else, whatever is wrong.
    """
    payload = _payload(key, token)
    if not _instant(payload["nbf"]) - _LEEWAY <= now < _instant(payload["exp"]):
        raise UnauthenticatedError
    return Claims(token_id=payload["jti"], user_id=payload["sub"])


@lru_cache(maxsize=_CACHED)
def _payload(key: Ed25519PrivateKey, token: str) -> dict[str, Any]:
    """Give what a genuine token says, whatever the time is: that is checked once a token."""
    try:
        payload: dict[str, Any] = jwt.decode(
            token,
            key.public_key(),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={
                "require": _REQUIRED,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.PyJWTError, ValueError) as error:
        raise UnauthenticatedError from error
    return payload


def _instant(claim: Any) -> datetime:  # noqa: ANN401 - a claim may be anything
    try:
        return datetime.fromtimestamp(float(claim), UTC)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise UnauthenticatedError from error
