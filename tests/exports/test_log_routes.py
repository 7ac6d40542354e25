"""GET /tasks/export-log as a client sees it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.exports.outlets import BAD_REQUEST, UNAUTHORIZED, add_outlets
from tests.factories import Tenant, fetch
from transload.accounts.model import Role

LOG = "/tasks/export-log"
DENIED = "You do not have permission to view export logs"
SORT_NAMES = "'requestAt', 'status', 'dataType', 'dataName' or 'completedAt'"
BAD_LIMIT = "Invalid limit parameter. Must be between 1 and 100."


def ids(tenant: Tenant, **query: object) -> list[str]:
    answer = tenant.get(LOG, **query)
    assert answer.status_code == 200, answer.text
    return [hit["_id"] for hit in answer.json()["data"]]


def export_id(tenant: Tenant, **query: object) -> str:
    """Export directly; give the log's id of it."""
    answer = tenant.export(**{"download": "json", **query})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["exportId"])


def test_an_entry_tells_all_about_a_finished_export(tenant: Tenant) -> None:
    kind, _ = add_outlets(tenant, 3)
    tenant.site.clock.stop()
    now = tenant.site.clock.now()
    asked = tenant.export(download="xlsx", dataTypeId=kind, limit=2).json()["data"]

    body = tenant.get(LOG).json()

    [hit] = body["data"]
    source = hit["_source"]
    content = fetch(source["fileUrl"])
    name = tenant.get(f"/data-type/{kind}").json()["data_type"]["name"]
    instant = now.replace(microsecond=0).isoformat()
    stem = f"data_{tenant.organization_id}_{int(now.timestamp())}"
    assert instant.endswith("+00:00")
    assert hit == {
        "_index": "export",
        "_type": "_doc",
        "_id": asked["exportId"],
        "_score": 1,
        "_source": {
            "organizationId": tenant.organization_id,
            "dataType": "data",
            "dataName": name,
            "status": "Done",
            "requestAt": instant,
            "completedAt": instant,
            "email": tenant.email,
            "fileUrl": source["fileUrl"],
            "fileType": "xlsx",
            "totalRecords": 2,
            "errorMessage": None,
            "progress": 100,
            "totalMatched": 3,
            "truncated": True,
            "fileName": f"{now:%Y%m%d}/{stem}.xlsx",
            "fileSize": len(content),
            "startedAt": instant,
            "expiresAt": (now + timedelta(days=30)).replace(microsecond=0).isoformat(),
            "notes": [],
            "delivery": None,
        },
    }
    assert content == fetch(asked["link"])
    assert body == {
        "status": True,
        "message": "Success",
        "total": 1,
        "data": [hit],
        "params": {
            "from": 0,
            "size": 10,
            "query": {
                "bool": {
                    "must": [
                        {"term": {"organizationId": tenant.organization_id}},
                        {"term": {"email": tenant.email}},
                        {
                            "range": {
                                "requestAt": {
                                    "gte": (now - timedelta(days=30))
                                    .replace(microsecond=0)
                                    .isoformat()
                                }
                            }
                        },
                    ]
                }
            },
            "sort": [{"requestAt": {"order": "desc"}}],
        },
    }


def test_a_background_export_is_in_the_log_from_the_start(tenant: Tenant) -> None:
    started = tenant.export(download="json", background=True).json()["data"]["exportId"]
    entry = tenant.log_entry(started)
    assert entry["dataName"] == "All data types"
    if entry["status"] == "Processing":
        unknown = ("completedAt", "fileUrl", "totalRecords", "totalMatched", "fileSize")
        assert [entry[name] for name in unknown] == [None] * len(unknown)
    done = tenant.finished(started)
    assert set(done) == set(entry)
    assert (done["status"], done["progress"], done["totalRecords"]) == ("Done", 100, 0)
    for name in ("requestAt", "startedAt", "completedAt"):
        age = datetime.now(UTC) - datetime.fromisoformat(done[name])
        assert abs(age) < timedelta(minutes=2)


def test_the_parameters_are_echoed_as_a_search(tenant: Tenant) -> None:
    params = tenant.get(
        LOG,
        sortBy="dataName",
        sortOrder="asc",
        limit=7,
        page=3,
        dataName="Shops",
        dataType="task",
        status="Failed",
        email=f" {tenant.email.upper()} ",
    ).json()["params"]
    assert (params["from"], params["size"]) == (14, 7)
    assert params["sort"] == [{"dataName": {"order": "asc"}}]
    assert params["query"]["bool"]["must"][:-1] == [
        {"term": {"organizationId": tenant.organization_id}},
        {"term": {"email": tenant.email}},
        {"term": {"dataType": "task"}},
        {"term": {"dataName": "Shops"}},
        {"term": {"status": "Failed"}},
    ]


def test_a_page_has_the_ten_newest_entries(tenant: Tenant) -> None:
    made = [export_id(tenant) for _ in range(11)][::-1]
    assert tenant.get(LOG).json()["total"] == 11
    assert ids(tenant) == made[:10]
    assert ids(tenant, page=2) == made[10:]
    assert [ids(tenant, limit=4, page=page) for page in (1, 2, 3, 4, 1_000_000_000)] == [
        made[:4],
        made[4:8],
        made[8:],
        [],
        [],
    ]
    assert ids(tenant, limit=100, sortOrder="asc") == made[::-1]
    assert tenant.get(f"{LOG}/", limit=1).json()["total"] == 11


def test_entries_are_sorted_as_asked_for(tenant: Tenant) -> None:
    hub, names = tenant.hub(), ["B", "A", "C"]
    kinds = [tenant.data_type(name=name) for name in names]
    tenant.add(kinds[0], hub, [{"dataId": "1"}])
    made = []
    for kind in kinds:
        made.append(export_id(tenant, dataTypeId=kind))
        tenant.site.clock.move(timedelta(minutes=1))
    by_name = [made[1], made[0], made[2]]
    for sort_by, in_order in (
        ("requestAt", made),
        ("completedAt", made),
        ("dataName", by_name),
        ("status", made),
        ("dataType", made),
    ):
        assert ids(tenant, sortBy=sort_by, sortOrder="asc") == in_order
        assert ids(tenant, sortBy=sort_by, sortOrder="desc") == in_order[::-1]
        assert ids(tenant, sortBy=sort_by) == in_order[::-1]


def test_entries_are_filtered_as_asked_for(tenant: Tenant) -> None:
    shops = tenant.data_type(name="Shops, 'all'")
    one, all_types = export_id(tenant, dataTypeId=shops), export_id(tenant)
    assert ids(tenant, dataName="Shops, 'all'") == [one]
    assert ids(tenant, dataName="All data types") == [all_types]
    assert ids(tenant, dataName="shops") == []
    assert ids(tenant, dataType="data", status="Done") == [all_types, one]
    assert ids(tenant, dataType="") == [all_types, one]
    for nothing in ({"status": "Failed"}, {"status": "Processing"}):
        assert tenant.get(LOG, **nothing).json()["total"] == 0
    for other in ("task", "vehicle", "driver", "route"):
        assert ids(tenant, dataType=other) == []


@pytest.mark.parametrize("limit", ["0", "101", "-1", "+1", "x", "1.5", "9" * 5_000, "٣", "1e1"])
def test_a_wrong_limit_is_refused(tenant: Tenant, limit: str) -> None:
    answer = tenant.get(LOG, limit=limit)
    assert (answer.status_code, answer.json()) == (
        400,
        {"status": False, "message": BAD_LIMIT, "data": []},
    )


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"page": "0"}, "The page parameter must be at least 1."),
        ({"page": "x"}, "The page parameter must be a whole number."),
        ({"page": "1000000001"}, "The page parameter must be at most 1000000000."),
        (
            {"sortBy": "fileName"},
            f"The sortBy parameter must be {SORT_NAMES}.",
        ),
        ({"sortOrder": "up"}, "The sortOrder parameter must be 'asc' or 'desc'."),
        (
            {"dataType": "datas"},
            (
                "The dataType parameter must be 'task', 'data', 'vehicle', 'driver', 'route',"
                " 'data_removed' or 'task_removed'."
            ),
        ),
        ({"status": "done"}, "The status parameter must be 'Processing', 'Done' or 'Failed'."),
    ],
)
def test_a_wrong_value_is_named(tenant: Tenant, query: dict[str, Any], message: str) -> None:
    """P15."""
    answer = tenant.get(LOG, **query)
    assert (answer.status_code, answer.json()) == (
        400,
        {"status": False, "message": f"{BAD_REQUEST} {message}", "data": []},
    )


def test_an_unknown_caller_is_unauthorized(tenant: Tenant) -> None:
    answer = tenant.site.http.get(f"/api/v3{LOG}")
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


def refused(tenant: Tenant, **query: object) -> None:
    answer = tenant.get(LOG, **query)
    body = answer.json()
    assert (answer.status_code, body["status"], body["message"]) == (403, False, DENIED)


def test_anothers_log_needs_a_permission(tenant: Tenant) -> None:
    """P8."""
    made = export_id(tenant)
    planner, other = tenant.user(Role.PLANNER), tenant.user(Role.PLANNER)
    own = export_id(planner)
    for email in (tenant.email, other.email, "nobody@example.com"):
        refused(planner, email=email)
    assert ids(planner) == ids(planner, email=planner.email) == [own]
    assert ids(other) == []
    for admin in (tenant, tenant.user(Role.ADMIN)):
        assert ids(admin, email=planner.email) == [own]
        assert ids(admin, email=tenant.email) == [made]


def test_a_field_user_sees_no_log(tenant: Tenant) -> None:
    """P8."""
    field_user = tenant.user(Role.FIELD)
    refused(field_user)
    refused(field_user, email=field_user.email)
    refused(field_user, email=tenant.email)


def test_another_organizations_log_is_that_of_nobody(tenant: Tenant) -> None:
    """P7, P8."""
    stranger = Tenant.create(tenant.site)
    export_id(stranger)
    nobody = f"{uuid4().hex}@example.com"
    tenant.site.clock.stop()
    [theirs, unknown] = [tenant.get(LOG, email=email) for email in (stranger.email, nobody)]
    assert theirs.status_code == unknown.status_code == 200
    assert theirs.text.replace(stranger.email, nobody) == unknown.text
    assert theirs.json()["total"] == 0


def test_the_log_goes_back_thirty_days(tenant: Tenant) -> None:
    clock = tenant.site.clock
    clock.stop()
    old = export_id(tenant)
    clock.move(timedelta(days=29, hours=23))
    new = export_id(tenant)
    assert ids(tenant) == [new, old]
    clock.move(timedelta(hours=1))
    assert [one["fileUrl"] is None for one in sources(tenant)] == [False, True]
    clock.move(timedelta(seconds=1))
    assert ids(tenant) == [new]
    assert tenant.get(LOG).json()["total"] == 1


def sources(tenant: Tenant) -> Sequence[dict[str, Any]]:
    return [hit["_source"] for hit in tenant.get(LOG).json()["data"]]
