"""How a csv is spelled: the parameters that every export takes."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from transload.formats.csv_rows import Dialect
from transload.web.parameters import Flag, Parameters


class Separator(StrEnum):
    """What stands between the cells of a csv."""

    COMMA = ","
    SEMICOLON = ";"
    TAB = "tab"

    @classmethod
    def _missing_(cls, value: object) -> "Separator | None":
        return cls.TAB if value in ("\t", "\\t") else None


_CHARACTERS = {Separator.COMMA: ",", Separator.SEMICOLON: ";", Separator.TAB: "\t"}


class CsvParameters(Parameters):
    """The spelling of a csv; other formats pass it over."""

    separator: Separator = Field(
        Separator.COMMA, description="Between the cells of a csv: `,`, `;` or `tab`."
    )
    decimal_separator: Literal[".", ","] = Field(
        ".", alias="decimalSeparator", description="In the numbers of a csv."
    )
    bom: Flag = Field(
        default=True,
        description="Begin a csv with a byte order mark, so that Excel reads it right.",
    )

    def to_dialect(self) -> Dialect:
        """Give the spelling."""
        return Dialect(
            separator=_CHARACTERS[self.separator],
            decimal_separator=self.decimal_separator,
            has_mark=self.bom,
        )
