"""An identity provider of OpenID Connect (https://openid.net/specs/openid-connect-core-1_0.html).

The code flow with PKCE, state and nonce. Where its pages are, the provider tells itself
(https://openid.net/specs/openid-connect-discovery-1_0.html). Everything here needs the extra
`transload[oidc]`.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from transload.accounts.single_sign_on import Attempt, Identity, Problem, SingleSignOnError
from transload.clock import Clock
from transload.errors import InvalidError, StartupError
from transload.outgoing import Outgoing, UnreachableError
from transload.settings import Settings

_OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}
_ALGORITHMS = [f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)] + [
    "EdDSA"
]
"""How an identity may be signed: by a key that the provider alone has."""
_MAX_BYTES = 1 << 20
_LEEWAY_SECONDS = 60
_KNOWN_FOR = timedelta(minutes=10)
_OK = 200

Claims = dict[str, Any]


@dataclass(kw_only=True)
class OpenIdProvider:
    """An identity provider, asked as the client that it knows this service as."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    outgoing: Outgoing
    clock: Clock
    _known: tuple[datetime, Claims] | None = None

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> "OpenIdProvider":
        """Give the provider that the settings name; raise StartupError for what they lack."""
        issuer = urlsplit(settings.oidc_issuer)
        is_own = issuer.scheme == "http" and issuer.hostname in _OWN_MACHINE
        if not issuer.hostname or not (issuer.scheme == "https" or is_own):
            raise StartupError("TRANSLOAD_OIDC_ISSUER must begin with https://.")
        if not settings.oidc_client_id:
            raise StartupError("TRANSLOAD_OIDC_ISSUER asks for TRANSLOAD_OIDC_CLIENT_ID.")
        return cls(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            scopes=settings.oidc_scopes,
            # Whoever runs the service names it: it may well be on their own network.
            outgoing=Outgoing(allows_http=is_own, allows_private=True, max_bytes=_MAX_BYTES),
            clock=clock,
        )

    def address(self, attempt: Attempt, return_to: str) -> str:
        """Give the page that signs somebody in, and leads to `return_to` with an answer."""
        found: str = prepare_grant_uri(
            self._metadata()["authorization_endpoint"],
            self.client_id,
            "code",
            redirect_uri=return_to,
            scope=self.scopes,
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return found

    def identity(self, attempt: Attempt, return_to: str, answer: Mapping[str, str]) -> Identity:
        """Give whom an answer is about; raise SingleSignOnError where it cannot be trusted."""
        if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise SingleSignOnError(Problem.EXPIRED)
        if answer.get("iss", self.issuer) != self.issuer:  # another provider's answer (RFC 9207)
            raise SingleSignOnError(Problem.UNREACHABLE)
        if "error" in answer or "code" not in answer:
            raise SingleSignOnError(Problem.REFUSED)
        metadata = self._metadata()
        tokens = self._tokens(metadata, attempt, return_to, answer["code"])
        claims = self._checked(metadata, attempt, tokens)
        if "email" not in claims and "userinfo_endpoint" in metadata:
            claims = {**self._more(metadata, claims, tokens), **claims}
        return Identity(
            email=str(claims.get("email", "")),
            is_verified=claims.get("email_verified") in {True, "true"},
            name=str(claims.get("name", "")),
            claims=claims,
        )

    def sign_out_address(self, return_to: str) -> str | None:
        """Give the page that signs somebody out there; None where it has none."""
        try:
            page = self._metadata().get("end_session_endpoint")
        except SingleSignOnError:
            return None  # signed out here they are in any case
        if page is None:
            return None
        query = {"client_id": self.client_id, "post_logout_redirect_uri": return_to}
        return f"{page}{'&' if '?' in page else '?'}{urlencode(query)}"

    def _metadata(self) -> Claims:
        now = self.clock.now()
        if self._known is not None and now - self._known[0] < _KNOWN_FOR:
            return self._known[1]
        found = self._ask("GET", get_well_known_url(self.issuer, external=True))
        try:
            OpenIDProviderMetadata(found).validate_issuer()
        except ValueError as error:
            raise SingleSignOnError(Problem.UNREACHABLE) from error
        wanted = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
        if found["issuer"] != self.issuer or not wanted <= found.keys():
            raise SingleSignOnError(Problem.UNREACHABLE)
        self._known = (now, found)
        return found

    def _tokens(self, metadata: Claims, attempt: Attempt, return_to: str, code: str) -> Claims:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        more = {"code": code, "code_verifier": attempt.verifier}
        if not self.client_secret:
            more["client_id"] = self.client_id
        elif "client_secret_basic" in metadata.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            headers["Authorization"] = f"Basic {_basic(self.client_id, self.client_secret)}"
        else:
            more |= {"client_id": self.client_id, "client_secret": self.client_secret}
        body = prepare_token_request("authorization_code", redirect_uri=return_to, **more)
        return self._ask("POST", metadata["token_endpoint"], headers=headers, body=body.encode())

    def _checked(self, metadata: Claims, attempt: Attempt, tokens: Claims) -> Claims:
        """Give what the token says of who signed in; raise where it is not of this sign-in."""
        try:
            keys = KeySet.import_key_set(self._ask("GET", metadata["jwks_uri"]))  # type: ignore[arg-type]  # it checks
            token = jwt.decode(str(tokens.get("id_token")), keys, algorithms=_ALGORITHMS)
            checked = CodeIDToken(
                token.claims,
                token.header,
                options={"iss": {"value": self.issuer}, "aud": {"value": self.client_id}},
                params={
                    "nonce": attempt.nonce,
                    "client_id": self.client_id,
                    "access_token": tokens.get("access_token"),
                },
            )
            checked.validate(now=int(self.clock.now().timestamp()), leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise SingleSignOnError(Problem.UNREACHABLE) from error
        return dict(checked)

    def _more(self, metadata: Claims, claims: Claims, tokens: Claims) -> Claims:
        """Ask what the token left out, of the same person."""
        headers = {"Authorization": f"Bearer {tokens.get('access_token')}"}
        found = self._ask("GET", metadata["userinfo_endpoint"], headers=headers)
        if found.get("sub") != claims["sub"]:
            raise SingleSignOnError(Problem.UNREACHABLE)
        return found

    def _ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Claims:
        sent = {"Accept": "application/json", **(headers or {})}
        try:
            answer = self.outgoing.send(method, url, headers=sent, body=body)
            found = orjson.loads(answer.body)
        except (UnreachableError, InvalidError, orjson.JSONDecodeError) as error:
            raise SingleSignOnError(Problem.UNREACHABLE) from error
        if answer.status != _OK or not isinstance(found, dict):
            raise SingleSignOnError(Problem.UNREACHABLE)
        return found


def _basic(client_id: str, secret: str) -> str:
    """Give a client's name and secret as RFC 6749, section 2.3.1, has them."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return b64encode(pair.encode()).decode()
