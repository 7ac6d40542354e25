"""Text of two or four bytes a character that does not say so itself."""

_WIDE_SHARE = 0.3


def find_wide(head: bytes) -> str | None:
    """Tell UTF-16 and UTF-32 by where NUL bytes stand, as ASCII has them in each; else None."""
    part = head[: len(head) // 4 * 4]
    if not part or b"\0" not in part:
        return None
    shares = [part[at::4].count(0) / (len(part) // 4) for at in range(4)]
    few, many = 0.05, 1 - _WIDE_SHARE
    match [share > many for share in shares]:
        case [True, True, True, False]:
            return "utf-32-be"
        case [False, True, True, True]:
            return "utf-32-le"
    even, odd = (shares[0] + shares[2]) / 2, (shares[1] + shares[3]) / 2
    if odd > _WIDE_SHARE and even < few:
        return "utf-16-le"
    if even > _WIDE_SHARE and odd < few:
        return "utf-16-be"
    return None
