"""A queue of jobs whose worker is the test."""

from sqlalchemy import Connection

from transload.jobs.model import Lane


class UnservedQueue:
    """A queue whose worker is not up yet; it remembers what was put in: names and ids, by lane."""

    def __init__(self) -> None:
        self.jobs: dict[Lane, list[tuple[str, str]]] = {lane: [] for lane in Lane}

    def enqueue(
        self,
        connection: Connection,
        name: str,
        *,
        organization_id: str,
        job_id: str,
        lane: Lane = Lane.LONG,
    ) -> None:
        """Leave the job to the test."""
        assert connection.in_transaction()
        assert organization_id
        self.jobs[lane].append((name, job_id))
