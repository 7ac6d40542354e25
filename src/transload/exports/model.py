"""An export: what is asked for, and how it ends."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from transload.formats.columns import Losses
from transload.formats.registry import Format

MAX_RECORDS = 1_000_000
DEFAULT_DIRECT_LIMIT = 30
SEEN_HUBS = "seenHubIds"
HIDDEN = "hiddenFields"
"""Beside a stored request: the hubs that the user saw who asked; none: all of them."""
KEEP_DAYS = 30
_FILE_KEY = re.compile(r"\d{8}/exp_([0-9a-f]{24})(?:\.\d+)?\.\w+", re.ASCII)


class Status(StrEnum):
    """Where an export stands. Clients poll on it, so the set is closed."""

    PROCESSING = "Processing"
    DONE = "Done"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What a user asks for, complete and checked by itself; `fields` None: the visible ones.

    Each subject adds what it alone understands. The log keeps a request as JSON.
    """

    format: Format
    is_background: bool
    fields: tuple[str, ...] | None
    page: int
    limit: int
    sort_by: str
    is_descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a finished file holds. Counts are documents; `size` is in bytes.

    `notes` are sentences: what was asked for and is not in it.
    """

    records: int
    matched: int
    is_truncated: bool
    last_id: str | None
    last_field: str
    size: int
    losses: Losses
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One entry of the log. `file_name` is `<YYYYMMDD>/<report>_<organization>_<time>.<ext>`.

    `request` is what was asked, as JSON, which the subject that `report` names reads.
    `claim` rises whenever a worker begins with it, `attempts` unless that one handed it over.
    `delivery` is there where a schedule asked for it: which one, and where the file went and when.
    """

    id: str
    organization_id: str
    user_id: str
    email: str
    report: str
    data_name: str
    format: Format
    request: Mapping[str, Any]
    status: Status
    attempts: int
    claim: int
    progress: int
    requested_time: datetime
    started_time: datetime | None
    completed_time: datetime | None
    expires_time: datetime
    file_name: str
    file_size: int | None
    total_records: int | None
    total_matched: int | None
    is_truncated: bool | None
    losses: Losses | None
    notes: tuple[str, ...]
    error_message: str | None
    is_cancelled: bool
    delivery: Mapping[str, str] | None = None

    @property
    def asked(self) -> dict[str, Any]:
        """The request alone, as its subject stores it."""
        return {
            name: value for name, value in self.request.items() if name not in {SEEN_HUBS, HIDDEN}
        }

    @property
    def hub_ids(self) -> Sequence[str] | None:
        """The hubs whose documents the file may hold; None: all of them."""
        hub = self.request.get("hub_id")
        seen: list[str] | None = self.request.get(SEEN_HUBS, [])
        return [hub] if hub else seen

    def hides(self, thing_id: str, names: Collection[str]) -> bool:
        """Tell whether the file has none of these fields of a data type or flow."""
        only = self.request.get("data_type_id")
        if only is not None and only != thing_id:
            return True
        hidden: Mapping[str, Sequence[str]] = self.request.get(HIDDEN, {})
        return set(names) <= set(hidden.get(thing_id, ()))

    @property
    def file_key(self) -> str:
        """Where the file store keeps the bytes: by id and claim, so that no two writers meet."""
        ordinal = f".{self.claim}" if self.claim > 1 else ""
        return f"{self.requested_time:%Y%m%d}/exp_{self.id}{ordinal}.{self.format}"

    @property
    def is_over(self) -> bool:
        """Nothing more will become of it."""
        return self.status is not Status.PROCESSING

    def has_file(self, now: datetime) -> bool:
        """Tell whether its file can be fetched: it is whole, not past its time, not removed."""
        return self.status is Status.DONE and now < self.expires_time


def export_of(file_key: str) -> str | None:
    """Give the id of the export whose file has the key; None for a key of another kind."""
    found = _FILE_KEY.fullmatch(file_key)
    return None if found is None else found[1]


def notes(losses: Losses) -> list[str]:
    """Say what the format could not hold, a sentence each."""
    found = []
    if losses.cut_texts:
        found.append(f"Cells cut to the 32,767 characters of an xlsx cell: {losses.cut_texts}.")
    if losses.dates_as_text:
        found.append(f"Dates too early for the format, written as text: {losses.dates_as_text}.")
    if losses.numbers_as_text:
        found.append(f"Numbers of more than 15 digits written as text: {losses.numbers_as_text}.")
    if losses.gaps_as_empty:
        found.append(f"Records without any value, written as empty text: {losses.gaps_as_empty}.")
    if losses.replaced_texts:
        found.append(
            "Texts with characters that the format has no place for, each written as U+FFFD: "
            f"{losses.replaced_texts}."
        )
    return found


def file_name(
    report: str, organization_id: str, requested: datetime, extension: str, number: int
) -> str:
    """Give the public name of the `number`th such file of an organization in a second, from 1."""
    ordinal = f"_{number}" if number > 1 else ""
    stem = f"{report}_{organization_id}_{int(requested.timestamp())}{ordinal}"
    return f"{requested:%Y%m%d}/{stem}.{extension}"
