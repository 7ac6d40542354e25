"""P23: whatever tasks hold, their files change nothing when they come in again."""

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.exports.test_task_round_trips import Task, tasks
from tests.exports.test_tasks import file_of
from tests.factories import FLOW, Tenant
from tests.imports.sending import imported
from tests.imports.test_tasks import listed

_KEEP_EMPTY_TEXT = ("ndjson", "parquet")
_LONG = 9544539952197160.0  # beyond 2^53: digits of a double, and of no integer
_LONG_NUMBERS: Task = {
    "outlet": "x",
    "amount": _LONG,
    "due": None,
    "state": None,
    "goods": {
        "items": [{"name": "a", "unit_price": _LONG, "qty": _LONG}],
        "costs": [{"name": "Delivery", "amount": _LONG}],
    },
    "boxes": [
        {
            "title": "b",
            "content": "c",
            "data": None,
            "qty": _LONG,
            "unitPrice": _LONG,
            "qtyProcessed": _LONG,
        }
    ],
}


@settings(
    max_examples=2,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.lists(tasks, min_size=15, max_size=25))
@example(drawn=[_LONG_NUMBERS])
def test_whatever_tasks_hold_goes_in_again_unchanged(tenant: Tenant, drawn: Sequence[Task]) -> None:
    name = f"Flow {len(tenant.get('/flows').json()['flows']['data'])}"
    flow, hub = tenant.flow(FLOW, name=name), tenant.hub()
    tenant.add_tasks(name, hub, drawn)
    for download in ("ndjson", "parquet", "csv", "xlsx"):
        before = {one["_id"]: one for one in listed(tenant)}
        content = file_of(tenant, download=download, flowId=flow, limit=1_000)
        fields = {"type": "task", "flowId": flow, "hubId": hub}
        sent = imported(tenant, content, f"tasks.{download}", **fields)
        created, changed, same, invalid = sent.counts()
        assert (created, invalid) == (0, 0), (
            download,
            invalid and [ascii(e) for e in sent.errors()],
        )
        if download in _KEEP_EMPTY_TEXT:
            assert (changed, same) == (0, len(drawn)), download
        after = {one["_id"]: one for one in listed(tenant)}
        for key, task in before.items():
            assert _without_empty(after[key]) == _without_empty(task), download


def _without_empty(value: object) -> Any:  # noqa: ANN401 - a task's values
    """Give it as tables have it: empty text is no value there, and what changed it last is none."""
    if isinstance(value, dict):
        kept = {name: _without_empty(one) for name, one in value.items() if name not in _WRITES}
        return {name: one for name, one in kept.items() if one is not None} or None
    if isinstance(value, list):
        return [one for one in map(_without_empty, value) if one is not None] or None
    return None if value == "" else value


_WRITES = {"updatedBy", "updatedTime"}
