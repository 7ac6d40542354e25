"""What can be exported: the subjects of exports, and what each tells the engine."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl
from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.documents.order import Order, Slice
from transload.documents.source import Source
from transload.errors import ForbiddenError
from transload.exports.model import ExportRequest
from transload.formats.columns import Table
from transload.formats.csv_rows import PLAIN, Dialect
from transload.formats.registry import Format


class MakeRows(Protocol):
    """Makes the rows of a file's tables of the lines of the documents that were read."""

    def __call__(self, lines: bytes, *, keeps_dates_spelled: bool) -> Iterable[pl.DataFrame]:
        """Give a frame for each table; dates can be kept as the text that they are stored as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an export reads, in which order, and the tables that it writes.

    `format` is that of the file; `name` is what the log calls what was exported. Of the tables, the
    first has a row for each document; `rows` makes those of all tables. Without it there is one
    table, whose rows are read as its columns say. `names` are the members and fields that the lines
    of documents have to hold. `notes` are sentences for the log: what was asked for and is not in
    the file. `closing_notes` gives those that only what was written tells.
    """

    format: Format
    name: str
    source: Source
    order: Order
    part: Slice
    names: Sequence[str]
    tables: Sequence[Table]
    rows: MakeRows | None = None
    notes: Sequence[str] = ()
    closing_notes: Callable[[], Sequence[str]] = tuple
    dialect: Dialect = PLAIN


def require_kept(started: Actor, current: Actor | None, subject: "Subject") -> None:
    """Raise ForbiddenError where the user may see less than when the work began."""
    if current is None:
        raise ForbiddenError("The user who asked for this export is no user any more.")
    if not is_allowed(current, subject):
        raise ForbiddenError(f"{subject.denied} any more")
    if not sees_hubs(current, started.hub_ids):
        raise ForbiddenError("A hub was taken away from the user while the export ran.")
    if not current.is_admin and current.role.details != started.role.details:
        raise ForbiddenError("What the user's role shows was changed while the export ran.")


def is_allowed(actor: Actor, subject: "Subject") -> bool:
    """Tell whether the user may export a kind of thing at all."""
    return actor.is_admin if subject.permission is None else actor.may(subject.permission)


def sees_hubs(actor: Actor, hub_ids: Collection[str] | None) -> bool:
    """Tell whether the user sees all of these hubs; None: every one."""
    if actor.hub_ids is None:
        return True
    return hub_ids is not None and actor.hub_ids.issuperset(hub_ids)


class Subject(Protocol):
    """A kind of thing that can be exported."""

    @property
    def report(self) -> str:
        """Its name in the log and in file names."""

    @property
    def permission(self) -> Permission | None:
        """What an export of it takes; None: to be an owner or admin, and so does its file."""

    @property
    def denied(self) -> str:
        """What a user reads who may not export it."""

    def parsed(self, stored: Mapping[str, Any]) -> ExportRequest:
        """Give a request that was stored as JSON."""

    def plan(self, connection: Connection, actor: Actor, request: ExportRequest) -> Plan:
        """Check a request against permissions, schemas and hubs as they are now.

        Raises ForbiddenError or InvalidError.
        """
