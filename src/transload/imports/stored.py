"""Parts of an import as its JSON columns hold them, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from transload.data_types.store import field_of
from transload.formats.reading.model import Choices, Encoding, Joined, Sheet, Table, TextFile
from transload.formats.reading.model import Kind as FileKind
from transload.imports.model import Counts, Kind, Mode, Proposed, Stage, Status, Submission
from transload.imports.readings import DayOrder, Reading


def as_json(reading: Reading) -> dict[str, object]:
    """Give a reading as it is stored, without what it does not say."""
    found: dict[str, object] = {}
    if reading.day_order:
        found["dayOrder"] = reading.day_order.value
    if reading.decimal_separator:
        found["decimalSeparator"] = reading.decimal_separator
    if reading.words:
        found["words"] = dict(reading.words)
    if reading.leave_out:
        found["leaveOut"] = True
    return found


def reading_of(stored: Mapping[str, Any]) -> Reading:
    """Give the reading that was stored so."""
    order = stored.get("dayOrder")
    return Reading(
        day_order=DayOrder(order) if order else None,
        decimal_separator=stored.get("decimalSeparator"),
        words=stored.get("words", {}),
        leave_out=bool(stored.get("leaveOut", False)),
    )


def column_value(value: object) -> object:
    """Give a value as its column holds it."""
    match value:
        case Table() | Choices() | Proposed():
            return asdict(value)
        case Counts():
            return value.as_json()
        case Status() | Mode() | Kind():
            return value.value
        case tuple():
            return list(value)
        case _:
            return value


def choices_of(stored: Mapping[str, Any]) -> Choices:
    """Give the choices that were stored so."""
    return Choices(**{**stored, "expected_titles": tuple(stored["expected_titles"])})


def table_of(stored: Mapping[str, Any]) -> Table:
    """Give the table that was stored so."""
    text = stored["text"]
    return Table(
        kind=FileKind(stored["kind"]),
        titles=tuple(stored["titles"]),
        header_row=stored["header_row"],
        rows=stored["rows"],
        faulty_rows=stored["faulty_rows"],
        has_forms=stored["has_forms"],
        skipped=tuple(stored["skipped"]),
        text=None
        if text is None
        else TextFile(
            encodings=tuple(Encoding(**one) for one in text["encodings"]),
            delimiter=text["delimiter"],
            quote=text["quote"],
            escape=text["escape"],
        ),
        sheets=tuple(Sheet(**one) for one in stored["sheets"]),
        sheet=stored["sheet"],
        remarks=tuple(stored["remarks"]),
        joined=tuple(
            Joined(**{**one, "names": tuple(one["names"]), "titles": tuple(one["titles"])})
            for one in stored.get("joined", ())
        ),
    )


def proposed_of(stored: Mapping[str, Any]) -> Proposed:
    """Give the proposed data type that was stored so."""
    return Proposed(**{**stored, "fields": tuple(field_of(one) for one in stored["fields"])})


def submission_values(one: Submission | None) -> dict[str, object]:
    """Give the columns that say how an import came by a link."""
    if one is None:
        return {"link_id": "", "guest_hash": None, "submission": None}
    stored = {
        **asdict(one),
        "sent_time": None if one.sent_time is None else one.sent_time.isoformat(),
        "decided_time": None if one.decided_time is None else one.decided_time.isoformat(),
    }
    del stored["secret_hash"]
    return {"link_id": one.link_id, "guest_hash": one.secret_hash, "submission": stored}


def submission_of(stored: Mapping[str, Any] | None, secret_hash: str | None) -> Submission | None:
    """Give the submission that was stored so."""
    if stored is None:
        return None
    times = {
        name: None if stored[name] is None else datetime.fromisoformat(stored[name])
        for name in ("sent_time", "decided_time")
    }
    given = {**stored, **times, "stage": Stage(stored["stage"])}
    return Submission(**given, secret_hash=secret_hash or "")
