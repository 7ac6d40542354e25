from collections.abc import Iterable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transload.formats.row_groups import MAX_BYTES, MAX_ROWS, RowGroups

_MIB = 1 << 20


def groups_of(frames: Iterable[pl.DataFrame]) -> list[pl.DataFrame]:
    groups = RowGroups()
    found = [group for frame in frames for group in groups.add(frame)]
    return found + list(groups.finish()) + list(groups.finish())


@pytest.mark.parametrize("rows_a_frame", [7_777, MAX_ROWS, 3 * MAX_ROWS])
def test_groups_have_a_fixed_number_of_rows(rows_a_frame: int) -> None:
    frame = pl.DataFrame({"a": pl.int_range(2 * MAX_ROWS + 5, eager=True)})
    found = groups_of(frame.iter_slices(rows_a_frame))
    assert [group.height for group in found] == [MAX_ROWS, MAX_ROWS, 5]
    assert pl.concat(found).equals(frame)
    assert {group.n_chunks() for group in found} == {1}


@pytest.mark.parametrize("frames", [[], [pl.DataFrame({"a": []})]])
def test_no_row_is_no_group(frames: list[pl.DataFrame]) -> None:
    assert groups_of(frames) == []


def test_a_row_with_too_much_text_is_a_group_by_itself() -> None:
    frame = pl.DataFrame({"a": ["", "x" * (MAX_BYTES + 1), None, "é" * (MAX_BYTES // 2), ""]})
    assert [group.height for group in groups_of([frame])] == [1, 1, 3]


@given(
    st.lists(st.none() | st.integers(0, 20), max_size=30),
    st.integers(1, 30),
)
@settings(max_examples=15)
def test_groups_depend_on_the_rows_alone(mebibytes: list[int | None], rows_a_frame: int) -> None:
    largest = "x" * (20 * _MIB)
    texts = [None if each is None else largest[: each * _MIB] for each in mebibytes]
    frame = pl.DataFrame({"a": texts}, schema={"a": pl.String})
    sizes = [group["a"].str.len_bytes().sum() for group in groups_of([frame])]
    assert sum(sizes) == sum(each or 0 for each in mebibytes) * _MIB
    heights = [group.height for group in groups_of([frame])]
    assert [group.height for group in groups_of(frame.iter_slices(rows_a_frame))] == heights
    assert all(
        size <= MAX_BYTES or height == 1 for size, height in zip(sizes, heights, strict=True)
    )
