"""The log of exports: read it, cancel what runs, remove what is done, fetch the files."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from transload import audit
from transload.accounts import store as accounts
from transload.accounts.model import Actor, Permission
from transload.clock import Clock
from transload.db.engine import Database
from transload.errors import ForbiddenError, NotFoundError, UnavailableError
from transload.exports import store
from transload.exports.model import KEEP_DAYS, Export
from transload.exports.subject import is_allowed, sees_hubs
from transload.exports.subjects import SUBJECTS, may_export
from transload.files.model import Files
from transload.files.published import Links, Published
from transload.shutdown import Shutdown

LOG_DENIED = "You do not have permission to view export logs"
_log = logging.getLogger(__name__)
_THING = "export"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportLog:
    """The exports that have been asked for, and the files that they lead to.

    A user sees their own with any permission to export, others' with `view/log`, and those of the
    last 30 days alone. When `listening` begins to shut
    down, who waits for changes leaves.
    """

    database: Database
    files: Files
    clock: Clock
    links: Links
    listening: Shutdown

    def find_page(
        self,
        actor: Actor,
        wanted: Callable[[datetime], store.LogFilter],
        *,
        sort_by: str,
        is_descending: bool,
        offset: int,
        limit: int,
    ) -> tuple[int, list[Export], store.LogFilter]:
        """Give how many entries of the last 30 days match, and the page of them."""
        conditions = wanted(self._since())
        _require_sight(actor, conditions.email)
        with self.database.read() as connection:
            total, page = store.find_page(
                connection,
                conditions,
                sort_by=sort_by,
                is_descending=is_descending,
                offset=offset,
                limit=limit,
            )
        return total, page, conditions

    def get(self, actor: Actor, export_id: str) -> Export:
        """Give an entry; raise NotFoundError, or ForbiddenError for one not theirs to see."""
        with self.database.read() as connection:
            return self._seen(actor, store.find(connection, actor.organization_id, export_id))

    def remove(self, actor: Actor, export_id: str) -> Export:
        """Cancel an export that has not ended, or remove the file of one that has; give the entry.

        A queued one never starts, and one that runs stops within a second and leaves no file. Of a
        finished one the entry stays, its file's time ended now. Once more changes nothing.
        """
        now = self.clock.now()
        with self.database.write() as connection:
            export = self._seen(actor, store.lock(connection, actor.organization_id, export_id))
            if not export.is_over:
                message = f"The export was cancelled by {actor.email}."
                store.LEDGER.cancel(connection, export.organization_id, export.id, message, now)
                note(connection, actor, audit.Action.CANCEL, export, now)
            elif export.has_file(now):
                store.expire(connection, export, now)
                note(connection, actor, audit.Action.DELETE, export, now)
        if export.is_over:
            try:
                self.files.remove(export.file_key)
            except UnavailableError:
                _log.warning("the file of export %s is left to the next sweep", export.id)
        return self.get(actor, export_id)

    def link(self, actor: Actor, export: Export, base_url: str) -> str | None:
        """Give a fresh link to an entry's file.

        None while there is none, when it is past, and for a user who today may not see all that the
        file holds.
        """
        published = self._published(export)
        if published is None or not _may_read(actor, export):
            return None
        return self.links.to(published, base_url, given_to=actor.user_id)

    def may_fetch(self, name: str, user_id: str) -> bool:
        """Tell whether a user may have the file of that name, as things are today."""
        with self.database.read() as connection:
            export = store.find_by_file_name(connection, name)
            if export is None:
                return False
            actor = accounts.find_user(connection, export.organization_id, user_id)
        return actor is not None and _may_read(actor, export)

    def find_published(self, name: str) -> Published | None:
        """Give the file under that public name; None for one that was removed or is past."""
        with self.database.read() as connection:
            export = store.find_by_file_name(connection, name)
        return None if export is None else self._published(export)

    def _published(self, export: Export) -> Published | None:
        if not export.has_file(self.clock.now()):
            return None
        return Published(
            organization_id=export.organization_id,
            name=export.file_name,
            key=export.file_key,
            media_type=export.format.media_type,
            expires_time=export.expires_time,
            thing=_THING,
            thing_id=export.id,
            detail=export.data_name,
        )

    def _since(self) -> datetime:
        return self.clock.now() - timedelta(days=KEEP_DAYS)

    def _seen(self, actor: Actor, export: Export | None) -> Export:
        if export is None or export.requested_time < self._since():
            raise NotFoundError
        _require_sight(actor, export.email)
        return export


def _may_read(actor: Actor, export: Export) -> bool:
    """Tell whether today's rights reach as far as the file: exporting at all, hubs, fields."""
    subject = SUBJECTS[export.report]
    is_asked = export.user_id == actor.user_id or subject.permission is None
    if is_asked and not is_allowed(actor, subject):
        return False
    is_open = all(
        export.hides(detail.thing_id, detail.hidden_fields) for detail in actor.role.details
    )
    return is_open and sees_hubs(actor, export.hub_ids)


def note(
    connection: Connection, who: audit.Who, action: audit.Action, export: Export, now: datetime
) -> None:
    """Keep who did what with an export."""
    audit.record(
        connection,
        who,
        action,
        thing=_THING,
        thing_id=export.id,
        now=now,
        detail=export.data_name,
    )


def _require_sight(actor: Actor, email: str) -> None:
    """Raise ForbiddenError unless the actor may know of the exports under that address."""
    is_own = email == actor.email
    if not (is_own and may_export(actor)) and not actor.may(Permission.VIEW_LOG):
        raise ForbiddenError(LOG_DENIED)
