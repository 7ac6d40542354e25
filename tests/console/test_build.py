"""What the console is built to: budgets, and what its sources may hold."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.console.conftest import ROOT

_FIRST_PAGE_BYTES = 60_000
_PAGE_BYTES = 40_000
_SOURCES = ROOT / "console"
_SCRIPT_OR_STYLE = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_EXPRESSION = re.compile(r"\{[^{}]*\}")
_WORDS = re.compile(r">[^<>]*[A-Za-z]{2,}[^<>]*<")
_SPOKEN = re.compile(r'\b(aria-label|title|placeholder|label|alt)="[^"{]*[A-Za-z]{2,}')
# Names of keys on a keyboard, and a path of the product.
_NO_SENTENCES = {">Ctrl K<"}


@pytest.fixture
def manifest(built: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((built / "manifest.json").read_text())
    return found


def _scripts(manifest: dict[str, Any], name: str) -> set[str]:
    """Give the scripts that are loaded with one, itself among them."""
    found = {manifest[name]["file"]}
    for needed in manifest[name].get("imports", []):
        found |= _scripts(manifest, needed)
    return found


def _packed(built: Path, scripts: set[str]) -> int:
    return sum((built / f"{script}.gz").stat().st_size for script in scripts)


def test_first_page_is_light(built: Path, manifest: dict[str, Any]) -> None:
    assert _packed(built, _scripts(manifest, "index.html")) < _FIRST_PAGE_BYTES


def test_every_further_page_is_light(built: Path, manifest: dict[str, Any]) -> None:
    first = _scripts(manifest, "index.html")
    pages = [name for name, entry in manifest.items() if entry.get("isDynamicEntry")]
    assert pages
    for name in pages:
        assert _packed(built, _scripts(manifest, name) - first) < _PAGE_BYTES, name


def test_lock_names_no_registry() -> None:
    lock = json.loads((_SOURCES / "package-lock.json").read_text())
    packages = [package for name, package in lock["packages"].items() if name]
    assert packages
    for package in packages:
        assert "resolved" not in package
        assert package["integrity"].startswith("sha512-")


def _markup() -> Iterator[tuple[str, str]]:
    for path in sorted((_SOURCES / "src").rglob("*.svelte")):
        text = _COMMENT.sub("", _SCRIPT_OR_STYLE.sub("", path.read_text()))
        while (without := _EXPRESSION.sub("", text)) != text:
            text = without
        yield path.name, text


def test_every_sentence_is_among_the_texts() -> None:
    for name, markup in _markup():
        said = {re.sub(r"\s+", " ", found) for found in _WORDS.findall(markup)}
        assert not said - _NO_SENTENCES, name
        assert not _SPOKEN.findall(markup), name


def test_every_icon_is_in_the_sprite() -> None:
    """One that is not leaves an empty place, which no test of a page would see."""
    drawn = set(re.findall(r'id="([\w-]+)"', (_SOURCES / "src/icons.svg").read_text()))
    for path in (_SOURCES / "src").rglob("*"):
        if path.suffix in {".svelte", ".ts"} and path.name != "schema.d.ts":
            text = path.read_text()
            named = re.findall(r'<Icon[^>]*? name="([\w-]+)"|\bicon(?:: |=)"([\w-]+)"', text)
            assert {one or other for one, other in named} <= drawn, path.name


def test_no_markup_is_made_of_values() -> None:
    """A record's text is text: nothing in the console takes a string for markup or for code."""
    for path in (_SOURCES / "src").rglob("*"):
        if path.suffix in {".svelte", ".ts"} and path.name != "schema.d.ts":
            assert not re.search(
                r"@html|innerHTML|outerHTML|\beval\(|new Function", path.read_text()
            )
