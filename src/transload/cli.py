"""The command line: commands to functions. The only place that prints."""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from transload import __version__, audit, bench_data, demo, samples
from transload.accounts import keys
from transload.accounts.model import Role, built_in_role, parse_duration
from transload.accounts.run import Accounts, create_organization, create_user, get_organization
from transload.app import Service, opened_database, running_service
from transload.clock import Clock
from transload.db.engine import Database
from transload.errors import NotFoundError, StartupError, TransloadError
from transload.hubs import store as hubs
from transload.memory import share_arenas
from transload.server import bound_socket, serve, serving, wait_for_stop
from transload.settings import Settings, load
from transload.telemetry.logs import log_to_stderr

_DEMO_RECORDS = 10_000
_DEMO_DIR = Path("transload-demo")
_clock = Clock()
_out = Console()
_err = Console(stderr=True)

app = typer.Typer(
    help="Import and export of data records.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
org = typer.Typer(help="Organizations.", no_args_is_help=True)
user = typer.Typer(help="Users.", no_args_is_help=True)
token = typer.Typer(help="Tokens.", no_args_is_help=True)
app.add_typer(org, name="org")
app.add_typer(user, name="user")
app.add_typer(token, name="token")

DataDir = Annotated[
    Path | None, typer.Option("--data", help="Data folder; default TRANSLOAD_DATA_DIR.")
]


def main() -> None:
    """Run a command; a refusal is one sentence on stderr and exit code 1."""
    try:
        app()
    except TransloadError as error:
        _err.print(error.message, style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


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
    settings = load(host=host, port=port, data_dir=data)
    if not worker:
        _require_shared(settings, "serve --no-worker")
    log_to_stderr(settings.log_level, settings.log_format)
    share_arenas()
    with (
        running_service(settings, is_worker=worker) as service,
        bound_socket(settings.host, settings.port) as listener,
    ):
        serve(service, listener, lambda url: _announce(url, settings.data_dir))
    _leave()


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
    settings = load(background_exports=concurrency, host=host, data_dir=data)
    _require_shared(settings, "worker")
    log_to_stderr(settings.log_level, settings.log_format)
    share_arenas()
    with running_service(settings, has_api=False) as service:
        line = (
            f"Transload {__version__} does background work, {settings.background_exports} at a time"
        )
        if port is None:
            wait_for_stop(lambda: _print_line(line))
        else:
            with bound_socket(settings.host, port) as listener:
                serve(service, listener, lambda url: _print_line(f"{line}, on {url}"))
    _leave()


@app.command()
def version() -> None:
    """Print the version."""
    _out.print(__version__, highlight=False)


@org.command("create")
def create_org(name: str, data: DataDir = None) -> None:
    """Create an organization and print its id."""
    with _database(data) as database:
        organization = create_organization(database, name, _clock.now())
    _print_id(organization.id)


@user.command("create")
def create_user_command(
    org: Annotated[str, typer.Option(help="The organization's name or id.")],
    email: Annotated[str, typer.Option(help="Unique in the installation.")],
    role: Annotated[str, typer.Option(help="What the user may do: owner, admin, planner, field.")],
    hub: Annotated[
        list[str] | None,
        typer.Option(help="Id of a hub that the user sees; repeat it. Owners and admins see all."),
    ] = None,
    data: DataDir = None,
) -> None:
    """Create a user and print their id."""
    hub_ids = set(hub or ())
    with _database(data) as database:
        organization = get_organization(database, org)
        with database.read() as connection:
            missing = hub_ids - hubs.existing(connection, organization.id, hub_ids)
        if missing:
            raise NotFoundError(f"There is no hub {', '.join(sorted(missing))}.")
        created = create_user(
            database,
            organization_id=organization.id,
            email=email,
            role=built_in_role(role),
            hub_ids=hub_ids,
            now=_clock.now(),
        )
    _print_id(created.user_id)


@token.command("create")
def create_token(
    email: Annotated[str, typer.Option(help="The user's e-mail.")],
    expires: Annotated[str, typer.Option(help="How long it works: 30d, 12h, 90m.")] = "30d",
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    data: DataDir = None,
) -> None:
    """Print a new token, and nothing else."""
    lifetime = parse_duration(expires)
    with _accounts(data) as accounts:
        text = accounts.create_token(email=email, name=name, lifetime=lifetime, now=_clock.now())
    _print_id(text)


@token.command("revoke")
def revoke_token(
    token: Annotated[str, typer.Argument(help="The token, or its jti.")], data: DataDir = None
) -> None:
    """Make a token stop working at once."""
    with _accounts(data) as accounts:
        accounts.revoke_token(token, _clock.now())
    _out.print("The token is revoked.")


@app.command("audit")
def audit_command(
    org: Annotated[str, typer.Option(help="The organization's name or id.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many events.")] = 100,
    data: DataDir = None,
) -> None:
    """Print who did what in an organization: the last events, the newest first, one a line."""
    with _database(data) as database:
        organization = get_organization(database, org)
        with database.read() as connection:
            events = audit.find_latest(connection, organization.id, limit)
    for event in events:
        what = f"{event.action} {event.thing} {event.thing_id}"
        line = f"{event.time:%Y-%m-%d %H:%M:%S}\t{event.email or '-'}\t{what}\t{event.detail}"
        _out.print(line, markup=False, highlight=False, soft_wrap=True)


@app.command("bench-data")
def bench_data_command(
    records: Annotated[int, typer.Option(min=1, help="How many.")],
    org: Annotated[str, typer.Option(help="An organization's name; made if missing.")] = "Bench",
    seed: Annotated[int, typer.Option(help="The same seed gives the same records.")] = 1,
    data: DataDir = None,
) -> None:
    """Fill a new data type with synthetic outlets."""
    with _database(data) as database, _progress() as progress:
        bar = progress.add_task("Records", total=records)
        target = bench_data.prepare(database, org, _clock.now())
        for added in bench_data.load(database, target, samples.outlets(records, seed)):
            progress.advance(bar, added)
    _out.print(
        f"{records:,} records of data type {target.data_type_id}; {target.owner.email} owns them.",
        highlight=False,
        soft_wrap=True,
    )


@app.command("demo")
def demo_command() -> None:
    """Load sample records into a fresh service and export them, directly and in the background."""
    shutil.rmtree(_DEMO_DIR / "data", ignore_errors=True)
    settings = load(data_dir=_DEMO_DIR / "data", database_url="", files_url="", public_url="")
    with running_service(settings) as service, bound_socket("127.0.0.1", 0) as listener:
        token = _demo_token(service)
        with serving(service, listener) as url:
            _out.print(f"The embedded service runs on {url}.", highlight=False)
            paths = _run_demo(demo.Client(base_url=url, token=token))
    for path in paths:
        _out.print(f"[bold]{path}[/bold]  {path.stat().st_size:,} bytes", highlight=False)
    _out.print("Open them in any spreadsheet. Next: [bold]make serve[/bold] and README.md.")
    _leave()


def _require_shared(settings: Settings, command: str) -> None:
    """Refuse to run on SQLite what is one of several processes."""
    if settings.is_embedded:
        raise StartupError(
            f"`transload {command}` works beside other processes, which takes a PostgreSQL: set "
            "TRANSLOAD_DATABASE_URL, or run `transload serve` alone."
        )


def _announce(url: str, data_dir: Path) -> None:
    _print_line(f"Transload {__version__} on {url}, data in {data_dir.resolve()}")


def _print_line(line: str) -> None:
    _out.print(line, markup=False, highlight=False, soft_wrap=True)


def _demo_token(service: Service) -> str:
    now = _clock.now()
    accounts = service.accounts
    organization = create_organization(accounts.database, "Demo", now)
    email = "owner@demo.example"
    create_user(
        accounts.database,
        organization_id=organization.id,
        email=email,
        role=Role.OWNER,
        hub_ids=(),
        now=now,
    )
    return accounts.create_token(email=email, name="demo", lifetime=timedelta(days=1), now=now)


def _run_demo(client: demo.Client) -> list[Path]:
    direct, background = _DEMO_DIR / "outlets-direct.xlsx", _DEMO_DIR / "outlets.xlsx"
    hub_id = demo.create_hub(client)
    data_type_id = demo.create_data_type(client, "Outlets", samples.outlet_fields())
    with _progress() as progress:
        bar = progress.add_task("Load sample records", total=_DEMO_RECORDS)
        for added in demo.load(client, hub_id, data_type_id, samples.outlets(_DEMO_RECORDS)):
            progress.advance(bar, added)
        bar = progress.add_task("Direct export of 1,000", total=1)
        demo.download(demo.export_directly(client, data_type_id, limit=1_000), direct)
        progress.advance(bar)
        bar = progress.add_task("Background export of all", total=100)
        entry = {}
        for entry in demo.export_in_background(client, data_type_id):
            progress.update(bar, completed=entry["progress"])
    if entry["status"] != "Done":
        raise TransloadError(f"The background export failed: {entry['errorMessage']}")
    demo.download(entry["fileUrl"], background)
    return [direct, background]


@contextmanager
def _database(data: Path | None) -> Iterator[Database]:
    with opened_database(load(data_dir=data)) as database:
        yield database


@contextmanager
def _accounts(data: Path | None) -> Iterator[Accounts]:
    with _database(data) as database:
        yield Accounts(database=database, token_key=keys.token_key(database, _clock.now()))


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description:<26}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=_out,
    )


def _print_id(text: str) -> None:
    """Print a value alone on stdout, for a script to take."""
    sys.stdout.write(f"{text}\n")


def _leave() -> None:
    """End the process, also while a job is under way: it starts anew in the next service."""
    sys.stdout.flush()
    sys.stderr.flush()
    if threading.active_count() > 1:
        os._exit(0)
