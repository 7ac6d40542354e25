"""`transload org`."""

import typer

from transload.accounts.run import all_organizations, create_organization
from transload.cli.printing import AsJson, print_list, print_value
from transload.cli.stores import DataDir, existing_database, new_database
from transload.clock import Clock

app = typer.Typer(help="Organizations.", no_args_is_help=True)

_clock = Clock()


@app.command("create")
def create_command(name: str, data: DataDir = None) -> None:
    """Create an organization and print its id."""
    with new_database(data) as database:
        organization = create_organization(database, name, _clock.now())
    print_value(organization.id)


@app.command("list")
def list_command(data: DataDir = None, *, as_json: AsJson = False) -> None:
    """Print the organizations' ids and names, the oldest first."""
    with existing_database(data) as database:
        found = all_organizations(database)
    print_list(({"id": one.id, "name": one.name} for one in found), as_json=as_json)
