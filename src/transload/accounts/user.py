"""A user, as those who manage users see them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from transload.accounts.model import Role


class Status(StrEnum):
    """Whether a user can come in: pending until they use their invitation, inactive no more."""

    ACTIVE = "active"
    PENDING = "pending"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of an organization. `team_ids` are kept for clients that have teams."""

    id: str
    organization_id: str
    organization_name: str
    email: str
    name: str
    role: Role
    hub_ids: frozenset[str]
    status: Status
    team_ids: tuple[str, ...]
    phone_number: str
    last_login_time: datetime | None
    created_time: datetime
    updated_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UserQuery:
    """Which users are asked for; `part` is a part of a name or an address, None: all."""

    hub_id: str | None = None
    role_id: str | None = None
    team_id: str | None = None
    status: Status | None = None
    part: str | None = None
    offset: int = 0
    limit: int | None = None
