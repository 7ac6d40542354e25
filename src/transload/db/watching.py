"""Statements that can be interrupted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy import Connection

from transload.db.patience import interrupt

_LOOK_SECONDS = 0.1


@contextmanager
def watched(connection: Connection, look: Callable[[], None]) -> Iterator[None]:
    """Call `look` ten times a second, in another thread, while the block's statements run.

    What it raises ends the running statement, and is raised at the end of the block instead of the
    store's own error. The transaction is then good for nothing but to be rolled back.
    """
    done = Event()
    raised: list[BaseException] = []

    def watch() -> None:
        while not done.wait(_LOOK_SECONDS):
            try:
                if not raised:
                    look()
            except BaseException as error:  # noqa: BLE001 - it is raised where the work is done
                raised.append(error)
            if raised:
                # Again each time: a block may be between two statements at the first.
                interrupt(connection)

    watcher = Thread(target=watch, name="statement-watcher", daemon=True)
    watcher.start()
    try:
        yield
    except Exception as error:
        _end(watcher, done)
        if raised:
            raise raised[0] from error
        raise
    finally:
        _end(watcher, done)
    if raised:
        raise raised[0]


def _end(watcher: Thread, done: Event) -> None:
    done.set()
    watcher.join()
