"""P13: which tokens open the API, seen from outside."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.factories import Tenant

_CLAIMS = ["aud", "exp", "iat", "iss", "jti", "nbf", "sub"]
_NOBODY = "0" * 24
Forger = Callable[[dict[str, Any], Ed25519PrivateKey], str]


def _send(tenant: Tenant, authorization: str | bytes | None) -> httpx.Response:
    headers = {} if authorization is None else {b"Authorization": _bytes(authorization)}
    return tenant.site.http.get(f"/api/v3/hub/{_NOBODY}", headers=headers)


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _key(tenant: Tenant) -> Ed25519PrivateKey:
    return tenant.site.service.accounts.token_key


def _claims(tenant: Tenant) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(tenant.token, options={"verify_signature": False})
    return claims


def _sign(claims: dict[str, Any], key: Ed25519PrivateKey) -> str:
    return jwt.encode(claims, key, algorithm="EdDSA")


def _assert_unauthorized(answer: httpx.Response) -> None:
    assert answer.status_code == 401
    assert answer.json() == {"status": False, "message": "Unauthorized"}
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


_EDDSA = _base64(b'{"alg":"EdDSA"}')


def _unsigned(claims: dict[str, Any], _key: Ed25519PrivateKey) -> str:
    return jwt.encode(claims, "", algorithm="none")


def _unsigned_with_signature(claims: dict[str, Any], key: Ed25519PrivateKey) -> str:
    return _unsigned(claims, key) + _sign(claims, key).rpartition(".")[2]


def _signed_with_a_public_key(secret: bytes, claims: dict[str, Any]) -> str:
    header = _base64(b'{"alg":"HS256","typ":"JWT"}')
    message = f"{header}.{_base64(json.dumps(claims).encode())}"
    mac = hmac.new(secret, message.encode(), hashlib.sha256).digest()
    return f"{message}.{_base64(mac)}"


def _confused_raw(claims: dict[str, Any], key: Ed25519PrivateKey) -> str:
    return _signed_with_a_public_key(key.public_key().public_bytes_raw(), claims)


def _confused_pem(claims: dict[str, Any], key: Ed25519PrivateKey) -> str:
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return _signed_with_a_public_key(pem, claims)


def _signed_elsewhere(claims: dict[str, Any], _key: Ed25519PrivateKey) -> str:
    return _sign(claims, Ed25519PrivateKey.generate())


def _with_other_claims(claims: dict[str, Any], key: Ed25519PrivateKey) -> str:
    header, _, signature = _sign(claims, key).split(".")
    claims = {**claims, "exp": claims["exp"] + 1}
    return f"{header}.{_base64(json.dumps(claims).encode())}.{signature}"


def _carrying_its_own_key(claims: dict[str, Any], _key: Ed25519PrivateKey) -> str:
    own = Ed25519PrivateKey.generate()
    public = _base64(own.public_key().public_bytes_raw())
    headers = {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": public}}
    return jwt.encode(claims, own, algorithm="EdDSA", headers=headers)


@pytest.mark.parametrize(
    "forge",
    [
        _unsigned,
        _unsigned_with_signature,
        _confused_raw,
        _confused_pem,
        _signed_elsewhere,
        _with_other_claims,
        _carrying_its_own_key,
    ],
)
def test_forged_token_is_refused(tenant: Tenant, forge: Forger) -> None:
    """P13."""
    _assert_unauthorized(_send(tenant, f"Bearer {forge(_claims(tenant), _key(tenant))}"))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("aud", "another-api"),
        ("iss", "somebody"),
        ("sub", _NOBODY),
        ("sub", 7),
        ("jti", "0" * 32),
        ("jti", ["0"]),
        ("exp", 1),
        ("exp", "soon"),
        ("exp", None),
        ("exp", float("inf")),
        ("exp", [1]),
        ("nbf", 2**40),
        ("nbf", float("nan")),
        ("nbf", 1e300),
        ("nbf", {"at": 1}),
    ],
)
def test_genuine_token_with_a_wrong_claim_is_refused(
    tenant: Tenant, claim: str, value: object
) -> None:
    """P13."""
    token = _sign({**_claims(tenant), claim: value}, _key(tenant))
    _assert_unauthorized(_send(tenant, f"Bearer {token}"))


@pytest.mark.parametrize("claim", _CLAIMS)
def test_genuine_token_without_a_claim_is_refused(tenant: Tenant, claim: str) -> None:
    """P13."""
    claims = _claims(tenant)
    del claims[claim]
    _assert_unauthorized(_send(tenant, f"Bearer {_sign(claims, _key(tenant))}"))


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer garbage",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer a.b.c.d.e",
        b"Bearer \xff\xfe.\xe9.x",
        "Bearer " + "x" * 5_000,
        "Basic dXNlcjpwYXNz",
        f"Bearer {_base64(b'[]')}.{_base64(b'[]')}.{_base64(b'x' * 64)}",
        f"Bearer {_EDDSA}.{_base64(b'7')}.{_base64(b'x' * 64)}",
    ],
)
def test_garbage_is_refused(tenant: Tenant, authorization: str | bytes | None) -> None:
    """P13."""
    _assert_unauthorized(_send(tenant, authorization))


def test_genuine_token_opens_the_api(tenant: Tenant) -> None:
    assert _send(tenant, f"Bearer {tenant.token}").status_code == 404
    assert _send(tenant, f"bearer   {tenant.token}").status_code == 404


def test_token_without_its_scheme_is_refused(tenant: Tenant) -> None:
    _assert_unauthorized(_send(tenant, tenant.token))


def test_token_stops_working_the_moment_it_expires(tenant: Tenant) -> None:
    """P13."""
    tenant.site.clock.move(timedelta(days=100) - timedelta(minutes=1))
    assert _send(tenant, f"Bearer {tenant.token}").status_code == 404
    tenant.site.clock.move(timedelta(minutes=1))
    _assert_unauthorized(_send(tenant, f"Bearer {tenant.token}"))


def test_token_does_not_work_before_its_time(tenant: Tenant) -> None:
    """P13."""
    tenant.site.clock.move(timedelta(minutes=-2))
    _assert_unauthorized(_send(tenant, f"Bearer {tenant.token}"))


def test_service_s_clock_alone_decides_what_time_it_is(tenant: Tenant) -> None:
    tenant.site.clock.move(timedelta(days=3))
    accounts, now = tenant.site.service.accounts, tenant.site.clock.now()
    token = accounts.create_token(
        email=tenant.email, name="later", lifetime=timedelta(hours=1), now=now
    )
    assert _send(tenant, f"Bearer {token}").status_code == 404


@pytest.mark.parametrize("form", [int, float, lambda instant: round(instant) + 0.25])
def test_dates_may_be_whole_or_fractional(tenant: Tenant, form: Callable[[float], float]) -> None:
    """P13."""
    claims = _claims(tenant)
    for name in ("iat", "nbf", "exp"):
        claims[name] = form(claims[name] - 2)
    assert _send(tenant, f"Bearer {_sign(claims, _key(tenant))}").status_code == 404


def test_revoked_token_stops_working_and_others_go_on(tenant: Tenant) -> None:
    """P13."""
    accounts, now = tenant.site.service.accounts, tenant.site.clock.now()
    other = accounts.create_token(
        email=tenant.email, name="other", lifetime=timedelta(days=1), now=now
    )

    accounts.revoke_token(_claims(tenant)["jti"], now)

    _assert_unauthorized(_send(tenant, f"Bearer {tenant.token}"))
    assert _send(tenant, f"Bearer {other}").status_code == 404
