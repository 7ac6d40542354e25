"""Passwords that many people have, and that guessers therefore try first."""

import re

_PADDING = re.compile(r"[\d\W_]+")
_SWAPPED = str.maketrans("@431!0$57", "aaeiiosst")
_ROWS = (
    "01234567890123456789",
    "98765432109876543210",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "zaq1xsw2cde3vfr4bgt5nhy6mju7",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujmikolp",
)
_LIST = (
    "abc access account admin adminadmin administrator adminpass arsenal asdf autumn bangladesh "
    "barcelona baseball basketball batman bismillah changeit changeme chelsea chocolate company "
    "companyname computer correcthorsebatterystaple december default defaultpassword dragon "
    "facebook february football freedom friday google hello helloworld iloveyou iloveyouforever "
    "indonesia instagram internet january juventus letmein letmeinnow liverpool login loginlogin "
    "loveyou manchester manchesterunited master microsoft minecraft monday monkey mypassword "
    "naruto newpassword nopassword november october owner pakistan pass passpass passphrase passw "
    "password passwordpassword passwort planner pokemon princess qwerty realmadrid root sayang "
    "secret secretpassword september spiderman spring springtime starwars summer summertime "
    "sunday sunshine superman supersecret superuser temp temporary temppassword test tester "
    "testing testpassword testtest thisismypassword transload transloadadmin transloadpassword "
    "trustno user username welcome welcomeback whatever whatsapp winter yourpassword youtube "
)
_WORDS = frozenset(_LIST.split())


def is_common(password: str) -> bool:
    """Tell whether a password is a word of the list, however padded with digits and signs.

    Letters that digits stand for (`p4ssw0rd`) are read. Runs over a keyboard, the alphabet or the
    digits are common, and so is one piece over and over.
    """
    folded = password.casefold()
    return _is_repeated(folded) or _is_run(folded) or _is_padded_word(folded)


def _is_repeated(text: str) -> bool:
    return any(
        text == (text[:unit] * len(text))[: len(text)] for unit in range(1, len(text) // 2 + 1)
    )


def _is_run(text: str) -> bool:
    return any(text in row for row in _ROWS)


def _is_padded_word(text: str) -> bool:
    readings = {text, text.translate(_SWAPPED), text.rstrip("0123456789!@#$%^&*?._-")}
    readings |= {reading.translate(_SWAPPED) for reading in tuple(readings)}
    return any(_PADDING.sub("", reading) in _WORDS for reading in readings)
