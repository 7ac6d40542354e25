"""`transload audit`."""

from typing import Annotated

import typer

from transload import audit
from transload.accounts.run import get_organization
from transload.cli.printing import AsJson, print_line, print_list
from transload.cli.stores import DataDir, existing_database
from transload.printable import printable

app = typer.Typer()


@app.command("audit")
def audit_command(
    org: Annotated[str, typer.Option(help="The organization's name or id.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many events.")] = 100,
    data: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print who did what in an organization, the newest first, one a line."""
    with existing_database(data) as database:
        organization = get_organization(database, org)
        with database.read() as connection:
            events = audit.find_latest(connection, organization.id, limit)
    if as_json:
        print_list(map(_as_object, events), as_json=True)
        return
    for event in events:
        what = f"{event.action} {event.thing} {event.thing_id}"
        cells = (f"{event.time:%Y-%m-%d %H:%M:%S}", event.email or "-", what, event.detail)
        print_line("\t".join(map(printable, cells)))


def _as_object(event: audit.Event) -> dict[str, object]:
    return {
        "id": event.id,
        "time": f"{event.time:%Y-%m-%dT%H:%M:%SZ}",
        "email": event.email,
        "action": event.action.value,
        "thing": event.thing,
        "thingId": event.thing_id,
        "detail": event.detail,
    }
