"""Use cases of imports: start one, do its job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import Connection, Row

from transload import audit
from transload.accounts.model import Actor
from transload.clock import Clock
from transload.configs import store as configs
from transload.configs.model import ImportField
from transload.configs.model import Kind as ConfigKind
from transload.data_types.model import KEY_FIELD, Field, FieldType
from transload.data_types.values import KINDS
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import UnusableError
from transload.files.fetching import local_file
from transload.files.model import Files
from transload.formats.reading.model import Choices, Table, UnreadableError
from transload.imports import intake, store
from transload.imports.child_sheets import of_main
from transload.imports.committing import Committer
from transload.imports.mapping import (
    MappingError,
    Match,
    certain_matches,
    chosen,
    present,
    require_distinct,
)
from transload.imports.model import KEEP_DAYS, Counts, Import, Kind, Mode, Status, Step, Target
from transload.imports.readings import Reading
from transload.imports.stepping import Stepped, Steps
from transload.imports.subject import Destination, Subject
from transload.jobs.attempts import Attempts, claim_of
from transload.jobs.model import Lane, Queue
from transload.mail.outbox import Outbox
from transload.shutdown import Shutdown

JOB = "import"
THING = "import"
_SHORT_ROWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked with a file, complete and checked by itself.

    `decimal_separator` and `day_order` are readings of all fields that have numbers or days.
    """

    target: Target
    mode: Mode
    is_dry_run: bool
    choices: Choices
    mapping: Mapping[str, str | None] | None
    reading: Reading
    config_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """The imports of one process."""

    database: Database
    files: Files
    clock: Clock
    subjects: Mapping[Kind, Subject]
    look_seconds: float = 0.9
    shutdown: Shutdown = field(default_factory=Shutdown)
    mail: Outbox = field(default_factory=Outbox)

    def start(
        self, queue: Queue, actor: Actor, request: Request, stream: BinaryIO, filename: str
    ) -> Import:
        """Read a file and queue the import of its rows: its entry and its job exist both, or none.

        Raises ForbiddenError, InvalidError for what is missing, UnusableError for a file, a type or
        a hub that cannot be used. Nothing is kept then.
        """
        destination = self.open(actor, request.target)
        saved = self.saved_mapping(actor, request)
        said = {**saved, **(request.mapping or {})}
        one = self.new_import(actor, request, filename, destination.name)
        size = intake.keep(self.files, one.upload_key, stream)
        try:
            with local_file(self.files, one.upload_key) as source:
                read = intake.read_rows(
                    self.files,
                    source,
                    rows_key=one.rows_key,
                    choices=request.choices,
                    rows_of=rows_of(destination, said),
                    look=self.attempts.require_time,
                )
            mapping = of_main(
                {**present(saved, read.table.titles), **(request.mapping or {})}, read.table
            )
            found = matches(mapping, read.table, destination.mappable)
            one = replace(
                one,
                uploaded_size=size,
                upload_size=size,
                table=read.table,
                chunk_ends=read.chunk_ends,
                mapping={each.column: each.field_id for each in found},
                readings=general_readings(request.reading, destination.mappable),
            )
            with self.database.write() as connection:
                return self.queue(connection, queue, actor, one, Step.COMMIT)
        except BaseException as error:
            self.files.remove(one.upload_key)
            self.files.remove(one.rows_key)
            if isinstance(error, UnreadableError):
                raise intake.refusal(error) from error
            raise

    def perform(self, organization_id: str, job_id: str) -> None:
        """Do the job of an import; what was done by an earlier attempt at it stays done."""
        steps = Steps(committer=self.committer)

        def work(row: Row[*tuple[Any, ...]]) -> Stepped:
            return steps.work(store.job_of(row), claim_of(row))

        self.attempts.run(
            organization_id,
            job_id,
            work=work,
            finish=steps.finish,
            on_failure=steps.fail,
        )

    def open(self, actor: Actor, target: Target) -> Destination:
        """Look up where rows are to go; raise ForbiddenError where the actor may not import."""
        subject = self.subjects.get(target.kind)
        if subject is None:
            raise UnusableError("The selected type is invalid.")
        subject.require(actor, target)
        with self.database.read() as connection:
            return subject.open(connection, actor, target)

    def saved_mapping(self, actor: Actor, request: Request) -> Mapping[str, str | None]:
        """Give which columns are which fields, as a saved config says; empty without one.

        Raises UnusableError for a config that there is not, or that is for something else.
        """
        if request.config_id is None:
            return {}
        with self.database.read() as connection:
            config = configs.find(
                connection, actor.organization_id, ConfigKind.IMPORT, request.config_id
            )
        target = request.target
        if config is None or not {target.data_type_id, target.flow_id} & {*config.reference_ids}:
            raise UnusableError("The selected importConfigId is invalid.")
        return said_by(config.import_fields)

    @property
    def attempts(self) -> Attempts:
        """How the jobs of imports are run."""
        return Attempts(
            database=self.database,
            clock=self.clock,
            shutdown=self.shutdown,
            ledger=store.LEDGER,
            noun="import",
            look_seconds=self.look_seconds,
        )

    @property
    def committer(self) -> Committer:
        """What puts rows into the store."""
        return Committer(
            database=self.database,
            files=self.files,
            clock=self.clock,
            subjects=self.subjects,
            attempts=self.attempts,
            mail=self.mail,
        )

    def queue(
        self, connection: Connection, queue: Queue, actor: Actor, one: Import, step: Step
    ) -> Import:
        """Write an import that is new, and the job of its first step; give it as it is then."""
        job = self.new_job(actor, one, step)
        queued = replace(one, job_id=job.id)
        store.add(connection, queued)
        self.enqueue(connection, queue, queued, job)
        note(connection, actor, audit.Action.CREATE, one, self.clock.now())
        return queued

    def new_job(self, actor: Actor, one: Import, step: Step) -> store.Job:
        """Give a job about an import that the actor wants."""
        return store.Job(
            id=new_id(),
            organization_id=one.organization_id,
            import_id=one.id,
            user_id=actor.user_id,
            step=step,
            status=store.RUNNING,
            progress=0,
            error_message=None,
            created_time=self.clock.now(),
        )

    @staticmethod
    def enqueue(connection: Connection, queue: Queue, one: Import, job: store.Job) -> None:
        """Have a worker do the job."""
        store.add_job(connection, job)
        queue.enqueue(
            connection,
            JOB,
            organization_id=one.organization_id,
            job_id=job.id,
            lane=Lane.SHORT if one.total_rows <= _SHORT_ROWS else Lane.LONG,
        )

    def forget(self, one: Import) -> None:
        """Remove an import that was not started, and its files."""
        with self.database.write() as connection:
            store.remove(connection, one)
        for key in (one.upload_key, one.rows_key):
            self.files.remove(key)

    def new_import(self, actor: Actor, request: Request, filename: str, name: str) -> Import:
        """Give an import whose file is not read yet."""
        now = self.clock.now()
        return Import(
            id=new_id(),
            organization_id=actor.organization_id,
            user_id=actor.user_id,
            email=actor.email,
            target=request.target,
            target_name=name,
            filename=filename,
            status=Status.PROCESSING,
            mode=request.mode,
            is_dry_run=request.is_dry_run,
            choices=request.choices,
            mapping=None,
            asked_mapping=None,
            readings={},
            table=None,
            upload_size=0,
            uploaded_size=0,
            revision=1,
            checked_revision=0,
            job_id="",
            chunk_ends=(),
            processed_chunks=0,
            counts=Counts(),
            has_failed_file=False,
            error_message=None,
            is_cancelled=False,
            undone=None,
            created_time=now,
            updated_time=now,
            processed_time=None,
            expires_time=now + timedelta(days=KEEP_DAYS),
        )


def note(
    connection: Connection, actor: Actor, action: audit.Action, one: Import, now: datetime
) -> None:
    """Keep in the audit trail what the actor did to an import.

    The holder of a link is nobody there: the detail says by which link, and who they say they are.
    """
    by_link, who = (
        one.submission,
        actor if actor.guest is None else audit.Unnamed(one.organization_id),
    )
    detail = one.target_name
    if by_link is not None:
        sender = f" from {by_link.name} <{by_link.email}>" if by_link.email else ""
        detail = f"{detail}, by the link {by_link.link_name}{sender}"
    audit.record(connection, who, action, thing=THING, thing_id=one.id, now=now, detail=detail)


def rows_of(destination: Destination, said: Mapping[str, str | None]) -> intake.RowsOf:
    """Give what the rows of a file may have, and what was said of its columns."""
    return intake.RowsOf(
        fields=destination.mappable,
        key=destination.key,
        children=destination.children,
        said=said,
    )


def said_by(fields: Sequence[ImportField]) -> dict[str, str | None]:
    """Give what a config says of columns, and of further sheets and their columns."""
    found: dict[str, str | None] = {}
    for one in fields:
        if one.sheet:
            found[f"{one.sheet}!"] = one.id
            found |= {f"{one.sheet}!{inner.header}": inner.id for inner in one.fields}
        else:
            found[one.header] = one.id
    return found


def matches(
    mapping: Mapping[str, str | None] | None, table: Table, fields: Sequence[Field]
) -> list[Match]:
    """Give which columns are which fields: as chosen, and else what is certain.

    Raises MappingError where nothing is, where two columns are one field, and where no column is
    the key.
    """
    titles = table.titles
    found = certain_matches(table, fields)
    if mapping:
        said = chosen(mapping, titles, fields)
        columns, names = {one.column for one in said}, {one.field_id for one in said}
        rest = [one for one in found if one.column not in columns and one.field_id not in names]
        found = require_distinct([*said, *rest], titles)
    if not found:
        raise MappingError(
            "No column of the file is a field: its titles are neither titles nor ids of fields."
        )
    key = next((one for one in fields if one.is_key), None)
    if key is not None and key.id not in {one.field_id for one in found}:
        raise MappingError(
            f"No column of the file is {key.title or KEY_FIELD} ({KEY_FIELD}), by which records "
            "are told apart."
        )
    return found


def general_readings(reading: Reading, fields: Sequence[Field]) -> dict[str, Reading]:
    """Give what was said of all numbers and days, by field."""
    if reading.is_empty:
        return {}
    numbers = Reading(decimal_separator=reading.decimal_separator)
    days = Reading(day_order=reading.day_order)
    by_type = {FieldType.DATE: days, FieldType.DATE_TIME: days}
    by_type |= {kind: numbers for kind, known in KINDS.items() if known.is_numeric}
    found = {one.id: by_type[one.value_type] for one in fields if one.value_type in by_type}
    return {name: one for name, one in found.items() if not one.is_empty}
