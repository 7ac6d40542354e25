"""A file of no data type: one is proposed, can be changed, and is made with the import."""

import pytest

from tests.factories import Tenant
from tests.imports.drafting import Draft
from tests.imports.sending import stored
from transload.accounts.model import Permission, Role

_ROW = "{at:05},Toko {at},{kind},+62811000{at:03},{at}.5,{at:016},2024-01-{day:02}\n"
ROWS = (
    "Kode,Nama Toko,Kelas,Telp,Luas,NPWP,Buka\n"
    + "".join(_ROW.format(at=at, kind="AB"[at % 2], day=at % 28 + 1) for at in range(40))
).encode()


@pytest.fixture
def draft(tenant: Tenant) -> Draft:
    return Draft.create(tenant, ROWS, filename="daftar_outlet mei.csv")


def test_a_data_type_is_proposed_of_the_columns_and_made_with_the_import(
    draft: Draft, tenant: Tenant
) -> None:
    found = draft.data()
    assert "dataTypeId" not in found
    proposal = found["proposal"]
    assert (proposal["name"], proposal["commonData"]) == ("daftar outlet mei", True)
    assert [(one["column"], one["id"], one["type"]) for one in proposal["fields"]] == [
        (1, "dataId", "string"),
        (2, "namaToko", "string"),
        (3, "kelas", "option"),
        (4, "telp", "phone"),
        (5, "luas", "number"),
        (6, "npwp", "string"),
        (7, "buka", "date"),
    ]
    assert proposal["fields"][2]["optionData"] == ["A", "B"]
    assert "leading zeros" in proposal["fields"][5]["why"]
    assert [one["field"] for one in found["columns"]] == [one["id"] for one in proposal["fields"]]

    assert draft.checked()["counts"]["new"] == 40
    end = draft.committed()
    assert (end["status"], end["created"], end["proposal"]) == ("success", 40, None)
    made = tenant.get(f"/data-type/{end['dataTypeId']}").json()["data_type"]
    assert [one["id"] for one in made["fields"]] == [one["id"] for one in proposal["fields"]]
    record = stored(tenant, made["_id"])["00007"]
    assert (record["luas"], record["npwp"], record["telp"]) == (
        7.5,
        "0000000000000007",
        "+62811000007",
    )


def test_dots_between_thousands_can_be_stated_of_a_column_that_is_made_numbers(
    tenant: Tenant,
) -> None:
    """P35: as its reason says."""
    draft = Draft.create(tenant, b"Code,Price\na,1.250\nb,12.500\n")
    fields = draft.data()["proposal"]["fields"]
    assert (fields[1]["type"], "1.250 would be 1.25" in fields[1]["why"]) == ("string", True)
    fields[1]["type"] = "number"
    draft.data("PATCH", "", {"proposal": {"name": "Prices", "fields": fields}})
    stated = {"field": fields[1]["id"], "reading": {"decimalSeparator": ","}}
    draft.data("POST", "readings", stated)
    assert draft.checked()["counts"]["new"] == 2
    kind = draft.committed()["dataTypeId"]
    assert {code: one["price"] for code, one in stored(tenant, kind).items()} == {
        "a": 1250,
        "b": 12500,
    }


def test_what_is_proposed_can_be_changed(draft: Draft, tenant: Tenant) -> None:
    """P31."""
    fields = draft.data()["proposal"]["fields"]
    kept = [one for one in fields if one["id"] not in {"npwp", "buka"}]
    kept[4] |= {"id": "area", "title": "Area", "type": "string"}
    kept.append({"id": "note", "title": "Note", "type": "text", "default": "none"})
    said = {"name": "Outlets", "commonData": False, "fields": kept}
    found = draft.data("PATCH", "", {"proposal": said})
    assert (found["dataTypeName"], found["columns"][5]["field"]) == ("Outlets", None)
    assert found["proposal"]["fields"][5]["column"] is None
    assert draft.call("POST", "check").json()["message"] == "The hubId field is required."

    draft.data("PATCH", "", {"hubId": tenant.hub()})
    draft.checked()
    end = draft.committed()
    record = stored(tenant, end["dataTypeId"])["00007"]
    assert (record["area"], record["note"], "npwp" in record) == ("7.5", "none", False)


@pytest.mark.parametrize(
    ("said", "status", "message"),
    [
        ({"keyColumn": 9}, 400, "The file has no column 9."),
        ({"name": " "}, 400, "The name must not be blank."),
        ({"fields": [{"id": "a", "type": "string"}]}, 400, "Exactly one field is the primary key"),
        (
            {
                "fields": [
                    {"id": "dataId", "type": "string", "column": 1},
                    {"id": "b", "type": "string", "column": 1},
                ]
            },
            400,
            "Two fields are in the same column.",
        ),
        ({"name": "Taken"}, 409, "There is a data type Taken already."),
    ],
)
def test_a_proposal_that_could_not_be_made_is_refused(
    draft: Draft, tenant: Tenant, said: dict[str, object], status: int, message: str
) -> None:
    if status == 409:
        tenant.data_type(name="Taken")
    before = draft.data()["proposal"]
    answer = draft.call("PATCH", "", {"proposal": said})
    assert answer.status_code == status, answer.text
    assert message in answer.json()["message"]
    assert draft.data()["proposal"] == before


def test_a_name_that_is_taken_meanwhile_makes_nothing(draft: Draft, tenant: Tenant) -> None:
    draft.data("PATCH", "", {"proposal": {"name": "Outlets"}})
    draft.checked()
    tenant.data_type(name="Outlets")
    assert draft.call("POST", "commit", {}).status_code == 409
    assert draft.data()["status"] == "draft"

    draft.data("PATCH", "", {"proposal": {"name": "Other outlets"}})
    draft.checked()
    assert draft.committed()["created"] == 40


def test_without_a_column_that_tells_rows_apart_one_is_chosen(tenant: Tenant) -> None:
    draft = Draft.create(tenant, b"City,Day\nA,1\nA,2\nB,1\n")
    assert draft.call("POST", "check").status_code == 400
    found = draft.data("PATCH", "", {"proposal": {"keyColumn": 1}})
    assert [one["id"] for one in found["proposal"]["fields"]] == ["dataId", "day"]
    assert draft.checked()["counts"] == {
        "new": 2,
        "changed": 0,
        "same": 0,
        "invalid": 1,
        "left_out": 0,
    }


def test_a_data_type_that_exists_can_be_chosen_instead(draft: Draft, tenant: Tenant) -> None:
    kind = tenant.data_type()
    found = draft.data("PATCH", "", {"dataTypeId": kind, "hubId": tenant.hub()})
    assert (found["proposal"], found["dataTypeId"]) == (None, kind)
    assert draft.call("PATCH", "", {"proposal": {"name": "X"}}).status_code == 409
    found = draft.data("PATCH", "", {"dataTypeId": None})
    assert found["proposal"]["fields"][0]["id"] == "dataId"


def test_reading_the_file_otherwise_proposes_anew_and_keeps_the_name(draft: Draft) -> None:
    draft.data("PATCH", "", {"proposal": {"name": "Outlets"}})
    found = draft.data("PATCH", "", {"choices": {"headerRow": 0}})
    assert (found["proposal"]["name"], found["table"]["rows"]) == ("Outlets", 41)
    assert found["proposal"]["fields"][1]["id"] == "column2"


def test_who_may_not_add_data_types_makes_none(tenant: Tenant) -> None:
    assert Permission.ADD_DATA_TYPE not in Role.PLANNER.permissions
    draft = Draft.create(tenant.user(Role.PLANNER), ROWS)
    assert draft.call("POST", "check").status_code == 403


def test_a_dry_run_makes_no_data_type(tenant: Tenant) -> None:
    draft = Draft.create(tenant, ROWS, dryRun="true")
    draft.checked()
    assert draft.committed()["created"] == 40
    assert tenant.get("/data-types").json()["data_types"]["total"] == 0


def test_columns_are_not_chosen_for_fields_that_there_are_not(tenant: Tenant) -> None:
    answer = tenant.request(
        "POST", "/imports", files={"file": ("x.csv", ROWS)}, data={"mapping": '{"1": "dataId"}'}
    )
    assert (answer.status_code, answer.json()["failedCode"]) == (400, "import-015")
    assert tenant.get("/imports").json()["data"]["total"] == 0
