"""Files from people without an account: what they may, what they learn, and who decides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.endpoints import endpoints
from tests.factories import Site, Tenant
from tests.imports.drafting import Draft
from tests.imports.sending import stored
from tests.imports.visiting import ROWS, Visit
from transload.accounts.model import Role
from transload.errors import BusyError
from transload.imports.links.model import hashed
from transload.imports.links.run import ImportLinks
from transload.web.rate_limit import RateLimiter

_GUESTS_MAY = {
    "GET /import-link",
    "POST /imports",
    "GET /imports/*",
    "PATCH /imports/*",
    "DELETE /imports/*",
    "PATCH /imports/*/file",
    "POST /imports/*/check",
    "POST /imports/*/send",
    "GET /imports/*/events",
    "GET /imports/*/rows",
    "GET /imports/*/problems",
    "PATCH /imports/*/cells",
    "POST /imports/*/readings",
    "GET /imports/*/edits",
    "DELETE /imports/*/edits/*",
}
_LOST = (
    "Whoever made this link may not import with it any more: ask for a link by somebody who may."
)
_OPEN = {"POST /session", "GET /session/ways"}
_ID = "0" * 24


def _by(draft: Draft, tenant: Tenant) -> Draft:
    return Draft(tenant=tenant, id=draft.id)


def _status(draft: Draft, method: str = "GET", step: str = "", body: Any = None) -> int:  # noqa: ANN401 - JSON
    return draft.call(method, step, body).status_code


def _refusal(visit: Visit) -> tuple[int, str]:
    answer = visit.holder.get("/import-link")
    return answer.status_code, answer.json()["message"]


def test_nothing_is_written_until_a_person_of_the_organization_approves(
    tenant: Tenant, kind: str, hub: str
) -> None:
    visit = Visit.of(tenant, dataTypeId=kind, hubId=hub)
    draft = visit.begun()
    assert draft.checked()["counts"] == {"valid": 1, "invalid": 1, "left_out": 0}
    mended = draft.data("PATCH", "cells", {"cells": [{"row": 1, "field": "price", "value": "7"}]})
    assert mended["rows"][0]["verdict"] == "valid"
    approver = _by(draft, tenant.user(tenant.role("import/data"), [hub]))
    early = approver.call("POST", "commit", {})
    assert (early.status_code, early.json()["message"]) == (
        409,
        "The import came by a link, and its sender has not sent it yet.",
    )

    draft.data("POST", "send", {"name": "Mei Tan", "email": "Mei@supplier.example"})

    closed = draft.call("PATCH", "cells", {"cells": [{"row": 1, "field": "price", "value": "8"}]})
    assert (closed.status_code, closed.json()["message"]) == (
        409,
        "The import was sent, and waits for approval.",
    )
    assert stored(tenant, kind) == {}
    assert _status(_by(draft, tenant.user(tenant.role("import/data"))), "POST", "commit", {}) == 403
    [listed] = approver.tenant.get("/imports").json()["data"]["data"]
    assert (listed["submission"]["stage"], listed["submission"]["email"]) == (
        "sent",
        "mei@supplier.example",
    )
    assert approver.data()["counts"]["new"] == 2

    assert approver.committed()["status"] == "success"

    assert {one["price"] for one in stored(tenant, kind).values()} == {5, 7}
    seen = draft.data()
    assert (seen["status"], seen["submission"]["stage"]) == ("success", "approved")
    assert tenant.get("/import-links").json()["data"][0]["sent"] == 1
    told = [
        (one["action"], one["user"], one["detail"])
        for one in tenant.get("/audit").json()["data"]["data"]
        if one["thing"] in {"import", "import link"}
    ]
    name, sender = listed["dataTypeName"], "from Mei Tan <mei@supplier.example>"
    assert told == [
        ("approve", approver.tenant.email, f"{name}, by the link Suppliers {sender}"),
        ("send", "", f"{name}, by the link Suppliers {sender}"),
        ("create", "", f"{name}, by the link Suppliers"),
        ("create", tenant.email, "Suppliers"),
    ]


def test_its_holder_reaches_one_draft_and_no_other_route(
    tenant: Tenant, kind: str, hub: str, site: Site
) -> None:
    """P10."""
    visit = Visit.of(tenant, dataTypeId=kind, hubId=hub)
    theirs, others = visit.begun(), visit.begun()

    reached = {
        f"{method} {path.removeprefix('/api/v3').replace(_ID, '*')}"
        for holder in (visit.holder, theirs.tenant)
        for method, path in endpoints(site)
        if holder.request(
            method, path.removeprefix("/api/v3"), json={} if method != "GET" else None
        ).status_code
        != 401
    }

    assert reached == _GUESTS_MAY | _OPEN
    assert _status(_by(theirs, others.tenant)) == _status(_by(theirs, visit.holder)) == 404
    assert _status(theirs, "PATCH", "", {"mode": "insert"}) == 403
    assert _status(theirs, "PATCH", "", {"dataTypeId": tenant.data_type()}) == 403
    assert stored(tenant, kind) == {}


def test_its_holder_learns_nothing_of_what_is_stored(tenant: Tenant, kind: str, hub: str) -> None:
    """P10."""
    tenant.add(kind, hub, [{"dataId": "1", "name": "A", "price": 5}])
    tenant.add(kind, hub, [{"dataId": "2", "name": "Secret", "address": "Secret"}])
    hidden = [{"permissionName": "view/data", "dataTypeId": kind, "hiddenFields": ["address"]}]
    maker = tenant.user(tenant.role("import/data", permissionDetails=hidden), [hub])
    draft = Visit.of(maker, dataTypeId=kind, hubId=hub).begun(
        b"Code,Name,Address\n1,A,\n2,B,Street\n3,C,Street\n"
    )

    checked = draft.checked()
    rows = draft.rows()

    assert checked["counts"] == {"valid": 3, "invalid": 0, "left_out": 0}
    assert {(one["verdict"], one["recordId"], one["previous"]) for one in rows} == {
        ("valid", None, None)
    }
    assert "address" not in {one["id"] for one in checked["fields"]}
    assert checked["columns"][2]["field"] is None
    assert not checked.keys() & {"created", "updated", "unchanged", "createdBy", "organizationId"}
    assert draft.call("GET", "rows", show="changed").status_code == 400
    assert draft.data("GET", "rows", show="valid")["total"] == 3
    assert maker.email not in draft.call("GET").text + draft.call("GET", "events").text
    assert "Secret" not in draft.call("GET", "rows").text


def test_what_was_sent_is_returned_mended_and_refused_with_a_sentence(
    tenant: Tenant, kind: str, hub: str
) -> None:
    draft = Visit.of(tenant, dataTypeId=kind, hubId=hub).sent()
    ours = _by(draft, tenant)

    ours.data("POST", "return", {"sentence": "Mend the price."})

    said = draft.data()["submission"]
    assert (said["stage"], said["sentence"], said["decidedBy"]) == (
        "returned",
        "Mend the price.",
        None,
    )
    assert _status(ours, "POST", "commit", {}) == 409
    draft.data("PATCH", "cells", {"cells": [{"row": 1, "field": "price", "value": "7"}]})
    draft.data("POST", "send", {"name": "Mei Tan", "email": "mei@supplier.example"})
    ours.data("POST", "refuse", {"sentence": "We have them."})
    assert draft.data()["submission"]["stage"] == "refused"
    assert _status(draft, "POST", "send", {"name": "Mei", "email": "mei@x.example"}) == 409
    assert _status(ours, "POST", "commit", {}) == _status(ours, "POST", "return", {"sentence": "x"})
    assert stored(tenant, kind) == {}


def test_a_link_goes_as_far_as_its_maker_may_import_today(
    tenant: Tenant, kind: str, hub: str
) -> None:
    role = tenant.role("import/data")
    maker = tenant.user(role, [hub])
    assert maker.request("POST", "/import-links", json=_elsewhere(tenant, kind)).status_code == 403
    visit = Visit.of(maker, dataTypeId=kind, hubId=hub)
    draft = visit.begun()
    for method, body in (("PATCH", {"hubId": []}), ("DELETE", None)):
        changed = tenant.request(method, f"/user/{maker.user_id}", json=body)
        assert changed.status_code == 200
        assert _refusal(visit) == (403, _LOST)
        assert _status(draft) == 403
    [listed] = tenant.get("/import-links").json()["data"]
    assert listed["problem"] == f"{maker.email} is let in no more."


def test_a_link_ends_by_itself_and_at_once_where_it_is_removed(
    tenant: Tenant, kind: str, hub: str
) -> None:
    ended = (403, "This link has ended: ask whoever gave it to you for a new one.")
    visit = Visit.of(tenant, dataTypeId=kind, hubId=hub)
    sent, begun = visit.sent(), visit.begun()
    tenant.site.clock.move(timedelta(days=8))
    assert _refusal(visit) == ended
    assert sent.data()["submission"]["stage"] == "sent"
    assert _status(begun, "PATCH", "", {"mapping": {"1": "dataId"}}) == 409
    tenant.site.clock.reset()

    assert tenant.request("DELETE", f"/import-link/{visit.link_id}").status_code == 200

    unknown = "This link leads nowhere: ask whoever gave it to you for a new one."
    assert _refusal(visit) == (401, unknown)
    assert (_status(sent), _status(begun)) == (403, 401)
    assert _by(sent, tenant).committed()["status"] == "partially"
    assert _status(_by(begun, tenant)) == 404


def test_a_link_takes_so_many_rows_and_drafts(
    tenant: Tenant, kind: str, hub: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = Visit.of(tenant, dataTypeId=kind, hubId=hub, maxRows=1)
    files = {"file": ("rows.csv", ROWS)}
    refused = visit.holder.request("POST", "/imports", files=files)
    assert (refused.status_code, refused.json()["message"]) == (
        422,
        "The file has 2 rows; this link takes 1 at most.",
    )
    monkeypatch.setattr("transload.imports.drafts.visiting.MOST_DRAFTS", 1)
    visit.begun(b"Code\n1\n")
    assert visit.holder.request("POST", "/imports", files=files).status_code == 409


def test_a_link_is_used_so_often_a_second_and_kept_as_a_hash(tenant: Tenant, site: Site) -> None:
    visit = Visit.of(tenant)
    links = ImportLinks(imports=site.service.imports, rate=RateLimiter(1))
    now = site.clock.now()
    holder = links.authenticate(visit.holder.token, now)
    links.admit(holder, now)
    with pytest.raises(BusyError):
        links.admit(holder, now)
    with links.imports.database.read() as connection:
        kept = links.get(connection, holder)
    assert kept.secret_hash == hashed(visit.holder.token)
    assert visit.holder.token not in repr(replace(kept))


def test_saved_columns_are_the_links(tenant: Tenant, kind: str, hub: str) -> None:
    body = {
        "name": "Theirs",
        "collection": "data",
        "referenceType": "dataType",
        "referenceId": kind,
        "fields": [
            {"id": "dataId", "headerColumn": "Art."},
            {"id": "price", "headerColumn": "EUR"},
        ],
    }
    config = tenant.post("/import-config", body).json()["data"]["_id"]
    visit = Visit.of(tenant, dataTypeId=kind, hubId=hub, importConfigId=config)
    columns = visit.begun(b"Art.,EUR\n1,5\n").data()["columns"]
    assert [one["field"] for one in columns] == ["dataId", "price"]
    assert tenant.request("DELETE", f"/import-config/{config}").status_code == 200
    assert _refusal(visit)[0] == 403


def _elsewhere(tenant: Tenant, kind: str) -> dict[str, object]:
    expires = tenant.site.clock.now() + timedelta(days=1)
    return {
        "name": "x",
        "dataTypeId": kind,
        "hubId": tenant.hub(),
        "expiresTime": expires.isoformat(sep=" "),
    }


def test_only_who_made_it_or_an_admin_ends_a_link(tenant: Tenant, kind: str, hub: str) -> None:
    link = Visit.of(tenant, dataTypeId=kind, hubId=hub).link_id
    planner = tenant.user(Role.PLANNER, [hub])
    assert planner.get("/import-links").json()["data"] == []
    assert planner.request("DELETE", f"/import-link/{link}").status_code == 404
    assert tenant.user(Role.ADMIN).request("DELETE", f"/import-link/{link}").status_code == 200
