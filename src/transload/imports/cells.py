"""Columns of cells to columns of values, as JSON: what is right goes through in few steps.

A cell that is spelled as its field stores it is taken by a pattern, a column at a time. Every other
one goes through the very functions that the API has (`fields.value_of`), each distinct
text once: so an import takes what the API takes, refuses what it refuses, and says so in the same
words.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson
import polars as pl

from transload.data_types.model import Field, FieldType
from transload.data_types.values import KINDS, MisfitError
from transload.formats.reading.model import Form
from transload.imports.fields import TaskField, takes_structures, value_of
from transload.imports.model import Code
from transload.imports.readings import NO_READING, Reading, applied

NONE = "null"
_MAX_SHOWN = 100
_QUOTE = '"'
_PLAIN = r'^[^"\\\x00-\x1f]*$'
_WHOLE = r"^(?:-?[1-9][0-9]{0,14}|0)$"
_DECIMAL = r"^-?(?:[1-9][0-9]{0,8}\.[0-9]{1,6}|0\.[1-9][0-9]{0,13})$"
_LONG_INTEGER = r"^-?[0-9]{16,}$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_MOMENT = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} {_CLOCK}:[0-5][0-9]$"
_TIME = rf"^{_CLOCK}(?::[0-5][0-9])?$"
_PHONE = r"^\+?[0-9][0-9 ()./-]{1,38}$"
_PLACE = r"^([+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?),([+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?)$"
_TO_DAY = len("YYYY-MM-DD")
_TO_MINUTES = len("HH:MM")
FORM_FAULTS = {
    Form.ERROR: "holds the error {text} of a spreadsheet",
    Form.FORMULA: "holds a formula without a stored value; open and save the file in a "
    "spreadsheet program, or put the value in its place",
    Form.TOO_LONG: "holds a text over 1 MiB",
    Form.NOT_A_DATE: "holds the number {text}, shown as a date that no calendar has",
    Form.BAD_BYTES: "holds bytes that the file's encoding does not have",
}
_NOT_TEXT = "must be text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """One column of a chunk: its field, the texts, and their forms where the file has any."""

    field: Field
    texts: pl.Series
    forms: pl.Series | None = None
    reading: Reading = NO_READING


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """What is wrong with a cell of a chunk, by its row from 0; `sentence` names the field."""

    row: int
    field_id: str
    value: str
    code: Code
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """The values of a column as JSON, `null` where there is none, and what is no value.

    `left_out` are the rows that the field's reading leaves out.
    """

    tokens: pl.Series
    faults: list[CellFault]
    left_out: list[int]


def read(cells: Cells) -> Values:
    """Read a column by its field."""
    if cells.forms is not None and cells.field.value_type is FieldType.NUMBER:
        cells = replace(cells, texts=as_doubles(cells.texts, cells.forms))
    texts = cells.texts
    tokens = _fast(cells, texts)
    slow = (tokens.is_null() & texts.is_not_null()) | _is_odd(cells)
    faults: list[CellFault] = []
    left_out: list[int] = []
    if slow.any():
        rows = slow.arg_true()
        tokens = tokens.scatter(
            rows, _read_slowly(cells, texts.gather(rows), rows, faults, left_out)
        )
    tokens = tokens.fill_null(NONE)
    if cells.field.is_required or cells.field.is_key:
        _require(cells.field, tokens, faults)
    return Values(tokens=tokens, faults=faults, left_out=left_out)


def as_doubles(texts: pl.Series, forms: pl.Series) -> pl.Series:
    """Spell the long integers of cells that hold numbers as the doubles that they are.

    A field of numbers refuses digits that a double cannot tell apart; those of such a cell are a
    double's own.
    """
    is_long = (forms == Form.NUMBER.value) & texts.str.contains(_LONG_INTEGER)
    return (texts + ".0").zip_with(is_long.fill_null(value=False), texts)


def name_of(field: Field) -> str:
    """Give the name by which sentences speak of a field: as people see it."""
    return field.title or field.id


def required(field: Field) -> str:
    """Say that a value is missing."""
    return f"{name_of(field)} is required"


def _is_odd(cells: Cells) -> pl.Series:
    """Tell which cells are of a form that is no value, or a list where none can be."""
    if cells.forms is None:
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, cells.texts.len())
    odd = [form.value for form in FORM_FAULTS]
    if not takes_structures(cells.field):
        odd.append(Form.LIST.value)
    return cells.forms.is_in(odd).fill_null(value=False)


def _fast(cells: Cells, texts: pl.Series) -> pl.Series:
    """Give the tokens of those cells that are right as they stand; null for the others."""
    if isinstance(cells.field, TaskField):
        return _empty(texts)
    kind = cells.field.value_type
    frame = pl.DataFrame({"t": texts})
    text = pl.col("t")
    if not cells.reading.words:
        if KINDS[kind].is_numeric and cells.reading.decimal_separator == ",":
            return _empty(texts)
        pattern = _PATTERNS.get(kind)
        expression = None if pattern is None else pattern(cells.field, text)
        if expression is not None:
            return frame.select(expression.alias("t")).to_series()
    return _empty(texts)


def _empty(texts: pl.Series) -> pl.Series:
    return pl.Series("t", [None], dtype=pl.String).new_from_index(0, texts.len())


def _quoted(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit(_QUOTE), text, pl.lit(_QUOTE))


def _where(condition: pl.Expr, token: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(token)


def _fast_text(_field: Field, text: pl.Expr) -> pl.Expr:
    return _where(text.str.contains(_PLAIN), _quoted(text))


def _fast_number(_field: Field, text: pl.Expr) -> pl.Expr:
    short = text.str.strip_chars_end("0").str.strip_chars_end(".")
    return (
        pl.when(text.str.contains(_WHOLE)).then(text).when(text.str.contains(_DECIMAL)).then(short)
    )


def _fast_boolean(_field: Field, text: pl.Expr) -> pl.Expr:
    word = text.str.to_lowercase()
    return (
        pl.when(word.is_in(["true", "1"]))
        .then(pl.lit("true"))
        .when(word.is_in(["false", "0"]))
        .then(pl.lit("false"))
    )


def _fast_date(_field: Field, text: pl.Expr) -> pl.Expr:
    return _where(text.str.contains(_DAY) & _is_day(text), _quoted(text))


def _fast_date_time(_field: Field, text: pl.Expr) -> pl.Expr:
    return _where(text.str.contains(_MOMENT) & _is_day(text.str.head(_TO_DAY)), _quoted(text))


def _is_day(text: pl.Expr) -> pl.Expr:
    day = text.str.to_date("%Y-%m-%d", strict=False, cache=False)
    return day.is_not_null() & ~text.str.starts_with("0000")


def _fast_time(_field: Field, text: pl.Expr) -> pl.Expr:
    whole = pl.when(text.str.len_bytes() == _TO_MINUTES).then(text + ":00").otherwise(text)
    return _where(text.str.contains(_TIME), _quoted(whole))


def _fast_coordinate(_field: Field, text: pl.Expr) -> pl.Expr:
    sides = [text.str.extract(_PLACE, at).cast(pl.Float64, strict=False).abs() for at in (1, 2)]
    return _where((sides[0] <= 90) & (sides[1] <= 180), _quoted(text))  # noqa: PLR2004 - degrees


def _fast_phone(_field: Field, text: pl.Expr) -> pl.Expr:
    return _where(text.str.contains(_PHONE), _quoted(text))


def _fast_option(field: Field, text: pl.Expr) -> pl.Expr:
    tokens = [orjson.dumps(option).decode() for option in field.options]
    return text.replace_strict(list(field.options), tokens, default=None, return_dtype=pl.String)


# A type that is not here has each text read by itself.
_PATTERNS: dict[FieldType, Callable[[Field, pl.Expr], pl.Expr]] = {
    FieldType.STRING: _fast_text,
    FieldType.TEXT: _fast_text,
    FieldType.NUMBER: _fast_number,
    FieldType.BOOLEAN: _fast_boolean,
    FieldType.DATE: _fast_date,
    FieldType.DATE_TIME: _fast_date_time,
    FieldType.TIME: _fast_time,
    FieldType.COORDINATE: _fast_coordinate,
    FieldType.PHONE: _fast_phone,
    FieldType.OPTION: _fast_option,
}


def _read_slowly(
    cells: Cells,
    texts: pl.Series,
    rows: pl.Series,
    faults: list[CellFault],
    left_out: list[int],
) -> pl.Series:
    """Read the cells of these rows, each distinct text once; give their tokens."""
    forms = [Form.TEXT] * len(rows) if cells.forms is None else cells.forms.gather(rows).to_list()
    read_before: dict[tuple[str | None, int], tuple[str | None, str]] = {}
    found: list[str | None] = []
    for row, text, form in zip(rows.to_list(), texts.to_list(), forms, strict=True):
        token, misfit = read_before.get((text, form)) or read_before.setdefault(
            (text, form), _read_one(cells, text, Form(form or 0))
        )
        found.append(token)
        if misfit and cells.reading.leave_out:
            left_out.append(row)
        elif misfit:
            faults.append(_fault(cells.field, row, text or "", misfit))
    return pl.Series(found, dtype=pl.String)


def _read_one(cells: Cells, text: str | None, form: Form) -> tuple[str | None, str]:
    """Give a cell's token, or what is wrong with it."""
    field = cells.field
    is_word = text is not None and cells.reading.meaning_of(text) is not None
    if form in FORM_FAULTS and not is_word:
        return None, FORM_FAULTS[form].format(text=text)
    if text is None or cells.reading.meaning_of(text) == "":
        return NONE, ""
    if form is Form.LIST and not takes_structures(field):
        return None, _NOT_TEXT
    # What a cell holds as a number is one already: no sign in its digits is to be told.
    is_number = form is Form.NUMBER and not is_word
    try:
        value = value_of(
            field, text if is_number else applied(cells.reading, field.value_type, text)
        )
    except MisfitError as misfit:
        return None, str(misfit)
    if isinstance(value, str | list) and "\0" in str(value):
        return None, "must not hold U+0000 or a lone surrogate"
    return orjson.dumps(value).decode(), ""


def _fault(field: Field, row: int, text: str, misfit: str) -> CellFault:
    shown = text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."
    sentence = f'{name_of(field)} {misfit}, not "{shown}"'
    if misfit.startswith("holds"):
        sentence = f"{name_of(field)} {misfit}"
    return CellFault(row=row, field_id=field.id, value=text, code=Code.FORMAT, sentence=sentence)


def _require(field: Field, tokens: pl.Series, faults: list[CellFault]) -> None:
    """Add a fault for each row without a value, unless its cell is faulty already."""
    missing = tokens.is_in([NONE, '""']).arg_true().to_list()
    if missing:
        known = {fault.row for fault in faults}
        faults.extend(
            CellFault(
                row=row,
                field_id=field.id,
                value="",
                code=Code.REQUIRED,
                sentence=required(field),
            )
            for row in missing
            if row not in known
        )
