"""Sentences that say which records a list or file leaves out, because another system has them."""

from collections.abc import Sequence

from transload.data_types.model import DataType, Provider

_MAX_NAMED = 20


def names_elsewhere(types: Sequence[DataType]) -> list[str]:
    """Give the names of those types whose records another system has."""
    return [one.name for one in types if one.provider is not Provider.INTERNAL]


def sentence_of_one(name: str, left_out: str) -> str:
    """Say why records of that type alone are not to be had; `left_out`: such as "not listed"."""
    return (
        f"Another system has the records of {name}: they are read one by one, by their dataId, and "
        f"{left_out}."
    )


def sentence_of_many(names: Sequence[str], left_out: str) -> str:
    """Say of which types the records are left out, where those of others are not."""
    shown = ", ".join(names[:_MAX_NAMED]) + (" and others" if len(names) > _MAX_NAMED else "")
    return f"Records that another system has are {left_out}: those of {shown}."
