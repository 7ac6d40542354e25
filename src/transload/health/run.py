"""The use case of health: an administrator looks at how the service is."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from transload.accounts.model import Actor
from transload.db.backlog import Share
from transload.db.engine import Database
from transload.errors import DENIED, ForbiddenError
from transload.files.local import LocalFiles
from transload.files.model import Files
from transload.jobs.model import Lane, Worker
from transload.jobs.pool import Jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the service is, as one of its processes sees it.

    `lanes` have the organization's own jobs; `workers` are those of the installation. The bytes
    are those of the disk that this process writes its files on.
    """

    is_embedded: bool
    has_bucket: bool
    free_bytes: int
    disk_bytes: int
    lanes: Mapping[Lane, Share]
    workers: list[Worker]


def require_admin(actor: Actor) -> None:
    """Raise ForbiddenError unless the user is an owner or an admin."""
    if not actor.is_admin:
        raise ForbiddenError(DENIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What health is read from."""

    database: Database
    files: Files
    jobs: Jobs

    def look(self, actor: Actor) -> Health:
        """Give how the service is; raise ForbiddenError unless the user is an owner or an admin."""
        require_admin(actor)
        disk = shutil.disk_usage(self.files.scratch_dir)
        return Health(
            is_embedded=self.database.is_sqlite,
            has_bucket=not isinstance(self.files, LocalFiles),
            free_bytes=disk.free,
            disk_bytes=disk.total,
            lanes=self.jobs.shares(actor.organization_id),
            workers=self.jobs.workers(),
        )
