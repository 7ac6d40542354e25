"""Turns of short reads."""

import asyncio
from threading import Event

import pytest

from transload.web.read_limiter import ReadLimiter


def test_work_that_proves_long_holds_up_nobody() -> None:
    async def run() -> tuple[str, list[str]]:
        turns, is_over = ReadLimiter(), Event()

        def wait() -> str:
            is_over.wait()
            return "long"

        waiting = [asyncio.create_task(turns.run(wait)) for _ in range(10)]
        try:
            short = await turns.run(lambda: "short")
            assert not any(task.done() for task in waiting)
        finally:
            is_over.set()
        return short, await asyncio.gather(*waiting)

    assert asyncio.run(run()) == ("short", ["long"] * 10)


def test_a_turn_is_given_back_by_work_that_fails() -> None:
    async def run() -> str:
        turns = ReadLimiter()

        def fail() -> str:
            raise LookupError

        for _ in range(10):
            with pytest.raises(LookupError):
                await turns.run(fail)
        async with asyncio.timeout(30):
            return await turns.run(lambda: "done")

    assert asyncio.run(run()) == "done"
