"""`transload bench-data` and `transload demo`."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from transload import bench_data, demo, samples
from transload.accounts import store
from transload.accounts.links import new_link
from transload.accounts.model import Role
from transload.accounts.run import create_organization, create_user
from transload.accounts.sign_in import LinkKind
from transload.app import Service, running_service
from transload.cli.printing import print_line, progress
from transload.cli.services import leave
from transload.cli.stores import DataDir, new_database, settings_of
from transload.client import Client
from transload.clock import Clock
from transload.counts import counted
from transload.errors import NotFoundError, TransloadError
from transload.server import bound_socket, serving

app = typer.Typer()

_DEMO_RECORDS = 10_000
_DEMO_DIR = Path("transload-demo")
_DEMO_OWNER = "owner@demo.example"
_clock = Clock()


@app.command("bench-data")
def bench_data_command(
    records: Annotated[int, typer.Option(min=1, help="How many.")],
    org: Annotated[str, typer.Option(help="An organization's name; made if missing.")] = "Bench",
    seed: Annotated[int, typer.Option(help="The same seed gives the same records.")] = 1,
    data: DataDir = None,
) -> None:
    """Fill a new data type with synthetic outlets."""
    with new_database(data) as database, progress() as shown:
        bar = shown.add_task("Records", total=records)
        target = bench_data.prepare(database, org, _clock.now())
        for added in bench_data.load(database, target, samples.outlets(records, seed)):
            shown.advance(bar, added)
    print_line(
        f"{counted(records, 'record', is_grouped=True)} of data type {target.data_type_id}; "
        f"{target.owner.email} owns {'it' if records == 1 else 'them'}."
    )


@app.command("demo")
def demo_command() -> None:
    """Load sample records into a fresh service and export them, directly and in the background."""
    shutil.rmtree(_DEMO_DIR / "data", ignore_errors=True)
    settings = settings_of(
        data_dir=_DEMO_DIR / "data", database_url="", files_url="", public_url=""
    )
    with running_service(settings) as service, bound_socket("127.0.0.1", 0) as listener:
        token = _demo_token(service)
        with serving(service, listener) as url:
            print_line(f"The embedded service runs on {url}.")
            paths = _run_demo(Client(base_url=url, token=token))
        secret = _invitation(service)
    for path in paths:
        print_line(f"{path}  {path.stat().st_size:,} bytes")
    print_line("Open them in any spreadsheet. The same records in a browser:")
    print_line(f"  .venv/bin/transload serve --data {settings.data_dir}")
    print_line(f"  http://{settings.host}:{settings.port}{LinkKind.INVITATION.page}#{secret}")
    leave()


def _demo_token(service: Service) -> str:
    now = _clock.now()
    accounts = service.accounts
    organization = create_organization(accounts.database, "Demo", now)
    email = _DEMO_OWNER
    create_user(
        accounts.database,
        organization_id=organization.id,
        email=email,
        role=Role.OWNER,
        hub_ids=(),
        now=now,
    )
    return accounts.create_token(email=email, name="demo", lifetime=timedelta(days=1), now=now)


def _invitation(service: Service) -> str:
    """Make the link by which the demo's owner comes into the console; give its secret."""
    with service.accounts.database.write() as connection:
        owner = store.lock_user_by_email(connection, _DEMO_OWNER)
        if owner is None:
            raise NotFoundError
        secret, _ = new_link(connection, LinkKind.INVITATION, owner.user_id, _clock.now())
    return secret


def _run_demo(client: Client) -> list[Path]:
    direct, background = _DEMO_DIR / "outlets-direct.xlsx", _DEMO_DIR / "outlets.xlsx"
    hub_id = demo.create_hub(client)
    data_type_id = demo.create_data_type(client, "Outlets", samples.outlet_fields())
    with progress() as shown:
        bar = shown.add_task("Load sample records", total=_DEMO_RECORDS)
        for added in demo.load(client, hub_id, data_type_id, samples.outlets(_DEMO_RECORDS)):
            shown.advance(bar, added)
        bar = shown.add_task("Direct export of 1,000", total=1)
        demo.download(demo.export_directly(client, data_type_id, limit=1_000), direct)
        shown.advance(bar)
        bar = shown.add_task("Background export of all", total=100)
        entry = {}
        for entry in demo.export_in_background(client, data_type_id):
            shown.update(bar, completed=entry["progress"])
    if entry["status"] != "Done":
        raise TransloadError(f"The background export failed: {entry['errorMessage']}")
    demo.download(entry["fileUrl"], background)
    return [direct, background]
