"""What became of a chunk's rows, packed into few bytes: the store has one row for each chunk.

| column | holds |
|---|---|
| `verdict` | a `Verdict` |
| `id`, `version` | of what the row is, or was made into; the version is that after the write |
| `before` | of what was changed: its image before the write |
| `faults` | JSON: a list of `[field, value, code, sentence]`, null where there is none |
| `rules` | of rows that were only looked at: the mark of the rules by which, the same in all |
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import orjson
import polars as pl

from transload.imports.cells import CellFault
from transload.imports.checking import Checked
from transload.imports.model import Code, Counts, Verdict
from transload.imports.subject import Refusal, Results

_SCHEMA = {
    "verdict": pl.String,
    "id": pl.String,
    "version": pl.Int32,
    "before": pl.String,
    "faults": pl.String,
}
_MAX_VALUE = 1_000
_MAX_EXAMPLES = 5
_MAX_DISTINCT = 10_000


def verdicts(checked: Checked, results: Results) -> pl.DataFrame:
    """Give what became of each row: of good ones by the results, of the others by their faults."""
    rows = checked.frame.height
    good = checked.good_rows
    faults = all_faults(checked, results)
    places = pl.Series(good, dtype=pl.UInt32)
    verdict = pl.Series([Verdict.INVALID.value]).new_from_index(0, rows)
    if checked.left_out:
        left_out = pl.Series(checked.left_out, dtype=pl.UInt32)
        verdict = verdict.scatter(left_out, Verdict.LEFT_OUT.value)
    if good:
        verdict = verdict.scatter(places, results.verdicts)
    before = pl.Series(list(results.before), dtype=pl.UInt32)
    return pl.DataFrame(
        {
            "verdict": verdict,
            "id": _placed(rows, places, results.ids, pl.String),
            "version": _placed(rows, places, results.versions, pl.Int32),
            "before": _placed(
                rows, places.gather(before), list(results.before.values()), pl.String
            ),
            "faults": _fault_texts(rows, faults),
        }
    )


def _placed(
    rows: int, places: pl.Series, values: Sequence[object], kind: type[pl.DataType]
) -> pl.Series:
    """Give a column that has these values at these rows, and none elsewhere."""
    column = pl.Series([None], dtype=kind).new_from_index(0, rows)
    return column.scatter(places, pl.Series(values, dtype=kind)) if values else column


def all_faults(checked: Checked, results: Results) -> list[CellFault]:
    """Give what is wrong with rows in themselves, and what with those that cannot go in."""
    good = checked.good_rows
    refused = [_refusal(good[at], checked, one) for at, one in results.refusals.items()]
    return [*checked.faults, *refused]


def all_invalid(rows: int, sentence: str) -> pl.DataFrame:
    """Give that none of the rows went in, for one reason."""
    text = orjson.dumps([["", "", Code.SERVER.value, sentence]]).decode()
    return pl.DataFrame(
        {
            "verdict": [Verdict.INVALID.value] * rows,
            "id": [None] * rows,
            "version": [None] * rows,
            "before": [None] * rows,
            "faults": [text] * rows,
        },
        schema=_SCHEMA,
    )


def counts_of(frame: pl.DataFrame) -> Counts:
    """Count the verdicts."""
    found = dict(frame.get_column("verdict").value_counts().iter_rows())
    return Counts(**{str(name): int(number) for name, number in found.items()})


def pack(frame: pl.DataFrame) -> bytes:
    """Give the frame in few bytes."""
    buffer = BytesIO()
    frame.write_ipc(buffer, compression="zstd")
    return buffer.getvalue()


def unpack(content: bytes) -> pl.DataFrame:
    """Give the frame that was packed."""
    return pl.read_ipc(BytesIO(content))


def problems_of(faults: Sequence[CellFault], lines: Sequence[int]) -> list[dict[str, Any]]:
    """Group faults by field and kind: how many, some distinct values, and where they stand first.

    For faults without a field, by sentence.
    """
    groups: dict[tuple[str, str, str], dict[str, Any]] = {}
    for fault in faults:
        says = "" if fault.field_id else fault.sentence
        group = groups.setdefault(
            (fault.field_id, fault.code.value, says),
            {
                "field": fault.field_id,
                "code": fault.code.value,
                "sentence": fault.sentence,
                "count": 0,
                "lines": [],
                "values": Counter(),
            },
        )
        group["count"] += 1
        if len(group["lines"]) < _MAX_EXAMPLES:
            group["lines"].append(lines[fault.row])
        if len(group["values"]) < _MAX_DISTINCT or fault.value in group["values"]:
            group["values"][fault.value[:_MAX_VALUE]] += 1
    return [{**group, "values": dict(group["values"])} for group in groups.values()]


def merged_problems(parts: Sequence[Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Give the groups of all chunks as one list, the largest first."""
    groups: dict[tuple[str, str, str], dict[str, Any]] = {}
    for part in parts:
        for one in part:
            says = "" if one["field"] else one["sentence"]
            key = (one["field"], one["code"], says)
            group = groups.get(key)
            if group is None:
                groups[key] = {**one, "lines": list(one["lines"]), "values": dict(one["values"])}
                continue
            group["count"] += one["count"]
            group["lines"] = (group["lines"] + one["lines"])[:_MAX_EXAMPLES]
            for value, number in one["values"].items():
                if value in group["values"] or len(group["values"]) < _MAX_DISTINCT:
                    group["values"][value] = group["values"].get(value, 0) + number
    return sorted(groups.values(), key=lambda group: -group["count"])


def error_text(faults: str | None) -> str:
    """Give all that is wrong with a row as one text, as the file of failed rows has it."""
    if faults is None:
        return ""
    return "; ".join(one[3] for one in orjson.loads(faults)) + "."


def _refusal(row: int, checked: Checked, refusal: Refusal) -> CellFault:
    return CellFault(
        row=row,
        field_id=refusal.field_id,
        value=checked.frame.item(row, "key") or "",
        code=refusal.code,
        sentence=refusal.sentence,
    )


def _fault_texts(rows: int, faults: Sequence[CellFault]) -> pl.Series:
    by_row: dict[int, list[list[str]]] = {}
    for fault in faults:
        by_row.setdefault(fault.row, []).append(
            [fault.field_id, fault.value[:_MAX_VALUE], fault.code.value, fault.sentence]
        )
    places = pl.Series(list(by_row), dtype=pl.UInt32)
    texts = [orjson.dumps(one).decode() for one in by_row.values()]
    return _placed(rows, places, texts, pl.String)
