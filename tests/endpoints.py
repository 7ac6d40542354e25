"""The route table, for tests that hold something for every endpoint."""

import re
import warnings
from collections.abc import Iterator

from tests.factories import Site

_UNKNOWN_ID = "0" * 24


def endpoints(site: Site) -> Iterator[tuple[str, str]]:
    """Give the method of every endpoint of the API, and a path that leads to it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # one handler serves both GET and HEAD
        paths = site.service.app.openapi()["paths"]
    for path, operations in paths.items():
        if path.startswith("/api/"):
            for method in operations:
                yield method.upper(), re.sub(r"\{\w+\}", _UNKNOWN_ID, path)
