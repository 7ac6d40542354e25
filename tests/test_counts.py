"""Numbers with their nouns, in sentences that users read."""

import pytest

from transload.counts import counted
from transload.errors import MAX_NAMED, named


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 records"), (1, "1 record"), (2, "2 records"), (2_000, "2000 records")],
)
def test_noun_goes_with_its_number(number: int, text: str) -> None:
    assert counted(number, "record") == text


def test_thousands_are_parted_where_people_read_many() -> None:
    assert counted(2_000, "record", is_grouped=True) == "2,000 records"


def test_verb_goes_with_its_number() -> None:
    assert [counted(number, "row is", more="rows are") for number in (1, 2)] == [
        "1 row is",
        "2 rows are",
    ]


@pytest.mark.parametrize(("more", "last"), [(1, "There is 1 more."), (2, "There are 2 more.")])
def test_what_is_left_out_of_a_sentence_is_counted(more: int, last: str) -> None:
    assert named(["It is wrong."] * (MAX_NAMED + more)).endswith(f"It is wrong. {last}")
