"""Use cases of users: invite them, change them, remove them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from transload import audit
from transload.accounts import session_store, store, user_store
from transload.accounts.links import new_link
from transload.accounts.model import (
    BUILT_IN_ROLES,
    Actor,
    Organization,
    Permission,
    Role,
    operator_of,
    parse_email,
)
from transload.accounts.roles import find_by_name, granted, require_reach
from transload.accounts.sign_in import LinkKind
from transload.accounts.user import Status, User, UserQuery
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import ConflictError, InvalidError, NotFoundError
from transload.mail.model import Kind
from transload.mail.outbox import Outbox

_LAST_OWNER = "The organization would be left without an owner: make another one first."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """What is said of a user to be."""

    email: str
    name: str
    role_id: str
    hub_ids: frozenset[str]
    team_ids: tuple[str, ...]
    phone_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What is to be different of a user; None: stays as it is."""

    name: str | None = None
    role_id: str | None = None
    hub_ids: frozenset[str] | None = None
    status: Status | None = None
    team_ids: tuple[str, ...] | None = None
    phone_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation: the secret of its link, shown this once, and when it ends."""

    user: User
    secret: str
    expires_time: datetime
    is_mailed: bool


def get_own(database: Database, actor: Actor) -> User:
    """Give the caller."""
    with database.read() as connection:
        return _get(connection, actor, actor.user_id)


def get(database: Database, actor: Actor, user_id: str) -> User:
    """Give a user; raise NotFoundError if the organization has none with that id."""
    actor.require(Permission.VIEW_USER)
    with database.read() as connection:
        return _get(connection, actor, user_id)


def get_by_email(database: Database, actor: Actor, email: str) -> User:
    """Give a user; raise NotFoundError if the organization has none with that address."""
    actor.require(Permission.VIEW_USER)
    with database.read() as connection:
        user = user_store.find_by_email(connection, actor.organization_id, email.strip().lower())
    if user is None:
        raise NotFoundError
    return user


def find_many(database: Database, actor: Actor, query: UserQuery) -> list[User]:
    """Give a page of the organization's users, oldest first."""
    actor.require(Permission.VIEW_USER)
    by_key = {role.id: role.key for role in BUILT_IN_ROLES.values()}
    role_id = query.role_id and by_key.get(query.role_id, query.role_id)
    with database.read() as connection:
        return user_store.find_many(
            connection, actor.organization_id, replace(query, role_id=role_id)
        )


def all_of(database: Database, organization: Organization) -> list[User]:
    """Give all users of the organization, oldest first, to whoever runs the installation."""
    with database.read() as connection:
        return user_store.find_many(connection, organization.id, UserQuery())


def invite(
    database: Database, mail: Outbox, actor: Actor, new: NewUser, now: datetime
) -> Invitation:
    """Make a user who comes in by a link, which works once and for seven days, and mail it.

    Raises ConflictError if somebody of the installation has the address.
    """
    actor.require(Permission.ADD_USER)
    email = parse_email(new.email)
    try:
        with database.write() as connection:
            user_store.lock_organization(connection, actor.organization_id)
            role = granted(connection, actor, new.role_id)
            _require_hubs(connection, actor, new.hub_ids)
            added = Actor(
                user_id=new_id(),
                organization_id=actor.organization_id,
                email=email,
                name=new.name.strip() or email.partition("@")[0],
                role=role,
                assigned_hub_ids=new.hub_ids,
            )
            store.add_user(connection, added, now, Status.PENDING)
            made = _get(connection, actor, added.user_id)
            user = replace(made, team_ids=new.team_ids, phone_number=new.phone_number)
            user_store.replace(connection, user)
            _record(connection, actor, audit.Action.CREATE, user, now)
            return _invited(connection, mail, actor, user, now)
    except IntegrityError as error:
        raise ConflictError(f"There is a user with the e-mail {email} already.") from error


def invite_again(
    database: Database, mail: Outbox, actor: Actor, user_id: str, now: datetime
) -> Invitation:
    """Make a new link for a user, in place of earlier ones: who has forgotten a password, too."""
    actor.require(Permission.ADD_USER)
    with database.write() as connection:
        user = _get_for_change(connection, actor, user_id)
        if user.status is Status.INACTIVE:
            raise ConflictError(f"{user.email} is inactive; make them active first.")
        _record(connection, actor, audit.Action.CREATE, user, now, thing="invitation")
        return _invited(connection, mail, actor, user, now)


def change(
    database: Database, actor: Actor, user_id: str, asked: UserChange, now: datetime
) -> User:
    """Change a user; who becomes inactive is signed out at once, and their tokens end.

    Raises ConflictError where no owner who can come in would be left.
    """
    actor.require(Permission.EDIT_USER)
    with database.write() as connection:
        user = _get_for_change(connection, actor, user_id)
        changed = _changed(connection, actor, user, asked, now)
        _keep_an_owner(connection, user, changed)
        user_store.replace(connection, changed)
        if changed.status is Status.INACTIVE:
            session_store.end_sessions(connection, user.id)
            store.revoke_tokens(connection, user.id, now)
        _record(
            connection, actor, audit.Action.UPDATE, changed, now, detail=_difference(user, changed)
        )
    return changed


def remove(database: Database, actor: Actor, user_id: str, now: datetime) -> User:
    """Remove a user, with all that lets them in; give who they were.

    Raises ConflictError where no owner who can come in would be left.
    """
    actor.require(Permission.DELETE_USER)
    with database.write() as connection:
        user = _get_for_change(connection, actor, user_id)
        _keep_an_owner(connection, user, None)
        user_store.remove(connection, user.id)
        _record(connection, actor, audit.Action.DELETE, user, now)
    return user


def change_as_operator(
    database: Database,
    email: str,
    asked: UserChange,
    now: datetime,
    *,
    role_name: str | None = None,
) -> User:
    """Change a user, in whatever organization, for whoever runs the installation.

    `role_name` is the name or id of the role that they have from now on; None: it stays.
    """
    operator, user_id = _operator(database, email)
    if role_name is not None:
        with database.read() as connection:
            role = find_by_name(connection, operator.organization_id, role_name)
        asked = replace(asked, role_id=role.id)
    return change(database, operator, user_id, asked, now)


def remove_as_operator(database: Database, email: str, now: datetime) -> User:
    """Remove a user, in whatever organization, for whoever runs the installation."""
    operator, user_id = _operator(database, email)
    return remove(database, operator, user_id, now)


def _operator(database: Database, email: str) -> tuple[Actor, str]:
    """Give whoever runs the installation as an owner without a name, and the user's id."""
    with database.read() as connection:
        found = user_store.locate(connection, parse_email(email))
    if found is None:
        raise NotFoundError(f"There is no user with the e-mail {email}.")
    organization_id, user_id = found
    return operator_of(organization_id), user_id


def _get(connection: Connection, actor: Actor, user_id: str) -> User:
    user = user_store.find(connection, actor.organization_id, user_id)
    if user is None:
        raise NotFoundError
    return user


def _get_for_change(connection: Connection, actor: Actor, user_id: str) -> User:
    """Give a user whom the actor may change, to one transaction at a time."""
    user_store.lock_organization(connection, actor.organization_id)
    user = _get(connection, actor, user_id)
    require_reach(actor, user.role)
    return user


def _require_hubs(connection: Connection, actor: Actor, hub_ids: Collection[str]) -> None:
    known = user_store.existing_hubs(connection, actor.organization_id, hub_ids)
    unseen = sorted(set(hub_ids) - {hub for hub in known if actor.sees_hub(hub)})
    if unseen:
        raise InvalidError(f"The hubId field names what is no hub: {', '.join(unseen)}.")


def _changed(
    connection: Connection, actor: Actor, user: User, asked: UserChange, now: datetime
) -> User:
    role = user.role
    if asked.role_id is not None and asked.role_id != user.role.id:
        role = granted(connection, actor, asked.role_id)
    if asked.hub_ids is not None:
        _require_hubs(connection, actor, asked.hub_ids - user.hub_ids)
    if asked.status is Status.PENDING and user.status is not Status.PENDING:
        raise InvalidError("The status field must be active or inactive.")
    if asked.name is not None and not asked.name.strip():
        raise InvalidError("The name field must not be blank.")
    return replace(
        user,
        name=user.name if asked.name is None else asked.name.strip(),
        role=role,
        hub_ids=user.hub_ids if asked.hub_ids is None else asked.hub_ids,
        status=asked.status or user.status,
        team_ids=user.team_ids if asked.team_ids is None else asked.team_ids,
        phone_number=user.phone_number if asked.phone_number is None else asked.phone_number,
        updated_time=now,
    )


def _keep_an_owner(connection: Connection, user: User, changed: User | None) -> None:
    """Raise ConflictError if the user is the last owner who can come in, and would be none."""
    stays = (
        changed is not None and changed.role == Role.OWNER and changed.status is not Status.INACTIVE
    )
    if stays or user.role != Role.OWNER or user.status is not Status.ACTIVE:
        return
    owners = user_store.find_owners(connection, user.organization_id)
    if all(owner.id == user.id for owner in owners):
        raise ConflictError(_LAST_OWNER)


def _invited(
    connection: Connection, mail: Outbox, actor: Actor, user: User, now: datetime
) -> Invitation:
    secret, expires_time = new_link(connection, LinkKind.INVITATION, user.id, now)
    is_mailed = mail.put(
        connection,
        Kind.INVITATION,
        organization_id=user.organization_id,
        user_id=user.id,
        email=user.email,
        data={"by": actor.email},
        now=now,
    )
    return Invitation(user=user, secret=secret, expires_time=expires_time, is_mailed=is_mailed)


def _difference(before: User, after: User) -> str:
    """Name what is different, as the API calls it."""
    told = {
        "name": (before.name, after.name),
        "role": (before.role.name, after.role.name),
        "hubId": (sorted(before.hub_ids), sorted(after.hub_ids)),
        "status": (before.status.value, after.status.value),
        "teamId": (before.team_ids, after.team_ids),
        "phoneNumber": (before.phone_number, after.phone_number),
    }
    return "; ".join(f"{name}: {old} -> {new}" for name, (old, new) in told.items() if old != new)


def _record(
    connection: Connection,
    actor: audit.Who,
    action: audit.Action,
    user: User,
    now: datetime,
    *,
    thing: str = "user",
    detail: str = "",
) -> None:
    audit.record(
        connection,
        actor,
        action,
        thing=thing,
        thing_id=user.id,
        now=now,
        detail=f"{user.email} {detail}".strip(),
    )
