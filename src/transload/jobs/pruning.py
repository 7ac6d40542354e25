"""Pruning: jobs that are done are forgotten a day later."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dbos import DBOSClient

PRUNING = "tidying"  # as the schedule is stored in databases that there are
_KEPT = timedelta(days=1)
_PART = 1_000


def forget_done(client: DBOSClient, names: Iterable[str], now: datetime) -> None:
    """Remove the jobs of these kinds that were done a day ago or earlier.

    What they did has rows of its own.
    """
    kinds = list(names)
    while done := client.list_workflows(
        status="SUCCESS",
        name=kinds,
        completed_before=(now - _KEPT).isoformat(),
        limit=_PART,
        load_input=False,
        load_output=False,
    ):
        client.delete_workflows([job.workflow_id for job in done])
