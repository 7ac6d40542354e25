"""Rescues orphaned jobs: those whose worker died, that raised, or whose claim was lost.

The job library starts a queued job once, and anew what its own process had begun before a restart.
It does not see that another process has died, that a job raised because the database was gone, or
that a job was claimed by an answer that never arrived. A look every five seconds finds all three.
Nothing here reads this machine's clock: silences are measured by the database, waits in looks.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from threading import Event

from dbos import DBOSClient, WorkflowStatus

from transload.db.engine import Database, is_outage
from transload.jobs import heartbeat
from transload.jobs.library import requeue
from transload.lasting import LastingFault, reason_of
from transload.upkeep import Upkeep

LOOK_SECONDS = 5.0
_RETRY_SECONDS = 1.0
_LOOKS_UNTIL_RETRIED = 2
_LOOKS_UNTIL_LOST = 4
_MAX_FOUND = 1_000
_log = logging.getLogger(__name__)


class Rescue:
    """Sends one worker's heartbeat and requeues orphaned jobs, until it is stopped.

    `active` gives the ids of the workflows that this process is at work on.
    """

    def __init__(
        self,
        database: Database,
        client: DBOSClient,
        *,
        worker_id: str,
        names: Collection[str],
        active: Callable[[], Collection[str]],
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._database = database
        self._client = client
        self._worker_id = worker_id
        self._names = list(names)
        self._active = active
        self._look_seconds = look_seconds
        self._failed: Counter[str] = Counter()
        self._told: set[str] = set()
        self._lost: Counter[str] = Counter()
        self._is_over = Event()
        self._upkeep = Upkeep("the rescue of orphaned jobs", self._go_on)

    def start(self) -> None:
        """Send the first heartbeat, before any job is claimed, and go on in a thread."""
        self._beat()
        self._upkeep.start()

    def stop(self) -> None:
        """Look no more, and leave what this worker has begun to the others."""
        self._is_over.set()
        self._upkeep.end()
        if not self._database.is_sqlite:
            with self._database.write() as connection:
                heartbeat.leave(connection, self._worker_id)

    @property
    def is_well(self) -> bool:
        """The jobs are looked after."""
        return self._upkeep.is_well

    def look(self) -> None:
        """Send a heartbeat, and requeue each orphaned job."""
        self._beat()
        self._take_over()
        self._retry()

    def _go_on(self, note_well: Callable[[], None]) -> None:
        wait_seconds = self._look_seconds
        away = LastingFault(_log)
        while not self._is_over.wait(wait_seconds):
            wait_seconds = _RETRY_SECONDS
            try:
                self.look()
                note_well()
                wait_seconds = self._look_seconds
                away.end("The database is within reach again")
            except Exception as error:
                if not is_outage(error):
                    raise
                away.begin("The database is out of reach; trying again: %s", reason_of(error))

    def _beat(self) -> None:
        if not self._database.is_sqlite:
            with self._database.write() as connection:
                heartbeat.beat(connection, self._worker_id)

    def _take_over(self) -> None:
        """Put back the jobs of the dead, and of this worker's those that it knows nothing of."""
        begun = self._find("PENDING")
        living = self._find_living()
        own = [job.workflow_id for job in begun if job.executor_id == self._worker_id]
        active = set(self._active())
        lost = _seen(self._lost, (one for one in own if one not in active), _LOOKS_UNTIL_LOST)
        for job in begun:
            executor = job.executor_id or ""
            if job.workflow_id in lost or (living is not None and executor not in living):
                _log.warning("job %s was left by %s; queued again", job.workflow_id, executor)
                requeue(self._client, job.workflow_id, executor, job.queue_name or "")

    def _find_living(self) -> set[str] | None:
        if self._database.is_sqlite:
            return None
        with self._database.read() as connection:
            return heartbeat.find_living(connection)

    def _retry(self) -> None:
        """Queue jobs anew that have ended by an exception, some seconds after they did."""
        failed = {job.workflow_id: job for job in self._find("ERROR")}
        enough = _seen(self._failed, failed, _LOOKS_UNTIL_RETRIED)
        for workflow_id in enough:
            job = failed[workflow_id]
            self._client.rewind_workflow(
                workflow_id,
                queue_name=job.queue_name,
                queue_partition_key=job.queue_partition_key,
            )
            if workflow_id not in self._told:
                _log.warning("job %s had failed; queued again until it is done", workflow_id)
        self._told = (self._told if len(self._told) < _MAX_FOUND else set()) | enough

    def _find(self, status: str) -> list[WorkflowStatus]:
        return self._client.list_workflows(
            status=status,
            name=self._names,
            limit=_MAX_FOUND,
            load_input=False,
            load_output=False,
        )


def _seen(counts: Counter[str], found: Iterable[str], looks: int) -> set[str]:
    """Count the looks at which each was found, one after the other; give those of enough looks."""
    present = set(found)
    for gone in counts.keys() - present:
        del counts[gone]
    counts.update(present)
    enough = {one for one in present if counts[one] >= looks}
    for one in enough:
        del counts[one]
    return enough
