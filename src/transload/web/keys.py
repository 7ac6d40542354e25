"""Which keys of its things an answer shows: the parameter `fields` of lists."""

from collections.abc import Sequence

from transload.errors import InvalidError, named

_ID = "_id"


def shown_keys(asked: Sequence[str], known: Sequence[str]) -> Sequence[str]:
    """Give the keys to show: those asked for, the id among them; all that are known if none is.

    Raises InvalidError naming those that are none.
    """
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise InvalidError(f"The fields parameter names what is no field: {named(unknown, ', ')}.")
    return with_id(asked) if asked else known


def with_id(names: Sequence[str]) -> tuple[str, ...]:
    """Give the names in their order, after the id where it is not one of them."""
    return tuple(names) if _ID in names else (_ID, *names)
