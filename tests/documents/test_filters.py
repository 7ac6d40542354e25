"""Where an operator of filters stands beside its SQL: in the docs, and in the console."""

import re
from pathlib import Path

from transload.documents.filters import Operator

_ROOT = Path(__file__).parents[2]


def test_every_operator_is_documented() -> None:
    page = (_ROOT / "docs/filters.md").read_text()
    table = page[page.index("| operator |") :].split("\n\n")[0]
    names = [row.split("|")[1] for row in table.splitlines()[2:]]
    assert {name for row in names for name in re.findall(r"`(\w+)`", row)} == set(Operator)


def test_console_names_every_operator_and_offers_it_of_some_field() -> None:
    texts = (_ROOT / "console/src/text/en.ts").read_text()
    (named,) = re.findall(r"\n  operators: \{(.*?)\n  \}", texts, re.DOTALL)
    assert set(re.findall(r"^    (\w+):", named, re.MULTILINE)) == set(Operator)
    filters = (_ROOT / "console/src/parts/filters.ts").read_text()
    (offered,) = re.findall(r"const OPERATORS = \{(.*?)\n\}", filters, re.DOTALL)
    assert set(re.findall(r'"(\w+)"', offered)) == set(Operator)
