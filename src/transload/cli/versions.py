"""`transload version`."""

import typer

from transload import __version__

app = typer.Typer()


@app.command("version")
def version_command() -> None:
    """Print the version."""
    typer.echo(__version__)
