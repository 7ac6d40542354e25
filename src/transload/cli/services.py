"""`transload serve` and `transload worker`."""

import os
import sys
import threading
from typing import Annotated

import typer

from transload import __version__
from transload.accounts.links import start_link
from transload.accounts.sign_in import LinkKind, link
from transload.app import Service, running_service
from transload.cli.printing import print_line
from transload.cli.stores import DataDir, settings_of
from transload.clock import Clock
from transload.errors import StartupError
from transload.memory import share_arenas
from transload.server import bound_socket, serve, wait_for_stop
from transload.settings import Settings
from transload.telemetry.logs import log_to_stderr

app = typer.Typer()


@app.command("serve")
def serve_command(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data: DataDir = None,
    *,
    worker: Annotated[
        bool, typer.Option(help="Also do the background work; else `transload worker` does.")
    ] = True,
) -> None:
    """Run the service until it is told to stop."""
    settings = settings_of(host=host, port=port, data_dir=data)
    if not worker:
        _require_shared(settings, "serve --no-worker")
    log_to_stderr(settings.log_level, settings.log_format)
    share_arenas()
    with (
        running_service(settings, is_worker=worker) as service,
        bound_socket(settings.host, settings.port) as listener,
    ):
        serve(service, listener, lambda url: _announce(service, url, settings))
    leave()


@app.command("worker")
def worker_command(
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, help="Exports at the same time; TRANSLOAD_BACKGROUND_EXPORTS."),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port of /healthz, /readyz and /metrics; else none.")
    ] = None,
    data: DataDir = None,
) -> None:
    """Do background work, beside any number of others, until told to stop."""
    settings = settings_of(background_exports=concurrency, host=host, data_dir=data)
    _require_shared(settings, "worker")
    log_to_stderr(settings.log_level, settings.log_format)
    share_arenas()
    with running_service(settings, has_api=False) as service:
        line = (
            f"Transload {__version__} does background work, {settings.background_exports} at a time"
        )
        if port is None:
            wait_for_stop(lambda: print_line(line))
        else:
            with bound_socket(settings.host, port) as listener:
                serve(service, listener, lambda url: print_line(f"{line}, on {url}"))
    leave()


def leave() -> None:
    """End the process, also while a job is under way: it starts anew in the next service."""
    sys.stdout.flush()
    sys.stderr.flush()
    if threading.active_count() > 1:
        os._exit(0)


def _require_shared(settings: Settings, command: str) -> None:
    """Refuse to run on SQLite what is one of several processes."""
    if settings.is_embedded:
        raise StartupError(
            f"`transload {command}` works beside other processes, which takes a PostgreSQL: set "
            "TRANSLOAD_DATABASE_URL, or run `transload serve` alone."
        )


def _announce(service: Service, url: str, settings: Settings) -> None:
    print_line(f"Transload {__version__} on {url}, data in {settings.data_dir.resolve()}")
    secret = start_link(service.accounts.database, Clock().now())
    if secret is not None:
        print_line(f"Open {link(settings.public_url or url, LinkKind.START, secret)}")
