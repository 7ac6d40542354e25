"""`transload role`."""

from collections.abc import Iterable
from typing import Annotated

import typer
from sqlalchemy import Connection

from transload.accounts.model import Detail, Permission, operator_of
from transload.accounts.roles import NewRole, all_of, change, create, find_by_name, remove
from transload.accounts.run import get_organization
from transload.cli import role_details
from transload.cli.printing import AsJson, print_line, print_list, print_value
from transload.cli.stores import DataDir, existing_database
from transload.clock import Clock
from transload.errors import InvalidError

app = typer.Typer(help="Roles.", no_args_is_help=True)

Org = Annotated[str, typer.Option(help="The organization's name or id.")]
HideData = Annotated[
    list[str] | None,
    typer.Option(help="Fields of a data type that it does not see, as Outlets=price,cost."),
]
HideTask = Annotated[
    list[str] | None,
    typer.Option(help="Fields of a flow's tasks that it does not see, as Visits=amount."),
]
AddTaskTo = Annotated[
    list[str] | None,
    typer.Option(help="A flow that it may add tasks to, and to no other; repeat it."),
]
_clock = Clock()


@app.command("create")
def create_command(
    org: Org,
    name: Annotated[str, typer.Option(help="Unique in the organization.")],
    permission: Annotated[list[str], typer.Option(help="What it allows, as view/data; repeat it.")],
    data: DataDir = None,
    *,
    hide_data: HideData = None,
    hide_task: HideTask = None,
    add_task_to: AddTaskTo = None,
) -> None:
    """Make a role and print its id."""
    permissions = _permissions(permission)
    with existing_database(data) as database:
        organization = get_organization(database, org)
        with database.read() as connection:
            details = _details(connection, organization.id, hide_data, hide_task, add_task_to)
        new = NewRole(
            name=name,
            permissions=permissions,
            details=role_details.replaced((), details),
        )
        made = create(database, operator_of(organization.id), new, _clock.now())
    print_value(made.id)


@app.command("change")
def change_command(
    org: Org,
    name: Annotated[str, typer.Option(help="The role's name or id.")],
    data: DataDir = None,
    *,
    new_name: Annotated[str | None, typer.Option(help="What it is called from now on.")] = None,
    permission: Annotated[
        list[str] | None,
        typer.Option(help="What it allows, instead of all that it allowed; repeat it."),
    ] = None,
    hide_data: HideData = None,
    hide_task: HideTask = None,
    add_task_to: AddTaskTo = None,
    any_flow: Annotated[bool, typer.Option(help="It may add tasks to every flow again.")] = False,
) -> None:
    """Change a role: what is not named stays. `--hide-data Outlets=` shows all fields again."""
    with existing_database(data) as database:
        organization = get_organization(database, org)
        with database.read() as connection:
            role = find_by_name(connection, organization.id, name)
            details = _details(connection, organization.id, hide_data, hide_task, add_task_to)
        old = [one for one in role.details if one.flow_ids is None or not any_flow]
        new = NewRole(
            name=role.name if new_name is None else new_name,
            permissions=_permissions(permission) if permission else role.permissions,
            details=role_details.replaced(old, details),
        )
        changed = change(database, operator_of(organization.id), role.id, new, _clock.now())
    print_line(f"The role {changed.name} is changed.")


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
    """Print an organization's roles: id, name, permissions, and what narrows these."""
    with existing_database(data) as database:
        found = all_of(database, get_organization(database, org))
    print_list(
        (
            {
                "id": role.id,
                "name": role.name,
                "permissions": sorted(permission.value for permission in role.permissions),
                "details": role_details.shown(role.details),
            }
            for role in found
        ),
        as_json=as_json,
    )


def _permissions(names: Iterable[str]) -> frozenset[Permission]:
    unknown = sorted(set(names) - set(Permission))
    if unknown:
        raise InvalidError(
            f"There is no permission {', '.join(unknown)}, but {', '.join(Permission)}."
        )
    return frozenset(map(Permission, names))


def _details(
    connection: Connection,
    organization_id: str,
    hide_data: list[str] | None,
    hide_task: list[str] | None,
    add_task_to: list[str] | None,
) -> list[Detail]:
    where = (connection, organization_id)
    return [
        *(role_details.hidden_in_type(*where, text) for text in hide_data or ()),
        *(role_details.hidden_in_flow(*where, text) for text in hide_task or ()),
        *([role_details.only_flows(*where, add_task_to)] if add_task_to else ()),
    ]
