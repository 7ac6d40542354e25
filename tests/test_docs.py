"""What README and docs say to run, run as it stands or read; and that links lead somewhere."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from tests.factories import PATIENCE_SECONDS
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
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _steps(page: Path, heading: str) -> list[str]:
    """Give what the blocks below a heading say to run."""
    text = page.read_text()
    section = text[text.index(f"\n## {heading}\n") :]
    return _BLOCK.findall(section[: section.index("\n## ", 1)])


def _pasted(script: str, folder: Path) -> str:
    """Run what a page says beside a service of its own; give what it prints."""
    (folder / ".venv").symlink_to(sys.prefix)
    with Installation(data_dir=folder / "transload-data").serving() as program:
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
    assert '"status":false' not in _pasted("".join(steps), tmp_path)
    assert _first_cells(tmp_path / "outlets.xlsx") == ["007", "008", "Code"]


def test_tutorial_runs_as_it_is_pasted_and_what_builds_on_it(tmp_path: Path) -> None:
    serve, *steps = _BLOCK.findall((_ROOT / "docs" / "tutorial.md").read_text())
    assert serve == "make serve\n"
    for page in ("imports", "people", "schedules"):
        blocks = _BLOCK.findall((_ROOT / "docs" / f"{page}.md").read_text())
        more = [block for block in blocks if _SHELL.search(block)]
        assert more, page
        steps += more
    printed = _pasted("".join(steps), tmp_path)
    assert printed.count('"status":false') == 1  # the record whose date is wrong
    assert "2 rows: 0 created, 0 updated, 2 unchanged, 0 failed." in printed  # outlets.xlsx, back
    assert "1 task in tasks.xlsx." in printed
    assert "The role Clerk is changed." in printed
    assert '"cron":"0 3 * * *"' in printed
    assert "Export queued" in printed
    assert _first_cells(tmp_path / "outlets.xlsx") == ["007", "008", "Code"]


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


def test_readme_leads_to_every_page_for_users() -> None:
    readme = (_ROOT / "README.md").read_text()
    internal = {"index", "export-profile", "releasing"}
    pages = [page for page in (_ROOT / "docs").glob("*.md") if page.stem not in internal]
    missing = [page.name for page in pages if f"docs/{page.name}" not in readme]
    assert missing == []
