"""Numbers of things, as sentences have them."""


def counted(number: int, noun: str, *, more: str | None = None, is_grouped: bool = False) -> str:
    """Give a number with its noun, such as `1 record` or `2000 records`.

    `more` is what stands behind any other number than 1; the noun with an `s` unless it is named.
    `is_grouped`: with commas between thousands, as mails and the command line have them.
    """
    digits = f"{number:,}" if is_grouped else str(number)
    return f"{digits} {noun if number == 1 else more or f'{noun}s'}"
