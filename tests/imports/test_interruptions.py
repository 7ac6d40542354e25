"""An import whose worker dies, or whose user is let less, at any moment between two chunks."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from tests.factories import Tenant
from tests.imports.drafting import Draft
from tests.imports.sending import finished, imported, queued
from transload.clock import Clock
from transload.imports.model import Step
from transload.shutdown import Shutdown

_ROWS = 5_003
_BAD = (17, 5_001)
_DEATHS = 4


class _KilledError(BaseException):
    """The process is gone."""


@dataclass
class _DyingClock(Clock):
    """Tells the time so often, and then the process dies: within a transaction or between two."""

    clock: Clock
    left: int
    asked: int = field(default=0)

    def now(self) -> datetime:
        self.asked += 1
        if self.asked > self.left:
            raise _KilledError
        return self.clock.now()


@pytest.fixture(scope="module")
def content() -> bytes:
    prices = ("x" if at in _BAD else str(at) for at in range(_ROWS))
    return b"Code,Price\n" + "".join(f"{at},{price}\n" for at, price in enumerate(prices)).encode()


def test_a_commit_that_dies_anywhere_takes_each_row_once(tenant: Tenant, content: bytes) -> None:
    """P18, P33."""
    kind, hub = tenant.data_type(), tenant.hub()
    imports = tenant.site.service.imports
    whole = _DyingClock(clock=imports.clock, left=1_000)
    one = queued(tenant, content, data_type_id=kind, hub_id=hub)
    replace(imports, clock=whole).perform(tenant.organization_id, one.job_id)
    assert finished(tenant, one.id).counts() == (_ROWS - len(_BAD), 0, 0, len(_BAD))

    kind = tenant.data_type()
    one = queued(tenant, content, data_type_id=kind, hub_id=hub)
    died = 0
    for moment in range(1, whole.asked + 1):  # the later, the less there is left to do
        dying = replace(imports, clock=_DyingClock(clock=imports.clock, left=moment))
        try:
            dying.perform(tenant.organization_id, one.job_id)
        except _KilledError:
            died += 1
        else:
            break
    assert died >= _DEATHS
    sent = finished(tenant, one.id)
    assert sent.counts() == (_ROWS - len(_BAD), 0, 0, len(_BAD))
    assert [row[0] for row in sent.failed_rows()[1:]] == [str(at) for at in _BAD]
    assert tenant.get("/data", dataTypeId=kind).json()["data"]["total"] == _ROWS - len(_BAD)


def test_an_undo_that_dies_anywhere_takes_each_record_back_once(
    tenant: Tenant, content: bytes
) -> None:
    """P18, P34."""
    kind, hub = tenant.data_type(), tenant.hub()
    imports = tenant.site.service.imports
    sent = imported(tenant, content, dataTypeId=kind, hubId=hub)
    draft = Draft(tenant=tenant, id=sent.record["_id"])
    job = draft.begun(Step.UNDO, undone={"removed": 0, "restored": 0, "kept": 0})
    for moment in (1, 2, 2):  # before either chunk, between them, after both
        dying = replace(imports, clock=_DyingClock(clock=imports.clock, left=moment))
        with pytest.raises(_KilledError):
            dying.perform(tenant.organization_id, job)
    imports.perform(tenant.organization_id, job)
    end = draft.settled()
    assert end["undone"] == {"removed": _ROWS - len(_BAD), "restored": 0, "kept": 0}
    assert tenant.get("/data", dataTypeId=kind).json()["data"]["total"] == 0


class _BetweenChunks(Shutdown):
    """Has something done before the second chunk, as the import looks whether its process stops."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens = happens
        self._looks = 0

    @property
    def has_begun(self) -> bool:
        """No."""
        self._looks += 1
        if self._looks == 2:
            self._happens()
        return False


def test_a_field_that_is_hidden_meanwhile_is_not_written_any_more(
    tenant: Tenant, content: bytes
) -> None:
    """P9: whatever of the next chunk has been worked out already."""
    kind, hub = tenant.data_type(), tenant.hub()
    permissions = ["view/data", "import/data", "add/data", "edit/data"]
    role = tenant.role(*permissions)
    user = tenant.user(role, [hub])
    hidden = [{"permissionName": "view/data", "dataTypeId": kind, "hiddenFields": ["price"]}]

    def hide() -> None:
        lowered = {
            "name": role.name,
            "permissionList": permissions,
            "permissionDetails": hidden,
        }
        answer = tenant.request("PUT", f"/role/{role.id}", json=lowered)
        assert answer.status_code == 200, answer.text

    one = queued(user, content, data_type_id=kind, hub_id=hub)
    imports = replace(tenant.site.service.imports, shutdown=_BetweenChunks(hide))
    imports.perform(tenant.organization_id, one.job_id)
    # The first chunk has 5,000 rows, of which the second one's bad price is none any more.
    assert finished(user, one.id).counts() == (_ROWS - 1, 0, 0, 1)
    found = tenant.get("/data", dataTypeId=kind, sortOrder="asc", limit=10_000).json()["data"]
    prices = [record["price"] for record in found["data"]]
    assert (prices[4_998], prices[-3:]) == (4_999, [None] * 3)


def test_a_draft_that_is_deleted_while_it_is_checked_is_no_fault(
    tenant: Tenant, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    draft = Draft.create(tenant, content, dataTypeId=kind, hubId=hub)
    job = draft.begun(Step.CHECK)

    def delete() -> None:
        assert draft.call("DELETE", "").status_code == 200

    imports = replace(tenant.site.service.imports, shutdown=_BetweenChunks(delete))
    imports.perform(tenant.organization_id, job)
    assert draft.call("GET", "").status_code == 404
    told = [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]
    assert not told, caplog.text
