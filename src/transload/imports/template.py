"""A workbook to fill in, made from what an import may have.

Its titles mark what is required with a star; options are lists to choose from; numbers and days are
shown as such; what a field is stands in a note at its title; one row is an example.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # ships no types
from xlsxwriter.format import Format  # type: ignore[import-untyped]  # likewise
from xlsxwriter.utility import quote_sheetname, xl_col_to_name  # type: ignore[import-untyped]  # likewise
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # likewise

from transload.data_types.model import Field, FieldType
from transload.data_types.titles import unique_titles
from transload.data_types.values import KINDS
from transload.formats.xlsx_package import sheet_names
from transload.imports.model import ChildTable

_ROWS = 10_000
_WIDTH = 20
_MAX_NOTE = 1_000
_MAIN, _OPTIONS = "Import", "Options"


def make_template(fields: Sequence[Field], children: Sequence[ChildTable] = ()) -> bytes:
    """Give the workbook's bytes: the same for the same fields and further sheets."""
    buffer = BytesIO()
    book = Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    tables = [(_MAIN, fields), *((one.title or one.field_id, one.fields) for one in children)]
    *names, hidden = sheet_names([*(name for name, _ in tables), _OPTIONS])
    sheets = [book.add_worksheet(name) for name in names]
    options = book.add_worksheet(hidden)
    options.hide()
    title_form = book.add_format({"bold": True, "bottom": 1})
    forms = {
        kind: book.add_format({"num_format": known.number_format}) for kind, known in KINDS.items()
    }
    column = 0
    for sheet, (_, columns) in zip(sheets, tables, strict=True):
        sheet.freeze_panes(1, 0)
        titles = unique_titles([one.id for one in columns], {one.id: one.title for one in columns})
        for at, one in enumerate(columns):
            titled = replace(one, title=titles[one.id])
            listed = _Options(sheet=options, column=column)
            _write_column(sheet, listed, at, titled, title_form, forms[one.value_type])
            column += 1
    book.close()
    return buffer.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """The hidden sheet of what can be chosen, and the column of it that is for one field."""

    sheet: Worksheet
    column: int


def _write_column(  # noqa: PLR0917 - the two sheets, the place, the field and its two formats
    sheet: Worksheet,
    options: _Options,
    at: int,
    one: Field,
    title_form: Format,
    form: Format,
) -> None:
    is_required = one.is_required or one.is_key
    sheet.set_column(at, at, _WIDTH, form)
    sheet.write_string(0, at, f"{one.title}{' *' if is_required else ''}", title_form)
    note = KINDS[one.value_type].says + (" Required." if is_required else "")
    if one.description:
        note = f"{one.description}\n{note}"
    sheet.write_comment(0, at, note[:_MAX_NOTE])
    if one.options:
        options.sheet.write_column(0, options.column, one.options)
        column = xl_col_to_name(options.column, col_abs=True)
        source = f"={quote_sheetname(options.sheet.name)}!{column}$1:{column}${len(one.options)}"
        sheet.data_validation(1, at, _ROWS, at, {"validate": "list", "source": source})
    elif one.value_type is FieldType.BOOLEAN:
        choice = {"validate": "list", "source": ["TRUE", "FALSE"]}
        sheet.data_validation(1, at, _ROWS, at, choice)
    example = one.options[0] if one.options else KINDS[one.value_type].example
    if isinstance(example, str):
        sheet.write_string(1, at, example, form)
    else:
        sheet.write(1, at, example, form)
