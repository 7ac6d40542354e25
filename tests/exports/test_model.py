from datetime import UTC, datetime

import pytest

from transload.exports.model import file_name, notes
from transload.formats.columns import Losses

NOON = datetime(2025, 1, 31, 12, 0, 0, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (1, "20250131/data_x_1738324800.xlsx"),
        (2, "20250131/data_x_1738324800_2.xlsx"),
        (11, "20250131/data_x_1738324800_11.xlsx"),
    ],
)
def test_a_file_is_named_after_its_second(number: int, wanted: str) -> None:
    assert file_name("data", "x", NOON, "xlsx", number) == wanted


def test_what_was_lost_is_said_in_a_sentence_each() -> None:
    """P23."""
    assert notes(Losses()) == []
    assert notes(Losses(cut_texts=2)) == ["Cells cut to the 32,767 characters of an xlsx cell: 2."]
    assert notes(Losses(dates_as_text=3)) == ["Dates too early for the format, written as text: 3."]
    assert notes(Losses(numbers_as_text=4)) == [
        "Numbers of more than 15 digits written as text: 4."
    ]
    assert notes(Losses(gaps_as_empty=1)) == [
        "Records without any value, written as empty text: 1."
    ]
