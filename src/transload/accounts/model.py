"""Roles, permissions and the actor: the user behind a request."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from transload.errors import DENIED, ForbiddenError, InvalidError

MAX_TOKENS_PER_USER = 10
NEVER_HIDDEN = frozenset({"_id", "dataId", "dataTypeId", "hubId", "organizationId", "flowId"})
"""Fields that no role hides: without them nothing could be told apart."""
_ID_LENGTH = 24
_DURATION_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_MAX_DURATION_DIGITS = 4


class Permission(StrEnum):
    """What a role may allow, by the names that the API uses: a verb, and the thing it is done to.

    `view/log` is others' exports and imports, `edit/config` saved columns of exports and imports.
    """

    VIEW_DATA = "view/data"
    ADD_DATA = "add/data"
    EDIT_DATA = "edit/data"
    DELETE_DATA = "delete/data"
    VIEW_DATA_TYPE = "view/dataType"
    ADD_DATA_TYPE = "add/dataType"
    EDIT_DATA_TYPE = "edit/dataType"
    DELETE_DATA_TYPE = "delete/dataType"
    VIEW_TASK = "view/task"
    ADD_TASK = "add/task"
    EDIT_TASK = "edit/task"
    DELETE_TASK = "delete/task"
    ASSIGN_TASK = "assign/task"
    MOVE_TASK = "move/task"
    VIEW_FLOW = "view/flow"
    ADD_FLOW = "add/flow"
    EDIT_FLOW = "edit/flow"
    DELETE_FLOW = "delete/flow"
    VIEW_HUB = "view/hub"
    ADD_HUB = "add/hub"
    EDIT_HUB = "edit/hub"
    DELETE_HUB = "delete/hub"
    VIEW_USER = "view/user"
    ADD_USER = "add/user"
    EDIT_USER = "edit/user"
    DELETE_USER = "delete/user"
    VIEW_ROLE = "view/role"
    CREATE_ROLE = "create/role"
    EDIT_ROLE = "edit/role"
    DELETE_ROLE = "delete/role"
    EXPORT_DATA = "export/data"
    EXPORT_TASK = "export/task"
    IMPORT_DATA = "import/data"
    IMPORT_TASK = "import/task"
    VIEW_LOG = "view/log"
    EDIT_CONFIG = "edit/config"
    EDIT_WEBHOOK = "edit/webhook"

    @property
    def id(self) -> str:
        """The permission's id: made of its name, the same in every installation."""
        return hashlib.sha256(self.value.encode()).hexdigest()[:_ID_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What narrows a permission of a role.

    `hidden_fields` are those of the data type or flow `thing_id`; `flow_ids` are the only flows
    that a permission holds for, None: all.
    """

    permission: Permission
    thing_id: str = ""
    hidden_fields: frozenset[str] = frozenset()
    flow_ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a user may do; the built-in roles are `Role.OWNER`, `ADMIN`, `PLANNER` and `FIELD`.

    `key` is how the store calls it: a built-in role by a word, any other by its id. The times are
    those of a role that an organization made.
    """

    OWNER: ClassVar["Role"]
    ADMIN: ClassVar["Role"]
    PLANNER: ClassVar["Role"]
    FIELD: ClassVar["Role"]

    id: str
    key: str
    name: str
    permissions: frozenset[Permission]
    details: tuple[Detail, ...] = ()
    is_admin: bool = False
    created_time: datetime | None = None
    updated_time: datetime | None = None

    @property
    def is_built_in(self) -> bool:
        """Every organization has it, and none can change it."""
        return self.key in BUILT_IN_ROLES


_LOOKING = frozenset(
    {
        Permission.VIEW_DATA,
        Permission.VIEW_DATA_TYPE,
        Permission.VIEW_TASK,
        Permission.VIEW_FLOW,
        Permission.VIEW_HUB,
    }
)
_PLANNING = _LOOKING | {
    Permission.ADD_DATA,
    Permission.EDIT_DATA,
    Permission.DELETE_DATA,
    Permission.ADD_TASK,
    Permission.EDIT_TASK,
    Permission.DELETE_TASK,
    Permission.ASSIGN_TASK,
    Permission.MOVE_TASK,
    Permission.VIEW_USER,
    Permission.EXPORT_DATA,
    Permission.EXPORT_TASK,
    Permission.IMPORT_DATA,
    Permission.IMPORT_TASK,
    Permission.EDIT_CONFIG,
}
_EVERYTHING = frozenset(Permission)


def _built_in(number: int, key: str, permissions: frozenset[Permission], *, name: str = "") -> Role:
    return Role(
        id=f"{number:0{_ID_LENGTH}x}",
        key=key,
        name=name or key,
        permissions=permissions,
        is_admin=permissions == _EVERYTHING,
    )


Role.OWNER = _built_in(1, "owner", _EVERYTHING)
Role.ADMIN = _built_in(2, "admin", _EVERYTHING)
Role.PLANNER = _built_in(3, "planner", _PLANNING)
Role.FIELD = _built_in(4, "field", _LOOKING, name="Field User")
BUILT_IN_ROLES: Mapping[str, Role] = {
    role.key: role for role in (Role.OWNER, Role.ADMIN, Role.PLANNER, Role.FIELD)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A tenant: everything belongs to exactly one. Of a disabled one, nobody is let in."""

    id: str
    name: str
    is_disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveToken:
    """A token that works, without its text, which nobody keeps. `id` is its jti."""

    id: str
    name: str
    created_time: datetime
    expires_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """What a caller is held to who came by an import link, and is no user.

    They begin imports of the link, or, where `import_id` names one, work at that import alone.
    `closed` says why they may change nothing of it any more; empty: they may.
    """

    link_id: str
    max_rows: int
    import_id: str = ""
    closed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A user, as every use case sees the caller.

    With `guest` it is the holder of an import link, who acts in the place of the user that made it:
    as that user may import today, and no further than the link goes.
    """

    user_id: str
    organization_id: str
    email: str
    name: str
    role: Role
    assigned_hub_ids: frozenset[str]
    guest: Guest | None = None

    @property
    def is_admin(self) -> bool:
        """Owners and admins see all of their organization."""
        return self.role.is_admin

    @property
    def hub_ids(self) -> frozenset[str] | None:
        """The hubs whose records the user may see; None: all."""
        return None if self.is_admin else self.assigned_hub_ids

    def may(self, permission: Permission) -> bool:
        """Tell whether the role allows it."""
        return permission in self.role.permissions

    def hidden_fields(self, permission: Permission, thing_id: str) -> frozenset[str]:
        """Give the fields of a data type or flow that the role hides: none of an owner or admin."""
        return frozenset().union(
            *(
                detail.hidden_fields
                for detail in self.role.details
                if detail.permission is permission and detail.thing_id == thing_id
            )
        )

    @property
    def addable_flow_ids(self) -> frozenset[str] | None:
        """The flows of which the role may add and import tasks; None: all."""
        limits = [
            detail.flow_ids
            for detail in self.role.details
            if detail.permission is Permission.ADD_TASK and detail.flow_ids is not None
        ]
        return frozenset.intersection(*limits) if limits else None

    def sees_hub(self, hub_id: str) -> bool:
        """Tell whether the user may see the hub's records."""
        return self.hub_ids is None or hub_id in self.hub_ids

    def require(
        self,
        permission: Permission,
        message: str = DENIED,
    ) -> None:
        """Raise ForbiddenError with the message unless the role allows it."""
        if not self.may(permission):
            raise ForbiddenError(message)


def operator_of(organization_id: str) -> Actor:
    """Give whoever runs the installation, as an owner of an organization without a name."""
    return Actor(
        user_id="",
        organization_id=organization_id,
        email="",
        name="",
        role=Role.OWNER,
        assigned_hub_ids=frozenset(),
    )


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
