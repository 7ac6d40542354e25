"""POST /data/export as a client sees it: answers, refusals and the file behind the link."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from tests.exports.outlets import (
    DENIED,
    UNAUTHORIZED,
    add_outlets,
    objects,
    rows,
    values,
)
from tests.factories import Tenant, fetch
from tests.formats.workbooks import read_by_calamine
from transload.accounts.model import Role

FORMATS = ["xlsx", "json", "csv", "ndjson", "parquet"]
QUEUED = "Export queued for background processing. Check status at GET /tasks/export-log"


def public_name(link: str) -> str:
    return urlsplit(link).path.removeprefix("/files/")


def test_a_direct_export_answers_with_a_link_to_the_file(tenant: Tenant) -> None:
    kind, ids = add_outlets(tenant, 2)
    tenant.site.clock.stop()
    now = int(tenant.site.clock.now().timestamp())

    body = tenant.export(
        download="json", dataTypeId=kind, fields="dataId,name", sortOrder="asc"
    ).json()

    link, export_id = body["data"]["link"], body["data"]["exportId"]
    assert body == {
        "status": True,
        "message": "Success",
        "total_data_be": 2,
        "last_id": ids[-1],
        "last_field": "name",
        "data": {
            "time": now,
            "organizationId": tenant.organization_id,
            "reportType": "data",
            "exportId": export_id,
            "link": link,
            "status": "Done",
            "totalMatched": 2,
            "truncated": False,
        },
    }
    assert re.fullmatch("exp_[0-9a-f]{24}", export_id)
    assert json.loads(fetch(link)) == [
        {"dataId": "001", "name": None},
        {"dataId": "002", "name": None},
    ]


def test_a_background_export_answers_at_once_and_without_a_link(tenant: Tenant) -> None:
    kind, _ = add_outlets(tenant, 2)
    tenant.site.clock.stop()
    now = int(tenant.site.clock.now().timestamp())

    answer = tenant.export(download="xlsx", dataTypeId=kind, background=True)

    export_id = answer.json()["data"]["exportId"]
    assert answer.status_code == 200
    assert answer.json() == {
        "status": True,
        "message": QUEUED,
        "total_data_be": 0,
        "data": {
            "time": now,
            "organizationId": tenant.organization_id,
            "reportType": "data",
            "exportId": export_id,
            "status": "Processing",
        },
    }
    assert tenant.finished(export_id)["status"] == "Done"


def test_the_last_record_and_field_are_those_of_the_file(tenant: Tenant) -> None:
    kind, ids = add_outlets(tenant, 3)
    body = tenant.export(download="json", dataTypeId=kind, limit=2).json()
    assert (body["last_id"], body["last_field"]) == (ids[1], "tags")
    body = tenant.export(download="xlsx", dataTypeId=kind, sortBy="dataId", fields="_id").json()
    assert (body["last_id"], body["last_field"]) == (ids[0], "_id")


def test_no_records_make_a_file_without_any(tenant: Tenant) -> None:
    kind = tenant.data_type()
    body = tenant.export(download="json", dataTypeId=kind).json()
    assert (body["total_data_be"], body["last_id"], body["last_field"]) == (0, None, "tags")
    assert (body["data"]["totalMatched"], body["data"]["truncated"]) == (0, False)
    assert fetch(body["data"]["link"]) == b"[]"
    assert rows(tenant, dataTypeId=kind, fields="dataId,name") == [["Code", "Name"]]


def test_an_organization_without_types_gets_a_file_without_records(tenant: Tenant) -> None:
    assert rows(tenant) == [["_id", "dataTypeId", "hubId", "dataId"]]
    assert objects(tenant, fields="dataId", sortBy="dataId") == []


@pytest.mark.parametrize("download", FORMATS)
def test_direct_and_background_give_the_same_bytes(tenant: Tenant, download: str) -> None:
    hub, kind = tenant.hub(), tenant.data_type()
    names = ["=1+1", " é ", "市場 🏪", "<&>\"'", None, ""]
    items = [
        {"dataId": f"0{n}", "name": name, "price": n / 3, "visited": "2025-01-31 10:00:00"}
        for n, name in enumerate(names)
    ]
    tenant.add(kind, hub, items)
    for query in ({}, {"dataTypeId": kind}, {"sortBy": "name", "limit": 4, "page": 1}):
        direct = tenant.file_directly(download=download, **query)
        assert direct == tenant.file_in_background(download=download, **query)


def test_a_direct_export_takes_thirty_records_and_says_that_there_are_more(tenant: Tenant) -> None:
    """P19."""
    kind, ids = add_outlets(tenant, 31)
    body = tenant.export(download="json", dataTypeId=kind, fields="_id").json()
    assert (body["total_data_be"], body["data"]["totalMatched"]) == (30, 31)
    assert body["data"]["truncated"] is True
    assert values(json.loads(fetch(body["data"]["link"])), "_id") == ids[:0:-1]
    entry = tenant.log_entry(body["data"]["exportId"])
    assert (entry["totalRecords"], entry["totalMatched"], entry["truncated"]) == (30, 31, True)


def test_a_background_export_takes_every_record(tenant: Tenant) -> None:
    """P19."""
    kind, ids = add_outlets(tenant, 31)
    started = tenant.export(download="json", dataTypeId=kind, background=True, fields="_id")
    entry = tenant.finished(started.json()["data"]["exportId"])
    assert (entry["totalRecords"], entry["totalMatched"], entry["truncated"]) == (31, 31, False)
    assert values(json.loads(fetch(entry["fileUrl"])), "_id") == ids[::-1]


def test_a_background_export_keeps_to_its_limit_and_says_so(tenant: Tenant) -> None:
    """P19."""
    kind, _ = add_outlets(tenant, 5)
    started = tenant.export(download="xlsx", dataTypeId=kind, background=True, limit=2)
    entry = tenant.finished(started.json()["data"]["exportId"])
    assert (entry["totalRecords"], entry["totalMatched"], entry["truncated"]) == (2, 5, True)
    assert len(read_by_calamine(fetch(entry["fileUrl"]))) == 3


def test_two_files_of_one_second_have_names_of_their_own(tenant: Tenant) -> None:
    tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1"}])
    tenant.site.clock.stop()
    now = tenant.site.clock.now()

    links = [
        tenant.export(download=download).json()["data"]["link"]
        for download in ("json", "json", "xlsx")
    ]
    started = tenant.export(download="json", background=True).json()["data"]["exportId"]

    stem = f"{now:%Y%m%d}/data_{tenant.organization_id}_{int(now.timestamp())}"
    entry = tenant.finished(started)
    assert [public_name(link) for link in [*links, entry["fileUrl"]]] == [
        f"{stem}.json",
        f"{stem}_2.json",
        f"{stem}.xlsx",
        f"{stem}_3.json",
    ]
    assert entry["fileName"] == f"{stem}_3.json"
    assert fetch(links[0]) == fetch(links[1]) == fetch(entry["fileUrl"])


def test_a_file_is_named_after_the_day_in_utc(tenant: Tenant) -> None:
    body = tenant.export(download="json").json()
    made = datetime.fromtimestamp(body["data"]["time"], UTC)
    assert public_name(body["data"]["link"]).startswith(f"{made:%Y%m%d}/data_")


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}, {"Authorization": "Bearer"}],
)
def test_an_unknown_caller_is_unauthorized(tenant: Tenant, headers: dict[str, str]) -> None:
    """P20: whatever else is wrong with the request."""
    post = tenant.site.http.post
    for query in ("?download=xlsx", "", "?download=pdf"):
        answer = post(f"/api/v3/data/export{query}", headers=headers, content=b"{")
        assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


@pytest.mark.parametrize("background", [True, False])
def test_export_without_permission_is_forbidden(tenant: Tenant, background: bool) -> None:  # noqa: FBT001 - a parameter of the test
    field_user = tenant.user(Role.FIELD, [tenant.hub()])
    answer = field_user.export(download="xlsx", background=background)
    assert (answer.status_code, answer.json()) == (403, DENIED)
    assert tenant.get("/tasks/export-log", email=field_user.email).json()["total"] == 0


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PLANNER])
def test_admins_and_planners_may_export(tenant: Tenant, role: Role) -> None:
    hub = tenant.hub()
    [record_id] = tenant.add(tenant.data_type(), hub, [{"dataId": "1"}])
    assert values(objects(tenant.user(role, [hub])), "_id") == [record_id]


def test_a_hub_that_the_user_does_not_see_is_forbidden(tenant: Tenant) -> None:
    """P10."""
    seen, unseen = tenant.hub(), tenant.hub()
    planner = tenant.user(Role.PLANNER, [seen])
    for background in (True, False):
        answer = planner.export(download="xlsx", hubId=unseen, background=background)
        assert (answer.status_code, answer.json()) == (403, DENIED)
    assert planner.export(download="xlsx", hubId=seen).status_code == 200


def test_a_planner_exports_the_records_of_their_hubs_alone(tenant: Tenant) -> None:
    """P10, P19."""
    seen, unseen = tenant.hub(), tenant.hub()
    kind, common = tenant.data_type(), tenant.data_type(common=True)
    tenant.add(kind, unseen, [{"dataId": "hidden"}, {"dataId": "hidden too"}])
    tenant.add(kind, seen, [{"dataId": "seen"}])
    tenant.add(common, None, [{"dataId": "of no hub"}])
    planner = tenant.user(Role.PLANNER, [seen])
    for query in ({}, {"sortBy": "dataId"}):
        assert values(objects(planner, **query), "dataId") in (
            ["of no hub", "seen"],
            ["seen", "of no hub"],
        )
    body = planner.export(download="json").json()
    assert (body["total_data_be"], body["data"]["totalMatched"]) == (2, 2)
    assert values(objects(planner, hubId=seen), "dataId") == ["seen"]
    started = planner.export(download="json", background=True).json()["data"]["exportId"]
    assert planner.finished(started)["totalMatched"] == 2
    assert values(objects(tenant.user(Role.PLANNER)), "dataId") == ["of no hub"]


@pytest.mark.parametrize("name", ["hubId", "dataTypeId"])
def test_an_unknown_id_is_refused_and_so_is_another_organizations(
    tenant: Tenant, name: str
) -> None:
    """P7."""
    stranger = Tenant.create(tenant.site)
    theirs = stranger.hub() if name == "hubId" else stranger.data_type()
    for planner in (tenant, tenant.user(Role.PLANNER)):
        refusals = [
            planner.export(download="xlsx", **{name: value}) for value in (theirs, "f" * 24)
        ]
        for answer in refusals:
            assert (answer.status_code, answer.json()) == (
                400,
                {"status": False, "message": f"The selected {name} is invalid."},
            )


def test_an_export_has_records_of_the_own_organization_alone(tenant: Tenant) -> None:
    """P7."""
    stranger = Tenant.create(tenant.site)
    stranger.add(stranger.data_type(), stranger.hub(), [{"dataId": "theirs"}])
    add_outlets(tenant, 1)
    assert values(objects(tenant, limit=1_000_000), "dataId") == ["001"]


def test_more_direct_exports_than_places_are_told_to_wait(tenant: Tenant) -> None:
    """P16."""
    places = tenant.site.service.exports.places
    with places.one("others", 30), places.one("more", 30):
        answer = tenant.export(download="json")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
        assert answer.json() == {
            "status": False,
            "message": "All direct exports are busy; try again, or export in the background.",
        }
        assert tenant.file_in_background(download="json") == b"[]"
        assert tenant.export(download="json", limit=1_001).status_code == 200
    assert tenant.export(download="json").status_code == 200


def test_a_place_is_free_again_after_a_refusal(tenant: Tenant) -> None:
    """P16."""
    for _ in range(4):
        assert tenant.export(download="json", fields="nothing").status_code == 400
    assert tenant.export(download="json").status_code == 200


def test_a_disk_that_fails_fails_the_export_and_tells_no_more(tenant: Tenant) -> None:
    """P20."""
    unfinished = tenant.site.service.exports.files.scratch_dir
    away = unfinished.with_name("away")
    unfinished.rename(away)
    try:
        answers = [tenant.export(download="json") for _ in range(3)]
        started = tenant.export(download="json", background=True).json()["data"]["exportId"]
        entry = tenant.finished(started)
    finally:
        away.rename(unfinished)

    for answer in answers:
        request_id = answer.headers["X-Request-Id"]
        assert (answer.status_code, answer.json()) == (
            500,
            {
                "status": False,
                "message": "Internal server error",
                "error": {"message": request_id, "file": "", "line_of_code": 0},
            },
        )
    assert (entry["status"], entry["fileUrl"]) == ("Failed", None)
    assert entry["errorMessage"] == f"The export failed; the log has more under {started}."
    log = tenant.get("/tasks/export-log", status="Failed").json()
    assert [hit["_source"]["errorMessage"] for hit in log["data"]] == [
        entry["errorMessage"],
        *["The export failed."] * 3,
    ]
    assert tenant.export(download="json").status_code == 200
