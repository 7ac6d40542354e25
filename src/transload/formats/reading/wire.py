"""What the service and the process that reads say to each other: one JSON text each way."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from transload.formats.reading.model import (
    Cause,
    Choices,
    Encoding,
    Kind,
    Limits,
    Sheet,
    Table,
    TextFile,
    UnreadableError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A file to read, and where its rows go."""

    source: Path
    rows: Path
    choices: Choices
    limits: Limits


def written_request(request: Request) -> bytes:
    """Give the request as one line."""
    said = {
        "source": str(request.source),
        "rows": str(request.rows),
        "choices": asdict(request.choices),
        "limits": asdict(request.limits),
    }
    return json.dumps(said).encode() + b"\n"


def read_request(line: bytes) -> Request:
    """Take the request from its line."""
    said = json.loads(line)
    choices = said["choices"]
    return Request(
        source=Path(said["source"]),
        rows=Path(said["rows"]),
        choices=Choices(**{**choices, "expected_titles": tuple(choices["expected_titles"])}),
        limits=Limits(**said["limits"]),
    )


def written_answer(outcome: Table | UnreadableError) -> bytes:
    """Give what came of it."""
    if isinstance(outcome, UnreadableError):
        return json.dumps({"cause": outcome.cause, "message": outcome.message}).encode()
    return json.dumps(asdict(outcome)).encode()


def read_answer(answer: bytes) -> Table:
    """Take what came of it; raises UnreadableError where that is it, ValueError for no answer."""
    said = json.loads(answer)
    if "cause" in said:
        raise UnreadableError(Cause(said["cause"]), said["message"])
    text = said["text"]
    return Table(
        **{
            **said,
            "kind": Kind(said["kind"]),
            "titles": tuple(said["titles"]),
            "skipped": tuple(said["skipped"]),
            "remarks": tuple(said["remarks"]),
            "joined": (),
            "sheets": tuple(Sheet(**sheet) for sheet in said["sheets"]),
            "text": text
            and TextFile(
                **{**text, "encodings": tuple(Encoding(**one) for one in text["encodings"])}
            ),
        }
    )
