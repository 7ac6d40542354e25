"""Programs of others that a machine may have: where it has not, the test says so and skips."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import PATIENCE_SECONDS

# Fields: comma, quote, UTF-8, from line 1, quote all text, cells as shown.
AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false"
_INSTALL_SECONDS = 120
_CONVERT_SECONDS = 300


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"this machine has no {name}")
    return found


def run(
    command: list[str], folder: Path, seconds: float = PATIENCE_SECONDS
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the test's own program
        command, cwd=folder, capture_output=True, encoding="utf-8", timeout=seconds, check=False
    )


def install_by_npm(folder: Path, *packages: str) -> None:
    """Install the packages, or those that the folder's package.json names, for scripts in it."""
    program("node")
    quiet = ["--loglevel=error", "--no-audit", "--no-fund", "--no-save", "--no-package-lock"]
    # By itself npm waits for minutes where there is no network.
    quick = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--ignore-scripts"]
    command = [program("npm"), "install", *quiet, *quick, *packages]
    try:
        done = run(command, folder, _INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not install what the test needs in time")
    if done.returncode:
        why = done.stderr.strip().partition("\n")[0]
        pytest.skip(f"npm could not install what the test needs: {why}")


def install_by_uv(folder: Path, package: str) -> Path:
    """Install a program of Python that does not go with what the tests need; give its folder."""
    uv = Path(sys.executable).with_name("uv")
    made = folder / "environment"
    if run([str(uv), "venv", "-q", "--python", sys.executable, str(made)], folder).returncode:
        pytest.skip("uv makes no environment here")
    install = [str(uv), "pip", "install", "-q", "--python", str(made / "bin" / "python"), package]
    if run(install, folder, _INSTALL_SECONDS).returncode:
        pytest.skip(f"uv could not install {package}")
    return made / "bin"


def convert(file: Path, form: str, *options: str) -> Path:
    """Have LibreOffice open a file and write it in another form; give the file beside it."""
    folder = file.parent
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [program("soffice"), profile, "--headless", *options, "--convert-to", form]
    done = run([*command, "--outdir", str(folder), str(file)], folder, _CONVERT_SECONDS)
    assert done.returncode == 0, done.stderr
    return file.with_suffix("." + form.partition(":")[0])
