"""Files that kill their parsers fail one import with a sentence; the service does not notice."""

from threading import Event, Thread
from typing import Self

import psutil  # type: ignore[import-untyped]  # it has no types of its own

from tests.factories import Site, Tenant
from tests.formats.reading.hostile import CASES
from tests.imports.sending import finished, send
from transload.formats.reading.model import Cause

_MOST_BYTES = 1_000_000_000
_KILLERS = [case for case in CASES if case.kills and isinstance(case.outcome, Cause | tuple)][::2]


def test_the_service_lives_on_while_hostile_files_come(site: Site, tenant: Tenant) -> None:
    """P5."""
    kind, hub = tenant.data_type(), tenant.hub()
    with _Watch(site) as watch:
        for case in _KILLERS:
            answer = send(tenant, case.make(), f"{case.name}.xlsx", dataTypeId=kind, hubId=hub)

            # Refused at once, or a failed import that says why.
            assert answer.status_code in {200, 422}, (case.name, answer.text)
            if answer.status_code == 200:
                record = finished(tenant, answer.json()["data"]["_id"]).record
                assert record["status"] == "failed", case.name
                assert record["errorMessage"].endswith("."), case.name

    assert watch.answers
    assert set(watch.answers) == {200}
    assert watch.largest_child < _MOST_BYTES


class _Watch:
    """Asks for the service's health and its children's memory, again and again."""

    def __init__(self, site: Site) -> None:
        self.answers: list[int] = []
        self.largest_child = 0
        self._site = site
        self._done = Event()
        self._thread = Thread(target=self._work)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._done.wait(0.05):
            self.answers.append(self._site.http.get("/healthz").status_code)
            for child in psutil.Process().children():
                try:
                    if "transload.formats.reading.child" in child.cmdline():
                        self.largest_child = max(self.largest_child, child.memory_info().rss)
                except (psutil.NoSuchProcess, psutil.ZombieProcess):
                    continue
