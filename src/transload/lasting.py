"""Faults that last: logged when they begin and when they are over, not at each try."""

import logging


class LastingFault:
    """Whether one thing fails at the moment, as far as the log knows."""

    def __init__(self, log: logging.Logger) -> None:
        """Take where it is told; nothing fails yet."""
        self._log = log
        self._is_told = False

    def begin(self, sentence: str, *values: object) -> None:
        """Tell of the fault, unless that was done since it began."""
        if not self._is_told:
            self._is_told = True
            self._log.warning(sentence, *values)

    def end(self, sentence: str, *values: object) -> None:
        """Tell that it is over, if there was one."""
        if self._is_told:
            self._is_told = False
            self._log.warning(sentence, *values)


def reason_of(error: BaseException) -> str:
    """Give the first line of an error; of a statement's, what the driver says."""
    return str(getattr(error, "orig", error)).partition("\n")[0]
