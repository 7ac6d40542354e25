"""Background jobs: queued in the caller's transaction, run here, resumed after a crash.

The jobs are DBOS workflows, kept in the same database as everything else. A job's arguments are
ids; its handler may be run again from the beginning after a crash.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from sqlalchemy import Connection

from transload.db.backlog import read_backlog
from transload.db.engine import Database
from transload.telemetry.context import note_queued
from transload.telemetry.metrics import Backlog

Handler = Callable[[str, str], None]
"""Takes an organization's id and the id of the row that the job is about."""

Work = Callable[[], None]
"""Work that has to be done now and then, and may be done twice."""

_APPLICATION = "transload"
_EXECUTOR = "embedded"
_VERSION = "1"  # of the jobs' arguments: a queued job is only run by processes of its version
_SCHEMA = "dbos"
_QUEUE = "jobs"
_POLLING_SECONDS = 0.25
_DAILY = "23 3 * * *"


class Queue(Protocol):
    """Where background work is put, in the caller's transaction."""

    def enqueue(
        self, connection: Connection, name: str, *, organization_id: str, job_id: str
    ) -> None:
        """Queue the job about a row."""


class HandoverError(BaseException):
    """The process is stopping: the job is left as it is and starts anew in the next one."""


class Jobs:
    """The jobs of one process: one queue for all kinds, fair between organizations.

    One queue, because each is asked for work four times a second, which costs as much as a request.
    DBOS keeps one instance a process, so there is at most one of these at a time.
    """

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        concurrency: int,
        daily: Mapping[str, Work] | None = None,
    ) -> None:
        """Take the handlers by the name of their kind of job; `launch` starts them.

        The `daily` work is done at every launch too, and at 03:23 UTC by one process of all.
        """
        self._database = database
        self._handlers = handlers
        self._concurrency = concurrency
        self._daily = daily or {}
        self._client: DBOSClient | None = None

    def launch(self) -> None:
        """Start running queued jobs, those that a killed process left included."""
        DBOS.migrate(self._database.url.render_as_string(hide_password=False), schema=_SCHEMA)
        DBOS(config=self._config())
        for name, handler in self._handlers.items():
            DBOS.workflow(name=name, max_recovery_attempts=None)(_as_function(handler))
        daily = {name: _as_scheduled(work) for name, work in self._daily.items()}
        for name, scheduled in daily.items():
            DBOS.workflow(name=name, max_recovery_attempts=None)(scheduled)
        DBOS.launch()
        DBOS.register_queue(
            _QUEUE,
            worker_concurrency=self._concurrency,
            partition_concurrency=max(1, self._concurrency - 1),
            polling_interval_sec=_POLLING_SECONDS,
            on_conflict="always_update",
        )
        DBOS.apply_schedules(
            [
                {"schedule_name": name, "workflow_fn": scheduled, "schedule": _DAILY}
                for name, scheduled in daily.items()
            ]
        )
        for name in daily:
            DBOS.trigger_schedule(name)
        self._client = DBOSClient(
            system_database_engine=self._database.writer,
            dbos_system_schema=_SCHEMA,
            application_name=_APPLICATION,
        )

    def enqueue(
        self, connection: Connection, name: str, *, organization_id: str, job_id: str
    ) -> None:
        """Queue a job in the caller's transaction: it exists if, and only if, that commits."""
        if self._client is None:
            raise RuntimeError("The jobs are not launched.")
        options = EnqueueOptions(
            workflow_name=name,
            queue_name=_QUEUE,
            workflow_id=f"{name}-{job_id}",
            app_version=_VERSION,
            queue_partition_key=organization_id,
        )
        self._client.enqueue_in_transaction(connection, options, organization_id, job_id)
        note_queued(name, job_id)

    @property
    def is_launched(self) -> bool:
        """Jobs can be queued."""
        return self._client is not None

    def backlog(self) -> list[Backlog]:
        """Give what waits and what runs, of every kind, in all processes."""
        with self._database.read() as connection:
            return read_backlog(connection, _SCHEMA, [_QUEUE], self._handlers)

    def close(self) -> None:
        """Stop taking jobs. One that is running is started anew at the next launch."""
        DBOS.destroy(destroy_registry=True)
        if self._client is not None:
            self._client.destroy()
            self._client = None

    def _config(self) -> DBOSConfig:
        return DBOSConfig(
            name=_APPLICATION,
            system_database_url=self._database.url.render_as_string(hide_password=False),
            system_database_engine=self._database.writer,
            dbos_system_schema=_SCHEMA,
            application_version=_VERSION,
            executor_id=_EXECUTOR,
            run_migrations=False,
            use_listen_notify=False,
            log_level="WARNING",
            enable_otlp=False,
        )


def _as_function(handler: Handler) -> Handler:
    """Give the handler as a plain function: the library marks it, and a method takes no marks."""

    def run(organization_id: str, job_id: str) -> None:
        handler(organization_id, job_id)

    return run


def _as_scheduled(work: Work) -> Callable[[datetime, object], None]:
    """Give the work as a function of the library's schedules."""

    def run(_due: datetime, _context: object) -> None:
        work()

    return run
