import threading

import pytest

from transload.formats.stage import Stage


def fail_at_three(number: int) -> int:
    if number == 3:
        raise OSError("three")
    return number


def test_results_come_in_the_order_of_their_items() -> None:
    stage: Stage[int, int] = Stage(lambda number: number * 2, depth=2)
    made = [result for number in range(10) for result in stage.put(number)]
    assert made + stage.finish() == [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]


def test_no_more_than_depth_items_are_unfinished() -> None:
    stage: Stage[int, int] = Stage(lambda number: number, depth=2)
    assert [len(stage.put(number)) for number in range(5)] == [0, 0, 1, 1, 1]
    assert stage.finish() == [3, 4]


def test_a_failure_reaches_a_later_put_and_nothing_runs_after_it() -> None:
    performed: list[int] = []

    def perform(number: int) -> int:
        performed.append(number)
        return fail_at_three(number)

    stage = Stage(perform, depth=1)
    for number in range(4):
        stage.put(number)
    with pytest.raises(OSError, match="three"):
        stage.put(4)
    count = len(performed)
    with pytest.raises(RuntimeError):
        stage.put(5)
    assert len(performed) == count


def test_a_failure_reaches_finish() -> None:
    stage = Stage(fail_at_three, depth=5)
    stage.put(3)
    with pytest.raises(OSError, match="three"):
        stage.finish()


def test_a_drained_stage_takes_more() -> None:
    with Stage(fail_at_three, depth=5) as stage:
        stage.put(1)
        assert stage.drain() == [1]
        stage.put(2)
        assert stage.drain() == [2]


def test_stop_drops_what_has_not_begun_and_ends_the_thread() -> None:
    before = threading.active_count()
    has_begun, may_end = threading.Event(), threading.Event()
    performed: list[int] = []

    def perform(number: int) -> None:
        has_begun.set()
        may_end.wait()
        performed.append(number)

    stage = Stage(perform, depth=5)
    stage.put(1)
    stage.put(2)
    has_begun.wait()
    threading.Timer(0.05, may_end.set).start()
    stage.stop()
    stage.stop()
    assert performed == [1]
    assert threading.active_count() <= before + 1


def test_a_stage_stops_at_the_end_of_its_block() -> None:
    before = threading.active_count()
    stage: Stage[int, int] = Stage(lambda number: number, depth=5)
    with stage:
        stage.put(1)
    assert threading.active_count() <= before
    with pytest.raises(RuntimeError):
        stage.put(2)
