"""Whether the process can serve: a few checks, each within a time."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from transload.lasting import LastingFault

_log = logging.getLogger(__name__)


class Readiness:
    """Runs checks, each in a thread of its own, so that one that hangs holds up nothing else.

    A check that has not come back is not asked again; it counts as failed until it does.
    """

    def __init__(self, checks: Mapping[str, Callable[[], bool]], patience_seconds: float) -> None:
        """Take the checks, by the name of what each is about. One that raises has failed."""
        self._checks = checks
        self._patience_seconds = patience_seconds
        self._threads = ThreadPoolExecutor(len(checks), thread_name_prefix="readiness")
        self._asked: dict[str, Future[bool]] = {}
        self._faults = {name: LastingFault(_log) for name in checks}

    async def find_faults(self) -> list[str]:
        """Give the names of what is not ready."""
        asked = {name: asyncio.wrap_future(self._ask(name)) for name in self._checks}
        await asyncio.wait(asked.values(), timeout=self._patience_seconds)
        return [name for name, answer in asked.items() if not self._holds(name, answer)]

    def close(self) -> None:
        """Ask nothing any more."""
        self._threads.shutdown(wait=False)

    def _ask(self, name: str) -> Future[bool]:
        asked = self._asked.get(name)
        if asked is None or asked.done():
            asked = self._threads.submit(self._checks[name])
            self._asked[name] = asked
        return asked

    def _holds(self, name: str, answer: asyncio.Future[bool]) -> bool:
        fault = self._faults[name]
        if not answer.done():
            answer.cancel()  # nobody waits for it; the check itself goes on
            fault.begin("not ready: %s does not answer", name)
            return False
        error = answer.exception()
        if error is not None:
            fault.begin("not ready: %s: %s", name, type(error).__name__)
            return False
        if answer.result():
            fault.end("ready again: %s", name)
        return answer.result()
