"""The HTTP application of a process: every router, and the middleware around all of them."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig

from transload import __version__
from transload.accounts import (
    audit_routes,
    mail_routes,
    organization_routes,
    role_routes,
    session_routes,
    sso_routes,
    token_routes,
)
from transload.accounts import routes as accounts_routes
from transload.configs import export_routes as export_configs
from transload.configs import import_routes as import_configs
from transload.console import routes as console
from transload.console.routes import ConsoleFiles
from transload.data_types import routes as data_types
from transload.exports import item_routes as single_exports
from transload.exports import log_routes as export_log
from transload.exports import record_routes as record_exports
from transload.exports import task_routes as task_exports
from transload.exports import trail_routes as trail_exports
from transload.flows import component_routes
from transload.flows import routes as flows
from transload.health import routes as health
from transload.hubs import routes as hubs
from transload.imports import monitor_routes as import_monitor
from transload.imports import routes as imports
from transload.imports.drafts import link_routes as draft_link_routes
from transload.imports.drafts import routes as draft_routes
from transload.imports.drafts import row_routes as draft_row_routes
from transload.imports.drafts import step_routes as draft_step_routes
from transload.imports.drafts import upload_routes as draft_upload_routes
from transload.imports.links import routes as import_links
from transload.records import bulk_routes as bulk_records
from transload.records import key_routes as named_records
from transload.records import misfit_routes as misfits
from transload.records import routes as records
from transload.records.schema import routes as type_changes
from transload.schedules import routes as schedule_routes
from transload.settings import Settings
from transload.tasks import bulk_routes as bulk_tasks
from transload.tasks import routes as tasks
from transload.telemetry.metrics import Metrics
from transload.telemetry.tracing import Tracing, open_tracing
from transload.web import file_routes, operations
from transload.web.bounds import Memory, RequestBounds
from transload.web.docs_page import include_docs
from transload.web.errors import handle_http_errors
from transload.web.middleware import ApiCors, OnlyJson, SafeHeaders, Stopping
from transload.web.openapi import provide_document
from transload.web.parts import provide
from transload.web.paths import OneSpelling
from transload.web.request_log import RequestLog
from transload.web.waiting import Waiting
from transload.webhooks import routes as webhooks

API = "/api/v3"
FILES = "/files/"
_EXPOSED = [
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Retry-After",
    "X-Request-Id",
]
"""What pages of other origins may read of an answer, beyond what every browser shows them."""
# The framework's own spans hold query strings, and with them the signatures of links.
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}


def make_app(settings: Settings, metrics: Metrics, tracing: Tracing, *, has_api: bool) -> FastAPI:
    """Make the application; without the API it answers those who run the service alone."""
    app = FastAPI(
        title="Transload",
        version=__version__,
        openapi_url="/openapi.json" if has_api else None,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        telemetry=_NO_TELEMETRY,
    )
    if has_api:
        _include_api(app)
    app.include_router(operations.router)
    handle_http_errors(app)
    memory = Memory(settings.request_memory_mib << 20)
    app.add_middleware(Waiting, most_seconds=settings.read_seconds)
    app.add_middleware(RequestBounds, max_mib=settings.max_body_mib, memory=memory)
    app.add_middleware(Stopping)
    app.add_middleware(OnlyJson, prefix=API)
    app.add_middleware(OneSpelling)
    if settings.cors_origins:
        origins = [origin.strip() for origin in settings.cors_origins.split(",")]
        app.add_middleware(ApiCors, prefixes=(API, FILES), origins=origins, exposed=_EXPOSED)
    app.add_middleware(SafeHeaders, not_kept=(API, FILES, *operations.PATHS))
    app.add_middleware(
        RequestLog, prefix=API, quiet=operations.PATHS, metrics=metrics, tracing=tracing
    )
    return app


def _include_api(app: FastAPI) -> None:
    include_docs(app)
    provide_document(app, "Import and export of data records.")
    # Side by side, with none around them, and the one that is asked most first: to find its route,
    # a request goes through them twice at every level.
    for router in (
        records.router,
        bulk_records.router,
        named_records.router,
        record_exports.router,
        export_log.router,
        single_exports.router,
        schedule_routes.router,
        session_routes.router,
        sso_routes.router,
        imports.router,
        import_monitor.router,
        draft_routes.router,
        draft_upload_routes.router,
        draft_row_routes.router,
        draft_step_routes.router,
        draft_link_routes.router,
        import_links.router,
        accounts_routes.router,
        role_routes.router,
        token_routes.router,
        audit_routes.router,
        trail_exports.router,
        mail_routes.router,
        organization_routes.router,
        webhooks.router,
        health.router,
        hubs.router,
        data_types.router,
        type_changes.router,
        misfits.router,
        tasks.router,
        bulk_tasks.router,
        task_exports.router,
        flows.router,
        component_routes.router,
        export_configs.router,
        import_configs.router,
    ):
        app.include_router(router, prefix=API)
    app.include_router(file_routes.router)
    app.include_router(sso_routes.pages)
    app.include_router(console.router)
    provide(app, ConsoleFiles())


def _operation_id(route: APIRoute) -> str:
    """Name an endpoint by its function, as programs that are made of the document will show it."""
    return route.name


def document() -> dict[str, Any]:
    """Give the OpenAPI document of the API, without a service that serves it."""
    settings, metrics = Settings(), Metrics(__version__)
    app = make_app(settings, metrics, open_tracing({}, __version__), has_api=True)
    provide(app, settings)
    return app.openapi()
