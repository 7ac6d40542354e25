"""An import: what is asked, where it stands, and what became of its rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from transload.data_types.model import Field
from transload.formats.reading.model import Choices, Table
from transload.imports.readings import Reading

KEEP_DAYS = 30
ERROR_TITLE = "Error"
_MAX_STEM = 80
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")


class Kind(StrEnum):
    """What an import writes to."""

    DATA = "datasource"
    TASK = "task"
    VISIT = "visit"
    ROUTE = "route"


class Status(StrEnum):
    """Where an import stands. Clients poll on it, so what is not a draft is a closed set."""

    UPLOADING = "uploading"
    DRAFT = "draft"
    PROCESSING = "onprocess"
    SUCCESS = "success"
    PARTIALLY = "partially"
    FAILED = "failed"

    @property
    def is_draft(self) -> bool:
        """It waits for a person."""
        return self in {Status.UPLOADING, Status.DRAFT}

    @property
    def is_over(self) -> bool:
        """Its rows have been taken or refused."""
        return self in {Status.SUCCESS, Status.PARTIALLY, Status.FAILED}


class Mode(StrEnum):
    """What may become of a row: a new record, a change of the one with its key, or either."""

    UPSERT = "upsert"
    INSERT = "insert"
    UPDATE = "update"


class Verdict(StrEnum):
    """What becomes of a row, or would."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    INVALID = "invalid"
    LEFT_OUT = "left_out"


class Step(StrEnum):
    """What a job does for an import."""

    CHECK = "check"
    COMMIT = "commit"
    RETRY = "retry"
    UNDO = "undo"


class Code(StrEnum):
    """Of what kind a fault of a row is, in the way of all `failedCode`s."""

    REQUIRED = "import-001"
    FORMAT = "import-015"
    REPEATED = "import-031"
    NOT_FOUND = "import-033"
    FORBIDDEN = "import-035"
    TOO_LARGE = "import-040"
    SERVER = "import-045"


class Stage(StrEnum):
    """Where an import stands that came by a link.

    It is open while its sender works at it; sent, it waits for a person of the organization, who
    approves it, returns it to its sender, or refuses it for good.
    """

    OPEN = "open"
    SENT = "sent"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"

    @property
    def is_with_sender(self) -> bool:
        """Its sender may change it."""
        return self in {Stage.OPEN, Stage.RETURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """How an import came by a link, and what was decided of it.

    `secret_hash` tells its sender. `name` and `email` are as the sender wrote them: nobody has
    checked them. `sentence` is what the sender is told by `decided_by`, who returned or refused it.
    """

    link_id: str
    link_name: str
    secret_hash: str
    stage: Stage = Stage.OPEN
    name: str = ""
    email: str = ""
    sentence: str = ""
    decided_by: str = ""
    sent_time: datetime | None = None
    decided_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many rows came to what. They add up to the rows of the file."""

    new: int = 0
    changed: int = 0
    same: int = 0
    invalid: int = 0
    left_out: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Count both."""
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in _COUNTED})

    @property
    def valid(self) -> int:
        """Rows that are in the store, or would be."""
        return self.new + self.changed + self.same

    @property
    def total(self) -> int:
        """All of them."""
        return self.valid + self.invalid + self.left_out

    def as_json(self) -> dict[str, int]:
        """Give them by the names of verdicts."""
        return {name: getattr(self, name) for name in _COUNTED}


_COUNTED = tuple(verdict.value for verdict in Verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A data type that is made with the import, under this id. `reasons` are by fields' ids."""

    id: str
    name: str
    is_common: bool
    is_limited: bool
    fields: tuple[Field, ...]
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildTable:
    """A field whose values are rows, which may be a sheet of their own in a workbook.

    Its `fields` begin with the one that says to which row of the main sheet such a row belongs.
    """

    field_id: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where rows go: a type's records in a hub. Ids that do not apply are empty.

    `proposed` is the type where there is none yet.
    """

    kind: Kind = Kind.DATA
    data_type_id: str = ""
    flow_id: str = ""
    hub_id: str = ""
    proposed: Proposed | None = None

    @property
    def is_open(self) -> bool:
        """Nothing is said of what the rows are to be, and nothing proposed."""
        return not (self.data_type_id or self.flow_id or self.proposed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import. `mapping` is by column, from 0: the id of the field that it is.

    `asked_mapping` is by title: what was said, before the file came, of columns that it may have.
    `chunk_ends` are the numbers of rows up to the end of each chunk. `checked_revision` is the
    revision of what was decided that the last check was made of; `revision` rises with every
    decision.
    """

    id: str
    organization_id: str
    user_id: str
    email: str
    target: Target
    target_name: str
    filename: str
    status: Status
    mode: Mode
    is_dry_run: bool
    choices: Choices
    mapping: Mapping[int, str] | None
    asked_mapping: Mapping[str, str | None] | None
    readings: Mapping[str, Reading]
    table: Table | None
    upload_size: int
    uploaded_size: int
    revision: int
    checked_revision: int
    job_id: str
    chunk_ends: tuple[int, ...]
    processed_chunks: int
    counts: Counts
    has_failed_file: bool
    error_message: str | None
    is_cancelled: bool
    undone: Mapping[str, int] | None
    created_time: datetime
    updated_time: datetime
    processed_time: datetime | None
    expires_time: datetime
    submission: Submission | None = None

    @property
    def total_rows(self) -> int:
        """The rows of the file."""
        return 0 if self.table is None else self.table.rows

    @property
    def total_chunks(self) -> int:
        """In how many parts they go in."""
        return len(self.chunk_ends)

    def chunk(self, number: int) -> tuple[int, int]:
        """Give the first row of a chunk, from 0, and how many it has."""
        first = self.chunk_ends[number - 1] if number else 0
        return first, self.chunk_ends[number] - first

    @property
    def is_checked(self) -> bool:
        """All rows have been looked at as they stand now."""
        return self.checked_revision == self.revision

    @property
    def upload_key(self) -> str:
        """Where the file is kept as it came."""
        return self._key("upload")

    @property
    def rows_key(self) -> str:
        """Where its rows are kept."""
        return self._key("rows.parquet")

    @property
    def failed_key(self) -> str:
        """Where the rows that failed are kept as a workbook; a retry writes another one."""
        return self._key(f"failed-{self.job_id}.xlsx")

    @property
    def failed_name(self) -> str:
        """The public name of that workbook."""
        return f"{self.id}/failed_{stem(self.filename)}_{self.id}.xlsx"

    def _key(self, name: str) -> str:
        return f"{self.created_time:%Y%m%d}/imp_{self.id}.{name}"


def outcome(counts: Counts) -> Status:
    """Give the end of an import whose rows have all been taken or refused."""
    if not counts.invalid:
        return Status.SUCCESS
    return Status.PARTIALLY if counts.valid else Status.FAILED


def stem(filename: str) -> str:
    """Give a file's name without folder and extension, safe to be part of another."""
    name = _UNSAFE.sub("_", filename.replace("\\", "/").rpartition("/")[2])
    first, dot, _ = name.rpartition(".")
    return (first if dot and first else name)[:_MAX_STEM].strip() or "file"
