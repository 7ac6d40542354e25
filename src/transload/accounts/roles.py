"""Use cases of roles: make them, change them, remove them; and which of them a user may give."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from transload import audit
from transload.accounts import role_store, user_store
from transload.accounts.model import BUILT_IN_ROLES, Actor, Detail, Organization, Permission, Role
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

NO_ROLE = "Data not found. Please check the ID/reference number and try again."
_OWNERS_ONLY = "Owners are made, changed and removed by owners alone."
_BEYOND = "A role can be given only by who may do all that it allows."
_BUILT_IN = "The built-in roles are the same for everybody: make a role of your own instead."
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRole:
    """What is said of a role to be."""

    name: str
    permissions: frozenset[Permission]
    details: tuple[Detail, ...]


def find_many(database: Database, actor: Actor) -> list[Role]:
    """Give the roles that users can have: the built-in ones, and the organization's own."""
    actor.require(Permission.VIEW_ROLE)
    with database.read() as connection:
        own = role_store.find_roles(connection, actor.organization_id)
    return [*BUILT_IN_ROLES.values(), *own]


def all_of(database: Database, organization: Organization) -> list[Role]:
    """Give an organization's roles to whoever runs the installation."""
    with database.read() as connection:
        return [*BUILT_IN_ROLES.values(), *role_store.find_roles(connection, organization.id)]


def get(database: Database, actor: Actor, role_id: str) -> Role:
    """Give a role; raise NotFoundError if the organization has none with that id."""
    actor.require(Permission.VIEW_ROLE)
    with database.read() as connection:
        return _get(connection, actor, role_id)


def create(database: Database, actor: Actor, new: NewRole, now: datetime) -> Role:
    """Make a role; raise ConflictError if the organization has one of that name."""
    actor.require(Permission.CREATE_ROLE)
    role_id = new_id()
    role = _checked(actor, role_id, new)
    with _writing(database, actor, role.name) as connection:
        role_store.add_role(connection, actor.organization_id, role, now)
        _record(connection, actor, audit.Action.CREATE, role, now)
    return replace(role, created_time=now, updated_time=now)


def change(database: Database, actor: Actor, role_id: str, new: NewRole, now: datetime) -> Role:
    """Write all of a role anew; it holds for those who have it from their next request on.

    Raises ConflictError for a built-in role, and if another role has the name.
    """
    actor.require(Permission.EDIT_ROLE)
    with _writing(database, actor, new.name) as connection:
        old = _own(connection, actor, role_id)
        require_reach(actor, old)
        role = _checked(actor, old.id, new)
        role_store.replace_role(connection, actor.organization_id, role, now)
        _record(connection, actor, audit.Action.UPDATE, role, now)
    return replace(role, created_time=old.created_time, updated_time=now)


def remove(database: Database, actor: Actor, role_id: str, now: datetime) -> Role:
    """Remove a role that nobody has, and give it; raise ConflictError naming who has it."""
    actor.require(Permission.DELETE_ROLE)
    with database.write() as connection:
        user_store.lock_organization(connection, actor.organization_id)
        role = _own(connection, actor, role_id)
        total, emails = role_store.find_holders(
            connection, actor.organization_id, role.key, _MOST_NAMED
        )
        if total:
            more = f" and {total - len(emails)} more" if total > len(emails) else ""
            raise ConflictError(
                f"The role {role.name} is in use; give another one first to "
                f"{', '.join(emails)}{more}."
            )
        role_store.remove_role(connection, actor.organization_id, role.id)
        _record(connection, actor, audit.Action.DELETE, role, now)
    return role


def find_by_name(connection: Connection, organization_id: str, name: str) -> Role:
    """Give the role of that name or id; raise NotFoundError naming those that there are."""
    own = role_store.find_roles(connection, organization_id)
    roles = [*BUILT_IN_ROLES.values(), *own]
    for role in roles:
        if name in {role.key, role.id, role.name}:
            return role
    known = ", ".join([*BUILT_IN_ROLES, *(role.name for role in own)])
    raise NotFoundError(f"There is no role {name}, but {known}.")


def granted(connection: Connection, actor: Actor, role_id: str) -> Role:
    """Give a role that the actor may give; raise InvalidError if there is none with that id."""
    role = _find(connection, actor, role_id)
    if role is None:
        raise InvalidError("The selected roleId is invalid.", is_whole=True)
    require_reach(actor, role)
    return role


def require_reach(actor: Actor, role: Role) -> None:
    """Raise ForbiddenError unless the actor may do all that the role allows."""
    if role.key == Role.OWNER.key and actor.role.key != Role.OWNER.key:
        raise ForbiddenError(_OWNERS_ONLY)
    if actor.is_admin or role == actor.role:
        return
    # What narrows the actor's own role might not narrow the other.
    if role.is_admin or actor.role.details or not role.permissions <= actor.role.permissions:
        raise ForbiddenError(_BEYOND)


@contextmanager
def _writing(database: Database, actor: Actor, name: str) -> Iterator[Connection]:
    """Open a transaction that writes a role of that name; one that is taken is a conflict."""
    try:
        with database.write() as connection:
            user_store.lock_organization(connection, actor.organization_id)
            yield connection
    except IntegrityError as error:
        raise ConflictError(f"There is a role {name.strip()} already.") from error


def _find(connection: Connection, actor: Actor, role_id: str) -> Role | None:
    built_in = {role.id: role for role in BUILT_IN_ROLES.values()}
    return built_in.get(role_id) or role_store.find_role(connection, actor.organization_id, role_id)


def _get(connection: Connection, actor: Actor, role_id: str) -> Role:
    role = _find(connection, actor, role_id)
    if role is None:
        raise NotFoundError(NO_ROLE)
    return role


def _own(connection: Connection, actor: Actor, role_id: str) -> Role:
    role = _get(connection, actor, role_id)
    if role.is_built_in:
        raise ConflictError(_BUILT_IN)
    return role


def _checked(actor: Actor, role_id: str, new: NewRole) -> Role:
    """Give the role to be; raise for a name that is blank or a built-in role's."""
    name = new.name.strip()
    if not name:
        raise InvalidError("The name field must not be blank.")
    built_in = {one.casefold() for role in BUILT_IN_ROLES.values() for one in (role.name, role.key)}
    if name.casefold() in built_in:
        raise ConflictError(f"There is a role {name} already.")
    role = Role(
        id=role_id, key=role_id, name=name, permissions=new.permissions, details=new.details
    )
    require_reach(actor, role)
    return role


def _record(
    connection: Connection, actor: audit.Who, action: audit.Action, role: Role, now: datetime
) -> None:
    audit.record(
        connection, actor, action, thing="role", thing_id=role.id, now=now, detail=role.name
    )
