"""What a file is, by its content, and the reader that it is for."""

from transload.formats.reading.model import Table
from transload.formats.reading.text_reader import read_text
from transload.formats.reading.wire import Request


def read_table(request: Request) -> Table:
    """Read the file of a request; raises UnreadableError."""
    return read_text(request.source, request.rows, request.choices, request.limits)
