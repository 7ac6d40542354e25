"""The page of promises is true of the tests."""

import re
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_ROW = re.compile(r"\| (P\d+) \| .+ \| (.+) \|")
_CITED = re.compile(r"\bP[1-9]\d?\b")


def _rows() -> dict[str, list[str]]:
    page = (_ROOT / "docs" / "promises.md").read_text()
    return {promise: re.findall("`([^`]+)`", held) for promise, held in _ROW.findall(page)}


def _cited(path: Path) -> set[str]:
    return set(_CITED.findall(path.read_text()))


def test_every_promise_that_a_test_cites_is_on_the_page() -> None:
    tests = _ROOT / "tests"
    cited = {promise for path in tests.rglob("*.py") for promise in _cited(path)}
    assert len(cited) > 20
    assert cited <= _rows().keys()


def test_every_file_on_the_page_cites_the_promise_that_it_holds() -> None:
    rows = _rows()
    assert len(rows) > 30
    wrong = [
        (promise, name)
        for promise, names in rows.items()
        for name in names
        if promise not in _cited(_ROOT / "tests" / name)
    ]
    assert wrong == []


def test_every_promise_is_held_by_a_test() -> None:
    assert [promise for promise, names in _rows().items() if not names] == []
