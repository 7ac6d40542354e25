"""The log: one line an event, as text or as JSON, each with the ids of what is under way."""

import logging
import re
import sys
import threading
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType

import orjson

from transload.errors import UnavailableError
from transload.printable import printable
from transload.telemetry.context import ids

_CHATTY = ("alembic", "dbos", "uvicorn.error")
_OUTAGES = ("OperationalError)", "InterfaceError)", "OperationalError: ", "InterfaceError: ")
_DETAILS = "details"
_REMOVED = "[removed]"
_SECRETS = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"  # a token
    r"|(?<=[Bb]earer )[\w.~+/=-]{8,}"
    r"|(?<=signature=)[^\s&\"']+"  # of a link
    r"|(?<=://)[^\s/@]+(?=@)"  # user and password of a URL
)
_HINTS = ("eyJ", "earer ", "signature=", "://")  # looked for first, at a tenth of the time
_log = logging.getLogger(__name__)


class LogFormat(StrEnum):
    """How lines are written."""

    TEXT = "text"
    JSON = "json"


def log_to_stderr(level: str, form: LogFormat) -> None:
    """Have every event of this level or above written to stderr, the libraries' own as well."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form is LogFormat.JSON else TextLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.root.level))
    # With a handler of its own, the job library adds none that writes in another form.
    jobs = logging.getLogger("dbos")
    jobs.addHandler(logging.NullHandler())
    jobs.addFilter(is_no_outage)
    if form is LogFormat.JSON:
        logging.captureWarnings(capture=True)
        sys.excepthook = _log_end
        threading.excepthook = _log_end_of_thread


def details(**values: object) -> dict[str, object]:
    """Give the `extra` of an event whose values are keys of their own in JSON."""
    return {_DETAILS: values}


def without_secrets(text: str) -> str:
    """Take out what opens something: tokens, signatures of links, passwords in URLs."""
    if not any(hint in text for hint in _HINTS):
        return text
    return _SECRETS.sub(_REMOVED, text)


class TextLines(logging.Formatter):
    """Lines for people: time, level, logger, message, ids."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """Give the line, the ids after the message."""
        record.message = printable(record.message)
        found = "".join(f" {name}={value}" for name, value in ids().items())
        return super().formatMessage(record) + found

    def format(self, record: logging.LogRecord) -> str:
        """Give the event."""
        return without_secrets(super().format(record))


class JsonLines(logging.Formatter):
    """Lines for programs: one JSON object each."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the event."""
        event: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **ids(),
            **getattr(record, _DETAILS, {}),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return without_secrets(orjson.dumps(event, default=str).decode())


def is_no_outage(record: logging.LogRecord) -> bool:
    """Pass over what the job library says of a store that is away, of rows or of files.

    It does so eight times a second, or at each try of a job; `jobs.rescue` and `files.objects` say
    it once.
    """
    if record.exc_info and isinstance(record.exc_info[1], UnavailableError):
        return False
    message = record.getMessage()
    return not any(outage in message for outage in _OUTAGES)


def _log_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log.critical("the process ends", exc_info=(kind, error, trace))


def _log_end_of_thread(given: threading.ExceptHookArgs) -> None:
    _log.error("a thread ended", exc_info=given.exc_value)
