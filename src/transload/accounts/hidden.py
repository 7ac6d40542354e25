"""Fields that a role hides: a request that names one is refused, for records and tasks alike."""

from collections.abc import Collection, Iterable

from transload.errors import ForbiddenError

_MAX_NAMED = 20


def require_seen(hidden: Collection[str], names: Iterable[str]) -> None:
    """Raise ForbiddenError naming those of the fields that are hidden."""
    named = unseen(hidden, names)
    if named is not None:
        raise ForbiddenError(named)


def unseen(hidden: Collection[str], names: Iterable[str]) -> str | None:
    """Name, in a sentence, those of the fields that are hidden; None where none is."""
    found = [name for name in dict.fromkeys(names) if name in hidden]
    if not found:
        return None
    return f"You do not have permission to use these fields: {', '.join(found[:_MAX_NAMED])}."
