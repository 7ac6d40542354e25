"""Which passwords are taken, and how they are kept."""

import pytest

from transload.accounts.passwords import Passwords, check
from transload.errors import InvalidError


@pytest.mark.parametrize(
    "password",
    [
        "seven purple otters",
        "correct pony battery clip",
        "Tr0ub4dor&3-horse",
        "kedai kopi pojok 7",
        "пароль из слов тут",
        "82!93#48@10&57",
        "x" * 11 + "y" * 1_000,
    ],
)
def test_long_password_is_taken_whatever_it_is_made_of(password: str) -> None:
    check(password)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password123!",
        "P@ssw0rd2024",
        "p4ssw0rd!!!!",
        "!!Welcome2024!!",
        "Administrator",
        "transload12345",
        "letmeinletmein",
        "abcabcabcabcabc",
        "aaaaaaaaaaaa",
        "123456789012",
        "qwertyuiopas",
        "1qaz2wsx3edc",
        "passwordpassword",
        "\uff50assword1234",
    ],
)
def test_common_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidError, match="is a common one"):
        check(password)


@pytest.mark.parametrize(
    ("password", "sentence"), [("x7!kQ.zw#2a", "at least 12"), ("xy" * 513, "at most 1024")]
)
def test_too_short_and_too_long_are_refused(password: str, sentence: str) -> None:
    with pytest.raises(InvalidError, match=sentence):
        check(password)


def test_hash_is_argon2id_as_owasp_names_it_and_salted() -> None:
    passwords = Passwords()
    kept = passwords.hash("seven purple otters")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert kept != passwords.hash("seven purple otters")
    assert passwords.matches(kept, "seven purple otters")
    assert not passwords.matches(kept, "seven purple otter")
    assert not passwords.matches(None, "seven purple otters")
    assert not passwords.matches("garbage", "seven purple otters")


def test_one_password_is_the_same_from_every_keyboard() -> None:
    passwords = Passwords()
    kept = passwords.hash("seven jürgen otters")
    assert passwords.matches(kept, "seven ju\u0308rgen otters")
