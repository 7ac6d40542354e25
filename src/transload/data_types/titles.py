"""Titles of columns in files that are written or read: no two are alike."""

from collections import Counter
from collections.abc import Mapping, Sequence


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
