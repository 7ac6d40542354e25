"""What can be exported: the subjects of exports, and what each tells the engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.documents.order import Order, Slice
from transload.documents.source import Source
from transload.exports.model import ExportRequest
from transload.formats.columns import Table
from transload.formats.registry import Format

Expand = Callable[[bytes], bytes]
"""Makes the lines of a further table of those of the documents that were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an export reads, in which order, and the tables that it writes.

    `format` is that of the file; `name` is what the log calls what was exported. Of the tables, the
    first has a row for each document; the others, one for each of `expands`, have the rows that it
    makes of the same documents. `names` are the members and fields that the lines of documents have
    to hold: the columns of the first table, and what the others are made of.
    """

    format: Format
    name: str
    source: Source
    order: Order
    part: Slice
    names: Sequence[str]
    tables: Sequence[Table]
    expands: Sequence[Expand] = ()


class Subject(Protocol):
    """A kind of thing that can be exported."""

    @property
    def report(self) -> str:
        """Its name in the log and in file names."""

    @property
    def permission(self) -> Permission:
        """What an export of it takes."""

    @property
    def denied(self) -> str:
        """What a user reads who may not export it."""

    def parsed(self, stored: Mapping[str, Any]) -> ExportRequest:
        """Give a request that was stored as JSON."""

    def plan(self, connection: Connection, actor: Actor, request: ExportRequest) -> Plan:
        """Check a request against permissions, schemas and hubs as they are now.

        Raises ForbiddenError or InvalidError.
        """
