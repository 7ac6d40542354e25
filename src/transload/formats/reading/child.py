"""The process that reads one file and ends: `python -I -m transload.formats.reading.child`.

It takes a request from its standard input, gives the answer on its standard output, and holds
nothing of the service. Whatever else happens, it ends with another status than 0.
"""

import gc
import os
import sys

from transload.formats.reading.guard import confine
from transload.formats.reading.model import Cause, Table, UnreadableError
from transload.formats.reading.wire import Request, read_request, written_answer


def main() -> None:
    """Read one file."""
    request = read_request(_line(0))
    confine(request.limits, 0)
    # A file's rows are many objects without cycles, and to look for some takes a fifth of the time.
    gc.disable()
    # At once: neither the threads of libraries nor the garbage have to be waited for.
    _write(written_answer(_outcome(request)))
    os._exit(0)


def _outcome(request: Request) -> Table | UnreadableError:
    # Here, where the limits hold already: the libraries are most of what could go wrong.
    from transload.formats.reading.opening import read_table  # noqa: PLC0415

    try:
        return read_table(request)
    except UnreadableError as error:
        return error
    except MemoryError:
        return UnreadableError(
            Cause.TOO_COMPLEX, "The file needs more memory than it may take. Split it."
        )


def _line(descriptor: int) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        block = os.read(descriptor, 1 << 16)
        if not block:
            sys.exit(1)
        line += block
    return bytes(line)


def _write(answer: bytes) -> None:
    rest = memoryview(answer)
    while rest:
        rest = rest[os.write(1, rest) :]


if __name__ == "__main__":
    main()
