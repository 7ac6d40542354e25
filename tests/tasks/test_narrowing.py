"""P30: a filter leaves the same tasks in a list and in an export."""

import json

import pytest

from tests.factories import Tenant, fetch

_TASKS = (
    {"title": "Rice", "outlet": "Toko Maju", "amount": 1.5, "due": "2025-02-01", "state": "good"},
    {"title": "Oil", "outlet": "toko 5%", "amount": 10, "state": ["good", "bad"]},
    {"assignee": ["Ada@example.com"], "amount": 2, "goods": {"items": [{"name": "Salt"}]}},
)
_CASES: dict[str, tuple[dict[str, object], list[int]]] = {
    "text": ({"q": " TOKO"}, [0, 1]),
    "text of a list": ({"q": "bad"}, [1]),
    "a key's text": ({"q": "rice"}, [0]),
    "signs of patterns": ({"q": "%"}, [1]),
    "numbers as numbers": ({"filter": [("amount", "gt", 1.5)]}, [1, 2]),
    "a key": ({"filter": [("title", "eq", "Oil")]}, [1]),
    "names": ({"filter": [("assignee", "contains", "ada@example.com")]}, [2]),
    "a date": ({"filter": [("due", "le", "2025-02-01")]}, [0]),
    "a choice": ({"filter": [("state", "eq", "good")]}, [0, 1]),
    "not a choice": ({"filter": [("state", "ne", "bad")]}, [0, 2]),
    "some choices": ({"filter": [("state", "in", ["bad", "x"])]}, [1]),
    "no value": ({"filter": [("state", "isEmpty", None)]}, [2]),
    "a bill": ({"filter": [("goods", "isNotEmpty", None)]}, [2]),
    "times": ({"filter": [("createdTime", "lt", "2000-01-01")]}, []),
    "a column": ({"filter": [("flow", "eq", "Delivery"), ("status", "eq", "ONGOING")]}, [2]),
    "both": ({"q": "toko", "filter": [("amount", "lt", 5)]}, [0]),
}


def spelled(query: dict[str, object]) -> dict[str, object]:
    conditions = query.get("filter")
    if not isinstance(conditions, list):
        return query
    written = [
        {"field": name, "operator": how, **({} if value is None else {"value": value})}
        for name, how, value in conditions
    ]
    return {**query, "filter": json.dumps(written)}


def test_lists_and_exports_hold_the_same_tasks(tenant: Tenant) -> None:
    tenant.flow(name="Delivery")
    ids = tenant.add_tasks("Delivery", tenant.hub(), _TASKS)
    for name, (query, expected) in _CASES.items():
        asked = {**spelled(query), "sortOrder": "asc", "fields": "_id"}
        listed = tenant.get("/tasks", **asked).json()
        found = [one["_id"] for one in listed["tasks"]["data"]]
        assert found == [ids[at] for at in expected], name
        assert listed["tasks"]["total"] == len(expected), name
        for background in (False, True):
            body = {"download": "ndjson", "background": background, **asked}
            answer = tenant.post("/tasks/export", body).json()["data"]
            entry = tenant.finished(answer["exportId"])
            lines = fetch(entry["fileUrl"]).splitlines()
            assert [json.loads(line)["_id"] for line in lines] == found, name
            assert entry["totalMatched"] == len(expected), name


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (("nothing", "eq", "x"), "names what is no field: nothing"),
        (("amount", "eq", "much"), "condition of amount: its value"),
        (("amount", "contains", "1"), "condition of amount: its operator must be one of"),
        (("goods", "eq", "x"), "condition of goods: its operator must be one of isEmpty"),
        (("label", "eq", "x"), "condition of label: its operator must be one of isEmpty"),
    ],
)
def test_a_condition_that_does_not_go_with_its_field_is_refused(
    tenant: Tenant, condition: tuple[str, str, object], sentence: str
) -> None:
    tenant.flow(name="Delivery")
    query = spelled({"filter": [condition]})
    for answer in (
        tenant.get("/tasks", **query),
        tenant.post("/tasks/export", {"download": "csv", **query}),
    ):
        assert answer.status_code == 400
        assert sentence in answer.json()["message"]
