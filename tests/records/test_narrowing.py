"""P30: q, filter, dataId and times leave in the same records of a list and of an export."""

import json
from collections.abc import Mapping, Sequence

import pytest

from tests.factories import Site, Tenant, fetch
from transload.documents.filters import Operator

_FIELDS: Sequence[Mapping[str, object]] = [
    {"id": "dataId", "title": "Code", "type": "string", "required": True, "primaryKey": True},
    {"id": "name", "title": "Name", "type": "string"},
    {"id": "price", "title": "Price", "type": "number"},
    {"id": "open", "title": "Open", "type": "boolean"},
    {"id": "since", "title": "Since", "type": "date"},
    {"id": "size", "title": "Size", "type": "string", "optionData": ["small", "large"]},
    {"id": "tags", "title": "Tags", "type": "list"},
    {"id": "at.noon", "title": "At noon", "type": "dateTime"},
]
_RECORDS: Sequence[Mapping[str, object]] = [
    {"dataId": "007", "name": "Toko Kita", "price": 9, "open": True, "since": "2024-05-01"},
    {"dataId": "7", "name": 'A "quoted" 50%_/ name', "price": 10.5, "open": False, "size": "small"},
    {"dataId": "a,b", "name": "\u00c9clair", "tags": ["red", "50%", 12], "since": "2024-06-30"},
    {"dataId": "empty", "name": "", "tags": []},
    {"dataId": "none", "price": -1, "at.noon": "2024-05-01 12:00:00.5", "size": "large"},
]
_ALL = [str(record["dataId"]) for record in _RECORDS]


@pytest.fixture(scope="module")
def shop(site: Site) -> Tenant:
    return _shop(site, _RECORDS)


def _shop(site: Site, rows: Sequence[Mapping[str, object]]) -> Tenant:
    tenant = Tenant.create(site)
    kind = tenant.post("/data-type", {"name": "Shops", "fields": _FIELDS})
    assert kind.status_code == 201, kind.text
    tenant.add(kind.json()["data_type"]["_id"], tenant.hub(), rows)
    return tenant


def _listed(tenant: Tenant, query: Mapping[str, str]) -> list[str]:
    answer = tenant.get("/data", sortOrder="asc", **query)
    assert answer.status_code == 200, answer.text
    page = answer.json()["data"]
    assert page["total"] == len(page["data"])
    return [record["dataId"] for record in page["data"]]


def _exported(tenant: Tenant, query: Mapping[str, str]) -> list[str]:
    answer = tenant.export(download="json", sortOrder="asc", fields="dataId", **query)
    assert answer.status_code == 200, answer.text
    rows = json.loads(fetch(answer.json()["data"]["link"]))
    assert answer.json()["data"]["totalMatched"] == len(rows)
    return [row["dataId"] for row in rows]


def _filter(field: str, operator: str, value: object = None) -> dict[str, object]:
    given: dict[str, object] = {"field": field, "operator": operator}
    return given if value is None else {**given, "value": value}


_CONDITIONS: Sequence[tuple[Sequence[Mapping[str, object]], Sequence[str]]] = [
    ([_filter("dataId", "eq", "007")], ["007"]),
    ([_filter("name", "eq", "toko kita")], []),
    ([_filter("name", "contains", "TOKO")], ["007"]),
    ([_filter("name", "contains", "50%_/")], ["7"]),
    ([_filter("name", "contains", "\u00e9CL")], ["a,b"]),
    ([_filter("name", "startsWith", 'a "Q')], ["7"]),
    ([_filter("name", "startsWith", "\u00e9CL")], ["a,b"]),
    ([_filter("name", "startsWith", "oko")], []),
    ([_filter("name", "isEmpty")], ["empty", "none"]),
    ([_filter("name", "isNotEmpty")], ["007", "7", "a,b"]),
    ([_filter("name", "ne", "Toko Kita")], ["7", "a,b", "empty", "none"]),
    ([_filter("price", "gt", 9)], ["7"]),
    ([_filter("price", "ge", "9")], ["007", "7"]),
    ([_filter("price", "lt", 9), _filter("price", "ne", 0)], ["none"]),
    ([_filter("price", "in", [9, "10.5"])], ["007", "7"]),
    ([_filter("price", "isEmpty")], ["a,b", "empty"]),
    ([_filter("open", "eq", value=True)], ["007"]),
    ([_filter("open", "ne", "true")], ["7", "a,b", "empty", "none"]),
    ([_filter("since", "le", "2024-05-01")], ["007"]),
    ([_filter("since", "startsWith", "2024-0")], ["007", "a,b"]),
    ([_filter("size", "in", ["large"])], ["none"]),
    ([_filter("tags", "contains", "red")], ["a,b"]),
    ([_filter("tags", "contains", 12)], ["a,b"]),
    ([_filter("tags", "contains", "re")], []),
    ([_filter("tags", "isNotEmpty")], ["a,b"]),
    ([_filter("at.noon", "gt", "2024-05-01T12:00:00Z")], ["none"]),
    ([_filter("createdTime", "ge", "2999-01-01")], []),
    ([_filter("createdTime", "lt", "2999-01-01")], _ALL),
]


def test_every_operator_is_tried() -> None:
    tried = {condition["operator"] for conditions, _ in _CONDITIONS for condition in conditions}
    assert tried == set(Operator)


@pytest.mark.parametrize(("conditions", "expected"), _CONDITIONS)
def test_conditions_leave_in_what_they_say(
    shop: Tenant, conditions: object, expected: Sequence[str]
) -> None:
    query = {"filter": json.dumps(conditions)}
    assert _listed(shop, query) == expected
    assert _exported(shop, query) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("toko", ["007"]),
        ("KITA", ["007"]),
        ("\u00e9CLAIR", ["a,b"]),
        ("10.5", ["7"]),
        ('"quoted" 50%_/', ["7"]),
        ("red", ["a,b"]),
        ("50%", ["7", "a,b"]),
        ("dataId", []),
        ("true", []),
        ("price", []),
        ('","', []),
        ("2024-05-01", ["007", "none"]),
        ("/", ["7"]),
    ],
)
def test_text_is_found_in_values_and_nowhere_else(
    shop: Tenant, text: str, expected: list[str]
) -> None:
    assert _listed(shop, {"q": text}) == expected
    assert _exported(shop, {"q": text}) == expected


_SPELLED = {
    "lines": "one\nTWO",
    "letters": "stra\u00dfe \u039f\u0394\u039f\u03a3",
    "next": "two",
}


@pytest.fixture(scope="module")
def spelled(site: Site) -> Mapping[str, Tenant]:
    """Give one organization as its owner sees it, and as one does from whom a field is hidden."""
    rows = [{"dataId": name, "name": text, "price": 5} for name, text in _SPELLED.items()]
    owner = _shop(site, rows)
    one = owner.get("/data", limit=1).json()["data"]["data"][0]
    hiding = {"permissionName": "view/data", "hiddenFields": ["price"]}
    role = owner.role("view/data", permissionDetails=[{**hiding, "dataTypeId": one["dataTypeId"]}])
    return {"owner": owner, "clerk": owner.user(role, [one["hubId"]])}


@pytest.mark.parametrize("who", ["owner", "clerk"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\ntwo", ["lines"]),
        ("lines\none", []),
        ("ONE", ["lines"]),
        ("TWO", ["lines", "next"]),
        ("STRA\u1e9eE", ["letters"]),
        ("\u03bf\u03b4\u03bf\u03c2", ["letters"]),
        ("\u039f\u0394\u039f\u03a3", ["letters"]),
        ("none", []),
    ],
)
def test_text_is_found_alike_where_fields_are_hidden(
    spelled: Mapping[str, Tenant], who: str, text: str, expected: list[str]
) -> None:
    """The values are searched in one text, or in the documents where some are not to be seen."""
    assert _listed(spelled[who], {"q": text}) == expected


def test_hidden_values_are_not_searched(spelled: Mapping[str, Tenant]) -> None:
    """P10."""
    assert _listed(spelled["clerk"], {"q": "5"}) == []
    assert _listed(spelled["owner"], {"q": "5"}) == list(_SPELLED)


def test_text_is_found_as_every_write_left_it(tenant: Tenant) -> None:
    fields = [_FIELDS[0], {"id": "note", "title": "Note", "type": "string"}]
    kind = tenant.data_type(fields, name="Notes", common=True)

    def found() -> list[list[str]]:
        return [_listed(tenant, {"q": text}) for text in ("first", "second", "the key")]

    [record_id] = tenant.add(kind, None, [{"dataId": "the key", "note": "first"}])
    assert found() == [["the key"], [], ["the key"]]
    changed = tenant.request("PATCH", f"/data/{record_id}", json={"note": "second"})
    assert changed.status_code == 200, changed.text
    assert found() == [[], ["the key"], ["the key"]]
    without_note = {"name": "Notes", "fields": fields[:1]}
    changed = tenant.request("PUT", f"/data-type/{kind}", json=without_note)
    assert changed.status_code == 200, changed.text
    assert found() == [[], [], ["the key"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"dataId": "007"}, ["007"]),
        ({"dataId": "007, 7"}, ["007", "7"]),
        ({"dataId": " "}, []),
        ({"dataId": ","}, []),
        ({"updatedTime": "2999-01-01"}, []),
        ({"updatedTime": "2000-01-01,2999-01-01"}, _ALL),
        ({"updatedTime": ",2000-01-01"}, []),
        ({"createdTime": "2000-01-01"}, _ALL),
    ],
)
def test_keys_and_times_narrow_lists_and_exports_alike(
    shop: Tenant, query: dict[str, str], expected: list[str]
) -> None:
    assert _listed(shop, query) == expected
    assert _exported(shop, query) == expected


def test_end_that_is_a_day_includes_it(shop: Tenant) -> None:
    today = shop.get("/data", limit=1).json()["data"]["data"][0]["createdTime"][:10]
    assert _listed(shop, {"createdTime": f"{today},{today}"}) == _ALL


def test_filtered_pages_go_on_where_the_last_one_ended(shop: Tenant) -> None:
    def ids(query: Mapping[str, str], page: int) -> list[str]:
        found = shop.get("/data", page=page, limit=1, **query).json()["data"]
        assert found["total"] == 3
        return [record["dataId"] for record in found["data"]]

    by_price = {"filter": json.dumps([_filter("price", "isNotEmpty")]), "sortBy": "price"}
    rising, falling = {**by_price, "sortOrder": "asc"}, {**by_price, "sortOrder": "desc"}
    assert [ids(rising, page) for page in (1, 2, 3, 4)] == [["none"], ["007"], ["7"], []]
    assert [ids(falling, page) for page in (1, 2, 3, 4)] == [["7"], ["007"], ["none"], []]
    by_missing = {"q": "2", "sortBy": "size", "sortOrder": "asc"}
    assert [ids(by_missing, page) for page in (1, 2, 3)] == [["none"], ["007"], ["a,b"]]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("x", "The filter parameter must be a JSON list"),
        ("{}", "must be a JSON list"),
        ([{"field": "name"}], "condition 1 whose operator is None"),
        ([_filter("name", "like", "x")], "whose operator is like, not one of eq, ne"),
        ([_filter("nothing", "eq", "x")], "names what is no field: nothing"),
        ([_filter("price", "eq", "many")], "condition of price: its value must be a number"),
        ([_filter("price", "contains", "1")], "condition of price: its operator must be one of"),
        ([_filter("since", "ge", "yesterday")], "its value must be a date"),
        ([_filter("size", "eq", "huge")], "its value must be one of: small, large"),
        ([_filter("price", "in", 1)], "value is no list of 1 to 1000 values"),
        ([_filter("name", "isEmpty", "x")], "with a value, which isEmpty takes none of"),
        ([_filter("name", "eq")], "value is no text, number or boolean"),
        ([{"field": "name", "op": "eq"}], "with the unknown key op"),
        ([_filter("_id", "eq", "x")] * 51, "has at most 50 conditions"),
    ],
)
def test_filter_that_is_wrong_is_named(shop: Tenant, given: object, words: str) -> None:
    text = given if isinstance(given, str) else json.dumps(given)
    answers = (
        shop.get("/data", filter=text),
        shop.export(download="json", filter=text),
    )
    for answer in answers:
        assert answer.status_code == 400, answer.text
        assert words in answer.json()["message"]


def test_filter_in_a_body_is_a_list(shop: Tenant) -> None:
    body = {"download": "json", "filter": [_filter("dataId", "eq", "007")], "fields": ["dataId"]}
    link = shop.post("/data/export", body).json()["data"]["link"]
    assert json.loads(fetch(link)) == [{"dataId": "007"}]


def test_background_export_keeps_its_filter(shop: Tenant) -> None:
    conditions = json.dumps([_filter("price", "in", [9])])
    queued = shop.export(
        download="json", background="true", q="toko", dataId="007,7", filter=conditions
    )
    entry = shop.finished(queued.json()["data"]["exportId"])
    assert (entry["status"], entry["totalMatched"], entry["totalRecords"]) == ("Done", 1, 1)


def test_field_about_which_types_disagree_is_refused_until_a_type_is_named(site: Site) -> None:
    tenant = Tenant.create(site)
    hub, key = tenant.hub(), _FIELDS[0]
    kinds = []
    for name, kind in (("Texts", "string"), ("Numbers", "number")):
        fields = [key, {"id": "x", "title": "X", "type": kind}]
        made = tenant.post("/data-type", {"name": name, "fields": fields}).json()
        kinds.append(made["data_type"]["_id"])
        tenant.add(kinds[-1], hub, [{"dataId": name, "x": "5"}])
    query = {"filter": json.dumps([_filter("x", "eq", "5")])}
    refused = tenant.get("/data", **query)
    assert refused.status_code == 400
    assert "about which data types disagree" in refused.json()["message"]
    assert _listed(tenant, {**query, "dataTypeId": kinds[0]}) == ["Texts"]
    assert _listed(tenant, {**query, "dataTypeId": kinds[1]}) == ["Numbers"]
