"""`transload login-link`."""

from typing import Annotated

import typer

from transload.accounts.links import login_link
from transload.accounts.sign_in import LinkKind, link
from transload.cli.printing import print_value
from transload.cli.stores import DataDir, existing_database
from transload.clock import Clock
from transload.settings import load

app = typer.Typer()


@app.command("login-link")
def login_link_command(
    email: Annotated[str, typer.Option(help="The user's e-mail.")], data: DataDir = None
) -> None:
    """Print a link that signs a user in, once, within 15 minutes."""
    settings = load(data_dir=data)
    with existing_database(data) as database:
        secret = login_link(database, email, Clock().now())
    base_url = settings.public_url or f"http://{settings.host}:{settings.port}"
    print_value(link(base_url, LinkKind.LOGIN, secret))
