"""The composition root: makes the database, files, jobs and use cases from the settings."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from fastapi import FastAPI

from transload import __version__, audit
from transload.accounts import (
    keys,
    mailing,
    trail,
)
from transload.accounts.opening import open_single_sign_on
from transload.accounts.passwords import Passwords
from transload.accounts.run import Accounts
from transload.accounts.sessions import FORGETTING, Sessions, forget_ended
from transload.accounts.threads import SignInThreads
from transload.api import make_app
from transload.clock import Clock
from transload.data_folder import (
    locked,
    make_folder,
    require_same_installation,
)
from transload.db.engine import Database
from transload.db.ids import id_of
from transload.db.opening import opened_database
from transload.db.shares import forget as forget_shares
from transload.db.shares import take
from transload.dispatch.dispatcher import Dispatcher
from transload.exports.log import ExportLog
from transload.exports.places import Places
from transload.exports.retention import RETENTION, Retention
from transload.exports.run import JOB, Exports
from transload.files.links import LinkSigner
from transload.files.local import LocalFiles
from transload.files.opening import open_files
from transload.files.published import Downloads, Links, Published
from transload.health.checks import readiness_of
from transload.health.run import Checkup
from transload.imports.drafts.access import Drafts
from transload.imports.links.run import ImportLinks
from transload.imports.model import Kind
from transload.imports.monitor import Monitor
from transload.imports.records import RecordSubject
from transload.imports.retention import RETENTION as IMPORT_RETENTION
from transload.imports.retention import ImportRetention
from transload.imports.run import JOB as IMPORT
from transload.imports.run import Imports
from transload.imports.subject import Subject
from transload.imports.tasks import TaskSubject
from transload.jobs.model import Handler, HandoverError, LostError, Work
from transload.jobs.pool import Jobs, Limits
from transload.mail.model import Mail
from transload.mail.outbox import Outbox
from transload.mail.postman import MAILS, Postman
from transload.mail.server import MailServer
from transload.outgoing import Outgoing
from transload.records.announcing import announce
from transload.records.external import Elsewhere
from transload.records.lists.bookmarks import Bookmarks
from transload.records.schema.change import RESHAPE, reshape
from transload.records.schema.deletion import ERASE, erase
from transload.schedules.courier import DELIVERIES
from transload.schedules.courier import Courier as ScheduleCourier
from transload.schedules.destinations.sending import Sender
from transload.schedules.model import Run, Schedule
from transload.schedules.run import Schedules
from transload.schedules.timekeeper import Timekeeper
from transload.sealing import Sealer
from transload.settings import Settings
from transload.shutdown import Shutdown
from transload.telemetry.metrics import Metrics
from transload.telemetry.tracing import Tracing, open_tracing
from transload.telemetry.work import Observer
from transload.web.events import Watchers
from transload.web.parts import provide
from transload.web.rate_limit import WHAT, WHO_MAY, RateLimiter
from transload.web.readiness import Readiness
from transload.web.shares import LongReads, Shares, ShortReads
from transload.webhooks.courier import WEBHOOKS, Courier
from transload.webhooks.model import Delivery, Event

_PATIENCE_SECONDS = 5
_LINKS_SHARE = 5
"""One import link may be used a fifth as often as an organization may send requests."""
_RATES = "rates"
Dispatchers = Sequence[
    Dispatcher[Delivery] | Dispatcher[Mail] | Dispatcher[Schedule] | Dispatcher[Run]
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Everything one process runs, put together."""

    app: FastAPI
    settings: Settings
    accounts: Accounts
    exports: Exports
    export_log: ExportLog
    retention: Retention
    imports: Imports
    import_retention: ImportRetention
    dispatchers: Dispatchers
    jobs: Jobs
    readiness: Readiness
    shutdown: Shutdown
    listening: Shutdown


@contextmanager
def _held(settings: Settings) -> Iterator[None]:
    """Hold an embedded database's folder for this process."""
    if not settings.is_embedded:
        yield
        return
    make_folder(settings.data_dir)
    with locked(settings.data_dir):
        yield


@contextmanager
def running_service(
    settings: Settings,
    clock: Clock | None = None,
    *,
    is_worker: bool = True,
    has_api: bool = True,
) -> Iterator[Service]:
    """Put the service together and, in a worker, run its jobs until the end of the block.

    Without the API, its application answers those who run the service alone.
    Raises StartupError if another service has the data folder.
    """
    with _held(settings), opened_database(settings) as database:
        tracing = open_tracing(os.environ, __version__)
        service = _build(settings, database, clock or Clock(), tracing, has_api=has_api)
        service.exports.files.discard_unfinished()
        service.jobs.launch(is_worker=is_worker)
        if is_worker:
            for dispatcher in service.dispatchers:
                dispatcher.start()
        try:
            yield service
        finally:
            for dispatcher in service.dispatchers:
                dispatcher.stop()
            service.jobs.stop()
            service.shutdown.begin(_PATIENCE_SECONDS)
            service.jobs.leave()
            service.readiness.close()
            tracing.close()


def _build(
    settings: Settings, database: Database, clock: Clock, tracing: Tracing, *, has_api: bool
) -> Service:
    now = clock.now()
    metrics = Metrics(__version__)
    observer = Observer(metrics=metrics, tracing=tracing, interruptions=(HandoverError, LostError))
    accounts = Accounts(database=database, token_key=keys.token_key(database, now))
    sessions = Sessions(
        database=database, passwords=Passwords(), takes_passwords=settings.passwords
    )
    single = open_single_sign_on(settings, database, clock)
    outgoing = Outgoing(allows_http=settings.send_to_http, allows_private=settings.send_to_private)
    server = MailServer.of(settings)
    mail = Outbox(is_set_up=server is not None, after_seconds=settings.mail_after_seconds)
    postman = Postman(
        database=database,
        clock=clock,
        render=mailing.renderer(settings.public_url),
    )
    sealer = Sealer(keys.sealing_key(database, settings.secrets_key, now))
    courier = Courier(
        database=database,
        outgoing=outgoing,
        sealer=sealer,
        clock=clock,
        mail=mail,
        renderers={Event.DATA_CREATED: partial(announce, database)},
    )
    files = open_files(settings)
    if isinstance(files, LocalFiles):
        require_same_installation(settings.files_dir, keys.link_key(database, now))
    # Those who only listen leave first: they are told when the server stops taking connections.
    shutdown, listening = Shutdown(), Shutdown()
    exporter = Exports(
        database=database,
        files=files,
        clock=clock,
        places=Places(settings.direct_exports),
        metrics=metrics,
        shutdown=shutdown,
        mail=mail,
    )
    signer = LinkSigner(
        secret=keys.link_key(database, now), lifetime=timedelta(hours=settings.link_hours)
    )
    links = Links(files=files, clock=clock, signer=signer)
    log = ExportLog(
        database=database,
        files=files,
        clock=clock,
        links=links,
        listening=listening,
    )
    retention = Retention(database=database, files=files, clock=clock, shutdown=shutdown)
    subjects: dict[Kind, Subject] = {
        one.kind: one for one in (RecordSubject(), TaskSubject(clock=clock))
    }
    importer = Imports(
        database=database,
        files=files,
        clock=clock,
        subjects=subjects,
        shutdown=shutdown,
        mail=mail,
    )
    monitor = Monitor(
        database=database,
        files=files,
        clock=clock,
        links=links,
        subjects=subjects,
        listening=listening,
    )
    downloads = Downloads(
        links=links,
        shelves=[log, monitor],
        note=partial(_note_download, database),
        admit=_by_file(
            rate_limiter(settings.rate_limit, database, "A file may be asked for", "time")
        ),
    )
    import_retention = ImportRetention(
        database=database, files=files, clock=clock, shutdown=shutdown
    )
    sender = Sender(outgoing=outgoing, clock=clock, mail_server=server)
    deliverer = ScheduleCourier(
        database=database,
        log=log,
        sender=sender,
        sealer=sealer,
        clock=clock,
        shutdown=shutdown,
        mail=mail,
    )
    handlers: dict[str, Handler] = {
        JOB: exporter.perform,
        IMPORT: importer.perform,
        RESHAPE: partial(reshape, database, shutdown),
        ERASE: partial(erase, database, clock, shutdown),
    }
    daily: dict[str, Work] = {
        RETENTION: retention.sweep,
        trail.FORGETTING: partial(trail.forget, database, clock, settings.audit_days),
        WEBHOOKS: courier.forget,
        MAILS: postman.forget,
        FORGETTING: partial(forget_ended, database, clock),
        IMPORT_RETENTION: import_retention.sweep,
        DELIVERIES: deliverer.forget,
        _RATES: lambda: forget_shares(database, clock.now()),
    }
    jobs = Jobs(
        database,
        {kind: observer.of_jobs(kind, handler) for kind, handler in handlers.items()},
        limits=Limits.of(settings.background_exports, settings.organization_exports),
        daily={kind: observer.of_daily(kind, work) for kind, work in daily.items()},
    )
    drafts = Drafts(imports=importer, queue=jobs, max_bytes=settings.max_import_mib << 20)
    by_link = rate_limiter(
        -(-settings.rate_limit // _LINKS_SHARE), database, "A link may be used", "time"
    )
    links_in = ImportLinks(imports=importer, rate=by_link)
    metrics.watch(jobs.backlog)
    timekeeper = Timekeeper(database=database, exports=exporter, queue=jobs, clock=clock, mail=mail)
    schedules = Schedules(
        database=database,
        timekeeper=timekeeper,
        sender=sender,
        sealer=sealer,
        clock=clock,
        shortest=timedelta(minutes=settings.schedule_minutes),
    )
    dispatchers: Dispatchers = (
        courier.dispatcher(),
        timekeeper.dispatcher(),
        deliverer.dispatcher(),
        *([] if server is None else [postman.dispatcher(server)]),
    )
    ready = readiness_of(database, files, jobs, (shutdown, listening), dispatchers)
    app = make_app(settings, metrics, tracing, has_api=has_api)
    provide(app, settings, database, clock, accounts, exporter, log, downloads, jobs)
    provide(app, sessions, outgoing, importer, monitor, drafts, metrics, ready, links_in)
    by_organization = rate_limiter(settings.rate_limit, database)
    provide(app, by_organization, Bookmarks(), Watchers())
    provide(app, Elsewhere(database=database, outgoing=outgoing, clock=clock))
    provide(app, LongReads(), ShortReads(), mail, single, sealer)
    provide(app, SignInThreads(at_once=8, most_waiting=100))
    provide(app, schedules)
    provide(app, Checkup(database=database, files=files, jobs=jobs))
    provide(app, Shares())
    return Service(
        app=app,
        settings=settings,
        accounts=accounts,
        exports=exporter,
        export_log=log,
        retention=retention,
        imports=importer,
        import_retention=import_retention,
        dispatchers=dispatchers,
        jobs=jobs,
        readiness=ready,
        shutdown=shutdown,
        listening=listening,
    )


def _note_download(database: Database, published: Published, now: datetime) -> None:
    """Keep that somebody fetched a file by its link, whoever that was."""
    with database.write() as connection:
        audit.record(
            connection,
            audit.Unnamed(published.organization_id),
            audit.Action.DOWNLOAD,
            thing=published.thing,
            thing_id=published.thing_id,
            now=now,
            detail=published.detail,
        )


def _by_file(limiter: RateLimiter) -> Callable[[str, datetime], None]:
    """Give what counts requests by the file that they ask for: nobody is known by a link."""
    return lambda name, now: limiter.admit(id_of(name), now)


def rate_limiter(
    limit: int, database: Database, who_may: str = WHO_MAY, what: str = WHAT
) -> RateLimiter:
    """Give a limit that holds over all processes: there is one alone on SQLite."""
    if database.is_sqlite:
        return RateLimiter(limit, who_may, what)
    return RateLimiter(
        limit, who_may, what, take=lambda who, wanted: take(database, who, wanted, limit)
    )
