from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transload.files.links import LinkSigner

NAME = "20250131/data_x_1738281600.xlsx"
NOW = datetime(2025, 1, 31, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
SIGNER = LinkSigner(secret=b"s" * 32, lifetime=timedelta(hours=24))


def query_of(link: str) -> tuple[str, str]:
    query = parse_qs(urlsplit(link).query)
    return query["expires"][0], query["signature"][0]


EXPIRES, SIGNATURE = query_of(SIGNER.sign("https://example.com", NAME, NOW, LATER))


def test_a_link_is_absolute_and_names_the_file() -> None:
    link = SIGNER.sign("https://example.com/a", NAME, NOW, LATER)
    assert link.startswith(f"https://example.com/a/files/{NAME}?")


def test_a_genuine_link_is_known() -> None:
    """P11."""
    assert SIGNER.is_genuine(NAME, EXPIRES, SIGNATURE)


def test_a_link_works_for_its_lifetime() -> None:
    """P11."""
    end = NOW + SIGNER.lifetime
    assert int(EXPIRES) == int(end.timestamp())
    assert not SIGNER.has_expired(EXPIRES, NOW)
    assert not SIGNER.has_expired(EXPIRES, end - timedelta(milliseconds=1))
    assert SIGNER.has_expired(EXPIRES, end)


def test_a_link_never_outlives_the_file() -> None:
    """P11."""
    end = NOW + timedelta(minutes=1)
    expires, _ = query_of(SIGNER.sign("https://example.com", NAME, NOW, end))
    assert int(expires) == int(end.timestamp())


@pytest.mark.parametrize(
    ("name", "expires", "signature"),
    [
        (NAME, str(int(EXPIRES) + 1), SIGNATURE),
        (NAME, f"0{EXPIRES}", SIGNATURE),
        (NAME, f" {EXPIRES}", SIGNATURE),
        (NAME, f"{EXPIRES}\n", SIGNATURE),
        (NAME, "9" * 5_000, SIGNATURE),
        (NAME, "", SIGNATURE),
        (NAME, EXPIRES, ""),
        (NAME, EXPIRES, "é"),
        (NAME, EXPIRES, SIGNATURE.upper()),
        (NAME, EXPIRES, SIGNATURE[:-1]),
        (NAME, EXPIRES, f"{SIGNATURE}0"),
        (NAME.replace("xlsx", "json"), EXPIRES, SIGNATURE),
        (f"{NAME}\n{EXPIRES}", "", SIGNATURE),
        ("", EXPIRES, SIGNATURE),
    ],
)
def test_a_link_that_was_changed_is_not_genuine(name: str, expires: str, signature: str) -> None:
    """P11, P12."""
    assert not SIGNER.is_genuine(name, expires, signature)


def test_another_installations_link_is_not_genuine() -> None:
    """P11."""
    other = LinkSigner(secret=b"t" * 32, lifetime=SIGNER.lifetime)
    assert not other.is_genuine(NAME, EXPIRES, SIGNATURE)


@given(name=st.text(), expires=st.text(), signature=st.text())
def test_nothing_that_was_made_up_is_genuine(name: str, expires: str, signature: str) -> None:
    """P12, P20: and nothing that may stand in a URL is an error."""
    assert not SIGNER.is_genuine(name, expires, signature)
