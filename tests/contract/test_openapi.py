"""The OpenAPI document, and requests that a foreign program makes of it in the thousands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import Site
from tests.processes import Installation
from transload.app import API

_REQUESTS = 5_000
_PATIENCE_SECONDS = 900
_CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
]


@pytest.fixture
def installation(own_store_url: str, tmp_path: Path) -> Installation:
    settings = {"rate_limit": 0, "log_level": "error"}
    return Installation(data_dir=tmp_path / "data", database_url=own_store_url, settings=settings)


def test_thousands_of_made_up_requests_are_answered_as_documented(
    installation: Installation, tmp_path: Path
) -> None:
    """P20: no 5xx, no status and no body that the document does not know."""
    token = installation.token()
    with installation.serving() as program:
        done = subprocess.run(  # noqa: S603 - a test tool on our own service
            [
                str(Path(sys.executable).with_name("schemathesis")),
                "run",
                f"{program.url}/openapi.json",
                "--header",
                f"Authorization: Bearer {token}",
                "--checks",
                ",".join(_CHECKS),
                "--max-examples",
                "120",
                "--seed",
                "20261123",
                "--generation-deterministic",
                "--suppress-health-check",
                "all",
                "--no-color",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-10_000:] + done.stderr[-2_000:]
        assert "Traceback" not in program.log()
    generated = re.search(r"(\d+) generated", done.stdout)
    assert generated is not None, done.stdout[-2_000:]
    assert int(generated[1]) >= _REQUESTS, done.stdout[-2_000:]


def test_every_operation_is_described_whole(site: Site) -> None:
    document = site.http.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            place = f"{method} {path}"
            assert operation["summary"], place
            assert operation["description"], place
            answers = operation["responses"]
            assert min(answers) in {"200", "201"}, place
            if path.startswith(API):
                assert {"401", "429", "500"} <= answers.keys(), place
            for parameter in operation.get("parameters", []):
                assert parameter["schema"], place


def test_the_documents_page_needs_no_other_host(site: Site) -> None:
    page = site.http.get("/docs")
    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert addresses
    for address in addresses:
        assert address.startswith((str(site.http.base_url).rstrip("/"), "/")), address
        assert site.http.get(address).status_code == 200
