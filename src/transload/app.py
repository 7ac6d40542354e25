"""The composition root: settings to database, files, jobs and routes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi_swagger import patch_fastapi  # type: ignore[import-untyped]  # ships no types
from starlette.middleware.cors import CORSMiddleware

from transload import __version__
from transload.accounts import keys
from transload.accounts import routes as accounts_routes
from transload.accounts.run import Accounts
from transload.clock import Clock
from transload.data_types import routes as data_types
from transload.db.engine import Database, open_database
from transload.db.migrate import migrate
from transload.errors import StartupError
from transload.exports import item_routes as single_exports
from transload.exports import log_routes as export_log
from transload.exports import routes as exports
from transload.exports.links import LinkSigner
from transload.exports.log import ExportLog
from transload.exports.retention import RETENTION, Retention
from transload.exports.run import JOB, Exports
from transload.files import LocalFiles
from transload.hubs import routes as hubs
from transload.jobs import Handler, Jobs
from transload.records import bulk_routes as bulk_records
from transload.records import key_routes as named_records
from transload.records import routes as records
from transload.records import type_routes as type_changes
from transload.records.anchors import Anchors
from transload.records.type_changes import RESHAPE, reshape
from transload.records.type_removal import ERASE, erase
from transload.settings import Settings
from transload.web.errors import handle_http_errors
from transload.web.middleware import BodyLimit, OneSpelling, OnlyJson, RequestLog
from transload.web.openapi import provide_document
from transload.web.parts import provide
from transload.web.rate_limit import RateLimiter
from transload.web.turns import Turns

API = "/api/v3"
_PATIENCE_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Everything one process runs, put together."""

    app: FastAPI
    accounts: Accounts
    exports: Exports
    export_log: ExportLog
    retention: Retention
    jobs: Jobs


@contextmanager
def opened_database(settings: Settings) -> Iterator[Database]:
    """Open the store, brought to this version's schema, and close it after the block."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.database_url, settings.data_dir)
    try:
        migrate(database)
        yield database
    finally:
        database.close()


@contextmanager
def running_service(settings: Settings, clock: Clock | None = None) -> Iterator[Service]:
    """Put the service together and run its jobs until the end of the block.

    Raises StartupError if another service has the data folder.
    """
    with _locked(settings.data_dir), opened_database(settings) as database:
        service = _build(settings, database, clock or Clock())
        service.exports.files.discard_unfinished()
        service.jobs.launch()
        try:
            yield service
        finally:
            service.jobs.close()
            service.exports.shift.end(_PATIENCE_SECONDS)


def _build(settings: Settings, database: Database, clock: Clock) -> Service:
    now = clock.now()
    accounts = Accounts(database=database, token_key=keys.token_key(database, now))
    files = LocalFiles(settings.files_dir)
    exporter = Exports(
        database=database,
        files=files,
        clock=clock,
        direct_slots=BoundedSemaphore(settings.direct_exports),
    )
    log = ExportLog(
        database=database,
        files=files,
        clock=clock,
        links=LinkSigner(
            secret=keys.link_key(database, now), lifetime=timedelta(hours=settings.link_hours)
        ),
    )
    retention = Retention(database=database, files=files, clock=clock, shift=exporter.shift)
    handlers: dict[str, Handler] = {
        JOB: exporter.perform,
        RESHAPE: partial(reshape, database, exporter.shift),
        ERASE: partial(erase, database, exporter.shift),
    }
    jobs = Jobs(
        database,
        handlers,
        concurrency=settings.background_exports,
        daily={RETENTION: retention.sweep},
    )
    app = _web(settings)
    provide(app, settings, database, clock, accounts, exporter, log, jobs)
    provide(app, RateLimiter(settings.rate_limit), Anchors(), Turns())
    return Service(
        app=app,
        accounts=accounts,
        exports=exporter,
        export_log=log,
        retention=retention,
        jobs=jobs,
    )


def _web(settings: Settings) -> FastAPI:
    app = FastAPI(
        title="Transload",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    patch_fastapi(app)
    provide_document(app, "Import and export of data records.")
    api = APIRouter(prefix=API)
    for router in (
        accounts_routes.router,
        hubs.router,
        data_types.router,
        type_changes.router,
        records.router,
        bulk_records.router,
        named_records.router,
        exports.router,
        export_log.router,
        single_exports.router,
    ):
        api.include_router(router)
    app.include_router(api)
    app.include_router(exports.downloads)
    handle_http_errors(app)
    app.add_middleware(BodyLimit, max_mib=settings.max_body_mib)
    app.add_middleware(OnlyJson, prefix=API)
    app.add_middleware(OneSpelling)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=[origin.strip() for origin in settings.cors_origins.split(",")],
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Retry-After", "X-Request-Id"],
        )
    app.add_middleware(RequestLog)
    return app


def _operation_id(route: APIRoute) -> str:
    """Name an endpoint by its function, as programs that are made of the document will show it."""
    return route.name


@contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for this process; the system lets go of it however the process ends."""
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data_dir / "service.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StartupError(
                f"Another Transload service already uses the data folder {data_dir.resolve()}; "
                "stop it, or name another folder with --data."
            ) from error
        yield
    finally:
        os.close(descriptor)
