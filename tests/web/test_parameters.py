"""Parameters: what is read from them, and what is said about the wrong ones."""

from typing import Literal

import pytest
from pydantic import Field

from tests.factories import Tenant
from transload.errors import InvalidError
from transload.web.parameters import Flag, Id, Names, Parameters, Whole, validated

_ID = "0123456789abcdef01234567"


class _All(Parameters):
    number: Whole = Field(1, ge=1, le=100)
    flag: Flag = False
    names: Names = ()
    hub_id: Id | None = Field(None, alias="hubId")
    order: Literal["asc", "desc"] = "desc"
    text: str = Field("", max_length=5)


class _Required(Parameters):
    first: Whole
    second: str = Field(min_length=1)


def _fault(**values: object) -> str:
    with pytest.raises(InvalidError) as caught:
        validated(_All, values)
    return caught.value.message


def test_absent_parameters_have_their_defaults() -> None:
    assert validated(_All, {"unknown": "x"}).model_dump() == {
        "number": 1,
        "flag": False,
        "names": (),
        "hub_id": None,
        "order": "desc",
        "text": "",
    }


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), (" 7 ", 7), ("+7", 7), ("007", 7), (7, 7), ("100", 100)]
)
def test_whole_number_is_read(text: object, number: int) -> None:
    assert validated(_All, {"number": text}).number == number


@pytest.mark.parametrize(
    "value", ["", "x", "1.0", "1e2", "0x10", "٣", "1_0", "9" * 19, 1.0, True, None, [1], "1\n2"]
)
def test_what_is_no_whole_number_is_refused_by_name(value: object) -> None:
    assert _fault(number=value) == "The number parameter must be a whole number."


@pytest.mark.parametrize(
    ("value", "bound"), [("0", "at least 1"), ("-7", "at least 1"), ("101", "at most 100")]
)
def test_number_out_of_bounds_is_told_the_bound(value: str, bound: str) -> None:
    assert _fault(number=value) == f"The number parameter must be {bound}."


@pytest.mark.parametrize("value", ["true", "TRUE", "True", "1", " true ", True, 1])
def test_true_is_read_in_any_case(value: object) -> None:
    assert validated(_All, {"flag": value}).flag is True


@pytest.mark.parametrize("value", ["false", "FALSE", "0", False, 0])
def test_false_is_read_in_any_case(value: object) -> None:
    assert validated(_All, {"flag": value}).flag is False


@pytest.mark.parametrize("value", ["", "yes", "on", "2", "t", 2, None, [], 1.5])
def test_what_is_neither_true_nor_false_is_refused_by_name(value: object) -> None:
    assert _fault(flag=value) == "The flag parameter must be true or false."


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("a,b", ("a", "b")),
        (" a , b ,, ", ("a", "b")),
        ("a b", ("a b",)),
        (",", ()),
        ("b,a,b", ("b", "a")),
        (["a", " b ", ""], ("a", "b")),
    ],
)
def test_list_passes_over_blanks_empty_items_and_repeated_ones(
    value: object, names: tuple[str, ...]
) -> None:
    assert validated(_All, {"names": value}).names == names


@pytest.mark.parametrize("value", [7, {"a": 1}, ["a", 1], [["a"]], None, True])
def test_what_is_no_list_of_names_is_refused_by_name(value: object) -> None:
    assert _fault(names=value) == "The names parameter must be a list of names."


def test_id_is_read() -> None:
    assert validated(_All, {"hubId": f" {_ID} "}).hub_id == _ID


@pytest.mark.parametrize("value", ["", "x", _ID.upper(), _ID[:-1], f"{_ID}0", "٣" * 24, 7, ["x"]])
def test_malformed_id_is_refused_by_name(value: object) -> None:
    assert _fault(hubId=value) == "The hubId parameter must be an id of 24 hexadecimal digits."


def test_closed_set_is_named_in_the_refusal() -> None:
    assert _fault(order="up") == "The order parameter must be 'asc' or 'desc'."


def test_text_too_long_is_told_the_length() -> None:
    assert _fault(text="123456") == "The text parameter must have at most 5 characters."
    assert _fault(text=7) == "The text parameter must be text."


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(InvalidError) as caught:
        validated(_Required, {"second": ""}, noun="field")
    assert caught.value.message == (
        "The first field is required. The second field must not be empty."
    )


def test_query_wins_over_the_body(tenant: Tenant) -> None:
    answer = tenant.post("/data/export", {"download": "json", "limit": 0}, limit="x")
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "Bad request - invalid parameters provided. The limit parameter must be a whole number."
    )


@pytest.mark.parametrize("kind", ["data", "files"])
def test_form_is_read_like_a_query(tenant: Tenant, kind: str) -> None:
    fields = {"download": "json", "limit": "0"}
    form = fields if kind == "data" else {name: (None, text) for name, text in fields.items()}
    answer = tenant.request("POST", "/data/export", **{kind: form})
    assert answer.status_code == 400
    assert "The limit parameter must be at least 1." in answer.json()["message"]


def test_parameter_without_a_value_is_as_good_as_absent(tenant: Tenant) -> None:
    answer = tenant.post("/data/export", {"download": "", "limit": None}, sortBy="")
    assert answer.json()["message"] == "The download parameter is required."


@pytest.mark.parametrize("body", [{"sortBy": "a\0b"}, {"fields": ["a\0b"]}, {"dataTypeId": "\0"}])
def test_nul_in_a_parameter_is_a_bad_request(tenant: Tenant, body: dict[str, object]) -> None:
    answer = tenant.post("/data/export", {"download": "json", **body})
    assert answer.status_code == 400
    assert tenant.get("/tasks/export-log", dataName="a\0b").status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b'{"download": "json", "sortBy": "\\ud800"}',
        b'{"download": "json", "fields": ["\\ud800"]}',
        b'{"download": "\\ud800"}',
        b'{"download": "json", "limit": NaN}',
        b'{"download": "json", "limit": ' + b"9" * 30 + b"}",
        b'{"download": ["json"]}',
        b"[1]",
        b"{",
        b"\xff",
    ],
)
def test_unusable_body_is_a_bad_request(tenant: Tenant, body: bytes) -> None:
    answer = tenant.request("POST", "/data/export", content=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["message"].startswith("Bad request - invalid parameters provided. ")


@pytest.mark.parametrize(
    ("kind", "body", "fault"),
    [
        ("multipart/form-data; boundary=x", b"broken", "Invalid multipart data."),
        ("multipart/form-data", b"--x", "Missing boundary in multipart."),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 1_001 + b"--x--",
            "Too many fields. Maximum number of fields is 1000.",
        ),
        ("application/x-www-form-urlencoded", b"a&" * 1_001, "A form has at most 1000 fields."),
    ],
)
def test_bad_form_is_a_bad_request(tenant: Tenant, kind: str, body: bytes, fault: str) -> None:
    """P4."""
    headers = {"Content-Type": kind}
    answer = tenant.request("POST", "/data/export", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json() == {
        "status": False,
        "message": f"Bad request - invalid parameters provided. {fault}",
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fields=dataId&fields=name", ["_id", "dataId", "name"]),
        ("fields[]=dataId&fields[]=name", ["_id", "dataId", "name"]),
        ("fields%5B%5D=name", ["_id", "name"]),
        ("fields=dataId,price&fields=name", ["_id", "dataId", "name", "price"]),
    ],
)
def test_list_is_taken_as_clients_spell_it(tenant: Tenant, query: str, expected: list[str]) -> None:
    tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1", "name": "n", "price": 1}])
    answer = tenant.request("GET", f"/data?{query}")
    assert answer.status_code == 200, answer.text
    assert sorted({"_id", *answer.json()["data"]["data"][0]}) == expected


@pytest.mark.parametrize(
    "query",
    ["hubId[]=A", "page=1&page=2", "sortBy=name&sortBy=price", "q=a&q=b", "limitUser[]=true"],
)
def test_several_values_of_what_is_no_list_are_refused(tenant: Tenant, query: str) -> None:
    answer = tenant.request("GET", f"/data?{query}")
    name = query.partition("=")[0].removesuffix("[]")
    assert answer.status_code == 400
    assert f"The {name} parameter " in answer.json()["message"]
