"""The jobs of one process: queued in the caller's transaction, claimed and run here.

The jobs are DBOS workflows, kept in the same database as everything else. A job's arguments are
ids.
"""

import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from sqlalchemy import Connection

from transload.db.backlog import Share, has_queued, read_backlog, read_share
from transload.db.engine import Database
from transload.db.requirements import JOBS_SCHEMA
from transload.jobs import heartbeat
from transload.jobs.library import active_jobs, ask_before_claiming, is_launched, register_queue
from transload.jobs.model import Handler, HandoverError, Lane, Work, Worker
from transload.jobs.pruning import PRUNING, forget_done
from transload.jobs.rescue import Rescue
from transload.telemetry.context import note_queued
from transload.telemetry.metrics import Backlog

_APPLICATION = "transload"
_EMBEDDED = "embedded"
_VERSION = "1"  # of the jobs' arguments: a queued job is only run by processes of its version
_POLLING_SECONDS = 0.25
_DAILY = "23 3 * * *"
_SHORT_PLACES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many long jobs run at the same time: in this process, and of one organization.

    The second holds over all machines. Short jobs have as many places again, two at the least.
    """

    worker: int
    organization: int

    @classmethod
    def of(cls, worker: int, organization: int | None = None) -> "Limits":
        """Give the places; an organization takes all of one process but one unless told."""
        return cls(worker=worker, organization=organization or max(1, worker - 1))

    def of_lane(self, lane: Lane) -> "Limits":
        """Give the places of a lane."""
        if lane is Lane.LONG or self.worker >= _SHORT_PLACES:
            return self
        return Limits(worker=_SHORT_PLACES, organization=self.organization)


class Jobs:
    """Two lanes of jobs, each for all kinds, fair between organizations.

    Few lanes, because each is asked for work four times a second.
    DBOS keeps one instance a process, so there is at most one of these at a time.
    """

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        limits: Limits,
        daily: Mapping[str, Work] | None = None,
    ) -> None:
        """Take the handlers by the name of their kind of job; `launch` starts them.

        The `daily` work is done at every launch too, and at 03:23 UTC by one process of all.
        """
        self._database = database
        self._handlers = handlers
        self._limits = limits
        self._daily = daily or {}
        self._client: DBOSClient | None = None
        self._rescue: Rescue | None = None
        self._stopped = Event()

    def launch(self, *, is_worker: bool = True) -> None:
        """Take jobs to be queued and, in a worker, run them: those, too, that dead ones left.

        Raises RuntimeError for a second worker in one process, whose jobs nobody would run.
        """
        DBOS.migrate(self._database.url.render_as_string(hide_password=False), schema=JOBS_SCHEMA)
        self._client = DBOSClient(
            system_database_engine=self._database.writer,
            dbos_system_schema=JOBS_SCHEMA,
            application_name=_APPLICATION,
        )
        if is_worker:
            self._work(self._client)

    def enqueue(
        self,
        connection: Connection,
        name: str,
        *,
        organization_id: str,
        job_id: str,
        lane: Lane = Lane.LONG,
    ) -> None:
        """Queue a job in the caller's transaction: it exists if, and only if, that commits."""
        if self._client is None:
            raise RuntimeError("The jobs are not launched.")
        options = EnqueueOptions(
            workflow_name=name,
            queue_name=lane.value,
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

    @property
    def is_looked_after(self) -> bool:
        """What others leave lying is found; in a process that runs no jobs there is nothing to."""
        return self._rescue is None or self._rescue.is_well

    def backlog(self) -> list[Backlog]:
        """Give what waits and what runs, of every kind, in all processes."""
        lanes = [lane.value for lane in Lane]
        with self._database.read() as connection:
            return read_backlog(connection, JOBS_SCHEMA, lanes, self._handlers)

    def shares(self, organization_id: str) -> dict[Lane, Share]:
        """Give what waits and what runs of an organization by lane, in all processes."""
        with self._database.read() as connection:
            return {
                lane: read_share(connection, JOBS_SCHEMA, lane.value, organization_id)
                for lane in Lane
            }

    def workers(self) -> list[Worker]:
        """Give the processes that run jobs; on SQLite there is this one, or none."""
        if not self._database.is_sqlite:
            with self._database.read() as connection:
                return heartbeat.find_all(connection)
        if self._rescue is None:
            return []
        return [Worker(name=_EMBEDDED, is_alive=self._rescue.is_well, silent_seconds=0)]

    def stop(self) -> None:
        """Claim no more jobs. Those that are running go on; others wait for them until `leave`."""
        self._stopped.set()
        if self._rescue is not None:
            DBOS.destroy(destroy_registry=True)

    def leave(self) -> None:
        """Leave what is still running to the next process, or to the other ones at once."""
        if self._rescue is not None:
            self._rescue.stop()
            self._rescue = None
        if self._client is not None:
            self._client.destroy()
            self._client = None

    def _work(self, client: DBOSClient) -> None:
        worker_id = _worker_id(self._database)
        dbos = DBOS(config=self._config(worker_id))
        if is_launched(dbos):
            raise RuntimeError("This process runs the jobs of another service already.")
        for name, handler in self._handlers.items():
            DBOS.workflow(name=name, max_recovery_attempts=None)(self._as_function(handler))
        names = [*self._handlers, *self._daily, PRUNING]
        work = {**self._daily, PRUNING: lambda: forget_done(client, names, datetime.now(UTC))}
        daily = {name: _as_scheduled(one) for name, one in work.items()}
        for name, scheduled in daily.items():
            DBOS.workflow(name=name, max_recovery_attempts=None)(scheduled)
        for lane in Lane:
            limits = self._limits.of_lane(lane)
            register_queue(
                dbos,
                lane.value,
                worker_concurrency=limits.worker,
                partition_concurrency=limits.organization,
                polling_interval_sec=_POLLING_SECONDS,
            )
        self._rescue = Rescue(
            self._database,
            client,
            worker_id=worker_id,
            names=names,
            active=active_jobs(dbos),
        )
        self._rescue.start()
        DBOS.launch()
        ask_before_claiming(dbos, self._has_queued)
        DBOS.apply_schedules(
            [
                {"schedule_name": name, "workflow_fn": scheduled, "schedule": _DAILY}
                for name, scheduled in daily.items()
            ]
        )
        for name in daily:
            DBOS.trigger_schedule(name)

    def _has_queued(self, queue: str) -> bool:
        with self._database.read() as connection:
            return has_queued(connection, JOBS_SCHEMA, queue)

    def _as_function(self, handler: Handler) -> Handler:
        """Give the handler as a plain function: the library marks it, and a method takes no marks.

        A job that ends while the process stops ends as one that is left to the next process, which
        finds its row ended: the library is gone, and could not be told of anything else.
        """

        def run(organization_id: str, job_id: str) -> None:
            try:
                handler(organization_id, job_id)
            finally:
                if self._stopped.is_set():
                    raise HandoverError

        return run

    def _config(self, worker_id: str) -> DBOSConfig:
        return DBOSConfig(
            name=_APPLICATION,
            system_database_url=self._database.url.render_as_string(hide_password=False),
            system_database_engine=self._database.writer,
            dbos_system_schema=JOBS_SCHEMA,
            application_version=_VERSION,
            executor_id=worker_id,
            run_migrations=False,
            use_listen_notify=False,
            log_level="WARNING",
            enable_otlp=False,
        )


def _worker_id(database: Database) -> str:
    """Give a name that no other process ever has; on SQLite, the one that each has in turn."""
    if database.is_sqlite:
        return _EMBEDDED
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def _as_scheduled(work: Work) -> Callable[[datetime, object], None]:
    """Give the work as a function of the library's schedules."""

    def run(_due: datetime, _context: object) -> None:
        work()

    return run
