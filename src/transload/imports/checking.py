"""A chunk of rows to documents: every cell read by its field, every fault named.

Pure: the same rows, fields and decisions give the same documents and faults.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import orjson
import polars as pl

from transload.data_types.model import KEY_FIELD, Field
from transload.data_types.values import MisfitError, canonical
from transload.formats.reading.model import FAULT, LINE, form_column, text_column
from transload.imports.cells import NONE, CellFault, Cells, name_of, read, required
from transload.imports.model import Code
from transload.imports.readings import NO_READING, Reading

MAX_KEY_LENGTH = 255
MAX_DOCUMENT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How rows are read: what they may have, which column is which, and what was said of them.

    `key`: the field by which rows are told apart.
    """

    fields: tuple[Field, ...]
    columns: Mapping[str, int]
    readings: Mapping[str, Reading] = field(default_factory=dict)
    key: str = KEY_FIELD

    @property
    def is_whole(self) -> bool:
        """Every field of the type has a column."""
        return len(self.columns) == len(self.fields)

    @property
    def mark(self) -> str:
        """A text that is the same for the same fields and columns, and another one for others."""
        return sha256(repr((self.fields, sorted(self.columns.items()))).encode()).hexdigest()

    @property
    def named(self) -> list[Field]:
        """The fields that have columns, in the type's order."""
        return [one for one in self.fields if one.id in self.columns]

    @property
    def missing(self) -> list[str]:
        """What every new record lacks: required fields that have neither column nor default."""
        return [
            required(one)
            for one in self.fields
            if one.id not in self.columns
            and (one.is_required or one.is_key)
            and _default(one) in {NONE, '""'}
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The rows of a chunk, read.

    `frame` has a row for each: `line`; `key`, null where there is none; `document`, the JSON object
    of a new record; `values`, that of the fields that the file names. The last three are null in
    rows with faults, and in those left out. `faults` are sorted by row.
    """

    frame: pl.DataFrame
    faults: list[CellFault]
    left_out: list[int]

    def only(self, wanted: pl.Series) -> "Checked":
        """Give the same rows, of which none but the wanted ones have documents or faults."""
        gone = (~wanted).arg_true()
        frame = self.frame.with_columns(
            self.frame.get_column(name).scatter(gone, None) for name in ("document", "values")
        )
        kept = set(wanted.arg_true().to_list())
        return Checked(
            frame=frame,
            faults=[fault for fault in self.faults if fault.row in kept],
            left_out=[row for row in self.left_out if row in kept],
        )

    @property
    def good_rows(self) -> list[int]:
        """The rows that have documents."""
        return self.frame.get_column("document").is_not_null().arg_true().to_list()

    @property
    def good(self) -> pl.DataFrame:
        """Those rows of the frame."""
        return self.frame.filter(self.frame.get_column("document").is_not_null())


def check(
    rows: pl.DataFrame,
    rules: Rules,
    repeats: Mapping[int, int],
    without: Sequence[int] = (),
) -> Checked:
    """Read a chunk, whose columns are those of a file that was read.

    `repeats` are rows whose key stands in an earlier one, and that one's line; `without` are rows
    that are left out.
    """
    faults = _row_faults(rows)
    left_out = set(without)
    tokens: dict[str, pl.Series] = {}
    for one in rules.named:
        values = read(_cells(rows, one, rules))
        tokens[one.id] = values.tokens
        faults += values.faults
        left_out.update(values.left_out)
    keys = _keys(rows, tokens, rules)
    known = {fault.row for fault in faults if fault.field_id == rules.key}
    faults += _key_faults(rules, keys, repeats, known)
    frame = _documents(rows, rules, tokens, keys)
    faults += _size_faults(frame)
    faults = sorted((one for one in faults if one.row not in left_out), key=lambda one: one.row)
    bad = sorted({fault.row for fault in faults} | left_out)
    if bad:
        gone = pl.Series(bad, dtype=pl.UInt32)
        frame = frame.with_columns(
            frame.get_column(name).scatter(gone, None) for name in ("document", "values")
        )
    return Checked(frame=frame, faults=faults, left_out=sorted(left_out))


def keys_of(rows: pl.DataFrame, rules: Rules) -> pl.Series:
    """Give the keys of rows as their texts, null where there is none."""
    key = next((one for one in rules.named if one.id == rules.key), None)
    if key is None:
        return pl.Series("key", [None], dtype=pl.String).new_from_index(0, rows.height)
    tokens = {rules.key: read(_cells(rows, key, rules)).tokens}
    return _keys(rows, tokens, rules)


def _cells(rows: pl.DataFrame, one: Field, rules: Rules) -> Cells:
    at = rules.columns[one.id]
    has_forms = form_column(at) in rows.columns
    return Cells(
        field=one,
        texts=rows.get_column(text_column(at)),
        forms=rows.get_column(form_column(at)) if has_forms else None,
        reading=rules.readings.get(one.id, NO_READING),
    )


def _row_faults(rows: pl.DataFrame) -> list[CellFault]:
    faulty = rows.get_column(FAULT).is_not_null().arg_true().to_list()
    return [
        CellFault(
            row=row,
            field_id="",
            value="",
            code=Code.FORMAT,
            sentence=str(rows.item(row, FAULT)).rstrip("."),
        )
        for row in faulty
    ]


def _keys(rows: pl.DataFrame, tokens: Mapping[str, pl.Series], rules: Rules) -> pl.Series:
    """Give the keys: JSON texts without their quotes, decoded where they have escapes."""
    found = tokens.get(rules.key)
    if found is None:
        return pl.Series("key", [None], dtype=pl.String).new_from_index(0, rows.height)
    bare = found.str.slice(1, pl.select(found.str.len_chars() - 2).to_series())
    bare = pl.select(pl.when(~found.is_in([NONE, '""'])).then(bare)).to_series().alias("key")
    escaped = bare.str.contains(r"\\").fill_null(value=False).arg_true()
    if len(escaped):
        decoded = [orjson.loads(found[row]) for row in escaped.to_list()]
        bare = bare.scatter(escaped, pl.Series(decoded, dtype=pl.String))
    return bare


def _key_faults(
    rules: Rules, keys: pl.Series, repeats: Mapping[int, int], known: set[int]
) -> list[CellFault]:
    key = next(one for one in rules.fields if one.id == rules.key)
    long = (keys.str.len_chars() > MAX_KEY_LENGTH).fill_null(value=False).arg_true().to_list()
    too_long = f"{name_of(key)} must be at most {MAX_KEY_LENGTH} characters"
    faults = [
        _key_fault(key.id, row, keys[row], Code.FORMAT, too_long)
        for row in long
        if row not in known
    ]
    faults += [
        _key_fault(
            key.id,
            row,
            keys[row],
            Code.REPEATED,
            f'{name_of(key)} "{keys[row]}" stands in line {line} already',
        )
        for row, line in repeats.items()
        if row not in known
    ]
    return faults


def _key_fault(name: str, row: int, value: str, code: Code, sentence: str) -> CellFault:
    return CellFault(row=row, field_id=name, value=value, code=code, sentence=sentence)


def _documents(
    rows: pl.DataFrame, rules: Rules, tokens: Mapping[str, pl.Series], keys: pl.Series
) -> pl.DataFrame:
    names = {one.id: f"t{at}" for at, one in enumerate(rules.named)}
    frame = pl.DataFrame([series.alias(names[one]) for one, series in tokens.items()])
    named = [(one.id, pl.col(names[one.id])) for one in rules.named]
    whole = [
        (one.id, pl.col(names[one.id]) if one.id in names else pl.lit(_default(one)))
        for one in rules.fields
    ]
    documents = frame.select(document=_object(whole), values=_object(named))
    return pl.DataFrame([rows.get_column(LINE), keys]).hstack(documents)


def _object(members: Sequence[tuple[str, pl.Expr]]) -> pl.Expr:
    parts: list[pl.Expr] = []
    for at, (name, token) in enumerate(members):
        parts += [pl.lit(f'{"," if at else "{"}"{name}":'), token]
    return pl.concat_str(*parts, pl.lit("}" if members else "{}"))


def _size_faults(frame: pl.DataFrame) -> list[CellFault]:
    large = (frame.get_column("document").str.len_bytes() > MAX_DOCUMENT_BYTES).arg_true()
    return [
        CellFault(
            row=row,
            field_id="",
            value="",
            code=Code.TOO_LARGE,
            sentence=f"The record is over {MAX_DOCUMENT_BYTES >> 20} MiB",
        )
        for row in large.to_list()
    ]


def _default(one: Field) -> str:
    try:
        return orjson.dumps(canonical(one, one.default)).decode()
    except MisfitError:
        return NONE
