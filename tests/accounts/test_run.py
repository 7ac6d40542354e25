"""Creating organizations and users, issuing and revoking tokens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.factories import Tenant
from transload.accounts.keys import link_key, token_key
from transload.accounts.model import MAX_TOKENS_PER_USER, Role
from transload.accounts.run import (
    Accounts,
    create_organization,
    create_user,
    find_organization,
    get_organization,
)
from transload.db.engine import Database
from transload.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    TransloadError,
    UnauthenticatedError,
)

_DAY = timedelta(days=1)


@pytest.fixture
def database(tenant: Tenant) -> Database:
    return tenant.site.service.accounts.database


def _issue(tenant: Tenant, lifetime: timedelta = _DAY) -> str:
    return tenant.site.service.accounts.create_token(
        email=tenant.email, name="", lifetime=lifetime, now=tenant.site.clock.now()
    )


def test_user_has_ten_working_tokens_at_most(tenant: Tenant) -> None:
    for _ in range(MAX_TOKENS_PER_USER - 1):
        _issue(tenant)
    with pytest.raises(ConflictError, match="has 10 tokens already"):
        _issue(tenant)
    assert _issue(tenant.user(Role.FIELD))


def test_revoked_and_expired_tokens_make_room(tenant: Tenant) -> None:
    accounts, clock = tenant.site.service.accounts, tenant.site.clock
    tokens = [_issue(tenant, timedelta(hours=1)) for _ in range(MAX_TOKENS_PER_USER - 1)]
    accounts.revoke_token(tokens[0], clock.now())
    _issue(tenant)
    with pytest.raises(ConflictError):
        _issue(tenant)
    clock.move(timedelta(hours=2))
    assert _issue(tenant)


def test_simultaneous_requests_never_give_an_eleventh_token(tenant: Tenant) -> None:
    def attempt(_number: int) -> bool:
        try:
            _issue(tenant)
        except TransloadError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(attempt, range(24)))
    assert given.count(True) == MAX_TOKENS_PER_USER - 1


def test_token_of_an_unknown_user_is_not_found(tenant: Tenant) -> None:
    with pytest.raises(NotFoundError, match="There is no user with the e-mail nobody@"):
        tenant.site.service.accounts.create_token(
            email="nobody@example.com", name="", lifetime=_DAY, now=tenant.site.clock.now()
        )


def test_token_is_found_by_the_address_in_any_case(tenant: Tenant) -> None:
    accounts, now = tenant.site.service.accounts, tenant.site.clock.now()
    token = accounts.create_token(
        email=f" {tenant.email.upper()} ", name="", lifetime=_DAY, now=now
    )
    assert accounts.authenticate(token, now).user_id == tenant.user_id


def test_actor_of_a_token_is_its_user(tenant: Tenant) -> None:
    hub = tenant.hub()
    planner = tenant.user(Role.PLANNER, [hub])
    actor = tenant.site.service.accounts.authenticate(planner.token, tenant.site.clock.now())
    assert actor.user_id == planner.user_id
    assert actor.organization_id == tenant.organization_id
    assert actor.email == planner.email
    assert actor.role is Role.PLANNER
    assert actor.assigned_hub_ids == {hub}


def test_whole_token_is_revoked_once(tenant: Tenant) -> None:
    accounts, now = tenant.site.service.accounts, tenant.site.clock.now()
    accounts.revoke_token(tenant.token, now)
    with pytest.raises(UnauthenticatedError):
        accounts.authenticate(tenant.token, now)
    with pytest.raises(NotFoundError, match="or it is revoked already"):
        accounts.revoke_token(tenant.token, now)


def test_revoking_an_unknown_token_is_not_found(tenant: Tenant) -> None:
    with pytest.raises(NotFoundError):
        tenant.site.service.accounts.revoke_token("0" * 32, tenant.site.clock.now())


def test_revoking_another_installation_s_token_is_refused(tenant: Tenant) -> None:
    with pytest.raises(NotFoundError, match="no token of this installation"):
        tenant.site.service.accounts.revoke_token("a.b.c", tenant.site.clock.now())


def test_organization_s_name_is_unique(tenant: Tenant, database: Database) -> None:
    name, now = f"Acme {uuid4().hex}", tenant.site.clock.now()
    made = create_organization(database, f"  {name} ", now)
    assert made.name == name
    with pytest.raises(ConflictError, match=f"There is an organization {name} already"):
        create_organization(database, name, now)


@pytest.mark.parametrize("name", ["", "  \t"])
def test_organization_s_name_is_not_blank(tenant: Tenant, database: Database, name: str) -> None:
    with pytest.raises(InvalidError, match="must not be blank"):
        create_organization(database, name, tenant.site.clock.now())


def test_organization_is_found_by_id_and_by_name(tenant: Tenant, database: Database) -> None:
    made = create_organization(database, f"Acme {uuid4().hex}", tenant.site.clock.now())
    assert find_organization(database, made.id) == made
    assert get_organization(database, made.name) == made
    assert find_organization(database, "Nobody") is None
    with pytest.raises(NotFoundError, match="There is no organization Nobody"):
        get_organization(database, "Nobody")


def test_email_is_unique_in_the_whole_installation(tenant: Tenant, database: Database) -> None:
    now = tenant.site.clock.now()
    other = create_organization(database, f"Other {uuid4().hex}", now)
    with pytest.raises(ConflictError, match=f"There is a user with the e-mail {tenant.email}"):
        create_user(
            database,
            organization_id=other.id,
            email=tenant.email.upper(),
            role=Role.FIELD,
            hub_ids=(),
            now=now,
        )


def test_installation_s_keys_are_made_once(tenant: Tenant, database: Database) -> None:
    now = tenant.site.clock.now()
    accounts = Accounts(database=database, token_key=token_key(database, now))
    assert accounts.authenticate(tenant.token, now).user_id == tenant.user_id
    assert link_key(database, now) == link_key(database, now)
