"""Numbers of things, as sentences for people have them."""


def counted(number: int, noun: str, *, more: str | None = None) -> str:
    """Give a number with its noun, such as `1 record` or `2,000 records`.

    `more` is what stands behind any other number than 1; the noun with an `s` unless it is named.
    """
    return f"{number:,} {noun if number == 1 else more or f'{noun}s'}"
