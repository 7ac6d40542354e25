"""Organizations that nobody is let into any more, and those that are removed for good."""

from sqlalchemy import func, select

from tests.accounts.browsers import link_of, signed_in
from tests.contract.configs import export_config
from tests.contract.mails import a_mail
from tests.factories import Site, Tenant, anybody, fetch
from tests.imports.sending import imported
from tests.imports.visiting import Visit
from tests.schedules.scheduled import body, schedule
from transload.accounts import organizations
from transload.accounts.organization_store import owned_tables
from transload.accounts.run import get_organization
from transload.accounts.sign_in import LinkKind
from transload.db.tables import users
from transload.removal import remove_organization

_IN_PASSING = {"request_shares", "import_edits", "record_removals"}
"""Tables that nothing is in for longer than a moment, or without a person at an import."""


def _fill(tenant: Tenant) -> str:
    """Have the organization own something of every kind; give a link to a file."""
    tenant.site.clock.reset()
    kind, hub = tenant.data_type(), tenant.hub()
    tenant.add(kind, hub, [{"dataId": "1"}])
    flow = f"Flow of {tenant.organization_id}"
    tenant.flow(name=flow)
    tenant.add_tasks(flow, hub, [{"title": "x", "assignee": [tenant.email]}])
    imported(tenant, b"Code,Price\n2,wrong\n3,3\n", dataTypeId=kind, hubId=hub)
    Visit.of(tenant, dataTypeId=kind, hubId=hub)
    assert tenant.post("/export-config", export_config(tenant)).status_code == 201
    told = {"url": "https://hooks.invalid/", "events": ["export.ended"]}
    webhook = tenant.post("/webhooks", told).json()["data"]["_id"]
    tenant.post(f"/webhook/{webhook}/test")
    tenant.role("view/data")
    _schedule(tenant, hub, kind)
    a_mail(tenant)
    signed_in(tenant)
    link_of(tenant, LinkKind.LOGIN)
    answer = tenant.request(
        "POST",
        "/data/export",
        params={"download": "json"},
        headers={"Idempotency-Key": tenant.organization_id},
    )
    return str(answer.json()["data"]["link"])


def _schedule(tenant: Tenant, hub: str, kind: str) -> None:
    """Have an export by the clock, a run of it, and something that it will tell of as removed."""
    sent = body("https://hooks.invalid/", kind, sinceLast=True, active=False)
    made = schedule(tenant, sent)
    run = tenant.post(f"/export-schedule/{made['_id']}/run").json()["data"]
    tenant.finished(run["exportId"])  # which webhooks are told of
    [record] = tenant.add(kind, hub, [{"dataId": "gone"}])
    assert tenant.request("DELETE", f"/data/{record}").status_code == 200


def _counts(tenant: Tenant) -> dict[str, int]:
    own = select(users.c.id).where(users.c.organization_id == tenant.organization_id)
    counts = {}
    with tenant.site.service.accounts.database.read() as connection:
        for table in owned_tables():
            is_own = (
                table.c.organization_id == tenant.organization_id
                if "organization_id" in table.c
                else table.c.user_id.in_(own)
            )
            found = connection.scalar(select(func.count()).select_from(table).where(is_own))
            counts[table.name] = found or 0
    return counts


def test_nobody_of_a_disabled_organization_is_let_in(tenant: Tenant) -> None:
    site = tenant.site
    browser, other = signed_in(tenant), Tenant.create(site)
    database, now = site.service.accounts.database, site.clock.now()
    link = tenant.export(download="json").json()["data"]["link"]
    organization = get_organization(database, tenant.organization_id)
    organizations.disable(database, organization, now)
    assert tenant.get("/user").status_code == 401
    assert browser.send("GET", "/user").status_code == 401
    assert anybody.get(link).status_code in {403, 404}
    assert other.get("/user").status_code == 200
    organizations.enable(database, organization, now)
    assert tenant.get("/user").status_code == 200
    assert browser.send("GET", "/user").status_code == 200
    told = [
        one["detail"] for one in tenant.get("/audit", thing="organization").json()["data"]["data"]
    ]
    assert told[:2] == ["let in again", "let in no more"]


def test_nothing_of_a_removed_organization_is_left(site: Site) -> None:
    tenant, other = Tenant.create(site), Tenant.create(site)
    link, kept = _fill(tenant), _fill(other)
    filled = {name for name, count in _counts(tenant).items() if count}
    assert {table.name for table in owned_tables()} - filled <= _IN_PASSING
    before = _counts(other)
    files = site.service.exports.files
    keys = set(files.iterate())
    database = site.service.accounts.database
    organization = get_organization(database, tenant.organization_id)

    remove_organization(database, files, organization, site.clock.now())

    assert {name: count for name, count in _counts(tenant).items() if count} == {}
    assert tenant.get("/user").status_code == 401
    assert anybody.get(link).status_code in {403, 404}
    gone = keys - set(files.iterate())
    assert len(gone) >= 3, "an export's file, an import's upload and its rows"
    assert _counts(other) == before
    assert fetch(kept)
