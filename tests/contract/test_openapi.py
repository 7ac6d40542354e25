"""The OpenAPI document, and requests that a foreign program makes of it in the thousands."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from tests.factories import Site, Tenant
from tests.processes import Installation
from transload.api import API

# The API is one on both stores: PostgreSQL is asked a sample, without every bound of every value.
# Of bounds, SQLite is asked what is just beyond them: what is right comes by the other phases.
_SETTINGS = """
[phases.coverage.generation]
mode = "negative"
"""
_EXAMPLES = 4
_PHASES = {
    "sqlite": "examples,coverage,fuzzing,stateful",
    "postgresql": "examples",
}
_REQUESTS = {"sqlite": 5_000, "postgresql": 100}
_PATIENCE_SECONDS = 900
_ANSWER_SECONDS = 60
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


@pytest.mark.longest
def test_thousands_of_made_up_requests_are_answered_as_documented(
    installation: Installation, tmp_path: Path
) -> None:
    """P20: no 5xx, no status and no body that the document does not know."""
    store = "postgresql" if installation.database_url else "sqlite"
    token = installation.token()
    (tmp_path / "schemathesis.toml").write_text(_SETTINGS)
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
                "--phases",
                _PHASES[store],
                "--max-examples",
                str(_EXAMPLES),
                "--request-timeout",
                str(_ANSWER_SECONDS),
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
    assert int(generated[1]) >= _REQUESTS[store], done.stdout[-2_000:]


def test_every_operation_is_described_whole(site: Site) -> None:
    document = _document(site)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            place = f"{method} {path}"
            assert operation["summary"], place
            assert operation["description"], place
            answers = operation["responses"]
            assert min(answers) in {"200", "201"}, place
            assert {"500", "503"} <= answers.keys(), place
            if path.startswith(API):
                assert {"401", "406", "429"} <= answers.keys(), place
                assert "Retry-After" in answers["429"]["headers"], place
            if "requestBody" in operation:
                assert {"400", "413"} <= answers.keys(), place
            if any(one["in"] == "query" for one in operation.get("parameters", [])):
                assert "400" in answers, place
            if "{" in path:
                assert "404" in answers, place


def test_every_parameter_says_what_it_is_and_what_it_may_be(site: Site) -> None:
    document = _document(site)
    for place, operation in _operations(document):
        for parameter in operation.get("parameters", []):
            name = f"{place} {parameter['name']}"
            assert parameter["description"], name
            examples = _examples(parameter) or parameter["schema"].get("examples", [])
            assert examples or _is_closed(document, parameter["schema"]), name
            for example in examples:
                _assert_fits(document, parameter["schema"], example, name)


def test_every_answer_and_every_body_has_an_example_that_fits_it(site: Site) -> None:
    document = _document(site)
    for place, operation in _operations(document):
        described = {f"{place} {code}": one for code, one in operation["responses"].items()}
        described.pop(f"{place} 304", None)  # it has no body (RFC 9110, 15.4.5)
        if "requestBody" in operation:
            described[f"{place} body"] = operation["requestBody"]
        for name, one in described.items():
            assert one["content"], name
            for kind, content in one["content"].items():
                assert "schema" in content, (name, kind)
                examples = _examples(content)
                assert examples, (name, kind)
                for example in examples:
                    _assert_fits(document, content["schema"], example, name)


def _document(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = site.http.get("/openapi.json").json()
    return found


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"{method} {path}", operation


def _examples(described: Mapping[str, Any]) -> list[object]:
    """Give the examples of a parameter, or of what a body holds."""
    if "example" in described:
        return [described["example"]]
    return [one["value"] for one in described.get("examples", {}).values()]


def _is_closed(document: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Tell whether a schema itself says what may be sent: it names a default or every value."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return "default" in schema or "enum" in schema


def _assert_fits(
    document: Mapping[str, Any], schema: Mapping[str, Any], example: object, place: str
) -> None:
    whole = {**schema, "components": document["components"]}
    faults = [str(fault) for fault in Draft202012Validator(whole).iter_errors(example)]
    assert faults == [], place


def test_document_says_where_a_token_comes_from(site: Site) -> None:
    scheme = _document(site)["components"]["securitySchemes"]["bearerAuth"]
    assert "`transload token create --email" in scheme["description"]


def test_export_that_is_tried_out_as_the_document_shows_it_gives_a_file(tenant: Tenant) -> None:
    """The page at /docs fills in the example: it names nothing that is not there."""
    document = _document(tenant.site)
    for path, query in (("/data/export", {"download": "json"}), ("/tasks/export", {})):
        body = document["paths"][f"{API}{path}"]["post"]["requestBody"]["content"]
        for kind in body.values():
            answer = tenant.post(path, kind["example"], **query)
            assert answer.status_code == 200, answer.text


def test_the_documents_page_needs_no_other_host(site: Site) -> None:
    page = site.http.get("/docs")
    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert addresses
    for address in addresses:
        assert address.startswith((str(site.http.base_url).rstrip("/"), "/")), address
        assert site.http.get(address).status_code == 200
