"""Use cases of import links: make one, know who came by it, end it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from transload import audit
from transload.accounts import store as accounts
from transload.accounts.model import Actor, Permission
from transload.configs import store as configs
from transload.configs.model import Kind as ConfigKind
from transload.data_types.model import Field
from transload.db.ids import new_id
from transload.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TransloadError,
    UnauthenticatedError,
    UnusableError,
)
from transload.imports import store as imports
from transload.imports.links import store
from transload.imports.links.model import (
    ENDED,
    LINK_MARK,
    LONGEST,
    MOST_LINKS,
    UNKNOWN,
    ImportLink,
    hashed,
    new_secret,
    sender,
    visitor,
)
from transload.imports.model import Mode
from transload.imports.run import Imports, Request
from transload.imports.subject import Destination
from transload.web.rate_limit import RateLimiter

THING = "import link"
NOT_FOUND = "There is no such import link."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """What a user says of a link to be."""

    name: str
    data_type_id: str
    hub_id: str
    config_id: str | None
    mode: Mode
    max_rows: int
    expires_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A link as those see it who may end it.

    `waiting` imports wait for approval; `problem` says why the link takes nothing, if it does not.
    """

    link: ImportLink
    type_name: str
    waiting: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A link as its holder sees it: what is asked for, and by whom."""

    link: ImportLink
    organization_name: str
    type_name: str
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLinks:
    """The import links of one process; `rate` bounds how often each is used."""

    imports: Imports
    rate: RateLimiter

    def create(self, actor: Actor, new: NewLink) -> tuple[Listed, str]:
        """Make a link; give it, and its secret, which is kept nowhere.

        Raises ForbiddenError and UnusableError as an import would, InvalidError for an end that is
        past or beyond a year, ConflictError for a 101st link.
        """
        now = self._now()
        if not now < new.expires_time <= now + LONGEST:
            raise InvalidError("The expiresTime field must be a time within the next year.")
        secret = new_secret(LINK_MARK)
        link = ImportLink(
            id=new_id(),
            organization_id=actor.organization_id,
            secret_hash=hashed(secret),
            name=new.name,
            user_id=actor.user_id,
            email=actor.email,
            data_type_id=new.data_type_id,
            hub_id=new.hub_id,
            config_id=new.config_id or "",
            mode=new.mode,
            max_rows=new.max_rows,
            created_time=now,
            expires_time=new.expires_time,
        )
        with self.imports.database.write() as connection:
            destination = self._open(connection, actor, link)
            if len(store.find_many(connection, actor.organization_id, None)) >= MOST_LINKS:
                raise ConflictError(
                    f"An organization has at most {MOST_LINKS} import links; remove one first."
                )
            store.add(connection, link)
            _record(connection, actor, audit.Action.CREATE, link, now)
        return Listed(link=link, type_name=destination.name, waiting=0, problem=""), secret

    def find_all(self, actor: Actor) -> list[Listed]:
        """Give the actor's links, the newest first; to owners and admins everybody's."""
        actor.require(Permission.IMPORT_DATA)
        mine = None if actor.is_admin else actor.user_id
        with self.imports.database.snapshot() as connection:
            waiting = store.count_waiting(connection, actor.organization_id)
            return [
                self._listed(connection, link, waiting.get(link.id, 0))
                for link in store.find_many(connection, actor.organization_id, mine)
            ]

    def remove(self, actor: Actor, link_id: str) -> Listed:
        """End a link at once, in every process; what was begun by it and not sent goes with it.

        What was sent stays. Raises NotFoundError for another's link, unless for an admin.
        """
        actor.require(Permission.IMPORT_DATA)
        with self.imports.database.write() as connection:
            link = store.lock(connection, actor.organization_id, link_id)
            if link is None or (link.user_id != actor.user_id and not actor.is_admin):
                raise NotFoundError(NOT_FOUND)
            found = self._listed(connection, link, 0)
            store.remove(connection, link)
            _record(connection, actor, audit.Action.DELETE, link, self._now())
            drafts = imports.find_drafts_of_link(connection, link.organization_id, link.id)
        for one in drafts:
            if one.submission is not None and one.submission.stage.is_with_sender:
                self.imports.forget(one)
        return found

    def authenticate(self, secret: str, now: datetime) -> Actor:
        """Give who has a secret: of a link, or of an import that was begun by one.

        Raises UnauthenticatedError for one that nobody has, and ForbiddenError, which says what to
        ask for, where the link takes nothing.
        """
        is_link = secret.startswith(LINK_MARK)
        with self.imports.database.read() as connection:
            if is_link:
                link = store.find_by_secret(connection, hashed(secret))
                if link is None:
                    raise UnauthenticatedError(UNKNOWN)
                if link.has_ended(now):
                    raise ForbiddenError(ENDED)
                return visitor(self._maker(connection, link), link)
            one = imports.find_by_guest(connection, hashed(secret))
            if one is None or one.submission is None:
                raise UnauthenticatedError(UNKNOWN)
            found = store.find(connection, one.organization_id, one.submission.link_id)
            if found is None:
                raise ForbiddenError(ENDED)
            return sender(self._maker(connection, found), found, one, one.submission, now)

    def admit(self, actor: Actor, now: datetime) -> None:
        """Count a request by a link; raise BusyError for one too many."""
        if actor.guest is not None:
            self.rate.admit(actor.guest.link_id, now)

    def get(self, connection: Connection, actor: Actor) -> ImportLink:
        """Give the link that a guest came by, to one transaction at a time."""
        link_id = "" if actor.guest is None else actor.guest.link_id
        link = store.lock(connection, actor.organization_id, link_id)
        if link is None:
            raise ForbiddenError(ENDED)
        return link

    def offer(self, actor: Actor) -> Offered:
        """Give what the link of a guest asks for; raise UnauthenticatedError for who is none."""
        if actor.guest is None:
            raise UnauthenticatedError
        with self.imports.database.snapshot() as connection:
            link = store.find(connection, actor.organization_id, actor.guest.link_id)
            organization = accounts.find_organization(connection, actor.organization_id)
            if link is None or organization is None:
                raise ForbiddenError(ENDED)
            destination = self._open(connection, actor, link)
            return Offered(
                link=link,
                organization_name=organization.name,
                type_name=destination.name,
                fields=destination.mappable,
            )

    def asked(self, actor: Actor, request: Request) -> Request:
        """Give a guest's request as the link has it: it says where the rows go, and how."""
        link_id = "" if actor.guest is None else actor.guest.link_id
        with self.imports.database.read() as connection:
            link = store.find(connection, actor.organization_id, link_id)
        if link is None:
            raise ForbiddenError(ENDED)
        return replace(
            request,
            target=link.target,
            mode=link.mode,
            is_dry_run=False,
            config_id=link.config_id or None,
        )

    def _maker(self, connection: Connection, link: ImportLink) -> Actor:
        """Give the user that made a link; raise ForbiddenError where they may not import so."""
        maker = accounts.find_user(connection, link.organization_id, link.user_id)
        try:
            if maker is None:
                raise ForbiddenError
            self._open(connection, maker, link)
        except TransloadError as error:
            raise ForbiddenError(
                "Whoever made this link may not import with it any more: ask for a link by somebody"
                " who may."
            ) from error
        return maker

    def _open(self, connection: Connection, actor: Actor, link: ImportLink) -> Destination:
        """Look up where a link leads for who would import there; raise where it leads nowhere."""
        subject = self.imports.subjects[link.target.kind]
        subject.require(actor, link.target)
        destination = subject.open(connection, actor, link.target)
        config = (
            configs.find(connection, link.organization_id, ConfigKind.IMPORT, link.config_id)
            if link.config_id
            else None
        )
        if link.config_id and (config is None or link.data_type_id not in config.reference_ids):
            raise UnusableError("The selected importConfigId is invalid.")
        return destination

    def _listed(self, connection: Connection, link: ImportLink, waiting: int) -> Listed:
        maker = accounts.find_user(connection, link.organization_id, link.user_id)
        type_name, problem = "", ""
        try:
            if maker is None:
                raise ForbiddenError(f"{link.email} is let in no more.")
            type_name = self._open(connection, maker, link).name
        except TransloadError as error:
            problem = error.message
        if link.has_ended(self._now()):
            problem = "It has ended."
        return Listed(link=link, type_name=type_name, waiting=waiting, problem=problem)

    def _now(self) -> datetime:
        return self.imports.clock.now()


def _record(
    connection: Connection, actor: Actor, action: audit.Action, link: ImportLink, now: datetime
) -> None:
    audit.record(
        connection, actor, action, thing=THING, thing_id=link.id, now=now, detail=link.name
    )
