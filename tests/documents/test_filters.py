"""Where an operator of filters stands beside its SQL: in the docs, and in the console."""

import re
from pathlib import Path

import pytest

from transload.data_types.model import FieldType
from transload.data_types.values import KINDS
from transload.documents.filters import OF_PRESENCE, Comparable, Condition, Holds, Operator, typed
from transload.errors import InvalidError

_ROOT = Path(__file__).parents[2]


def test_every_operator_is_documented() -> None:
    page = (_ROOT / "docs/filters.md").read_text()
    table = page[page.index("| operator |") :].split("\n\n")[0]
    names = [row.split("|")[1] for row in table.splitlines()[2:]]
    assert {name for row in names for name in re.findall(r"`(\w+)`", row)} == set(Operator)


@pytest.mark.parametrize("kind", FieldType)
def test_operators_of_a_type_of_field_are_those_of_the_docs(kind: FieldType) -> None:
    taken = {operator for operator in Operator if _takes(KINDS[kind].holds, operator)}
    assert taken == _documented()[kind]


def _takes(holds: Holds, operator: Operator) -> bool:
    value: str | tuple[str] | None = ("1",) if operator is Operator.IN else "1"
    if operator in OF_PRESENCE:
        value = None
    condition = Condition(field="field", operator=operator, value=value)
    try:
        typed(condition, Comparable(holds=holds, read=str))
    except InvalidError:
        return False
    return True


def _documented() -> dict[str, set[str]]:
    """Give the operators of each type of field, as the page's second table has them."""
    page = (_ROOT / "docs/filters.md").read_text()
    table = page[page.index("| a field of |") :].split("\n\n")[0]
    found: dict[str, set[str]] = {}
    for row in table.splitlines()[2:]:
        kinds, said = row.strip("|").split("|")
        named = set(re.findall(r"`(\w+)`", said))
        is_rest = "every operator" in said or "all but" in said
        for kind in re.findall(r"`(\w+)`", kinds):
            found[kind] = {*Operator} - named if is_rest else named
    return found


def test_console_names_every_operator_and_offers_it_of_some_field() -> None:
    texts = (_ROOT / "console/src/text/en.ts").read_text()
    (named,) = re.findall(r"\n  operators: \{(.*?)\n  \}", texts, re.DOTALL)
    assert set(re.findall(r"^    (\w+):", named, re.MULTILINE)) == set(Operator)
    filters = (_ROOT / "console/src/parts/filters.ts").read_text()
    (offered,) = re.findall(r"const OPERATORS = \{(.*?)\n\}", filters, re.DOTALL)
    assert set(re.findall(r'"(\w+)"', offered)) == set(Operator)
