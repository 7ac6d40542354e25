"""A hub."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


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
