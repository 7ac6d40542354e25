"""The programs in `examples/`, run as a user runs them: with nothing installed for them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import Tenant
from tests.imports.sending import stored

_EXAMPLES = Path(__file__).parents[1] / "examples"
# They know the HTTP API alone, which is one on both stores.
_on_one_store = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


def _run(
    tenant: Tenant, *command: str | Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "TRANSLOAD_URL": str(tenant.site.http.base_url).rstrip("/"),
        "TRANSLOAD_TOKEN": tenant.token,
        **variables,
    }
    return subprocess.run(  # noqa: S603 - our own programs
        command, env=environment, capture_output=True, text=True, check=False
    )


@_on_one_store
def test_rows_of_a_csv_are_written_over_records_by_python_alone(
    tenant: Tenant, tmp_path: Path
) -> None:
    kind, hub, rows = tenant.data_type(), tenant.hub(), tmp_path / "rows.csv"
    rows.write_text("dataId,name,price\n007,Toko,1.5\n008,Kios,dear\n")
    without_packages = (sys.executable, "-I", "-S")

    done = _run(tenant, *without_packages, _EXAMPLES / "sync_from_csv.py", kind, hub, rows)

    assert (done.returncode, done.stdout) == (
        1,
        "line 3: price must be a number, with a point and without separators.\n",
    ), done.stderr
    assert {key: one["name"] for key, one in stored(tenant, kind).items()} == {"007": "Toko"}


@_on_one_store
def test_what_goes_wrong_is_told_without_a_traceback(tenant: Tenant, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("dataId\n1\n")
    command = (sys.executable, "-I", "-S", _EXAMPLES / "sync_from_csv.py")

    unused = _run(tenant, *command)
    refused = _run(tenant, *command, "a", "b", rows, TRANSLOAD_TOKEN="none")  # noqa: S106 - none
    nowhere = _run(tenant, *command, "a", "b", rows, TRANSLOAD_URL="http://127.0.0.1:1")
    in_shell = _run(tenant, _EXAMPLES / "nightly_export.sh", "a")

    assert "Usage: sync_from_csv.py DATA_TYPE_ID" in unused.stderr
    assert "401" in refused.stderr
    assert "Connection refused" in nowhere.stderr
    assert "the name of a file is missing" in in_shell.stderr
    for done in (unused, refused, nowhere, in_shell):
        assert done.returncode
        assert "Traceback" not in done.stderr


@_on_one_store
@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")
def test_data_type_is_exported_by_the_shell(tenant: Tenant, tmp_path: Path) -> None:
    kind, file = tenant.data_type(), tmp_path / "records.xlsx"
    tenant.add(kind, tenant.hub(), [{"dataId": "1"}])

    done = _run(tenant, _EXAMPLES / "nightly_export.sh", kind, file)

    assert (done.returncode, done.stdout) == (0, f"Records in {file}: 1\n"), done.stderr
    assert file.read_bytes().startswith(b"PK")
