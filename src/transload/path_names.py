"""Names that things are reached by in paths."""

_STEPS = frozenset({".", ".."})
"""What clients and proxies take for steps through a path, percent-encoded too (RFC 3986, 5.2.4)."""

PATH_STEP = "must not be . or .., which no path can name"


def is_path_step(name: str) -> bool:
    """Tell whether nothing of this name could be reached by a path."""
    return name in _STEPS
