"""What a document's values say, as it is searched."""

import orjson
import pytest

from transload.documents.search_text import search_text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ""),
        ({"dataId": "007", "name": "Toko KITA"}, "007\ntoko kita"),
        (
            {"a": 10.50, "b": -1, "c": 1e22, "d": 123456789012345678},
            "10.5\n-1\n1e+22\n123456789012345678",
        ),
        ({"a": True, "b": False, "c": None, "d": "", "e": []}, ""),
        ({"a": ["Red", 12, "", True], "b": "x"}, "red\n12\nx"),
        ({"a": 'A "quoted"\n\\ name'}, 'a "quoted"\n\\ name'),
        ({"a": "\u00c9CLAIR \u039f\u0394\u039f\u03a3"}, "\u00e9clair \u03bf\u03b4\u03bf\u03c3"),
    ],
)
def test_values_are_said_and_nothing_else(values: object, expected: str) -> None:
    assert search_text(orjson.dumps(values).decode()) == expected
