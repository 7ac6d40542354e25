"""The attempts at a row's job: one worker at a time has it, and it ends once.

A row that has a job is queued, claimed, worked at, perhaps handed over, and in the end done or
failed. Its claim is a fencing token: it rises whenever a worker begins, and who holds an older one
changes nothing any more. Its `attempts` rise likewise, but fall again where work stops through no
fault of its own: the process was told to stop, or the database was away. So a job has run as often
as `claim` says, and `attempts` counts those runs that were killed or that are still at work. What
begins a job again is `rescue` and, in a process that starts anew, the job library.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Row, Table, Update, select, update

from transload.clock import Clock
from transload.db.engine import Database, is_outage
from transload.errors import TransloadError, UnavailableError
from transload.jobs.model import HandoverError, LostError
from transload.shutdown import Shutdown
from transload.telemetry.context import note_failure
from transload.telemetry.logs import details

MAX_ATTEMPTS = 5
MAX_CLAIMS = 60  # of a row whose runs all ended in outages
_log = logging.getLogger(__name__)

Made = TypeVar("Made")


class EndedError(Exception):
    """The row has ended, is gone, or is another worker's: nobody wants this work any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A worker's hold on a row's job. `attempts` does not count clean hand-overs."""

    organization_id: str
    id: str
    number: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A table whose rows have jobs, and the statuses of one that runs and of one that failed.

    Its columns: organization_id, id, status, attempts, claim, progress (percent), started_time,
    completed_time, error_message, is_cancelled.
    """

    table: Table
    running: str
    failed: str

    def begin(
        self, connection: Connection, organization_id: str, row_id: str, now: datetime
    ) -> Row[*tuple[Any, ...]] | None:
        """Claim a row, once more if it had been before; give it, or None if it has ended."""
        columns = self.table.c
        return connection.execute(
            self._running(organization_id, row_id)
            .values(
                attempts=columns.attempts + 1,
                claim=columns.claim + 1,
                started_time=now,
                progress=0,
            )
            .returning(self.table)
        ).first()

    def keep(self, connection: Connection, claim: Claim, **values: object) -> bool:
        """Change a running row under its claim; False if it has ended or is another worker's."""
        held = self._running(claim.organization_id, claim.id)
        held = held.where(self.table.c.claim == claim.number)
        return connection.execute(held.values(**values)).rowcount > 0

    def hand_over(self, connection: Connection, claim: Claim) -> None:
        """Note that work stops before its end, through no fault of its own."""
        self.keep(connection, claim, attempts=self.table.c.attempts - 1)

    def finish(
        self, connection: Connection, claim: Claim, status: str, now: datetime, **values: object
    ) -> bool:
        """Note that the work is done; False if the row has ended or is another worker's."""
        return self.keep(
            connection, claim, status=status, progress=100, completed_time=now, **values
        )

    def fail(self, connection: Connection, claim: Claim, message: str, now: datetime) -> bool:
        """Note that nothing will come of it, and why; False as above."""
        return self.keep(
            connection, claim, status=self.failed, completed_time=now, error_message=message
        )

    def cancel(
        self,
        connection: Connection,
        organization_id: str,
        row_id: str,
        message: str,
        now: datetime,
    ) -> bool:
        """End a running row, whoever is at work on it; False if it has ended before."""
        ended = self._running(organization_id, row_id).values(
            status=self.failed, completed_time=now, error_message=message, is_cancelled=True
        )
        return connection.execute(ended).rowcount > 0

    def is_over(self, connection: Connection, claim: Claim) -> bool:
        """Tell whether the row has ended or is gone, and is not another worker's."""
        columns = self.table.c
        status = connection.scalar(
            select(columns.status).where(
                columns.organization_id == claim.organization_id, columns.id == claim.id
            )
        )
        return status != self.running

    def _running(self, organization_id: str, row_id: str) -> Update:
        columns = self.table.c
        return update(self.table).where(
            columns.organization_id == organization_id,
            columns.id == row_id,
            columns.status == self.running,
        )


class Claimed(Protocol):
    """A row that has a job, or what was read of it."""

    @property
    def organization_id(self) -> str:
        """The id of the organization."""

    @property
    def id(self) -> str:
        """The id of the row."""

    @property
    def claim(self) -> int:
        """How often workers have begun with it."""

    @property
    def attempts(self) -> int:
        """The same, less clean hand-overs."""


def claim_of(row: Claimed) -> Claim:
    """Give the claim that a row carries."""
    return Claim(
        organization_id=row.organization_id,
        id=row.id,
        number=row.claim,
        attempts=row.attempts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Runs the jobs of one kind of row, which sentences call by the noun and the prefixed id.

    A job looks every `look_seconds` whether its row still wants it.
    """

    database: Database
    clock: Clock
    shutdown: Shutdown
    ledger: Ledger
    noun: str
    id_prefix: str = ""
    look_seconds: float = 0.9

    def run(
        self,
        organization_id: str,
        row_id: str,
        *,
        work: Callable[[Row[*tuple[Any, ...]]], Made],
        finish: Callable[[Connection, Claim, Made], bool],
        discard: Callable[[Claim, Made], None] | None = None,
        on_failure: Callable[[Connection, Claim, str], None] | None = None,
    ) -> None:
        """Do the job of a row, unless it has ended; `work` gets the row as it is claimed.

        What `work` makes is handed to `finish`, which ends the row in the transaction that it gets
        and tells whether the row was still held; if not, `discard` clears away what was made.
        A refusal that `work` raises ends the row with its sentence, and so does an unforeseen
        error; an outage and a stopping process leave the row to a later run, which is why those
        are raised on. `on_failure` is called in the transaction that ends the row as failed.
        """
        with self.shutdown.awaits():
            row = self._begun(organization_id, row_id)
            if row is None:
                return
            claim = claim_of(row)
            self._tell(claim)
            fail = _Failing(self, claim, on_failure)
            if claim.attempts > MAX_ATTEMPTS:
                fail(f"The {self.noun} was interrupted {MAX_ATTEMPTS} times and given up.")
                return
            try:
                made = work(row)
            except HandoverError:
                self._hand_over(claim)
                raise
            except EndedError:
                self.require_end(claim)
            except UnavailableError as error:
                self._put_off(claim, error.message, fail)
                raise
            except TransloadError as error:
                fail(error.message)
            except Exception as error:
                if is_outage(error):
                    self._put_off(claim, "The database was out of reach.", fail)
                    raise
                self._end_unforeseen(claim, fail)
            else:
                self._finish(claim, made, finish, discard)

    def watch(self, claim: Claim) -> Callable[[int], None]:
        """Give what work calls with its percentage, as often as it likes.

        It raises HandoverError where the process stops, and EndedError where the row has ended.
        """
        reported = monotonic()

        def look(percent: int) -> None:
            nonlocal reported
            self.require_time()
            if monotonic() - reported >= self.look_seconds:
                reported = monotonic()
                with self.database.write() as connection:
                    goes_on = self.ledger.keep(connection, claim, progress=percent)
                if not goes_on:
                    raise EndedError

        return look

    def require_time(self) -> None:
        """Raise HandoverError where the process stops."""
        if self.shutdown.has_begun:
            raise HandoverError

    def require_end(self, claim: Claim) -> None:
        """Raise LostError unless the row has ended: this worker may write no more of it."""
        if not self._is_over(claim):
            raise LostError(f"The {self.noun} {claim.id} is another worker's.")

    def _end_unforeseen(self, claim: Claim, fail: Callable[[str], None]) -> None:
        """End a row whose work met an error; where it has ended, its files went with it."""
        if self._is_over(claim):
            return
        _log.exception("%s %s failed", self.noun, claim.id)
        fail(f"The {self.noun} failed; the log has more under {self.id_prefix}{claim.id}.")

    def _is_over(self, claim: Claim) -> bool:
        with self.database.read() as connection:
            is_over = self.ledger.is_over(connection, claim)
        if is_over:
            _log.info("%s %s was ended while it ran", self.noun, claim.id)
        return is_over

    def _begun(self, organization_id: str, row_id: str) -> Row[*tuple[Any, ...]] | None:
        with self.database.write() as connection:
            return self.ledger.begin(connection, organization_id, row_id, self.clock.now())

    def _tell(self, claim: Claim) -> None:
        """Note in the log that a row's job had been begun before."""
        if claim.number > 1:
            _log.info(
                "%s %s is begun again: claim %d, attempt %d",
                self.noun,
                claim.id,
                claim.number,
                claim.attempts,
                extra=details(claim=claim.number, attempt=claim.attempts),
            )

    def _finish(
        self,
        claim: Claim,
        made: Made,
        finish: Callable[[Connection, Claim, Made], bool],
        discard: Callable[[Claim, Made], None] | None,
    ) -> None:
        with self.database.write() as connection:
            if finish(connection, claim, made):
                return
        if discard is not None:
            discard(claim, made)
        self.require_end(claim)

    def _put_off(self, claim: Claim, reason: str, fail: "_Failing") -> None:
        """Leave the row to a later run of its job, or give it up after sixty."""
        if claim.number >= MAX_CLAIMS:
            fail(f"{reason} The {self.noun} was begun {MAX_CLAIMS} times and given up.")
        else:
            self._hand_over(claim)

    def _hand_over(self, claim: Claim) -> None:
        with self.database.write() as connection:
            self.ledger.hand_over(connection, claim)


@dataclass(frozen=True, slots=True)
class _Failing:
    """Ends a row as failed, in a transaction of its own."""

    attempts: Attempts
    claim: Claim
    on_failure: Callable[[Connection, Claim, str], None] | None

    def __call__(self, message: str) -> None:
        attempts = self.attempts
        with attempts.database.write() as connection:
            attempts.ledger.fail(connection, self.claim, message, attempts.clock.now())
            if self.on_failure is not None:
                self.on_failure(connection, self.claim, message)
        note_failure()
