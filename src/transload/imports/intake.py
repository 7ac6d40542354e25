"""Takes a file in: keeps it as it came, has a guarded process read it, cuts it into chunks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from transload.data_types.model import Field
from transload.errors import UnusableError
from transload.files.model import Files
from transload.formats.reading.model import Cause, Choices, Limits, Table, UnreadableError
from transload.formats.reading.reader import read_file
from transload.imports.children import join
from transload.imports.model import ChildTable
from transload.imports.rows import chunk_ends

NOT_A_FILE = "The file must be a file of type: csv, xls, xlsx."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What a file was found to be, and where its chunks end."""

    table: Table
    chunk_ends: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsOf:
    """What rows may have: fields, the one that tells them apart, and those that may be sheets.

    `said`: what was said of which column, by title or number, is which field.
    """

    fields: Sequence[Field] = ()
    key: str = ""
    children: Sequence[ChildTable] = ()
    said: Mapping[str, str | None] = field(default_factory=dict)


def keep(files: Files, key: str, stream: BinaryIO) -> int:
    """Keep a file as it came; give its size in bytes."""
    with files.stage() as staged:
        copyfileobj(stream, staged.stream)
        return files.publish(staged, key)


def read_rows(
    files: Files,
    source: Path,
    *,
    rows_key: str,
    choices: Choices,
    rows_of: RowsOf,
    look: Callable[[], None],
) -> ReadFile:
    """Read a file and keep its rows under the key, those of further sheets joined to them.

    The fields' titles and ids tell which row is the header, where that is not chosen. Raises
    UnreadableError for a file that cannot be read, UnusableError for sheets that cannot be joined.
    """
    fields = rows_of.fields
    titles = tuple(dict.fromkeys(name for one in fields for name in (one.title, one.id) if name))
    wanted = replace(choices, expected_titles=titles)
    with files.stage_folder() as folder:
        rows = folder / "rows.parquet"
        table = read_file(source, rows, choices=wanted, limits=Limits(), look=look)
        table = join(
            source,
            rows,
            table,
            children=rows_of.children,
            key=next((one for one in fields if one.id == rows_of.key), None),
            said=rows_of.said,
            look=look,
        )
        ends = chunk_ends(rows, len(table.titles))
        with rows.open("rb") as stream:
            keep(files, rows_key, stream)
    return ReadFile(table=table, chunk_ends=ends)


def refusal(error: UnreadableError) -> UnusableError:
    """Give the refusal of a file by the v3 API, whose contract has words for an unknown kind."""
    if error.cause is Cause.NOT_A_KIND:
        return UnusableError(NOT_A_FILE)
    return UnusableError(error.message)
