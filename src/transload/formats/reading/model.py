"""What a file is found to be, what may be chosen about it, and why one is refused.

The rows of a file that was read lie in a Parquet file of their own, in their order:

| column | type | holds |
|---|---|---|
| `line` | UInt32 | the line of a text file at which the row begins, or its row in a sheet, from 1 |
| `fault` | String | null, or a sentence: why this row cannot be taken, whatever its cells hold |
| `extra` | String | null, or the cells past the last column, as a JSON array of texts |
| `0`, `1`, ... | String | the cells as text; null: there is nothing in the cell |
| `0:form`, `1:form`, ... | UInt8 | how each cell is stored, a `Form`; only where `has_forms` |

Row groups have at most 5,000 rows and about 16 MiB of text. Rows that are blank from the first to
the last cell are not there, so that lines may skip. Text is as it stands in the file, blanks at its
ends included.
"""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from transload.errors import TransloadError

LINE = "line"
FAULT = "fault"
EXTRA = "extra"
GROUP_ROWS = 5_000
GROUP_BYTES = 16 << 20
MAX_CELL_BYTES = 1 << 20


def text_column(at: int) -> str:
    """Name the Parquet column with the text of the cells of the column `at`, from 0."""
    return str(at)


def form_column(at: int) -> str:
    """Name the Parquet column with the forms of the cells of the column `at`, from 0."""
    return f"{at}:form"


class Kind(StrEnum):
    """What a file is, judged by its content alone."""

    CSV = "csv"
    """Text with cells between delimiters, whichever these are."""
    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    JSON = "json"
    NDJSON = "ndjson"
    PARQUET = "parquet"


class Form(IntEnum):
    """How a cell is stored, where that is not text alone, and what its text then is.

    A field's own rule decides what it takes: a text field takes the digits of a number, a number
    field the text "12.5". Nothing is converted here beyond what the file itself says.
    """

    TEXT = 0
    """The text as it stands. An empty cell has the null text and this form."""
    NUMBER = 1
    """A number: the shortest digits of the same double, 20123456789 and not 2.01E+10 or 5.0, with
    an exponent from 1e+16 on; whole numbers of any length with every digit that the file has."""
    DATE = 2
    """A day: YYYY-MM-DD; in a workbook, a date-time at midnight too."""
    DATE_TIME = 3
    """A moment: YYYY-MM-DD HH:MM:SS, and a fraction where that is not zero. Where the file names a
    zone, it is the moment in UTC."""
    TIME = 4
    """A time of day: HH:MM:SS, likewise."""
    DURATION = 5
    """A span of time: [-]H:MM:SS, hours past 24 included, likewise."""
    BOOLEAN = 6
    """true or false."""
    LIST = 7
    """An array or an object: its JSON text."""
    ERROR = 8
    """An error of a spreadsheet, such as #N/A or #DIV/0!: its name."""
    FORMULA = 9
    """A formula without a stored value: null text, as formulas are never computed here."""
    TOO_LONG = 10
    """A text over MAX_CELL_BYTES: its first hundred characters."""
    NOT_A_DATE = 11
    """A number shown as a date that no calendar of the years 1 to 9999 has: its digits."""
    BAD_BYTES = 12
    """Text with bytes that its encoding does not have, each as U+FFFD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a user says of a file; each None is found in the file itself.

    `sheet`: a name, or a number from 1 as text; `header_row`: the line or row of the titles from 1,
    0 for none: then columns have no titles, and rows begin at the first; `escape`: the character
    that takes the meaning of the next one away, empty for none; `quote`: likewise empty for none.
    `decimal_separator` is never taken for the delimiter; numbers themselves are read by their
    field. `expected_titles`: of rows that may be the header, the one that has the most of them is
    it, in any spelling.
    """

    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    decimal_separator: str | None = None
    expected_titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much reading one file may take.

    The memory is address space of the child; `wall_seconds` and `cpu_seconds` bound its time. A
    workbook may unpack to `unpacked_bytes`, and the rows written may come to `written_bytes`.
    `columns` and `rows` bound a table.
    """

    memory_bytes: int = 800 << 20
    cpu_seconds: int = 120
    wall_seconds: int = 300
    unpacked_bytes: int = 1 << 30
    written_bytes: int = 1 << 30
    columns: int = 4_096
    rows: int = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of a workbook. `rows` counts those that are not blank; None: not read."""

    name: str
    is_visible: bool
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """An encoding that the file's text may have, by its IANA name, and a line of it so read.

    The sample is one with letters beyond ASCII, if there is any.
    """

    name: str
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """What a csv file is found to be written with; `encodings`: the one taken, and the next likely.

    `quote` and `escape` are empty where there is none.
    """

    encodings: tuple[Encoding, ...]
    delimiter: str
    quote: str
    escape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A column that stands for another sheet: its cells are JSON arrays, of an object for each row.

    `names` and `titles`: the members of the objects, and what the sheet calls them, the first of
    which says to which row of the table a row belongs, and is no member. `key`: the column of the
    table, from 0, that it names. `field_id`: what the column is.
    """

    sheet: str
    field_id: str
    key: int
    names: tuple[str, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file that was read: what it is, where its titles stand, and how many rows it has.

    `titles`: one a column, as they stand, empty where there is none. `header_row`: their line or
    row, from 1; 0: there are none. `skipped`: the text of what stands above them, a line each.
    `rows`: those of the Parquet file; `faulty_rows`: of these, those with a fault. `sheet`: the
    number from 1 of the sheet that was read, None where there are no sheets. `remarks`: what a user
    should know of how it was read, a sentence each. `joined`: the last columns, where they stand
    for other sheets.
    """

    kind: Kind
    titles: tuple[str, ...]
    header_row: int
    rows: int
    faulty_rows: int
    has_forms: bool
    skipped: tuple[str, ...] = ()
    text: TextFile | None = None
    sheets: tuple[Sheet, ...] = ()
    sheet: int | None = None
    remarks: tuple[str, ...] = field(default=())
    joined: tuple[Joined, ...] = ()

    @property
    def own_titles(self) -> tuple[str, ...]:
        """The titles of the sheet's own columns."""
        return self.titles[: len(self.titles) - len(self.joined)]


class Cause(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    NO_TABLE = "no_table"
    NOT_A_KIND = "not_a_kind"
    PASSWORD = "password"  # noqa: S105 - a cause, not a secret
    HTML = "html"
    XML = "xml"
    DAMAGED = "damaged"
    DECLARATION = "declaration"
    """XML with a document type, whose entities are not resolved."""
    TOO_COMPLEX = "too_complex"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    CHOICE = "choice"
    """What was chosen does not fit the file: a sheet that it does not have, for instance."""


class UnreadableError(TransloadError):
    """A file that cannot be read as a table: its cause, and a sentence that names the remedy."""

    def __init__(self, cause: Cause, message: str) -> None:
        """Keep the cause and the sentence."""
        super().__init__(message)
        self.cause = cause
