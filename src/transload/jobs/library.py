"""What the jobs use of the job library (DBOS) beyond its public names, in one place.

The library is pinned to a version for the sake of these; a test tells when one of them is not there
any more.
"""

from collections.abc import Callable, Collection

from dbos import DBOS, DBOSClient


def is_launched(dbos: DBOS) -> bool:
    """Tell whether it runs jobs: whoever asks for a second one in a process is given the first."""
    return dbos._launched  # noqa: SLF001 - nothing else tells


def register_queue(
    dbos: DBOS,
    name: str,
    *,
    worker_concurrency: int,
    partition_concurrency: int,
    polling_interval_sec: float,
) -> None:
    """Have this process run the jobs of a queue, with limits that are its own.

    A queue that is registered by the public name is the same in every process, its limits too.
    """
    dbos._registry._register_internal_queue(  # noqa: SLF001 - as the library does for its own
        name,
        worker_concurrency=worker_concurrency,
        partition_concurrency=partition_concurrency,
        polling_interval_sec=polling_interval_sec,
    )


def active_jobs(dbos: DBOS) -> Callable[[], Collection[str]]:
    """Give what tells the ids of the workflows that this process is at work on."""
    return dbos._active_workflows_set.activeList  # noqa: SLF001 - nothing else tells


def requeue(client: DBOSClient, workflow_id: str, executor_id: str, queue_name: str) -> bool:
    """Put a begun job back into its queue; False if that executor does not have it any more."""
    return client._sys_db.reenqueue_for_recovery(  # noqa: SLF001 - what recovery itself calls
        workflow_id, [executor_id], queue_name
    )


def ask_before_claiming(dbos: DBOS, has_waiting: Callable[[str], bool]) -> None:
    """Have each queue's thread ask first whether a job waits in the queue that it gives.

    The library's own question claims as well, and is put together anew every time: asked four times
    a second, for each queue, it took a tenth of a processor from an idle service.
    """
    scopes = dbos._sys_db.dequeue_scopes  # noqa: SLF001 - what the threads ask for where to look

    def scopes_with_work(queue_name: str) -> list[str | None]:
        return scopes(queue_name) if has_waiting(queue_name) else []

    dbos._sys_db.dequeue_scopes = scopes_with_work  # type: ignore[method-assign]  # noqa: SLF001
