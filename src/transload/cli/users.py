"""`transload user`."""

from typing import Annotated

import typer

from transload.accounts import people
from transload.accounts.people import UserChange, all_of
from transload.accounts.roles import find_by_name
from transload.accounts.run import create_user, get_organization
from transload.accounts.user import Status
from transload.cli.printing import AsJson, print_line, print_list, print_value
from transload.cli.stores import DataDir, existing_database
from transload.clock import Clock
from transload.errors import NotFoundError
from transload.hubs import store as hubs

app = typer.Typer(help="Users.", no_args_is_help=True)

Email = Annotated[str, typer.Option(help="The user's e-mail.")]
_clock = Clock()


@app.command("create")
def create_command(
    org: Annotated[str, typer.Option(help="The organization's name or id.")],
    email: Annotated[str, typer.Option(help="Unique in the installation.")],
    role: Annotated[
        str,
        typer.Option(
            help="What the user may do: owner, admin, planner, field, or one of your own."
        ),
    ],
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
            chosen = find_by_name(connection, organization.id, role)
            missing = hub_ids - hubs.existing(connection, organization.id, hub_ids)
        if missing:
            raise NotFoundError(f"There is no hub {', '.join(sorted(missing))}.")
        created = create_user(
            database,
            organization_id=organization.id,
            email=email,
            role=chosen,
            hub_ids=hub_ids,
            now=_clock.now(),
        )
    print_value(created.user_id)


@app.command("change")
def change_command(
    email: Email,
    role: Annotated[str | None, typer.Option(help="What the user may do from now on.")] = None,
    hub: Annotated[
        list[str] | None,
        typer.Option(help="Id of a hub that the user sees, instead of those so far; repeat it."),
    ] = None,
    data: DataDir = None,
) -> None:
    """Give a user another role, or other hubs; what is not named stays."""
    with existing_database(data) as database:
        people.change_as_operator(
            database,
            email,
            UserChange(hub_ids=None if hub is None else frozenset(hub)),
            _clock.now(),
            role_name=role,
        )
    print_line(f"{email} is changed.")


@app.command("disable")
def disable_command(email: Email, data: DataDir = None) -> None:
    """Let a user in no more: their sessions and tokens end at once."""
    with existing_database(data) as database:
        people.change_as_operator(database, email, UserChange(status=Status.INACTIVE), _clock.now())
    print_line(f"{email} is let in no more.")


@app.command("enable")
def enable_command(email: Email, data: DataDir = None) -> None:
    """Let a user in again, by `transload login-link` or their password."""
    with existing_database(data) as database:
        people.change_as_operator(database, email, UserChange(status=Status.ACTIVE), _clock.now())
    print_line(f"{email} is let in again.")


@app.command("remove")
def remove_command(email: Email, data: DataDir = None) -> None:
    """Remove a user, with their sessions and tokens; what they wrote keeps their e-mail."""
    with existing_database(data) as database:
        people.remove_as_operator(database, email, _clock.now())
    print_line(f"{email} is removed.")


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
