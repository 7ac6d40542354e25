"""The interface of what an import writes to, which records and tasks implement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from transload.accounts.model import Actor
from transload.data_types.model import Field
from transload.imports.checking import Checked, Rules
from transload.imports.model import ChildTable, Code, Kind, Mode, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a row that is right in itself cannot go in; `field_id` is empty where no field is why."""

    code: Code
    field_id: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What became of good rows, or would, side by side in their order.

    `verdicts` are values of `Verdict`. `before` are JSON images of what is changed, `refusals` why
    a row does not go in, both by position. A row has an id and a version where there is something
    to have them.
    """

    verdicts: list[str]
    ids: list[str | None]
    versions: list[int | None]
    before: Mapping[int, str]
    refusals: Mapping[int, Refusal]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """What an undo did with the rows of a chunk, or would do: ids.

    The rest was edited since, or fits no more.
    """

    removed: frozenset[str]
    restored: frozenset[str]


class Destination(Protocol):
    """Where the rows of one import go, as it is at the moment that it was opened.

    Two are equal where rows would fare alike in both.
    """

    @property
    def name(self) -> str:
        """The name that people know it by."""

    @property
    def is_limited(self) -> bool:
        """Each of what is there is seen by those alone whom it names."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """What a row may have."""

    @property
    def mappable(self) -> tuple[Field, ...]:
        """Those of them that the user may write."""

    @property
    def key(self) -> str:
        """The field by which rows are told apart: of all that are mappable, or of none."""

    @property
    def children(self) -> tuple[ChildTable, ...]:
        """Those of them that may be sheets of their own."""

    @property
    def template(self) -> tuple[Field, ...]:
        """Those of them that a workbook to fill in has as columns."""

    def prepare(self, connection: Connection, checked: Checked, rules: Rules, mode: Mode) -> Any:  # noqa: ANN401 - the subject's own
        """Work out what becomes of the good rows, each of which has a document; writes nothing."""

    def results(self, prepared: Any) -> Results:  # noqa: ANN401 - likewise
        """Give what would become of rows that were prepared."""

    def write(self, connection: Connection, prepared: Any, now: datetime) -> Results | None:  # noqa: ANN401 - likewise
        """Write what was prepared; None, and nothing written, where the store has moved on."""

    def current(
        self, connection: Connection, ids: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Give the values that these have now, by id."""

    def take_back(
        self,
        connection: Connection,
        created: Mapping[str, int],
        changed: Mapping[str, tuple[int, str]],
        now: datetime | None,
    ) -> TakenBack:
        """Remove what was created and restore what was changed, where it still has that version.

        What does not fit its fields any more is not restored. `changed` has versions and images by
        id. Without `now` it only says what it would do.
        """


class Subject(Protocol):
    """A kind of thing that can be imported."""

    @property
    def kind(self) -> Kind:
        """Which."""

    def require(self, actor: Actor, target: Target) -> None:
        """Raise ForbiddenError unless the actor may import it there."""

    def open(self, connection: Connection, actor: Actor, target: Target) -> Destination:
        """Look up where rows are to go.

        Raises UnusableError for what is not there, ForbiddenError for a hub that is not theirs.
        """
