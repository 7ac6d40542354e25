"""Ids: their form, their order, their time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from transload.db.ids import created_at, is_id, new_id, new_ids


def test_ids_increase() -> None:
    ids = [new_id() for _ in range(2_000)]
    assert ids == sorted(set(ids))


def test_block_of_ids_increases_and_stands_between_its_neighbours() -> None:
    before, block, after = new_id(), new_ids(5_000), new_id()
    found = [before, *block, after]
    assert found == sorted(set(found))
    assert new_ids(0) == []


def test_ids_are_unique_over_threads_and_increase_in_each() -> None:
    with ThreadPoolExecutor(8) as threads:
        runs = list(threads.map(lambda _: [new_id() for _ in range(1_000)], range(16)))
    assert len({one for run in runs for one in run}) == 16_000
    assert all(run == sorted(run) for run in runs)


def test_id_has_the_form_of_an_id() -> None:
    assert all(is_id(one) and len(one) == 24 for one in new_ids(100))


@pytest.mark.parametrize(
    "text", ["", "0" * 23, "0" * 25, "0" * 23 + "A", "0" * 23 + "g", "0" * 24 + "\n", "٣" * 24]
)
def test_other_text_is_no_id(text: str) -> None:
    assert not is_id(text)


def test_id_tells_the_second_in_which_it_was_made() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    made = created_at(new_id())
    assert before <= made
    assert made.microsecond == 0
    assert created_at("65920080" + "0" * 16) == datetime(2024, 1, 1, 0, 0, 0, tzinfo=UTC)


def test_ids_stand_above_one_of_another_process() -> None:
    behind, ahead = "0" * 24, f"{2**32 - 100:08x}fffff{'f' * 11}"
    assert new_ids(1, above=behind) < new_ids(1)
    after = new_ids(3, above=ahead)
    assert [ahead, *after] == sorted({ahead, *after})
    assert new_id() < after[0]
