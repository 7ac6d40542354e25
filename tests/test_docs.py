"""What README and docs say to run, run as it stands or read; and that links lead somewhere."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from tests.conftest import empty_database
from tests.factories import PATIENCE_SECONDS, anybody
from tests.object_store import ObjectStoreServer
from tests.processes import Installation
from transload.cli.program import app

_ROOT = Path(__file__).parents[1]
_PAGES = sorted([*_ROOT.glob("*.md"), *(_ROOT / "docs").glob("*.md")])
_ANY_BLOCK = re.compile(r"^```[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SHELL = re.compile(
    r"^(?:\w+=\S* )*(?:transload|curl|make|call|export|docker|sqlite3|pg_\w+) ", re.MULTILINE
)
_SPAN = re.compile(r"`(transload [^`\n]+)`")
_COMMAND = re.compile(r"(?:^|[\s(])transload ((?!:)[^#;|)&]*)")
_BLOCK = re.compile(r"^```\n(.*?)^```", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"^(?:.*\s)?#", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _steps(page: Path, heading: str) -> list[str]:
    """Give what the blocks below a heading say to run."""
    text = page.read_text()
    section = text[text.index(f"\n## {heading}\n") :]
    return _BLOCK.findall(section[: section.index("\n## ", 1)])


def _pasted(script: str, data_dir: Path) -> str:
    """Run what a page says beside a service of its own; give what it prints."""
    folder = data_dir.parent
    (folder / ".venv").symlink_to(sys.prefix)
    with Installation(data_dir=data_dir).serving() as program:
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail"],
            input=script.replace("http://127.0.0.1:8080", program.url),
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "TRANSLOAD_URL": program.url},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS * 3,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _first_cells(file: Path) -> Sequence[object]:
    return sorted(
        row[0] for row in CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    )


def test_first_steps_of_the_readme_run_as_they_are_pasted(tmp_path: Path) -> None:
    serve, *steps = _steps(_ROOT / "README.md", "A first file, in and out")
    assert serve == "make serve\n"
    assert '"status":false' not in _pasted("".join(steps), tmp_path / "transload-data")
    assert _first_cells(tmp_path / "outlets.xlsx") == ["007", "008", "Code"]


def test_tutorial_runs_as_it_is_pasted_and_what_builds_on_it(tmp_path: Path) -> None:
    serve, *steps = _BLOCK.findall((_ROOT / "docs" / "tutorial.md").read_text())
    assert serve == "TRANSLOAD_DATA_DIR=tutorial-data make serve\n"
    for page in ("imports", "people", "schedules"):
        blocks = _BLOCK.findall((_ROOT / "docs" / f"{page}.md").read_text())
        more = [block for block in blocks if _SHELL.search(block)]
        assert more, page
        steps += more
    printed = _pasted("".join(steps), tmp_path / "tutorial-data")
    assert printed.count('"status":false') == 1  # the record whose date is wrong
    assert "2 rows: 0 created, 0 updated, 2 unchanged, 0 failed." in printed  # outlets.xlsx, back
    assert "1 task in tasks.xlsx." in printed
    assert "The role Clerk is changed." in printed
    assert '"cron":"0 3 * * *"' in printed
    assert "Export queued" in printed
    assert _first_cells(tmp_path / "outlets.xlsx") == ["007", "008", "Code"]


@contextmanager
def _terminal(script: str, folder: Path, **variables: str) -> Iterator[str]:
    """Run what a page says until the block ends; give the service's address, if it has one."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "PYTHONUNBUFFERED": "1",
        "TRANSLOAD_PORT": "0",
        **variables,
    }
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(  # noqa: S603 - the page's own commands
            ["/bin/bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    with process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("Transload "), (folder / "log").read_text()
            yield "".join(re.findall(r"http://\S+(?=,)", said))
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=PATIENCE_SECONDS)


def _exported(address: str, token: str) -> bytes:
    """Export all records in the background; give the file."""
    api, who = f"{address}/api/v3", {"Authorization": f"Bearer {token}"}
    query = {"download": "json", "background": "true"}
    queued = anybody.post(f"{api}/data/export", params=query, headers=who).json()["data"]
    entry, deadline = queued, time.monotonic() + PATIENCE_SECONDS
    while entry["status"] == "Processing":
        assert time.monotonic() < deadline, entry
        entry = anybody.get(f"{api}/export/{queued['exportId']}", headers=who).json()["data"]
    assert entry["status"] == "Done", entry
    return anybody.get(entry["fileUrl"]).content


def test_processes_of_scaling_out_run_as_they_are_pasted(postgres_url: str, tmp_path: Path) -> None:
    said = "postgresql://transload:secret@127.0.0.1/transload"
    serve, work = _BLOCK.findall((_ROOT / "docs" / "scaling-out.md").read_text())
    with (
        empty_database(postgres_url) as url,
        _terminal(serve.replace(said, url), tmp_path) as address,
        _terminal(work.replace(said, url), tmp_path),
    ):
        token = Installation(data_dir=tmp_path / "transload-data", database_url=url).token()
        assert _exported(address, token) == b"[]"
    assert [*(tmp_path / "transload-files").rglob("*.json")]


def test_files_go_into_a_bucket_as_the_page_is_pasted(
    object_store_server: ObjectStoreServer, tmp_path: Path
) -> None:
    (script,) = _BLOCK.findall((_ROOT / "docs" / "object-storage.md").read_text())
    bucket = object_store_server.url(f"docs-{tmp_path.name}")
    script = script.replace("s3://acme-exports/transload", bucket)
    reached = {"AWS_ENDPOINT_URL": object_store_server.environment["AWS_ENDPOINT_URL"]}
    with _terminal(script, tmp_path, **reached) as address:
        token = Installation(data_dir=tmp_path / "transload-data").token()
        assert _exported(address, token) == b"[]"
    assert not [*tmp_path.rglob("*.json")]


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_commands_of_a_page_have_no_comments(page: Path) -> None:
    """zsh, which macOS has, takes a comment that is pasted for arguments."""
    blocks = [one for one in _ANY_BLOCK.findall(page.read_text()) if _SHELL.search(one)]
    assert [block for block in blocks if _COMMENT.search(block)] == []


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_commands_of_a_page_are_understood(page: Path) -> None:
    """Blocks for a shell are shell; each command of ours takes the arguments that it is given."""
    text = page.read_text()
    blocks = [block for block in _ANY_BLOCK.findall(text) if _SHELL.search(block)]
    for block in blocks:
        done = subprocess.run(
            ["/bin/bash", "-n"], input=block, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, block + done.stderr
    spans = _SPAN.findall(_ANY_BLOCK.sub("", text))
    lines = "\n".join([*blocks, *spans]).replace("\\\n", " ").splitlines()
    for line in lines:
        for command in _COMMAND.findall(line):
            if "[" not in command and "..." not in command:
                understood = CliRunner().invoke(app, [*shlex.split(command), "--help"])
                assert understood.exit_code == 0, (command, understood.output)


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text()) if "://" not in link]
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


def test_links_of_the_docs_stay_within_them() -> None:
    """They are a site of their own too, which has nothing else of the repository."""
    pages = (_ROOT / "docs").glob("*.md")
    assert [one.name for one in pages if "](../" in one.read_text()] == []


def test_readme_leads_to_every_page_for_users() -> None:
    readme = (_ROOT / "README.md").read_text()
    internal = {"index", "export-profile", "releasing"}
    pages = [page for page in (_ROOT / "docs").glob("*.md") if page.stem not in internal]
    missing = [page.name for page in pages if f"docs/{page.name}" not in readme]
    assert missing == []
