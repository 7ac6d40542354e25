"""Clients that foreign programs make of the OpenAPI document: each lists, exports and downloads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.factories import Site, Tenant
from tests.programs import install_by_npm, install_by_uv, program

_SCRIPTS = Path(__file__).parent / "clients"
_SECONDS = 300


@pytest.fixture(scope="module")
def document(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not site.service.accounts.database.is_sqlite:
        pytest.skip("the document is the same on both stores")
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_text(site.http.get("/openapi.json").text)
    return path


@pytest.fixture
def shop(tenant: Tenant) -> Tenant:
    tenant.add(tenant.data_type(name="Shops"), tenant.hub(), [{"dataId": "007", "name": "Toko"}])
    return tenant


def _run(folder: Path, *command: str | Path) -> str:
    done = subprocess.run(  # noqa: S603 - a program that makes a client, or the client
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    return done.stdout


def _tool(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def _assert_it_lists_exports_and_downloads(
    tenant: Tenant, folder: Path, *command: str | Path
) -> None:
    url = str(tenant.site.http.base_url).rstrip("/")
    printed = json.loads(_run(folder, *command, url, tenant.token).splitlines()[-1])
    assert printed == {"listed": ["007"], "total": 1, "exported": [{"dataId": "007"}]}


def test_document_is_valid(document: Path) -> None:
    faults = list(OpenAPIV31SpecValidator(json.loads(document.read_text())).iter_errors())
    assert faults == []


def test_client_of_openapi_python_client_exports(
    document: Path, shop: Tenant, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    output = _run(
        tmp_path,
        install_by_uv(tmp_path, "openapi-python-client==0.29.1") / "openapi-python-client",
        "generate",
        "--path",
        document,
        "--output-path",
        made,
        "--meta",
        "none",
    )
    assert "WARNING parsing" not in output
    assert "Unable to parse" not in output
    made.rename(tmp_path / "transload_client")
    script = _SCRIPTS / "openapi_python_client.py"
    _assert_it_lists_exports_and_downloads(shop, tmp_path, sys.executable, script)


def test_client_of_openapi_generator_exports(document: Path, shop: Tenant, tmp_path: Path) -> None:
    program("java")
    _run(
        tmp_path,
        _tool("openapi-generator-cli"),
        "generate",
        "-g",
        "python",
        "-i",
        document,
        "-o",
        tmp_path,
        "--package-name",
        "generated_client",
    )
    script = _SCRIPTS / "openapi_generator.py"
    _assert_it_lists_exports_and_downloads(shop, tmp_path, sys.executable, script)


def test_client_of_openapi_typescript_exports(document: Path, shop: Tenant, tmp_path: Path) -> None:
    install_by_npm(tmp_path, "openapi-typescript@7", "openapi-fetch@0.14", "typescript@5")
    _run(tmp_path, "node_modules/.bin/openapi-typescript", document, "-o", "transload.d.ts")
    (tmp_path / "client.ts").write_text((_SCRIPTS / "client.ts").read_text())
    (tmp_path / "package.json").write_text('{"type": "module"}')
    settings = ["--module", "nodenext", "--target", "es2022", "--strict", "--skipLibCheck"]
    _run(tmp_path, "node_modules/.bin/tsc", *settings, "client.ts")
    _assert_it_lists_exports_and_downloads(shop, tmp_path, program("node"), "client.js")


def test_document_is_valid_to_redocly(document: Path, tmp_path: Path) -> None:
    install_by_npm(tmp_path, "@redocly/cli@2")
    _run(tmp_path, "node_modules/.bin/redocly", "lint", "--extends=spec", document)
