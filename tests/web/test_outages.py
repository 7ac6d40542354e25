"""P18, P20: the database goes away, and comes back."""

import os
import signal
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from tests.conftest import started_postgres
from tests.factories import PATIENCE_SECONDS
from tests.processes import Installation, RunningProgram


@pytest.mark.skipif(
    "TRANSLOAD_TEST_POSTGRES_URL" in os.environ, reason="that server is not ours to stop"
)
def test_the_service_outlives_its_database(tmp_path: Path) -> None:
    with TemporaryDirectory(prefix="transload-", ignore_cleanup_errors=True) as folder:
        server = started_postgres(Path(folder))
        installation = Installation(data_dir=tmp_path / "data", database_url=server.get_uri())
        token = installation.token()
        with installation.serving() as program, program.client(token) as client:
            assert client.get("/hubs").status_code == 200

            pid = server.get_pid()
            assert pid is not None
            os.kill(pid, signal.SIGQUIT)
            psutil.wait_procs([psutil.Process(pid)], timeout=PATIENCE_SECONDS)
            answer = client.get("/hubs")
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
            assert answer.json() == {
                "status": False,
                "message": "The database is out of reach for the moment; try again.",
            }

            _wait_for_line(program, "The database is out of reach; trying again: ")

            server.ensure_postgres_running()
            assert client.get("/hubs").status_code == 200
            query = {"download": "json", "background": "true"}
            export_id = client.post("/data/export", params=query).json()["data"]["exportId"]
            entry = {"status": "Processing"}
            while entry["status"] == "Processing":
                entry = client.get(f"/export/{export_id}").json()["data"]
            assert entry["status"] == "Done"
            _wait_for_line(program, "The database is within reach again")
            # Once, in a sentence, however often it was tried.
            assert program.log().count("; trying again: ") == 1
            waits = [line for line in program.log().splitlines() if " wait: the data" in line]
            assert len(waits) == len(set(waits))
            assert "Traceback" not in program.log()
            assert " dbos " not in program.log()
        server.cleanup()


def _wait_for_line(program: RunningProgram, words: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while words not in program.log():
        assert time.monotonic() < deadline, program.log()
        time.sleep(0.05)
