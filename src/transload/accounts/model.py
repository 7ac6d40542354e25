"""Roles, permissions and the actor."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from transload.errors import ForbiddenError, InvalidError

MAX_TOKENS_PER_USER = 10
_DURATION_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_MAX_DURATION_DIGITS = 4


class Permission(StrEnum):
    """What a role may allow, by the names that the API uses."""

    VIEW_DATA = "view/data"
    ADD_DATA = "add/data"
    EDIT_DATA = "edit/data"
    DELETE_DATA = "delete/data"
    VIEW_DATA_TYPE = "view/dataType"
    ADD_DATA_TYPE = "add/dataType"
    EDIT_DATA_TYPE = "edit/dataType"
    DELETE_DATA_TYPE = "delete/dataType"
    VIEW_HUB = "view/hub"
    ADD_HUB = "add/hub"
    EDIT_HUB = "edit/hub"
    DELETE_HUB = "delete/hub"
    VIEW_ROLE = "view/role"
    VIEW_USER = "view/user"
    EXPORT_DATA = "export/data"
    VIEW_LOG = "view/log"


class Role(StrEnum):
    """The built-in roles."""

    OWNER = "owner"
    ADMIN = "admin"
    PLANNER = "planner"
    FIELD = "field"

    @property
    def id(self) -> str:
        """The same in every installation."""
        return f"{list(Role).index(self) + 1:024x}"

    @property
    def label(self) -> str:
        """The role's name as it is shown."""
        return "Field User" if self is Role.FIELD else self.value.capitalize()

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the role allows."""
        return _PERMISSIONS[self]


_EVERYTHING = frozenset(Permission)
_PERMISSIONS = {
    Role.OWNER: _EVERYTHING,
    Role.ADMIN: _EVERYTHING,
    Role.PLANNER: frozenset(
        {
            Permission.VIEW_DATA,
            Permission.ADD_DATA,
            Permission.EDIT_DATA,
            Permission.DELETE_DATA,
            Permission.VIEW_DATA_TYPE,
            Permission.VIEW_HUB,
            Permission.VIEW_USER,
            Permission.EXPORT_DATA,
        }
    ),
    Role.FIELD: frozenset({Permission.VIEW_DATA, Permission.VIEW_DATA_TYPE, Permission.VIEW_HUB}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A tenant: everything belongs to exactly one."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A user, as every use case sees the caller."""

    user_id: str
    organization_id: str
    email: str
    name: str
    role: Role
    assigned_hub_ids: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """Owners and admins see all of their organization."""
        return self.role in {Role.OWNER, Role.ADMIN}

    @property
    def hub_ids(self) -> frozenset[str] | None:
        """The hubs whose records the user may see; None: all."""
        return None if self.is_admin else self.assigned_hub_ids

    def may(self, permission: Permission) -> bool:
        """Tell whether the role allows it."""
        return permission in self.role.permissions

    def sees_hub(self, hub_id: str) -> bool:
        """Tell whether the user may see the hub's records."""
        return self.hub_ids is None or hub_id in self.hub_ids

    def require(
        self,
        permission: Permission,
        message: str = "You do not have permission to perform this action",
    ) -> None:
        """Raise ForbiddenError with the message unless the role allows it."""
        if not self.may(permission):
            raise ForbiddenError(message)


def parse_email(text: str) -> str:
    """Give the address in the form in which it is stored: lower case, no blanks around it."""
    email = text.strip().lower()
    local, at, domain = email.rpartition("@")
    if not (local and at and domain) or any(character.isspace() for character in email):
        raise InvalidError(f"{text} is not an e-mail address.")
    return email


def parse_duration(text: str) -> timedelta:
    """Read `30d`, `12h`, `90m` or `45s`."""
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit() and unit in _DURATION_UNITS):
        raise InvalidError(f"{text} is not a duration such as 30d, 12h, 90m or 45s.")
    if len(number) > _MAX_DURATION_DIGITS or not int(number):
        raise InvalidError(f"{text} is not a duration from 1s to 9999d.")
    return timedelta(seconds=int(number) * _DURATION_UNITS[unit])
