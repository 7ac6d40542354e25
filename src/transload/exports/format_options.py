"""The format of a file and, of a csv, its spelling: the parameters that every export takes."""

from enum import StrEnum
from typing import Literal, TypeVar

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from transload.exports.wire import Download
from transload.formats.csv_rows import Dialect
from transload.formats.registry import Format
from transload.web.parameters import Flag, Parameters

T = TypeVar("T")


class Separator(StrEnum):
    """What stands between the cells of a csv."""

    COMMA = ","
    SEMICOLON = ";"
    TAB = "tab"

    @classmethod
    def _missing_(cls, value: object) -> "Separator | None":
        return cls.TAB if value in ("\t", "\\t") else None


_CHARACTERS = {Separator.COMMA: ",", Separator.SEMICOLON: ";", Separator.TAB: "\t"}


class FormatParameters(Parameters):
    """The format of a file, and the spelling of a csv: of another format, the default alone."""

    download: Download = Field(
        description="The file's format; required, in the query or in a body.", examples=["xlsx"]
    )
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

    @field_validator("separator", "decimal_separator", "bom")
    @classmethod
    def _spells_a_csv(cls, value: T, found: ValidationInfo) -> T:
        """Refuse what another format's file cannot have; generated clients send all defaults."""
        is_default = value == cls.model_fields[found.field_name or ""].default
        if found.data.get("download", Format.CSV) is not Format.CSV and not is_default:
            raise PydanticCustomError("csv_alone", "goes with a download of csv alone")
        return value

    def to_dialect(self) -> Dialect:
        """Give the spelling."""
        return Dialect(
            separator=_CHARACTERS[self.separator],
            decimal_separator=self.decimal_separator,
            has_mark=self.bom,
        )
