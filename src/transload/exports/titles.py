"""Titles of columns: no two read the same."""

from collections import Counter
from collections.abc import Mapping, Sequence

from transload.errors import InvalidError

MAX_COLUMNS = 16_384
"""As many as an xlsx sheet has; statements and files of more take minutes for one document."""
_MAX_UNKNOWN_NAMED = 20


def unique_titles(names: Sequence[str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Give each column's title: its id where it has none, or where two would read the same.

    A title of blanks alone is none.
    """
    given = {name: wanted.get(name, "") for name in names}
    titles = {name: title if title.strip() else name for name, title in given.items()}
    while True:
        counts = Counter(titles.values())
        clashing = [name for name in names if counts[titles[name]] > 1 and titles[name] != name]
        if not clashing:
            return titles
        titles.update({name: name for name in clashing})


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
