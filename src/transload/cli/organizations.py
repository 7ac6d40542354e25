"""`transload org`."""

from typing import Annotated

import typer

from transload.accounts import organizations
from transload.accounts.model import operator_of
from transload.accounts.run import all_organizations, create_organization, get_organization
from transload.cli.printing import AsJson, print_line, print_list, print_value
from transload.cli.stores import DataDir, existing_database, new_database
from transload.clock import Clock
from transload.files.opening import open_files
from transload.printable import printable
from transload.removal import remove_organization
from transload.settings import load

app = typer.Typer(help="Organizations.", no_args_is_help=True)

Org = Annotated[str, typer.Argument(help="The organization's name or id.")]
_clock = Clock()


@app.command("create")
def create_command(name: str, data: DataDir = None) -> None:
    """Create an organization and print its id."""
    with new_database(data) as database:
        organization = create_organization(database, name, _clock.now())
    print_value(organization.id)


@app.command("list")
def list_command(data: DataDir = None, *, as_json: AsJson = False) -> None:
    """Print the organizations, the oldest first: id, name, status."""
    with existing_database(data) as database:
        found = all_organizations(database)
    print_list(
        (
            {
                "id": one.id,
                "name": one.name,
                "status": "disabled" if one.is_disabled else "active",
            }
            for one in found
        ),
        as_json=as_json,
    )


@app.command("rename")
def rename_command(
    org: Org,
    name: Annotated[str, typer.Argument(help="What it is called from now on.")],
    data: DataDir = None,
) -> None:
    """Give an organization another name; its id stays."""
    with existing_database(data) as database:
        organization = get_organization(database, org)
        operator = operator_of(organization.id)
        renamed = organizations.rename(database, operator, name, _clock.now())
    print_line(f"{organization.name} is called {renamed.name} now.")


@app.command("disable")
def disable_command(org: Org, data: DataDir = None) -> None:
    """Let nobody of an organization in any more; what it has stays."""
    with existing_database(data) as database:
        organization = get_organization(database, org)
        organizations.disable(database, organization, _clock.now())
    print_line(f"Nobody of {organization.name} is let in any more.")


@app.command("enable")
def enable_command(org: Org, data: DataDir = None) -> None:
    """Let the users of an organization in again."""
    with existing_database(data) as database:
        organization = get_organization(database, org)
        organizations.enable(database, organization, _clock.now())
    print_line(f"The users of {organization.name} are let in again.")


@app.command("remove")
def remove_command(
    org: Org,
    data: DataDir = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove an organization for good: its users, records, files and audit trail.

    `transload audit` without `--org` tells of it.
    """
    settings = load(data_dir=data)
    with existing_database(data) as database:
        organization = get_organization(database, org)
        if not yes:
            typer.confirm(
                printable(
                    f"Remove {organization.name} with all its users, records and files, for good?"
                ),
                abort=True,
            )
        remove_organization(database, open_files(settings), organization, _clock.now())
    print_line(f"{organization.name} is removed.")
