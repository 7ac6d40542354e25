"""`transload token`."""

from typing import Annotated

import typer

from transload.accounts.model import parse_duration
from transload.cli.printing import AsJson, print_line, print_list, print_value
from transload.cli.stores import DataDir, existing_accounts
from transload.clock import Clock

app = typer.Typer(help="Tokens.", no_args_is_help=True)

_clock = Clock()
_FORM = "%Y-%m-%dT%H:%M:%SZ"


@app.command("create")
def create_command(
    email: Annotated[str, typer.Option(help="The user's e-mail.")],
    expires: Annotated[str, typer.Option(help="How long it works: 30d, 12h, 90m.")] = "30d",
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    data: DataDir = None,
) -> None:
    """Print a new token, and nothing else."""
    lifetime = parse_duration(expires)
    with existing_accounts(data) as accounts:
        text = accounts.create_token(email=email, name=name, lifetime=lifetime, now=_clock.now())
    print_value(text)


@app.command("list")
def list_command(
    email: Annotated[str, typer.Option(help="The user's e-mail.")],
    data: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print a user's tokens that work, the oldest first: jti, name, made, ends."""
    with existing_accounts(data) as accounts:
        found = accounts.live_tokens(email, _clock.now())
    print_list(
        (
            {
                "id": one.id,
                "name": one.name,
                "created": f"{one.created_time:{_FORM}}",
                "expires": f"{one.expires_time:{_FORM}}",
            }
            for one in found
        ),
        as_json=as_json,
    )


@app.command("revoke")
def revoke_command(
    token: Annotated[str, typer.Argument(help="The token, or its jti.")], data: DataDir = None
) -> None:
    """Make a token stop working at once."""
    with existing_accounts(data) as accounts:
        accounts.revoke_token(token, _clock.now())
    print_line("The token is revoked.")
