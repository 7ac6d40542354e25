"""What the jobs use of the job library beyond its public names is still there."""

from inspect import signature

from dbos import DBOS
from dbos._core import ActiveWorkflowById
from dbos._dbos import DBOSRegistry
from dbos._queue import queue_worker_thread
from dbos._sys_db import SystemDatabase


def test_queues_can_be_registered_with_limits_of_this_process() -> None:
    taken = signature(DBOSRegistry._register_internal_queue).parameters  # noqa: SLF001 - that is what is pinned
    assert list(taken) == ["self", "name", "limits"]


def test_the_jobs_that_a_process_is_at_work_on_can_be_told() -> None:
    assert list(signature(ActiveWorkflowById.activeList).parameters) == ["self"]
    assert "_active_workflows_set" in DBOS.__init__.__code__.co_names


def test_a_job_can_be_put_back_into_its_queue() -> None:
    taken = signature(SystemDatabase.reenqueue_for_recovery).parameters
    assert list(taken) == ["self", "workflow_id", "executor_ids", "recovery_queue_name"]


def test_a_queue_is_asked_where_to_look_before_anything_is_claimed() -> None:
    assert list(signature(SystemDatabase.dequeue_scopes).parameters) == ["self", "queue_name"]
    assert "dequeue_scopes" in queue_worker_thread.__code__.co_names
