"""Use cases of signing in: by password, by a link, as the first user; and of sessions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from transload import audit
from transload.accounts import guessing, session_store, store
from transload.accounts.links import FOREIGN, lock_usable
from transload.accounts.model import Actor, Organization, Role, parse_email
from transload.accounts.passwords import Passwords
from transload.accounts.session_store import Failures
from transload.accounts.sign_in import (
    IDLE,
    LONGEST,
    TOUCHED_EVERY,
    LinkKind,
    Session,
    Visitor,
    Way,
    hashed,
    new_secret,
)
from transload.clock import Clock
from transload.counts import counted
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import (
    BusyError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)

WRONG = "The e-mail or the password is wrong."
_NO_PASSWORDS = "Passwords are switched off here: use single sign-on."
_STARTED = "This service has its first user already: sign in."
_THING = "session"
FORGETTING = "sign-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstUser:
    """Who starts an installation, and what they call their organization."""

    organization: str
    email: str
    name: str
    password: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session that has begun, and the secret that its browser keeps."""

    actor: Actor
    session: Session
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """The sessions of one installation: in the database, so that every process knows them."""

    database: Database
    passwords: Passwords
    takes_passwords: bool = True

    def authenticate(self, secret: str, now: datetime) -> tuple[Actor, Session]:
        """Give the user of a session that goes on; raise UnauthenticatedError for any other."""
        with self.database.read() as connection:
            found = store.find_user_by_session(connection, hashed(secret), now - IDLE, now)
        if found is None:
            raise UnauthenticatedError
        if now - found[1].used_time >= TOUCHED_EVERY:
            with self.database.write() as connection:
                session_store.touch_session(connection, found[1].id, now)
        return found

    def sign_in(self, email: str, password: str, visitor: Visitor, now: datetime) -> Opened:
        """Begin a session by password.

        Raises UnauthenticatedError, in the same words and after the same time, whether there is no
        such user or the password is wrong; BusyError while who was wrong too often has to wait;
        ForbiddenError where passwords are switched off.
        """
        self._require_passwords()
        address = email.strip().lower()
        account, site = guessing.account_key(address), guessing.address_key(visitor.address)
        earlier = self._count_attempt(account, site, now)
        with self.database.read() as connection:
            found = session_store.find_password(connection, address)
        user_id, kept = found or ("", None)
        if not self.passwords.matches(kept, password):
            self._note_failure(user_id, now)
            raise UnauthenticatedError(WRONG)
        with self.database.write() as connection:
            user = store.lock_user(connection, user_id)
            if user is None:
                raise UnauthenticatedError(WRONG)
            session_store.forgive(connection, account)
            session_store.take_back(connection, site, now, earlier)
            return open_session(connection, user, visitor, now, Way.PASSWORD)

    def sign_in_by_link(
        self, secret: str, password: str | None, visitor: Visitor, now: datetime
    ) -> Opened:
        """Begin a session by an invitation or a login link, and keep a password if one is given.

        Raises ForbiddenError with what to ask for where the link is unknown, used or expired.
        """
        if password is not None:
            self._require_passwords()
        kept = None if password is None else self.passwords.hash(password)
        with self.database.write() as connection:
            link = lock_usable(connection, secret, now)
            user = store.lock_user(connection, link.user_id or "")
            if link.kind is LinkKind.START:
                raise InvalidError(
                    "The first user needs an organization, an e-mail and a password."
                )
            if user is None:
                raise ForbiddenError(FOREIGN)
            session_store.use_link(connection, hashed(secret), user.user_id, now)
            if link.kind is LinkKind.INVITATION:
                session_store.end_invitations(connection, user.user_id)
            if kept is not None:
                session_store.set_password(connection, user.user_id, kept, now)
                audit.record(
                    connection,
                    user,
                    audit.Action.UPDATE,
                    thing="password",
                    thing_id=user.user_id,
                    now=now,
                )
            return open_session(connection, user, visitor, now, Way.LINK)

    def start(self, secret: str, first: FirstUser, visitor: Visitor, now: datetime) -> Opened:
        """Make the first organization and its owner, and sign them in.

        Raises ForbiddenError where there is a user already, or the link is not the one of this run.
        """
        if not first.organization.strip():
            raise InvalidError("An organization's name must not be blank.")
        email = parse_email(first.email)
        if first.password is None and self.takes_passwords:
            raise InvalidError("The first user needs an organization, an email and a password.")
        kept = None
        if first.password is not None:
            self._require_passwords()
            kept = self.passwords.hash(first.password)
        with self.database.write() as connection:
            store.lock_installation(connection)
            if store.has_users(connection):
                raise ForbiddenError(_STARTED)
            if lock_usable(connection, secret, now).kind is not LinkKind.START:
                raise ForbiddenError(FOREIGN)
            user = _add_first(connection, first, email, now)
            if kept is not None:
                session_store.set_password(connection, user.user_id, kept, now)
            session_store.use_link(connection, hashed(secret), user.user_id, now)
            return open_session(connection, user, visitor, now, Way.LINK)

    def set_password(
        self,
        actor: Actor,
        session: Session | None,
        *,
        password: str,
        current: str | None,
        now: datetime,
    ) -> None:
        """Keep a new password, and end the user's other sessions.

        Raises InvalidError unless the current password is given and right; who came by a link needs
        none. Raises ForbiddenError where passwords are switched off.
        """
        self._require_passwords()
        if session is None or not session.is_by_link:
            self._require_current(actor, current, now)
        kept = self.passwords.hash(password)
        with self.database.write() as connection:
            session_store.set_password(connection, actor.user_id, kept, now)
            session_store.end_sessions(
                connection, actor.user_id, "" if session is None else session.id
            )
            audit.record(
                connection,
                actor,
                audit.Action.UPDATE,
                thing="password",
                thing_id=actor.user_id,
                now=now,
            )

    def find_many(self, actor: Actor, now: datetime) -> list[Session]:
        """Give the user's own sessions, the one used last first."""
        with self.database.read() as connection:
            return session_store.find_sessions(connection, actor.user_id, now - IDLE, now)

    def end(self, actor: Actor, session_id: str, now: datetime) -> None:
        """End one of the user's own sessions at once, in every process.

        Raises NotFoundError if they have none with that id.
        """
        with self.database.write() as connection:
            if not session_store.end_session(connection, actor.user_id, session_id):
                raise NotFoundError
            audit.record(
                connection, actor, audit.Action.SIGN_OUT, thing=_THING, thing_id=session_id, now=now
            )

    def end_by_secret(self, secret: str) -> None:
        """End the session that a browser had before it began another."""
        with self.database.write() as connection:
            session_store.end_by_hash(connection, hashed(secret))

    def _require_passwords(self) -> None:
        if not self.takes_passwords:
            raise ForbiddenError(_NO_PASSWORDS)

    def _require_current(self, actor: Actor, current: str | None, now: datetime) -> None:
        account = guessing.account_key(actor.email)
        self._count_attempt(account, guessing.account_key(f"own {actor.user_id}"), now)
        with self.database.read() as connection:
            found = session_store.find_password(connection, actor.email)
        if current is None or found is None or not self.passwords.matches(found[1], current):
            raise InvalidError(
                "The current password is missing or wrong; who has none signs in by a link first."
            )
        with self.database.write() as connection:
            session_store.forgive(connection, account)

    def _count_attempt(self, account: str, site: str, now: datetime) -> Failures:
        """Count an attempt as failed before it is looked at: those at once are counted too.

        Gives what was counted of the network address before.
        """
        with self.database.write() as connection:
            by_account, by_site = session_store.count_attempts(
                connection, (account, site), now, now - guessing.FORGOTTEN_AFTER
            )
            left = max(
                guessing.seconds_left(
                    guessing.wait_by_account(by_account.count), by_account.last_time, now
                ),
                guessing.seconds_left(
                    guessing.wait_by_address(by_site.count), by_site.last_time, now
                ),
            )
            if left:
                raise BusyError(
                    f"Too many attempts failed; try again in {counted(left, 'second')}.",
                    retry_after_seconds=left,
                )
            session_store.set_failures(connection, account, by_account.count + 1, now)
            session_store.set_failures(connection, site, by_site.count + 1, now)
        return by_site

    def _note_failure(self, user_id: str, now: datetime) -> None:
        """Keep that an attempt failed; of nobody's too, so that it takes as long."""
        with self.database.write() as connection:
            user = store.lock_user(connection, user_id)
            audit.record(
                connection,
                user or audit.Unnamed(),
                audit.Action.DENY,
                thing=_THING,
                thing_id=user_id,
                now=now,
                detail=WRONG,
            )


def open_session(
    connection: Connection, user: Actor, visitor: Visitor, now: datetime, way: Way
) -> Opened:
    """Begin a session of a user who has shown who they are."""
    session = Session(
        id=new_id(),
        user_id=user.user_id,
        created_time=now,
        used_time=now,
        expires_time=now + LONGEST,
        address=visitor.address,
        agent=visitor.agent,
        is_by_link=way is Way.LINK,
        is_single_sign_on=way is Way.SINGLE_SIGN_ON,
    )
    secret = new_secret()
    session_store.add_session(connection, session, hashed(secret))
    audit.record(
        connection,
        user,
        audit.Action.SIGN_IN,
        thing=_THING,
        thing_id=session.id,
        now=now,
        detail=way.value,
    )
    return Opened(actor=user, session=session, secret=secret)


def forget_ended(database: Database, clock: Clock) -> None:
    """Delete the sessions, links and failures that no longer matter."""
    now = clock.now()
    with database.write() as connection:
        session_store.forget_ended(
            connection,
            now=now,
            used_before=now - IDLE,
            failed_before=now - guessing.FORGOTTEN_AFTER,
        )


def _add_first(connection: Connection, first: FirstUser, email: str, now: datetime) -> Actor:
    organization = store.find_organization(connection, first.organization.strip())
    if organization is None:
        organization = Organization(id=new_id(), name=first.organization.strip())
        store.add_organization(connection, organization, now)
    user = Actor(
        user_id=new_id(),
        organization_id=organization.id,
        email=email,
        name=first.name.strip() or email.partition("@")[0],
        role=Role.OWNER,
        assigned_hub_ids=frozenset(),
    )
    store.add_user(connection, user, now)
    for thing, thing_id in (("organization", organization.id), ("user", user.user_id)):
        audit.record(connection, user, audit.Action.CREATE, thing=thing, thing_id=thing_id, now=now)
    return user
