"""Imports that were started: read them, cancel one, fetch their files."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO

from transload import audit
from transload.accounts import store as accounts
from transload.accounts.model import Actor, Permission
from transload.clock import Clock
from transload.db.engine import Database
from transload.db.ids import is_id
from transload.errors import ForbiddenError, NotFoundError, TransloadError, UnavailableError
from transload.files.fetching import local_file
from transload.files.model import Files
from transload.files.published import Links, Published
from transload.imports import intake, store
from transload.imports.access import NOT_FOUND, may_import, require_own, require_sight, sees_rows
from transload.imports.failures import keep_failures
from transload.imports.model import KEEP_DAYS, Import, Kind
from transload.imports.run import THING, note
from transload.imports.subject import Subject
from transload.imports.template import make_template
from transload.shutdown import Shutdown

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TEMPLATE = "template_"
_MAX_TITLE = 80
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """The imports of the last 30 days.

    A user sees their own with any permission to import, others' with `view/log`, and may end
    others' as an admin. `listening` is over when the process stops.
    """

    database: Database
    files: Files
    clock: Clock
    links: Links
    subjects: Mapping[Kind, Subject]
    listening: Shutdown = field(default_factory=Shutdown)

    def find_page(
        self,
        actor: Actor,
        wanted: Callable[[datetime, str | None], store.MonitorFilter],
        *,
        sort_by: str,
        is_descending: bool,
        offset: int,
        limit: int,
    ) -> tuple[int, list[Import]]:
        """Give how many match of those that the actor may see, and the page of them."""
        if not may_import(actor) and not actor.may(Permission.VIEW_LOG):
            raise ForbiddenError
        email = None if actor.may(Permission.VIEW_LOG) else actor.email
        with self.database.read() as connection:
            return store.find_page(
                connection,
                wanted(self.since(), email),
                sort_by=sort_by,
                is_descending=is_descending,
                offset=offset,
                limit=limit,
            )

    def get(self, actor: Actor, import_id: str) -> Import:
        """Give an import; raise NotFoundError, or ForbiddenError for one not theirs to see."""
        with self.database.read() as connection:
            return self._seen(actor, store.find(connection, actor.organization_id, import_id))

    def cancel(self, actor: Actor, import_id: str) -> Import:
        """End an import that runs: what is in stays in, and the rows left are failed rows.

        Of one that has ended, the file of failed rows goes. Once more changes nothing.
        """
        now = self.clock.now()
        with self.database.write() as connection:
            one = self._seen(actor, store.lock(connection, actor.organization_id, import_id))
            require_own(actor, one)
            if not one.status.is_over and not one.is_cancelled:
                message = f"The import was cancelled by {actor.email}."
                store.change(connection, one, now, is_cancelled=True, error_message=message)
                note(connection, actor, audit.Action.CANCEL, one, now)
            elif one.status.is_over and one.has_failed_file:
                store.change(connection, one, now, has_failed_file=False)
                note(connection, actor, audit.Action.DELETE, one, now)
        if one.status.is_over:
            try:
                self.files.remove(one.failed_key)
            except UnavailableError:
                _log.warning("a file of import %s is left to the next sweep", one.id)
        return self.get(actor, import_id)

    def failed_link(self, actor: Actor, one: Import, base_url: str) -> str | None:
        """Give a fresh link to the rows that failed; None where none did, or not for this actor."""
        published = self._failed(one)
        if published is None:
            return None
        with self.database.read() as connection:
            is_theirs = sees_rows(self.subjects, connection, actor, one)
        return self.links.to(published, base_url, given_to=actor.user_id) if is_theirs else None

    def may_fetch(self, name: str, user_id: str) -> bool:
        """Tell whether a user may have the file of that name, as things are today."""
        import_id, _, filename = name.partition("/")
        with self.database.read() as connection:
            [one] = store.find_all(connection, [import_id])
            actor = accounts.find_user(connection, one.organization_id, user_id)
            if actor is None or not (may_import(actor) or actor.may(Permission.VIEW_LOG)):
                return False
            is_template = filename.startswith(_TEMPLATE)
            return is_template or sees_rows(self.subjects, connection, actor, one)

    def template_link(self, one: Import, base_url: str) -> str:
        """Give a fresh link to a workbook to fill in, which is made when it is fetched."""
        return self.links.to(self._template(one), base_url)

    def find_published(self, name: str) -> Published | None:
        """Give the file under that public name: an import's template, or its failed rows."""
        import_id, _, filename = name.partition("/")
        if not is_id(import_id):
            return None
        with self.database.read() as connection:
            found = store.find_all(connection, [import_id])
        if not found:
            return None
        [one] = found
        if filename.startswith(_TEMPLATE):
            return self._made_template(one, name)
        failed = self._failed(one)
        if failed is None or failed.name != name:
            return None
        if self.files.find(one.failed_key) is None:
            with local_file(self.files, one.rows_key) as path:
                keep_failures(self.database, self.files, one, path, lambda: None)
        return replace(failed, key=one.failed_key)

    def _failed(self, one: Import) -> Published | None:
        """Give the file of the rows that failed; that of an import given up may not be made yet."""
        if not one.has_failed_file or self.clock.now() >= one.expires_time:
            return None
        is_made = (one.status.is_over and one.error_message is None) or self.files.find(
            one.failed_key
        ) is not None
        return _published(one, one.failed_name, one.failed_key if is_made else "")

    def _template(self, one: Import) -> Published:
        title = one.target_name.replace("/", "_").replace("\\", "_")[:_MAX_TITLE]
        if one.target.kind is Kind.TASK:
            title = "task_import"
        return _published(one, f"{one.id}/{_TEMPLATE}{title}.xlsx", "")

    def _made_template(self, one: Import, name: str) -> Published | None:
        """Make the template as the one who imported may see its fields now, if they still may."""
        with self.database.read() as connection:
            actor = accounts.find_user(connection, one.organization_id, one.user_id)
            if actor is None:
                return None
            try:
                destination = self.subjects[one.target.kind].open(connection, actor, one.target)
            except TransloadError:
                return None
        fields, children = destination.template, destination.children
        made = make_template(fields, children)
        digest = hashlib.sha256(repr((fields, children)).encode()).hexdigest()[:16]
        key = f"{one.created_time:%Y%m%d}/imp_{one.id}.template-{digest}.xlsx"
        if self.files.find(key) is None:
            intake.keep(self.files, key, BytesIO(made))
        return _published(one, name, key)

    def since(self) -> datetime:
        """Give when the oldest imports were made that are still shown."""
        return self.clock.now() - timedelta(days=KEEP_DAYS)

    def _seen(self, actor: Actor, one: Import | None) -> Import:
        if one is None or one.created_time < self.since() or one.status.is_draft:
            raise NotFoundError(NOT_FOUND)
        require_sight(actor, one)
        return one


def _published(one: Import, name: str, key: str) -> Published:
    return Published(
        organization_id=one.organization_id,
        name=name,
        key=key,
        media_type=_XLSX,
        expires_time=one.expires_time,
        thing=THING,
        thing_id=one.id,
        detail=one.target_name,
    )
