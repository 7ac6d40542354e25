"""How many columns a file may have, and the refusal of fields that do not exist."""

from collections.abc import Sequence

from transload.errors import InvalidError

MAX_COLUMNS = 16_384
"""As many as an xlsx sheet has; statements and files of more take minutes for one document."""
_MAX_UNKNOWN_NAMED = 20


def require_few(names: Sequence[str]) -> None:
    """Raise InvalidError for more columns than a file has."""
    if len(names) > MAX_COLUMNS:
        raise InvalidError(
            f"A file has at most {MAX_COLUMNS} columns; name those that you want with fields."
        )


def no_fields(unknown: Sequence[str]) -> InvalidError:
    """Give the error that names what is no field."""
    named = ", ".join(unknown[:_MAX_UNKNOWN_NAMED])
    return InvalidError(f"The fields parameter names what is no field: {named}.")
