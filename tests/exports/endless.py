"""Sorting that never ends by itself, on both stores."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event

from transload.db.engine import Database

ENDLESS = (
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT 1 FROM numbers) "
    "SELECT count(*) FROM numbers"
)
_LAYING_DOWN = ("INSERT INTO document_positions", "CREATE TEMPORARY TABLE document_positions AS")


@contextmanager
def endless_sorting(database: Database, begun: Callable[[], object]) -> Iterator[None]:
    """Have the store never come to the end of sorting; call `begun` as it starts."""

    def replaced(*args: object) -> tuple[object, object]:
        _connection, _cursor, statement, parameters, _context, _many = args
        if not str(statement).lstrip().startswith(_LAYING_DOWN):
            return statement, parameters
        begun()
        return ENDLESS, ()

    event.listen(database.reader, "before_cursor_execute", replaced, retval=True)
    try:
        yield
    finally:
        event.remove(database.reader, "before_cursor_execute", replaced)
