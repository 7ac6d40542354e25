"""`transload role`."""

from typing import Annotated

import typer

from transload.accounts.roles import all_of
from transload.accounts.run import get_organization
from transload.cli.printing import AsJson, print_list
from transload.cli.stores import DataDir, existing_database

app = typer.Typer(help="Roles.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    pass


@app.command("list")
def list_command(
    org: Annotated[str, typer.Option(help="The organization's name or id.")],
    data: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print an organization's roles: id, name, permissions."""
    with existing_database(data) as database:
        found = all_of(database, get_organization(database, org))
    print_list(
        (
            {
                "id": role.id,
                "name": role.name,
                "permissions": sorted(permission.value for permission in role.permissions),
            }
            for role in found
        ),
        as_json=as_json,
    )
