"""The HTTP routes of health."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from typing_extensions import TypedDict

from transload import __version__
from transload.accounts.caller import Caller
from transload.accounts.model import Actor
from transload.health.run import Checkup, require_admin
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.parts import part
from transload.web.readiness import Readiness

router = APIRouter(tags=["Status"], route_class=error_route(explains=False))
CheckupPart = Annotated[Checkup, Depends(part(Checkup))]


async def _admin(actor: Caller) -> Actor:
    require_admin(actor)
    return actor


Admin = Annotated[Actor, Depends(_admin)]


async def _faults(
    _actor: Admin, readiness: Annotated[Readiness, Depends(part(Readiness))]
) -> list[str]:
    return await readiness.find_faults()


class QueueObject(TypedDict):
    """The organization's jobs of one lane; `oldestSeconds` is the wait of the first that waits."""

    name: str
    waiting: int
    running: int
    oldestSeconds: float


class WorkerObject(TypedDict):
    """A process that runs jobs, and how long ago it last gave a sign of life."""

    name: str
    alive: bool
    silentSeconds: float


class StoreObject(TypedDict):
    """Where records and files are: `sqlite` or `postgresql`; `folder` or `bucket`."""

    database: str
    files: str


class DiskObject(TypedDict):
    """The disk that this process writes its files on."""

    freeBytes: int
    totalBytes: int


class StatusObject(TypedDict):
    """How the service is; `notReady` names the parts that this process cannot reach."""

    version: str
    ready: bool
    notReady: list[str]
    store: StoreObject
    disk: DiskObject
    queues: list[QueueObject]
    workers: list[WorkerObject]


class StatusAnswer(TypedDict):
    """How the service is."""

    status: bool
    message: str
    data: StatusObject


_STATUS = {
    "version": "0.1.0",
    "ready": True,
    "notReady": [],
    "store": {"database": "postgresql", "files": "bucket"},
    "disk": {"freeBytes": 41_000_000_000, "totalBytes": 100_000_000_000},
    "queues": [{"name": "long", "waiting": 3, "running": 1, "oldestSeconds": 12.5}],
    "workers": [{"name": "worker-1-77-0f3a", "alive": True, "silentSeconds": 2.1}],
}


@router.get(
    "/status",
    **described(
        StatusAnswer,
        example={"status": True, "message": "Success", "data": _STATUS},
        errors=(403,),
    ),
)
def get_status(
    actor: Admin, checkup: CheckupPart, faults: Annotated[list[str], Depends(_faults)]
) -> Response:
    """Give what waits, who works, what is not ready, and the disk's room; for owners and admins."""
    found = checkup.look(actor)
    data: StatusObject = {
        "version": __version__,
        "ready": not faults,
        "notReady": faults,
        "store": {
            "database": "sqlite" if found.is_embedded else "postgresql",
            "files": "bucket" if found.has_bucket else "folder",
        },
        "disk": {"freeBytes": found.free_bytes, "totalBytes": found.disk_bytes},
        "queues": [
            {
                "name": lane.value,
                "waiting": one.queued,
                "running": one.running,
                "oldestSeconds": one.oldest_seconds,
            }
            for lane, one in found.lanes.items()
        ],
        "workers": [
            {"name": one.name, "alive": one.is_alive, "silentSeconds": one.silent_seconds}
            for one in found.workers
        ],
    }
    return success(data=data)
