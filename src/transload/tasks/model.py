"""A task, how far it has come, and how its values are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any

MEMBERS = ("_id", "organizationId", "flowId", "flow", "hubId", "createdTime", "updatedTime")
"""What every task has outside of its document, in order."""
OF_THE_SYSTEM = frozenset(
    {*MEMBERS, "hub", "createdBy", "updatedBy", "organization", "isDeleted", "ignoredFields"}
)
"""What a client does not write: it is passed over, so that a task that was read can be sent."""


class Status(StrEnum):
    """How far a task has come: it follows from who is assigned, unless the task is done."""

    UNASSIGNED = "UNASSIGNED"
    ONGOING = "ONGOING"
    DONE = "DONE"


class Way(Enum):
    """How values are written: over all of a task, or over those that are named."""

    PUT = auto()
    PATCH = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One stored task.

    `values` is its document: reserved keys, then components, those without a value left out.
    `version` is 1 for a new task, and rises with every write.
    """

    id: str
    organization_id: str
    flow_id: str
    hub_id: str
    version: int
    values: Mapping[str, Any]
    created_time: str
    updated_time: str

    @property
    def status(self) -> Status:
        """How far it has come."""
        return Status(self.values["status"])

    @property
    def assignees(self) -> Sequence[str]:
        """Who is to do it: e-mails, in lower case."""
        return self.values.get("assignee") or ()
