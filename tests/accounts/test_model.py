"""Addresses, durations and what roles allow."""

from datetime import timedelta

import pytest

from transload.accounts.model import Actor, Permission, Role, parse_duration, parse_email
from transload.errors import ForbiddenError, InvalidError


def _actor(role: Role, *hub_ids: str) -> Actor:
    return Actor(
        user_id="u",
        organization_id="o",
        email="a@b.c",
        name="a",
        role=role,
        assigned_hub_ids=frozenset(hub_ids),
    )


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("ann@example.com", "ann@example.com"),
        ("  Ann@Example.COM\n", "ann@example.com"),
        ('"a@b"@example.com', '"a@b"@example.com'),
        ("jürgen@müller.example", "jürgen@müller.example"),
        ("a@b", "a@b"),
    ],
)
def test_email_is_kept_in_lower_case_without_blanks_around_it(text: str, email: str) -> None:
    assert parse_email(text) == email


@pytest.mark.parametrize("text", ["", "ann", "@example.com", "ann@", "a b@c.d", "a@b\tc", "@"])
def test_text_that_is_no_address_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidError, match="is not an e-mail address"):
        parse_email(text)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30d", timedelta(days=30)),
        ("12h", timedelta(hours=12)),
        ("90m", timedelta(minutes=90)),
        ("45s", timedelta(seconds=45)),
        ("9999d", timedelta(days=9999)),
    ],
)
def test_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text", ["", "d", "30", "30w", "-1d", "1.5h", " 1d", "٣d", "0d", "00s", "10000d", "1dd", "1D"]
)
def test_text_that_is_no_duration_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_may_do_everything_and_see_every_hub(role: Role) -> None:
    actor = _actor(role)
    assert all(actor.may(permission) for permission in Permission)
    assert actor.hub_ids is None
    assert actor.sees_hub("any")


def test_planner_exports_what_their_hubs_hold() -> None:
    planner = _actor(Role.PLANNER, "h1")
    assert planner.may(Permission.EXPORT_DATA)
    assert not planner.may(Permission.ADD_HUB)
    assert not planner.may(Permission.ADD_DATA_TYPE)
    assert not planner.may(Permission.VIEW_LOG)
    assert planner.sees_hub("h1")
    assert not planner.sees_hub("h2")


def test_field_user_only_looks() -> None:
    allowed = {permission for permission in Permission if _actor(Role.FIELD).may(permission)}
    assert allowed == {Permission.VIEW_DATA, Permission.VIEW_DATA_TYPE, Permission.VIEW_HUB}


def test_user_without_hubs_sees_none() -> None:
    assert _actor(Role.FIELD).hub_ids == frozenset()


def test_missing_permission_is_forbidden_in_the_endpoint_s_words() -> None:
    with pytest.raises(ForbiddenError, match="You do not have permission to perform this action"):
        _actor(Role.FIELD).require(Permission.EXPORT_DATA)
    with pytest.raises(ForbiddenError, match="No exports for you"):
        _actor(Role.FIELD).require(Permission.EXPORT_DATA, "No exports for you")
    _actor(Role.OWNER).require(Permission.EXPORT_DATA)
