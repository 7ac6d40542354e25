"""Sheets that are child tables of the main one: found, read, and gathered by the ID of their rows.

What is said of columns names a sheet as `Lines!`, and a column of it as `Lines!Product`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import polars as pl

from transload.data_types.model import Field, FieldType
from transload.errors import UnusableError
from transload.formats.reading.model import (
    FAULT,
    LINE,
    Cause,
    Choices,
    Joined,
    Limits,
    Table,
    UnreadableError,
    form_column,
    text_column,
)
from transload.formats.reading.reader import read_file
from transload.formats.xlsx_package import sheet_names
from transload.imports.cells import FORM_FAULTS, as_doubles
from transload.imports.mapping import (
    MappingError,
    chosen,
    find_column,
    match,
    normalised,
    require_distinct,
)
from transload.imports.model import ChildTable

Said = Mapping[str, str | None]
_MARK = "!"
_LIMITS = Limits(written_bytes=256 << 20)
_MAX_TEXT = 64 << 20
_STRUCTURED = "data"
KEY, ROWS, WRONG, AT = "key", "rows", "wrong", "at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A child table and the sheet that it is; `said`: what was said of the sheet's columns."""

    table: ChildTable
    sheet: str
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """The rows of a sheet, by ID: `key`, `rows` (a JSON array), `wrong` and `at`, a line."""

    joined: Joined
    frame: pl.DataFrame


def of_main(said: Said, table: Table) -> dict[str, str | None]:
    """Give what is said of columns of the main sheet."""
    return {name: one for name, one in said.items() if _sheet_of(name, table) is None}


def find_children(table: Table, children: Sequence[ChildTable], said: Said) -> list[Child]:
    """Give the sheets that are child tables: as is said, else by title or id."""
    sheets = [
        one.name for at, one in enumerate(table.sheets, 1) if at != table.sheet and one.is_visible
    ]
    known = {child.field_id for child in children}
    chosen_sheets: dict[str, str] = {}
    of_columns: dict[str, dict[str, str | None]] = {}
    for name, one in said.items():
        sheet = _sheet_of(name, table)
        if sheet is None:
            continue
        title = name.rpartition(_MARK)[2]
        if title:
            of_columns.setdefault(sheet, {})[title] = one
        elif one in known:
            chosen_sheets[one] = sheet
        elif one is not None:
            raise MappingError(f"The mapping names {one!r}, which has no rows of its own.")
    taken = set(chosen_sheets.values())
    found = []
    for child in children:
        sheet = chosen_sheets.get(child.field_id) or next(
            (name for name in sheets if name not in taken and _is_named(child, name)), None
        )
        if sheet is not None:
            taken.add(sheet)
            found.append(Child(table=child, sheet=sheet, said=of_columns.get(sheet, {})))
    return found


def _is_named(child: ChildTable, sheet: str) -> bool:
    """Tell whether a sheet has the name of a child table, as near as workbooks have names."""
    wanted = [one for one in (child.title, child.field_id) if one.strip()]
    spelled = {normalised(one) for name in wanted for one in (name, *sheet_names([name]))}
    return normalised(sheet) in spelled


def _sheet_of(name: str, table: Table) -> str | None:
    """Give the sheet of which something is said, None where it is the main one."""
    sheet, mark, _ = name.rpartition(_MARK)
    if not mark or name in table.own_titles:
        return None
    wanted = normalised(sheet)
    return next((one.name for one in table.sheets if normalised(one.name) == wanted), None)


def key_column(table: Table, key: Field, said: Said, sheet: str) -> int:
    """Give the main sheet's column of the ID, as is said, else by its title, else the first.

    Raises UnusableError where titles are there and none is the ID's; `sheet` is one that needs it.
    """
    titles = table.own_titles
    named = [name for name, one in said.items() if one == key.id]
    for name in named:
        if (column := find_column(name, titles)) is not None:
            return column
    if not table.header_row:
        return 0
    found = [one.column for one in match(titles, [key])]
    if not found:
        raise UnusableError(
            f"The sheet {sheet!r} has rows of those of the first one, which has no column "
            f"{key.title}, by which they belong to each other."
        )
    return found[0]


def gather(
    source: Path, rows: Path, child: Child, at: int, look: Callable[[], None]
) -> Grouped | None:
    """Read a sheet, and gather its rows by their ID; None where it is empty."""
    fields = child.table.fields
    path = rows.with_name(f"{rows.name}.child")
    titles = tuple(name for one in fields for name in (one.title, one.id) if name)
    choices = Choices(sheet=child.sheet, expected_titles=titles)
    try:
        table = read_file(source, path, choices=choices, limits=_LIMITS, look=look)
    except UnreadableError as error:
        if error.cause is Cause.EMPTY:
            return None
        raise
    columns = _columns(child, table)
    key, *others = (one for one in fields if one.id in columns)
    if key != fields[0]:
        raise UnusableError(
            f"The sheet {child.sheet!r} has no column {fields[0].title}, which says to which row "
            "of the first one each of its rows belongs."
        )
    frame = _read(path, child.sheet, table, sorted(columns.values()))
    wrong = _wrong(frame, child.sheet, table, {one.id: columns[one.id] for one in others})
    members = pl.DataFrame({one.id: _texts(frame, table, one, columns[one.id]) for one in others})
    grouped = (
        pl.DataFrame(
            {
                KEY: frame.get_column(text_column(columns[key.id])),
                ROWS: _objects(members, frame.height),
                WRONG: wrong,
                AT: frame.get_column(LINE),
            }
        )
        .group_by(KEY, maintain_order=True)
        .agg(
            pl.concat_str(pl.lit("["), pl.col(ROWS).str.join(","), pl.lit("]")).alias(ROWS),
            pl.col(WRONG).drop_nulls().first(),
            pl.col(AT).first(),
        )
    )
    joined = Joined(
        sheet=child.sheet,
        field_id=child.table.field_id,
        key=at,
        names=(key.id, *(one.id for one in others)),
        titles=tuple(table.titles[columns[one.id]] for one in (key, *others)),
    )
    return Grouped(joined=joined, frame=grouped)


def _read(path: Path, sheet: str, table: Table, columns: Sequence[int]) -> pl.DataFrame:
    """Give the rows of a sheet: it is held whole, so it has a bound of its own."""
    lazy = pl.scan_parquet(path)
    sizes = [pl.col(text_column(at)).str.len_bytes().cast(pl.UInt64).sum() for at in columns]
    if sum(lazy.select(sizes).collect(engine="streaming").row(0)) > _MAX_TEXT:
        raise UnusableError(
            f"The sheet {sheet!r} holds more than {_MAX_TEXT >> 20} MiB of text: split the file."
        )
    forms = [form_column(at) for at in columns] if table.has_forms else []
    return lazy.select(LINE, FAULT, *map(text_column, columns), *forms).collect()


def _texts(frame: pl.DataFrame, table: Table, field: Field, column: int) -> pl.Series:
    texts = frame.get_column(text_column(column))
    if not table.has_forms or field.value_type is not FieldType.NUMBER:
        return texts
    return as_doubles(texts, frame.get_column(form_column(column)))


def _columns(child: Child, table: Table) -> dict[str, int]:
    """Give the columns of a sheet by the fields that they are: as is said, else by their titles."""
    fields = child.table.fields
    said = chosen(child.said, table.titles, fields)
    taken, names = {one.column for one in said}, {one.field_id for one in said}
    rest = [
        one
        for one in match(table.titles, fields)
        if one.column not in taken and one.field_id not in names
    ]
    return {one.field_id: one.column for one in require_distinct([*said, *rest], table.titles)}


def _objects(members: pl.DataFrame, height: int) -> pl.Series:
    """Give each row as a JSON object of texts; what may be any JSON is that where it reads so."""
    plain = [name for name in members.columns if name != _STRUCTURED]
    objects = (
        members.select(pl.struct(plain).struct.json_encode().alias("o")).to_series()
        if plain
        else pl.Series("o", ["{}"]).new_from_index(0, height)
    )
    if _STRUCTURED not in members.columns:
        return objects
    texts = members.get_column(_STRUCTURED)
    distinct = texts.drop_nulls().unique()
    tokens = [_token(text) for text in distinct.to_list()]
    data = texts.replace_strict(distinct, pl.Series(tokens, dtype=pl.String), default="null")
    mark = "," if plain else ""
    return pl.select(
        pl.concat_str(
            objects.str.strip_suffix("}"),
            pl.lit(f'{mark}"{_STRUCTURED}":'),
            data.fill_null("null"),
            pl.lit("}"),
        )
    ).to_series()


def _token(text: str) -> str:
    """Give JSON as itself, and any other text as a JSON text, as exports spell both."""
    try:
        return orjson.dumps(orjson.loads(text)).decode()
    except orjson.JSONDecodeError:
        return orjson.dumps(text).decode()


def _wrong(frame: pl.DataFrame, sheet: str, table: Table, columns: Mapping[str, int]) -> pl.Series:
    """Say of each row why it cannot be taken, whatever its field: null where it can."""
    place = pl.concat_str(
        pl.lit(f"The sheet {sheet!r} in row "), pl.col(LINE).cast(pl.String), pl.lit(": ")
    )
    reasons = [pl.concat_str(place, pl.col(FAULT).str.strip_chars_end("."))]
    for at in columns.values() if table.has_forms else ():
        for form, says in FORM_FAULTS.items():
            before, _, after = says.partition("{text}")
            said = pl.concat_str(
                place,
                pl.lit(f"{table.titles[at]} {before}"),
                pl.col(text_column(at)).fill_null("") if after else pl.lit(""),
                pl.lit(after),
            )
            reasons.append(pl.when(pl.col(form_column(at)) == form.value).then(said))
    return frame.select(pl.coalesce(reasons).alias(WRONG)).to_series()
