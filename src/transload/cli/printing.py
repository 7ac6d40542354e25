"""What commands print: values for scripts, lines for people, lists as either of the two."""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from transload.printable import printable, printable_json

AsJson = Annotated[bool, typer.Option("--json", help="As JSON: one array of objects.")]

_err = Console(stderr=True)


def print_value(text: str) -> None:
    """Print a value alone on stdout, for a script to take."""
    sys.stdout.write(f"{text}\n")


def print_line(*values: str) -> None:
    """Print a line at once, whatever the width of the terminal, with tabs between its values.

    What would move the cursor or hide text is escaped: the values are often users' own words.
    """
    sys.stdout.write("\t".join(map(printable, values)) + "\n")
    sys.stdout.flush()


def print_json(value: object) -> None:
    """Print a value as JSON, over several lines; what would move the cursor is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write(f"{printable_json(text)}\n")


def print_list(items: Iterable[Mapping[str, object]], *, as_json: bool) -> None:
    """Print one item a line, its values with tabs between them, or all as one JSON array.

    In a line, a value that is not there is `-`, and of several each follows a comma.
    """
    if as_json:
        print_json(list(items))
        return
    for item in items:
        print_line(*map(_cell, item.values()))


def progress() -> Progress:
    """Give bars on stderr that show how far a command is: stdout holds its outcome alone."""
    return Progress(
        TextColumn("{task.description:<26}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=_err,
    )


def _cell(value: object) -> str:
    match value:
        case None | "" | []:
            return "-"
        case list():
            return ",".join(str(one) for one in value)
        case _:
            return " ".join(str(value).split())
