"""The README's first steps, run as they stand; and that links in docs lead somewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.factories import PATIENCE_SECONDS
from tests.processes import Installation

_ROOT = Path(__file__).parents[1]
_PAGES = sorted([*_ROOT.glob("*.md"), *(_ROOT / "docs").glob("*.md")])
_BLOCK = re.compile(r"^```\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _steps(page: Path, heading: str) -> list[str]:
    """Give what the blocks below a heading say to run."""
    text = page.read_text()
    section = text[text.index(f"\n## {heading}\n") :]
    return _BLOCK.findall(section[: section.index("\n## ", 1)])


def test_first_steps_of_the_readme_run_as_they_are_pasted(tmp_path: Path) -> None:
    serve, *steps = _steps(_ROOT / "README.md", "A first file, in and out")
    assert serve == "make serve\n"
    (tmp_path / ".venv").symlink_to(sys.prefix)
    with Installation(data_dir=tmp_path / "transload-data").serving() as program:
        script = "".join(steps).replace("http://127.0.0.1:8080", program.url)
        done = subprocess.run(  # noqa: S603 - what the README says
            ["/bin/bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TRANSLOAD_URL": program.url},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS * 3,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"status":false' not in done.stdout
    rows = CalamineWorkbook.from_path(tmp_path / "outlets.xlsx").get_sheet_by_index(0).to_python()
    assert rows[0][:2] == ["Code", "Name"]
    assert sorted(row[0] for row in rows[1:]) == ["007", "008"]


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
