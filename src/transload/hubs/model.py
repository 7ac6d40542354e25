"""A hub, and how hubs are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A place that records belong to; `lat` and `lng` in degrees (WGS 84)."""

    id: str
    organization_id: str
    name: str
    address: str
    lat: float
    lng: float
    country: Mapping[str, object] | None
    country_code: str
    has_delete_access: bool
    created_time: datetime
    updated_time: datetime


class SortKey(Enum):
    """What hubs can be sorted by."""

    ID = auto()
    NAME = auto()
    ADDRESS = auto()
    LAT = auto()
    LNG = auto()
    COUNTRY_CODE = auto()
    DELETE_ACCESS = auto()
    CREATED_TIME = auto()
    UPDATED_TIME = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class HubQuery:
    """Which hubs are asked for, and in which order.

    `name` is a whole name, `part` a part of a name or an address in any case; None: all.
    """

    name: str | None
    part: str | None
    is_assigned_only: bool
    sort_key: SortKey
    is_descending: bool
    offset: int
    limit: int
