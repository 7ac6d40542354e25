"""What can go wrong, as a client is told it: every message is a sentence that a user can act on."""

from collections.abc import Sequence
from typing import Self

DENIED = "You do not have permission to perform this action"
NOT_FOUND = "Data not found"
MAX_NAMED = 20
_MAX_FAULT_LENGTH = 500


def named(faults: Sequence[str], separator: str = " ") -> str:
    """Give the faults in one text: twenty at most, each cut short, and how many more there are."""
    shown = [
        fault if len(fault) <= _MAX_FAULT_LENGTH else f"{fault[:_MAX_FAULT_LENGTH]}..."
        for fault in faults[:MAX_NAMED]
    ]
    more = len(faults) - len(shown)
    if more:
        shown.append("There is 1 more." if more == 1 else f"There are {more} more.")
    return separator.join(shown)


class TransloadError(Exception):
    """A refusal. Its text is shown to the user as it stands."""

    def __init__(self, message: str) -> None:
        """Keep the sentence."""
        super().__init__(message)
        self.message = message


class InvalidError(TransloadError):
    """A parameter or a value is missing or wrong.

    The API puts its standard opening before the sentence, unless it `is_whole` as the contract
    words it.
    """

    def __init__(self, message: str, *, is_whole: bool = False) -> None:
        """Keep the sentence."""
        super().__init__(message)
        self.is_whole = is_whole


class MissingError(InvalidError):
    """A field without which nothing can be done is not there; the contract has the words."""

    def __init__(self, message: str) -> None:
        """Keep the sentence."""
        super().__init__(message, is_whole=True)


class UnauthenticatedError(TransloadError):
    """The caller is not known: the token is missing, malformed, expired or revoked."""

    def __init__(self, message: str = "Unauthorized") -> None:
        """Say no more than this: the reason would help a guesser."""
        super().__init__(message)


class ForbiddenError(TransloadError):
    """The caller is known and may not do this."""

    def __init__(self, message: str = DENIED) -> None:
        """Use the standard sentence unless an endpoint has its own."""
        super().__init__(message)


class NotFoundError(TransloadError):
    """There is nothing under this id, or it belongs to another organization."""

    def __init__(self, message: str = NOT_FOUND) -> None:
        """Use the standard sentence unless an endpoint has its own."""
        super().__init__(message)


class ConflictError(TransloadError):
    """What is asked clashes with what is stored."""


class UnusableError(TransloadError):
    """What is sent, or what it refers to, is understood and cannot be used."""


class TooLargeError(TransloadError):
    """The request carries more bytes than are taken."""

    @classmethod
    def of_file(cls, max_bytes: int) -> Self:
        """Refuse a file that has more bytes."""
        return cls(f"A file may have {max_bytes >> 20} MB at most.")


class GoneError(TransloadError):
    """Whoever asked does not wait for the answer any more."""

    def __init__(self) -> None:
        """Say so, in the log alone."""
        super().__init__("The client has gone.")


class LaterError(TransloadError):
    """The same request may pass after `retry_after_seconds`."""

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        """Keep the sentence and the wait."""
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class BusyError(LaterError):
    """A limit is reached."""


class UnavailableError(LaterError):
    """Something that the service needs is out of reach, for the moment."""


class StoppingError(UnavailableError):
    """This process is told to stop: another one answers, or the next."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("The service is stopping; try again.", retry_after_seconds=5)


class StartupError(TransloadError):
    """The service cannot start as it is set up."""
