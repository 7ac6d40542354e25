"""`transload role`."""

from typing import Annotated

import typer

from transload.accounts.model import Permission, operator_of
from transload.accounts.roles import NewRole, all_of, create, find_by_name, remove
from transload.accounts.run import get_organization
from transload.cli.printing import AsJson, print_line, print_list, print_value
from transload.cli.stores import DataDir, existing_database
from transload.clock import Clock
from transload.errors import InvalidError

app = typer.Typer(help="Roles.", no_args_is_help=True)

Org = Annotated[str, typer.Option(help="The organization's name or id.")]
_clock = Clock()


@app.command("create")
def create_command(
    org: Org,
    name: Annotated[str, typer.Option(help="Unique in the organization.")],
    permission: Annotated[list[str], typer.Option(help="What it allows, as view/data; repeat it.")],
    data: DataDir = None,
) -> None:
    """Make a role and print its id; what hides fields is set over HTTP."""
    unknown = sorted(set(permission) - set(Permission))
    if unknown:
        raise InvalidError(
            f"There is no permission {', '.join(unknown)}, but {', '.join(Permission)}."
        )
    new = NewRole(name=name, permissions=frozenset(map(Permission, permission)), details=())
    with existing_database(data) as database:
        organization = get_organization(database, org)
        made = create(database, operator_of(organization.id), new, _clock.now())
    print_value(made.id)


@app.command("remove")
def remove_command(
    org: Org,
    name: Annotated[str, typer.Option(help="The role's name or id.")],
    data: DataDir = None,
) -> None:
    """Remove a role that nobody has."""
    with existing_database(data) as database:
        organization = get_organization(database, org)
        with database.read() as connection:
            role = find_by_name(connection, organization.id, name)
        remove(database, operator_of(organization.id), role.id, _clock.now())
    print_line(f"The role {role.name} is removed.")


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
