"""Addresses, durations and what roles allow."""

from datetime import timedelta

import pytest

from transload.accounts.model import Actor, Detail, Permission, Role, parse_duration, parse_email
from transload.db.ids import is_id
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
    assert {permission.partition("/")[0] for permission in allowed} == {"view"}
    things = {permission.partition("/")[2] for permission in allowed}
    assert things == {"data", "dataType", "task", "flow", "hub"}


_THINGS = ("data", "dataType", "task", "flow", "hub", "user")


def test_permissions_are_those_that_the_api_names() -> None:
    more = "view/role create/role edit/role delete/role assign/task move/task export/task"
    ours = "export/data import/data import/task view/log edit/config edit/webhook"
    verbs = ("view", "add", "edit", "delete")
    assert {permission.value for permission in Permission} == {
        *(f"{verb}/{thing}" for verb in verbs for thing in _THINGS),
        *more.split(),
        *ours.split(),
    }
    assert all(is_id(permission.id) for permission in Permission)
    assert len({permission.id for permission in Permission}) == len(Permission)


def _role(*details: Detail) -> Role:
    return Role(
        id="r", key="r", name="Clerk", permissions=frozenset(Permission), details=tuple(details)
    )


def test_role_hides_the_fields_of_the_type_that_it_names() -> None:
    clerk = _actor(
        _role(
            Detail(
                permission=Permission.VIEW_DATA, thing_id="t1", hidden_fields=frozenset({"price"})
            ),
            Detail(
                permission=Permission.VIEW_DATA, thing_id="t1", hidden_fields=frozenset({"name"})
            ),
            Detail(permission=Permission.VIEW_TASK, thing_id="t2", hidden_fields=frozenset({"x"})),
        )
    )
    assert clerk.hidden_fields(Permission.VIEW_DATA, "t1") == {"price", "name"}
    assert clerk.hidden_fields(Permission.VIEW_DATA, "t2") == frozenset()
    assert clerk.hidden_fields(Permission.VIEW_TASK, "t2") == {"x"}
    assert _actor(Role.OWNER).hidden_fields(Permission.VIEW_DATA, "t1") == frozenset()


def test_role_adds_tasks_to_the_flows_that_it_names() -> None:
    named = Detail(permission=Permission.ADD_TASK, flow_ids=frozenset({"f1", "f2"}))
    fewer = Detail(permission=Permission.ADD_TASK, flow_ids=frozenset({"f2"}))
    assert _actor(_role()).addable_flow_ids is None
    assert _actor(_role(named)).addable_flow_ids == frozenset({"f1", "f2"})
    assert _actor(_role(named, fewer)).addable_flow_ids == frozenset({"f2"})


def test_user_without_hubs_sees_none() -> None:
    assert _actor(Role.FIELD).hub_ids == frozenset()


def test_missing_permission_is_forbidden_in_the_endpoint_s_words() -> None:
    with pytest.raises(ForbiddenError, match="You do not have permission to perform this action"):
        _actor(Role.FIELD).require(Permission.EXPORT_DATA)
    with pytest.raises(ForbiddenError, match="No exports for you"):
        _actor(Role.FIELD).require(Permission.EXPORT_DATA, "No exports for you")
    _actor(Role.OWNER).require(Permission.EXPORT_DATA)
