"""The store that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from transload.accounts import keys
from transload.accounts.run import Accounts
from transload.clock import Clock
from transload.db.engine import Database
from transload.db.opening import opened_database
from transload.errors import StartupError
from transload.settings import Settings, load, unknown_variables

DataDir = Annotated[
    Path | None, typer.Option("--data", help="Data folder; default TRANSLOAD_DATA_DIR.")
]

_clock = Clock()


def settings_of(**flags: object) -> Settings:
    """Give the settings of the environment and the flags, and tell of variables that set nothing.

    Raises StartupError naming every setting that has a wrong value.
    """
    settings = load(**flags)
    for sentence in unknown_variables():
        typer.secho(sentence, err=True, fg="yellow")
    return settings


@contextmanager
def new_database(data: Path | None) -> Iterator[Database]:
    """Open the store, which is made if it is missing."""
    with opened_database(settings_of(data_dir=data)) as database:
        yield database


@contextmanager
def existing_database(data: Path | None) -> Iterator[Database]:
    """Open a store that has been made before; raise StartupError where the folder holds none."""
    settings = settings_of(data_dir=data)
    if settings.is_embedded and not settings.database_file.exists():
        raise StartupError(
            f"The folder {settings.data_dir.resolve()} holds no data of Transload: name the data "
            "folder with --data or TRANSLOAD_DATA_DIR, or make one with `transload serve` or "
            "`transload org create`."
        )
    with opened_database(settings) as database:
        yield database


@contextmanager
def existing_accounts(data: Path | None) -> Iterator[Accounts]:
    """Open the accounts of a store that has been made before."""
    with existing_database(data) as database:
        yield Accounts(database=database, token_key=keys.token_key(database, _clock.now()))
