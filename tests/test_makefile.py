"""The Makefile: of which Python .venv is made."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_MAKEFILE = Path(__file__).parents[1] / "Makefile"


def _python(path: Path, version: str) -> Path:
    """Make a program that says of itself what a Python of this version does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


def _make(folder: Path, *arguments: str) -> str:
    make = shutil.which("make")
    assert make is not None
    # Without what a make that runs this test says of itself.
    environment = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHON" and not name.startswith("MAKE")
    }
    done = subprocess.run(  # noqa: S603 - the project's own Makefile
        [make, "help", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_python_that_is_named_is_what_the_environment_is_made_of(tmp_path: Path) -> None:
    shutil.copy(_MAKEFILE, tmp_path)
    made = _python(tmp_path / ".venv" / "bin" / "python", "3.11")
    same, other = _python(tmp_path / "same", "3.11"), _python(tmp_path / "other", "3.13")

    _make(tmp_path)
    _make(tmp_path, f"PYTHON={same}")
    assert made.exists()

    assert f"Remaking .venv with {other}." in _make(tmp_path, f"PYTHON={other}")
    assert not made.parent.exists()


def test_readme_and_package_name_the_same_oldest_python() -> None:
    root = _MAKEFILE.parent
    assert 'requires-python = ">=3.11"' in (root / "pyproject.toml").read_text()
    assert "Python 3.11 or newer" in (root / "README.md").read_text()
    assert sys.version_info >= (3, 11)


@pytest.mark.parametrize("name", ["console", "development", "runtime", "site"])
def test_every_pin_has_the_hashes_of_its_files(name: str) -> None:
    """P21: and no file names where it is to be had from."""
    text = (_MAKEFILE.parent / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    pins = re.split(r"\n(?=\S)", lines.strip())
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
