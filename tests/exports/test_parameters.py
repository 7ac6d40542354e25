"""The parameters of POST /data/export: where they may stand, and what is wrong with them."""

from collections.abc import Mapping

import httpx
import pytest

from tests.exports.outlets import BAD_REQUEST, add_outlets, values
from tests.factories import Tenant, fetch

FORM = "application/x-www-form-urlencoded"
REQUIRED = {"status": False, "message": "The download parameter is required."}
DOWNLOAD = "The download parameter must be 'xlsx', 'json', 'csv', 'ndjson', 'parquet' or 'ods'."
ID = "parameter must be an id of 24 hexadecimal digits."
LIMIT = "The limit parameter must be"
PAGE = "The page parameter must be"


def ids_in(answer: httpx.Response) -> list[object]:
    assert answer.status_code == 200, answer.text
    found = httpx.Response(200, content=fetch(answer.json()["data"]["link"])).json()
    return values(found, "_id")


def wrong(answer: httpx.Response, message: str) -> None:
    assert (answer.status_code, answer.json()) == (
        400,
        {"status": False, "message": f"{BAD_REQUEST} {message}"},
    )


@pytest.mark.parametrize("query", [{}, {"download": ""}, {"Download": "xlsx"}, {"limit": "x"}])
def test_download_is_required(tenant: Tenant, query: dict[str, object]) -> None:
    answer = tenant.export(**query)
    assert (answer.status_code, answer.json()) == (400, REQUIRED)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"download": "pdf"}, DOWNLOAD),
        ({"download": "XLSX"}, DOWNLOAD),
        ({"background": "maybe"}, "The background parameter must be true or false."),
        ({"background": "2"}, "The background parameter must be true or false."),
        ({"hubId": "x"}, f"The hubId {ID}"),
        ({"hubId": "F" * 24}, f"The hubId {ID}"),
        ({"dataTypeId": "f" * 23}, f"The dataTypeId {ID}"),
        ({"dataTypeId": "1 OR 1=1"}, f"The dataTypeId {ID}"),
        ({"page": "0"}, f"{PAGE} at least 1."),
        ({"page": "-1"}, f"{PAGE} at least 1."),
        ({"page": "x"}, f"{PAGE} a whole number."),
        ({"page": "1.5"}, f"{PAGE} a whole number."),
        ({"page": "1000000001"}, f"{PAGE} at most 1000000000."),
        ({"limit": "0"}, f"{LIMIT} at least 1."),
        ({"limit": "-5"}, f"{LIMIT} at least 1."),
        ({"limit": "1000001"}, f"{LIMIT} at most 1000000."),
        ({"limit": "9" * 5_000}, f"{LIMIT} a whole number."),
        ({"limit": "all"}, f"{LIMIT} a whole number."),
        ({"limit": "٣"}, f"{LIMIT} a whole number."),
        ({"sortBy": "nothing"}, "The sortBy parameter names what is no field: nothing."),
        ({"sortBy": "data_type"}, "The sortBy parameter names what is no field: data_type."),
        ({"sortBy": "name; --"}, "The sortBy parameter names what is no field: name; --."),
        ({"sortOrder": "up"}, "The sortOrder parameter must be 'asc' or 'desc'."),
        ({"sortOrder": "ASC"}, "The sortOrder parameter must be 'asc' or 'desc'."),
        (
            {"fields": "name,nothing,NAME, '"},
            "The fields parameter names what is no field: nothing, NAME, '.",
        ),
        ({"fields": "limitUser"}, "The fields parameter names what is no field: limitUser."),
        ({"page": "0", "limit": "0"}, f"{PAGE} at least 1. {LIMIT} at least 1."),
        ({"sortBy": "a\0"}, "A parameter must not hold U+0000 or a lone surrogate."),
    ],
)
def test_a_wrong_value_is_named(tenant: Tenant, query: Mapping[str, object], message: str) -> None:
    """P15, P20."""
    kind = tenant.data_type()
    wrong(tenant.export(**{"download": "xlsx", "dataTypeId": kind, **query}), message)
    wrong(tenant.export(**{"download": "json", "background": True, **query}), message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"limit": 1.5}, f"{LIMIT} a whole number."),
        ({"limit": True}, f"{LIMIT} a whole number."),
        ({"limit": [1]}, f"{LIMIT} a whole number."),
        ({"fields": [1]}, "The fields parameter must be a list of names."),
        ({"fields": {"a": 1}}, "The fields parameter must be a list of names."),
        ({"hubId": 1}, f"The hubId {ID}"),
        ({"sortBy": 1}, "The sortBy parameter must be text."),
        ({"background": []}, "The background parameter must be true or false."),
        ({"download": 1}, DOWNLOAD),
        ({"sortOrder": ["asc"]}, "The sortOrder parameter must be 'asc' or 'desc'."),
        (["download"], "The request's body must be a JSON object."),
    ],
)
def test_a_wrong_value_in_a_json_body_is_named(tenant: Tenant, body: object, message: str) -> None:
    if isinstance(body, dict):
        body = {"download": "xlsx", **body}
    wrong(tenant.post("/data/export", body), message)


def test_a_body_that_is_no_json_is_refused(tenant: Tenant) -> None:
    answer = tenant.request("POST", "/data/export?download=xlsx", content=b"{")
    wrong(answer, "The request's body is not valid JSON.")


@pytest.mark.parametrize("name", ["fields", "sortBy", "hubId", "download"])
@pytest.mark.parametrize("text", [b'"\\ud800"', b'"a\\u0000"'])
def test_text_that_is_no_text_is_refused(tenant: Tenant, name: str, text: bytes) -> None:
    """P20."""
    query = "" if name == "download" else "?download=xlsx"
    answer = tenant.request(
        "POST", f"/data/export{query}", content=b'{"' + name.encode() + b'":' + text + b"}"
    )
    assert answer.status_code == 400, answer.text
    assert answer.json()["message"].startswith(BAD_REQUEST)


def test_the_query_takes_every_parameter(tenant: Tenant) -> None:
    kind, [_, second, *_] = add_outlets(tenant, 4)
    assert ids_in(
        tenant.export(
            download="json",
            background="0",
            fields=" dataId,, _id ,",
            dataTypeId=f" {kind} ",
            page="2",
            limit="+1",
            sortBy="dataId",
            sortOrder="asc",
            unknown="passed over",
        )
    ) == [second]


def test_a_json_body_takes_every_parameter(tenant: Tenant) -> None:
    kind, [_, second, *_] = add_outlets(tenant, 4)
    body = {
        "download": "json",
        "background": False,
        "fields": ["dataId", "_id"],
        "hubId": None,
        "dataTypeId": kind,
        "page": 2,
        "limit": 1,
        "sortBy": "dataId",
        "sortOrder": "asc",
        "unknown": {},
    }
    assert ids_in(tenant.post("/data/export", body)) == [second]
    body = {**body, "fields": "dataId,_id", "page": "2", "limit": "1", "background": "false"}
    assert ids_in(tenant.post("/data/export", body)) == [second]


def test_a_form_takes_every_parameter(tenant: Tenant) -> None:
    kind, [_, second, *_] = add_outlets(tenant, 4)
    form = {
        "download": "json",
        "background": "",
        "fields": "dataId,_id",
        "dataTypeId": kind,
        "page": "2",
        "limit": "1",
        "sortBy": "dataId",
        "sortOrder": "asc",
    }
    assert ids_in(tenant.request("POST", "/data/export", data=form)) == [second]
    parts = {name: (None, value) for name, value in form.items()}
    assert ids_in(tenant.request("POST", "/data/export", files=parts)) == [second]


def test_the_query_wins_over_the_body(tenant: Tenant) -> None:
    kind, ids = add_outlets(tenant, 3)
    body = {"download": "xlsx", "limit": "x", "sortOrder": "asc", "dataTypeId": kind}
    assert ids_in(tenant.post("/data/export", body, download="json", limit=1, fields="_id")) == [
        ids[0]
    ]
    form = {"download": "xlsx", "limit": "x", "sortOrder": "asc", "dataTypeId": kind}
    query = "?download=json&limit=2&fields=_id"
    assert ids_in(tenant.request("POST", f"/data/export{query}", data=form)) == ids[:2]


def test_background_may_be_said_in_every_way(tenant: Tenant) -> None:
    for value in ("true", "TRUE", "1", "True"):
        body = tenant.export(download="json", background=value).json()
        assert body["data"]["status"] == "Processing"
        tenant.finished(body["data"]["exportId"])
    for value in ("false", "False", "0", ""):
        assert tenant.export(download="json", background=value).json()["data"]["status"] == "Done"


def test_a_slash_at_the_end_changes_nothing(tenant: Tenant) -> None:
    _, ids = add_outlets(tenant, 1)
    answer = tenant.request("POST", "/data/export/?download=json")
    assert ids_in(answer) == ids


def test_an_export_is_only_ever_posted(tenant: Tenant) -> None:
    answer = tenant.get("/data/export", download="json")
    assert answer.status_code in {404, 405}
