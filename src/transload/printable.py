"""Text of users, made safe to print: characters that move the cursor or hide text are escaped."""

import re

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LAST_OF_BYTE = 0xFF


def printable(text: str) -> str:
    """Give the text with control characters, line ends and turns of direction written as escapes.

    So a name with a line feed is no line of its own, and none with ESC reaches the terminal.
    """
    return _UNSEEN.sub(_escaped, text) if _UNSEEN.search(text) else text


def printable_json(text: str) -> str:
    """Give JSON, which escapes most of them itself, with the rest as escapes of its own."""
    return "\n".join(_UNSEEN.sub(_escaped_in_json, line) for line in text.split("\n"))


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code <= _LAST_OF_BYTE else f"\\u{code:04x}"


def _escaped_in_json(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
