"""The files of the console, as the service gives them to a browser."""

import gzip
from pathlib import Path

import httpx
import pytest

from tests.factories import Site
from transload.console.routes import POLICY, ConsoleFiles


def _assets(built: Path) -> list[str]:
    return sorted(path.name for path in (built / "assets").iterdir() if path.suffix != ".gz")


def test_address_of_the_service_leads_to_the_console(console_site: Site) -> None:
    answer = console_site.http.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/console/")


@pytest.mark.parametrize(
    "page", ["", "/", "/data", "/data/65b8c0f1a2b3c4d5e6f70809/fields", "/x/y"]
)
def test_every_page_begins_with_the_shell_under_a_strict_policy(
    console_site: Site, page: str
) -> None:
    answer = console_site.http.get(f"/console{page}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "<script>" not in answer.text
    assert "style=" not in answer.text


def test_policy_lets_no_script_in_but_the_services_own() -> None:
    assert "unsafe" not in POLICY
    assert "script-src 'self'" in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_files_are_kept_for_a_year_and_packed_for_those_who_take_that(
    console_site: Site, built: Path
) -> None:
    for name in _assets(built):
        packed = console_site.http.get(
            f"/console/assets/{name}", headers={"Accept-Encoding": "gzip"}
        )
        plain = console_site.http.get(
            f"/console/assets/{name}", headers={"Accept-Encoding": "identity"}
        )
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content == (built / "assets" / name).read_bytes()
        assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "Accept-Encoding" in plain.headers["vary"]


def test_packed_copies_hold_what_they_are_copies_of(built: Path) -> None:
    for packed in built.rglob("*.gz"):
        assert gzip.decompress(packed.read_bytes()) == packed.with_suffix("").read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "none.js",
        "..%2Fmanifest.json",
        "%2e%2e/index.html",
        "..%2f..%2froutes.py",
        "index.js.gz",
        "%00.js",
    ],
)
def test_no_other_file_is_given(console_site: Site, name: str) -> None:
    raw = httpx.URL(f"{str(console_site.http.base_url).rstrip(chr(47))}/console/assets/{name}")
    answer = console_site.http.get(raw)
    assert "def " not in answer.text
    assert answer.status_code == 404 or answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/console", "/console/sign-in"])
def test_address_of_the_api_below_the_consoles_is_no_page(console_site: Site, path: str) -> None:
    assert console_site.http.get(f"{path}/api/v3/hubs").status_code == 404


def test_document_of_the_api_leaves_the_console_out(console_site: Site) -> None:
    paths = console_site.service.app.openapi()["paths"]
    assert not [path for path in paths if path == "/" or path.startswith("/console")]


def test_console_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    answer = ConsoleFiles(tmp_path).shell("gzip")
    assert answer.status_code == 503
    assert b"make console" in answer.body
