"""`transload audit`."""

from typing import Annotated

import typer

from transload import audit
from transload.accounts.run import all_organizations, get_organization
from transload.cli.printing import AsJson, print_line, print_list
from transload.cli.stores import DataDir, existing_database

app = typer.Typer()

_MOST = 1_000_000


@app.command("audit")
def audit_command(
    org: Annotated[
        str | None,
        typer.Option(help="The organization's name or id; without it, all of the installation."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="At most so many events.")] = 100,
    data: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print who did what, the newest first, one a line.

    Without `--org` the third value of a line is the organization; `-`: none, as where one was
    removed, or where somebody tried to sign in who is no user.
    """
    with existing_database(data) as database:
        organization = None if org is None else get_organization(database, org)
        with database.read() as connection:
            events = (
                audit.find_latest_of_all(connection, limit)
                if organization is None
                else audit.find_latest(connection, organization.id, limit)
            )
        tells_whose = organization is None and not as_json
        names = {one.id: one.name for one in all_organizations(database)} if tells_whose else {}
    if as_json:
        print_list(map(_as_object, events), as_json=True)
        return
    for event in events:
        whose = names.get(event.organization_id, event.organization_id) or "-"
        cells = (
            f"{event.time:%Y-%m-%d %H:%M:%S}",
            event.email or "-",
            *([whose] if tells_whose else []),
            f"{event.action} {event.thing} {event.thing_id}",
            event.detail,
        )
        print_line(*cells)


def _as_object(event: audit.Event) -> dict[str, object]:
    return {
        "id": event.id,
        "organizationId": event.organization_id,
        "time": f"{event.time:%Y-%m-%dT%H:%M:%SZ}",
        "email": event.email,
        "action": event.action.value,
        "thing": event.thing,
        "thingId": event.thing_id,
        "detail": event.detail,
    }
