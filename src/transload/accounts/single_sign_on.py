"""Use cases of single sign-on: a provider says who somebody is, and rules say who is let in."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from transload import audit
from transload.accounts import session_store, store, user_store
from transload.accounts.model import Actor, Role, parse_email
from transload.accounts.roles import find_by_name
from transload.accounts.sessions import Opened, open_session
from transload.accounts.sign_in import Visitor, Way
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import InvalidError, NotFoundError, StartupError, TransloadError
from transload.settings import Settings

_THING = "session"


class Problem(StrEnum):
    """Why somebody is not let in, by words that the console has a sentence for."""

    EXPIRED = "expired"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNVERIFIED = "unverified"
    NOT_ALLOWED = "not-allowed"
    UNKNOWN = "unknown"
    INACTIVE = "inactive"

    @property
    def sentence(self) -> str:
        """Tell it to whoever looks at the audit trail or the log."""
        return _SENTENCES[self]


_SENTENCES = {
    Problem.EXPIRED: "The sign-in was begun too long ago, or in another browser.",
    Problem.REFUSED: "The identity provider did not sign anybody in.",
    Problem.UNREACHABLE: "The identity provider is out of reach, or cannot be trusted.",
    Problem.UNVERIFIED: "The identity provider has no verified e-mail of the user.",
    Problem.NOT_ALLOWED: "The settings let in others than this user.",
    Problem.UNKNOWN: "No user has the e-mail.",
    Problem.INACTIVE: "The user is let in no more.",
}


class SingleSignOnError(TransloadError):
    """Somebody is not let in."""

    def __init__(self, problem: Problem) -> None:
        """Keep why."""
        super().__init__(problem.sentence)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in under way in one browser, all of it made of a secret that the browser keeps."""

    secret: str = field(repr=False)

    @property
    def state(self) -> str:
        """What comes back with the answer: it was asked for by this browser."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """What the identity's token holds: it was made for this sign-in."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """What the code is worthless without (PKCE, RFC 7636)."""
        return self._derived("verifier")

    def _derived(self, purpose: str) -> str:
        digest = hmac.new(self.secret.encode(), purpose.encode(), hashlib.sha256).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom an identity provider has signed in."""

    email: str
    is_verified: bool
    name: str
    claims: Mapping[str, object]


class IdentityProvider(Protocol):
    """Who says who somebody is."""

    def address(self, attempt: Attempt, return_to: str) -> str:
        """Give the page that signs somebody in, and leads to `return_to` with an answer."""

    def identity(self, attempt: Attempt, return_to: str, answer: Mapping[str, str]) -> Identity:
        """Give whom an answer is about; raise SingleSignOnError where it cannot be trusted."""

    def sign_out_address(self, return_to: str) -> str | None:
        """Give the page that signs somebody out there; None where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Who is let in. Without an `organization` no user is made at a first sign-in."""

    domains: frozenset[str] = frozenset()
    claim: tuple[str, str] | None = None
    trusts_emails: bool = False
    organization: str = ""
    role: str = Role.FIELD.key

    @classmethod
    def of(cls, settings: Settings) -> "Admission":
        """Read it in the settings; raise StartupError where they make no sense."""
        name, equals, value = settings.oidc_claim.partition("=")
        if settings.oidc_claim and not (name and equals and value):
            raise StartupError("TRANSLOAD_OIDC_CLAIM must be of the form claim=value.")
        if settings.oidc_role == Role.OWNER.key:
            raise StartupError("TRANSLOAD_OIDC_ROLE must not be owner: owners are made by owners.")
        domains = (one.strip().lower().lstrip("@") for one in settings.oidc_domains.split(","))
        return cls(
            domains=frozenset(filter(None, domains)),
            claim=(name, value) if settings.oidc_claim else None,
            trusts_emails=settings.oidc_trust_emails,
            organization=settings.oidc_organization,
            role=settings.oidc_role,
        )

    def require(self, identity: Identity) -> str:
        """Give the e-mail of who may come in; raise SingleSignOnError for anybody else."""
        if not (identity.is_verified or self.trusts_emails):
            raise SingleSignOnError(Problem.UNVERIFIED)
        try:
            email = parse_email(identity.email)
        except InvalidError as error:
            raise SingleSignOnError(Problem.UNVERIFIED) from error
        if self.domains and email.rpartition("@")[2] not in self.domains:
            raise SingleSignOnError(Problem.NOT_ALLOWED)
        if self.claim is not None and not _holds(identity.claims.get(self.claim[0]), self.claim[1]):
            raise SingleSignOnError(Problem.NOT_ALLOWED)
        return email


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleSignOn:
    """Single sign-on, where `provider` is set up; `name` is what people know it by."""

    database: Database
    admission: Admission = field(default_factory=Admission)
    provider: IdentityProvider | None = None
    name: str = ""

    def sign_in(self, identity: Identity, visitor: Visitor, now: datetime) -> Opened:
        """Begin a session of whom the provider has signed in, who may be a new user."""
        with self.database.write() as connection:
            try:
                email = self.admission.require(identity)
                user = self._user(connection, email, identity, now)
            except SingleSignOnError as error:
                refused = error
            else:
                session_store.end_invitations(connection, user.user_id)
                return open_session(connection, user, visitor, now, Way.SINGLE_SIGN_ON)
            self._note_refusal(connection, identity, refused.problem, now)
        raise refused

    def _user(self, connection: Connection, email: str, identity: Identity, now: datetime) -> Actor:
        user = store.lock_user_by_email(connection, email)
        if user is not None:
            return user
        if user_store.locate(connection, email) is not None:
            raise SingleSignOnError(Problem.INACTIVE)
        organization = self.admission.organization and store.find_organization(
            connection, self.admission.organization
        )
        if not organization:
            raise SingleSignOnError(Problem.UNKNOWN)
        try:
            role = find_by_name(connection, organization.id, self.admission.role)
        except NotFoundError as error:
            raise SingleSignOnError(Problem.UNKNOWN) from error
        user = Actor(
            user_id=new_id(),
            organization_id=organization.id,
            email=email,
            name=identity.name.strip() or email.partition("@")[0],
            role=role,
            assigned_hub_ids=frozenset(),
        )
        store.add_user(connection, user, now)
        audit.record(
            connection,
            user,
            audit.Action.CREATE,
            thing="user",
            thing_id=user.user_id,
            now=now,
            detail=f"{email} {Way.SINGLE_SIGN_ON.value}",
        )
        return user

    @staticmethod
    def _note_refusal(
        connection: Connection, identity: Identity, problem: Problem, now: datetime
    ) -> None:
        found = user_store.locate(connection, identity.email.strip().lower())
        organization_id, user_id = found or ("", "")
        audit.record(
            connection,
            audit.Unnamed(organization_id),
            audit.Action.DENY,
            thing=_THING,
            thing_id=user_id,
            now=now,
            detail=f"{Way.SINGLE_SIGN_ON.value}: {problem.sentence}",
        )


def _holds(claim: object, value: str) -> bool:
    """Tell whether a claim is the value, or a list that has it."""
    return value in [str(one) for one in (claim if isinstance(claim, list) else [claim])]
