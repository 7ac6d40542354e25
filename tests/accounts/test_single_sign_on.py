"""Who is let in of those whom an identity provider has signed in; and what of it is trusted."""

import hashlib
import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.factories import Site, Tenant
from tests.ports import free_ports
from transload.accounts.model import Role
from transload.accounts.oidc import OpenIdProvider
from transload.accounts.sessions import FirstUser, Sessions
from transload.accounts.sign_in import Visitor
from transload.accounts.single_sign_on import (
    Admission,
    Attempt,
    Identity,
    SingleSignOn,
    SingleSignOnError,
)
from transload.app import running_service
from transload.clock import Clock
from transload.errors import ForbiddenError, StartupError
from transload.settings import Settings

_VISITOR = Visitor(address="192.0.2.7", agent="a test")


def _identity(email: str, **claims: object) -> Identity:
    return Identity(email=email, is_verified=True, name="Ada", claims=claims)


def _sign_in(site: Site, admission: Admission, identity: Identity) -> str:
    """Give who is signed in, or why nobody is."""
    single = SingleSignOn(database=site.service.accounts.database, admission=admission)
    try:
        return single.sign_in(identity, _VISITOR, site.clock.now()).actor.email
    except SingleSignOnError as error:
        return error.problem.value


def test_user_is_let_in_by_domain_claim_and_verified_email(tenant: Tenant) -> None:
    site, email = tenant.site, tenant.email
    assert _sign_in(site, Admission(), _identity(email)) == email
    unverified = replace(_identity(email), is_verified=False)
    assert _sign_in(site, Admission(), unverified) == "unverified"
    assert _sign_in(site, Admission(trusts_emails=True), unverified) == email
    assert _sign_in(site, Admission(), _identity("nobody")) == "unverified"
    ours, other = frozenset({"example.com"}), frozenset({"acme.example"})
    assert _sign_in(site, Admission(domains=ours), _identity(email)) == email
    assert _sign_in(site, Admission(domains=other), _identity(email)) == "not-allowed"
    claim = Admission(claim=("groups", "staff"))
    assert _sign_in(site, claim, _identity(email, groups=["all", "staff"])) == email
    assert _sign_in(site, claim, _identity(email, groups="staff")) == email
    assert _sign_in(site, claim, _identity(email, groups=["staffing"])) == "not-allowed"
    assert _sign_in(site, claim, _identity(email)) == "not-allowed"


def test_who_has_no_user_gets_one_where_the_settings_say_so(tenant: Tenant) -> None:
    site = tenant.site
    email = f"new-{tenant.user_id}@acme.example"
    assert _sign_in(site, Admission(), _identity(email)) == "unknown"
    nowhere = Admission(organization="no such organization")
    assert _sign_in(site, nowhere, _identity(email)) == "unknown"
    role = tenant.role("view/data")
    here = Admission(organization=tenant.organization_id, role=role.name)
    assert _sign_in(site, here, _identity(email)) == email
    user = tenant.get(f"/user/email/{email}").json()["data"]
    assert (user["status"], user["role"]["name"]) == ("active", role.name)


def test_invited_user_becomes_active_and_inactive_one_stays_out(tenant: Tenant) -> None:
    site = tenant.site
    email = f"invited-{tenant.user_id}@acme.example"
    made = tenant.post("/user", {"email": email, "roleId": Role.FIELD.id}).json()
    path = f"/user/{made['data']['_id']}"
    assert _sign_in(site, Admission(), _identity(email)) == email
    assert tenant.get(path).json()["data"]["status"] == "active"
    tenant.request("PATCH", path, json={"status": "inactive"})
    everywhere = Admission(organization=tenant.organization_id)
    assert _sign_in(site, everywhere, _identity(email)) == "inactive"
    events = tenant.get("/audit", action="deny").json()["data"]["data"]
    assert events[0]["detail"] == "by single sign-on: The user is let in no more."


def test_passwords_that_are_off_let_nobody_in_and_links_still_do(tenant: Tenant) -> None:
    site = tenant.site
    sessions = Sessions(
        database=site.service.accounts.database,
        passwords=site.service.app.state.parts[Sessions].passwords,
        takes_passwords=False,
    )
    now = site.clock.now()
    with pytest.raises(ForbiddenError, match="switched off"):
        sessions.sign_in(tenant.email, "seven purple otters", _VISITOR, now)
    with pytest.raises(ForbiddenError, match="switched off"):
        sessions.sign_in_by_link("x", "seven purple otters", _VISITOR, now)
    first = FirstUser(organization="x", email="x@x.example", name="", password=None)
    with pytest.raises(ForbiddenError, match="has its first user"):
        sessions.start("x", first, _VISITOR, now)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"passwords": False}, "TRANSLOAD_OIDC_ISSUER"),
        ({"oidc_issuer": "https://login.example"}, "TRANSLOAD_OIDC_CLIENT_ID"),
        ({"oidc_issuer": "http://login.example"}, "https://"),
        ({"oidc_issuer": "https://a.example", "oidc_client_id": "x", "oidc_claim": "x"}, "CLAIM"),
        (
            {"oidc_issuer": "https://a.example", "oidc_client_id": "x", "oidc_role": "owner"},
            "TRANSLOAD_OIDC_ROLE",
        ),
    ],
)
def test_settings_that_make_no_sense_are_named(
    given: dict[str, object], named: str, tmp_path: Path
) -> None:
    settings = Settings.model_validate({"data_dir": tmp_path, **given})
    with pytest.raises(StartupError, match=named), running_service(settings):
        pass


@dataclass
class Forger:
    """A provider whose token is what a test says."""

    issuer: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "1"}))
    token: str = ""
    userinfo: Mapping[str, object] = field(default_factory=dict)

    def answer(self, path: str) -> Mapping[str, Any]:
        answers: dict[str, Mapping[str, Any]] = {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
            },
            "/token": {"access_token": "x", "token_type": "Bearer", "id_token": self.token},
            "/keys": {"keys": [self.key.as_dict(private=False)]},
            "/me": self.userinfo,
        }
        return answers[path]


@pytest.fixture(scope="module")
def forger() -> Iterator[Forger]:
    found = Forger()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(found.answer(self.path)).encode())

        do_POST = do_GET  # noqa: N815 - as it is called

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - likewise
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


_ATTEMPT = Attempt("a secret of the browser")


def _provider(issuer: str) -> OpenIdProvider:
    return OpenIdProvider.of(Settings(oidc_issuer=issuer, oidc_client_id="transload"), Clock())


def _claims(forger: Forger, **more: object) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": forger.issuer,
        "aud": "transload",
        "sub": "1",
        "iat": now,
        "exp": now + 300,
        "nonce": _ATTEMPT.nonce,
        "email": "ada@acme.example",
        "email_verified": True,
        **more,
    }


def _outcome(forger: Forger, **answer: str) -> str:
    given = {"state": _ATTEMPT.state, "code": "x", **answer}
    try:
        return _provider(forger.issuer).identity(_ATTEMPT, "http://x/sso/callback", given).email
    except SingleSignOnError as error:
        return error.problem.value


def _signed(claims: dict[str, Any], key: ECKey) -> str:
    return jwt.encode({"alg": "ES256", "kid": "1"}, claims, key)


def _signed_by_public_key(claims: dict[str, Any], key: ECKey) -> str:
    """Sign with what everybody has, as if it were a secret that both have."""
    header = {"alg": "HS256", "kid": "1"}
    parts = [_packed(json.dumps(one).encode()) for one in (header, claims)]
    digest = hmac.new(key.as_pem(private=False), ".".join(parts).encode(), hashlib.sha256)
    return ".".join([*parts, _packed(digest.digest())])


def _packed(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def test_token_that_is_not_of_this_sign_in_is_not_trusted(forger: Forger) -> None:
    forger.token = _signed(_claims(forger), forger.key)
    assert _outcome(forger) == "ada@acme.example"
    assert _outcome(forger, state="another") == "expired"
    assert _outcome(forger, error="access_denied") == "refused"
    assert _outcome(forger, iss="https://another.example") == "unreachable"
    wrong: list[Mapping[str, object]] = [
        {"iss": "https://another.example"},
        {"aud": "another client"},
        {"aud": ["transload", "another"], "azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time.time()) - 600},
        {"iat": int(time.time()) + 600},
        {"sub": None},
    ]
    for more in wrong:
        claims = {name: one for name, one in _claims(forger, **more).items() if one is not None}
        forger.token = _signed(claims, forger.key)
        assert _outcome(forger) == "unreachable", more


def test_token_that_is_not_signed_by_the_providers_key_is_not_trusted(forger: Forger) -> None:
    claims = _claims(forger)
    forger.token = _signed(claims, ECKey.generate_key("P-256", {"kid": "1"}))
    assert _outcome(forger) == "unreachable"
    forger.token = _signed_by_public_key(claims, forger.key)
    assert _outcome(forger) == "unreachable", "a public key is no secret"
    header, body, _ = _signed(claims, forger.key).split(".")
    forger.token = f"{header}.{body}."
    assert _outcome(forger) == "unreachable"
    forger.token = f"eyJhbGciOiJub25lIn0.{body}."
    assert _outcome(forger) == "unreachable", "signed by nobody"
    for nonsense in ("", "x", "a.b.c"):
        forger.token = nonsense
        assert _outcome(forger) == "unreachable"


def test_what_the_token_leaves_out_is_asked_of_the_same_person(forger: Forger) -> None:
    short = {name: one for name, one in _claims(forger).items() if not name.startswith("email")}
    forger.token = _signed(short, forger.key)
    forger.userinfo = {"sub": "1", "email": "ada@acme.example", "email_verified": True}
    assert _outcome(forger) == "ada@acme.example"
    forger.userinfo = {"sub": "2", "email": "eve@acme.example", "email_verified": True}
    assert _outcome(forger) == "unreachable"


def test_provider_that_is_away_is_one_sentence() -> None:
    (port,) = free_ports(1)
    with pytest.raises(SingleSignOnError, match="out of reach"):
        _provider(f"http://127.0.0.1:{port}").address(_ATTEMPT, "http://x/sso/callback")
