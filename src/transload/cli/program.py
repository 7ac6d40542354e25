"""The program `transload`: which commands there are, and how each ends.

A command's module, and with it the service, is imported when the command runs and not before:
`--version`, `--help` and completion answer at once.
"""

import gc
import importlib
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from transload import __version__
from transload.errors import InvalidError, TransloadError
from transload.printable import printable

_FIRST = 1  # the process that a container begins with
_REFUSED = 1  # 2 is the library's, for wrong usage
_HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A command, or a group of them, as `transload --help` shows it; `module` holds its `app`."""

    module: str
    help: str
    is_group: bool = False


COMMANDS: Mapping[str, Entry] = {
    "serve": Entry(module="services", help="Run the service until it is told to stop."),
    "worker": Entry(
        module="services",
        help="Do background work, beside any number of others, until told to stop.",
    ),
    "import": Entry(
        module="transfers",
        help="Import the rows of a file, through a running service.",
    ),
    "export": Entry(
        module="transfers",
        help=(
            "Export the records of a data type, or the tasks of a flow, through a running service."
        ),
    ),
    "org": Entry(module="organizations", help="Organizations.", is_group=True),
    "user": Entry(module="users", help="Users.", is_group=True),
    "role": Entry(module="roles", help="Roles.", is_group=True),
    "token": Entry(module="tokens", help="Tokens.", is_group=True),
    "login-link": Entry(
        module="links", help="Print a link that signs a user in, once, within 15 minutes."
    ),
    "audit": Entry(module="audits", help="Print who did what, the newest first, one a line."),
    "bench-data": Entry(module="samples", help="Fill a new data type with synthetic outlets."),
    "demo": Entry(
        module="samples",
        help="Load sample records into a fresh service and export them, directly and in the "
        "background.",
    ),
    "version": Entry(module="versions", help="Print the version."),
}


def main() -> None:
    """Run a command; a refusal is one sentence on stderr and exit code 1."""
    if os.getpid() == _FIRST:
        # Signals without a handler pass this process by, and a service that starts has none yet.
        signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))
    try:
        for argument in sys.argv[1:]:
            _require_text(argument)
        app(prog_name="transload")
    except TransloadError as error:
        _refuse(error.message)
    except OSError as error:
        if error.strerror is None:
            raise
        where = f" ({error.filename})" if error.filename else ""
        _refuse(f"The system refuses what is needed: {error.strerror}{where}.")


def _refuse(sentence: str) -> None:
    typer.secho(printable(sentence), err=True, fg="red")
    sys.exit(_REFUSED)


def _require_text(argument: str) -> None:
    try:
        argument.encode()
    except UnicodeEncodeError as error:
        raise InvalidError(f"The argument {argument} is no text in UTF-8.") from error


class _Later(TyperCommand):
    """A command that is known by its help, and found when it is used."""

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name, help=entry.help)
        self._entry = entry

    def make_context(self, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - as the library calls it
        """Begin with the command itself, which then takes over."""
        return self._command().make_context(*args, **more)

    def _command(self) -> Any:  # noqa: ANN401 - the library keeps its classes to itself
        # What is imported stays, so a search for garbage in it finds none, and took half a second.
        gc.disable()
        try:
            module = importlib.import_module(f"transload.cli.{self._entry.module}")
        finally:
            gc.enable()
        group = get_group(module.app)
        for command in group.commands.values():
            command.help = _unbroken(command.help or "")
        return group if self._entry.is_group else group.commands[self.name or ""]


def _unbroken(text: str) -> str:
    """Give a help without the line ends of its source: the library keeps those after the first."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


class _Commands(TyperGroup):
    def __init__(self, **more: Any) -> None:  # noqa: ANN401 - as the library calls it
        super().__init__(**more)
        self.commands.update({name: _Later(name, entry) for name, entry in COMMANDS.items()})


app = typer.Typer(
    cls=_Commands,
    help="Import and export of data records.",
    epilog=(
        "Exit codes: 0 done, 1 refused (stderr says why), 2 wrong usage, 130 interrupted; of "
        "imports also 3, some rows failed, and 4, all of them."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=_HELP_OPTIONS,
)


def _print_version(*, is_asked: bool) -> None:
    if is_asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass
