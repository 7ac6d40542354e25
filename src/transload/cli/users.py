"""`transload user`."""

from typing import Annotated

import typer

from transload.accounts.model import built_in_role
from transload.accounts.people import all_of
from transload.accounts.run import create_user, get_organization
from transload.cli.printing import AsJson, print_list, print_value
from transload.cli.stores import DataDir, existing_database
from transload.clock import Clock
from transload.errors import NotFoundError
from transload.hubs import store as hubs

app = typer.Typer(help="Users.", no_args_is_help=True)

_clock = Clock()


@app.command("create")
def create_command(
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
    with existing_database(data) as database:
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
    print_value(created.user_id)


@app.command("list")
def list_command(
    org: Annotated[str, typer.Option(help="The organization's name or id.")],
    data: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print an organization's users, the oldest first: id, e-mail, name, role, status, hubs."""
    with existing_database(data) as database:
        found = all_of(database, get_organization(database, org))
    print_list(
        (
            {
                "id": one.id,
                "email": one.email,
                "name": one.name,
                "role": one.role.key if one.role.is_built_in else one.role.name,
                "status": one.status.value,
                "hubs": sorted(one.hub_ids),
            }
            for one in found
        ),
        as_json=as_json,
    )
