"""Exports that run beside what is measured."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from transload.client import Client
from transload.demo import export_in_background


@contextmanager
def exporting(client: Client, data_type_id: str) -> Iterator[list[float]]:
    """Export all records again and again for the length of the block; give the seconds of each."""
    is_over = threading.Event()
    taken: list[float] = []

    def export() -> None:
        while not is_over.is_set():
            started = time.perf_counter()
            *_, entry = export_in_background(client, data_type_id)
            if entry["status"] != "Done":
                raise RuntimeError(entry)
            taken.append(time.perf_counter() - started)

    thread = threading.Thread(target=export)
    thread.start()
    try:
        yield taken
    finally:
        is_over.set()
        thread.join()
