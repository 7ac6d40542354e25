"""Instants as the API writes them."""

from datetime import datetime


def plain(instant: datetime) -> str:
    """`YYYY-MM-DD HH:MM:SS`: data types, records, imports."""
    return instant.strftime("%Y-%m-%d %H:%M:%S")


def zulu(instant: datetime) -> str:
    """ISO 8601 with microseconds and Z: hubs and configs."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def offset(instant: datetime | None) -> str | None:
    """ISO 8601 with +00:00, to the second: tasks, users, the export log."""
    return None if instant is None else instant.replace(microsecond=0).isoformat()
