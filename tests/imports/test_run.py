"""A file sent to be imported: every row ends in the store, or comes back with the reason."""

from io import BytesIO

import openpyxl  # type: ignore[import-untyped]  # ships no types
import pytest

from tests.factories import Tenant, fetch
from tests.imports.sending import imported, saved_columns, send, sheet_rows, stored
from transload.accounts.model import Role

ROWS = b"Code,Name,Price,Active,Opened\n1,Toko A,10.5,true,2024-01-31\n2,Toko B,7,0,\n"


def test_good_rows_are_created(tenant: Tenant, kind: str, hub: str) -> None:
    sent = imported(tenant, ROWS, dataTypeId=kind, hubId=hub)
    assert sent.record["status"] == "success"
    assert sent.counts() == (2, 0, 0, 0)
    found = stored(tenant, kind)
    assert found["1"]["price"] == 10.5
    assert found["1"]["active"] is True
    assert found["1"]["opened"] == "2024-01-31"
    assert found["2"]["opened"] is None
    assert "fileFailedImported" not in sent.record


def test_the_same_file_again_changes_nothing(tenant: Tenant, kind: str, hub: str) -> None:
    """P23."""
    imported(tenant, ROWS, dataTypeId=kind, hubId=hub)
    before = stored(tenant, kind)
    sent = imported(tenant, ROWS, dataTypeId=kind, hubId=hub)
    assert sent.counts() == (0, 0, 2, 0)
    assert stored(tenant, kind) == before


def test_a_column_that_is_not_in_the_file_leaves_its_field_as_it_was(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P26."""
    imported(tenant, ROWS, dataTypeId=kind, hubId=hub)
    sent = imported(tenant, b"Code,Name\n1,New\n3,Other\n", dataTypeId=kind, hubId=hub)
    assert sent.counts() == (1, 1, 0, 0)
    found = stored(tenant, kind)
    assert (found["1"]["name"], found["1"]["price"]) == ("New", 10.5)


def test_bad_rows_come_back_as_they_were_with_what_is_wrong(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P28, P33."""
    content = b"Code,Name,Price,Note\n1,A,x1,keep\n,B,2,\n3,C,3,\n1,D,4,\n"
    sent = imported(tenant, content, dataTypeId=kind, hubId=hub)
    assert sent.record["status"] == "partially"
    assert sent.counts() == (1, 0, 0, 3)
    titles, *rows = sent.failed_rows()
    assert titles == ["Code", "Name", "Price", "Note", "Error"]
    assert [row[:4] for row in rows] == [
        ["1", "A", "x1", "keep"],
        [None, "B", "2", None],
        ["1", "D", "4", None],
    ]
    number, missing, repeated = sent.errors()
    assert number == ('Price must be a number, with a point and without separators, not "x1".')
    assert missing == "Code is required."
    assert repeated == 'Code "1" stands in line 2 already.'
    assert stored(tenant, kind).keys() == {"3"}


def test_a_mended_file_of_failed_rows_brings_exactly_those_in(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P23, P33."""
    sent = imported(tenant, b"Code,Price\n1,x\n2,2\n", dataTypeId=kind, hubId=hub)
    [_, [code, _, error]] = sent.failed_rows()
    quoted = str(error).replace('"', '""')
    mended = f'Code,Price,Error\n{code},1,"{quoted}"\n'.encode()
    again = imported(tenant, mended, dataTypeId=kind, hubId=hub)
    assert again.counts() == (1, 0, 0, 0)
    assert stored(tenant, kind).keys() == {"1", "2"}


@pytest.mark.parametrize(
    ("mode", "counts", "codes"),
    [
        ("upsert", (1, 1, 0, 0), {"1", "2"}),
        ("insert", (1, 0, 0, 1), {"1", "2"}),
        ("update", (0, 1, 0, 1), {"1"}),
    ],
)
def test_a_mode_says_what_may_become_of_a_row(  # noqa: PLR0917 - fixtures and cases
    tenant: Tenant,
    kind: str,
    hub: str,
    mode: str,
    counts: tuple[int, int, int, int],
    codes: set[str],
) -> None:
    imported(tenant, b"Code,Name\n1,A\n", dataTypeId=kind, hubId=hub)
    sent = imported(tenant, b"Code,Name\n1,B\n2,C\n", dataTypeId=kind, hubId=hub, mode=mode)
    assert sent.counts() == counts
    assert stored(tenant, kind).keys() == codes


def test_a_dry_run_counts_and_writes_nothing(tenant: Tenant, kind: str, hub: str) -> None:
    content = b"Code,Price\n1,x\n2,2\n"
    sent = imported(tenant, content, dataTypeId=kind, hubId=hub, dryRun="true")
    assert sent.counts() == (1, 0, 0, 1)
    assert len(sent.failed_rows()) == 2
    assert stored(tenant, kind) == {}


def test_a_file_of_titles_alone_is_a_success_with_zeros(
    tenant: Tenant, kind: str, hub: str
) -> None:
    sent = imported(tenant, b"Code,Name\n", dataTypeId=kind, hubId=hub)
    assert (sent.record["status"], sent.record["totalRows"]) == ("success", 0)


def test_none_of_the_rows_is_a_failure(tenant: Tenant, kind: str, hub: str) -> None:
    sent = imported(tenant, b"Code,Price\n1,x\n", dataTypeId=kind, hubId=hub)
    assert sent.record["status"] == "failed"


def test_choices_are_taken(tenant: Tenant, kind: str, hub: str) -> None:
    content = "Kode;Harga;Buka\nÄ1;1.234,5;31/12/2024\n".encode("cp1252")
    sent = imported(
        tenant,
        content,
        dataTypeId=kind,
        hubId=hub,
        encoding="windows-1252",
        delimiter=";",
        decimalSeparator=",",
        dayOrder="dmy",
        mapping='{"Kode": "dataId", "2": "price", "Buka": "opened"}',
    )
    assert sent.counts() == (1, 0, 0, 0), sent.record
    found = stored(tenant, kind)["Ä1"]
    assert (found["price"], found["opened"]) == (1234.5, "2024-12-31")


def test_numbers_of_a_workbook_stay_what_they_are_beside_texts_with_a_comma(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P35: also where they come back as failed rows, and go in again as these stand."""
    rows = [["a", 1.125, "?"], ["b", "1,5", "?"], ["c", "1.250,5", None], ["d", 12.375, None]]
    workbook = openpyxl.Workbook()
    for row in (["Code", "Price", "Opened"], *rows):
        workbook.active.append(row)
    into = {"dataTypeId": kind, "hubId": hub, "decimalSeparator": ","}
    sent = imported(tenant, _saved(workbook), "prices.xlsx", **into)
    assert sent.counts() == (2, 0, 0, 2), sent.record

    failed = openpyxl.load_workbook(BytesIO(fetch(sent.record["fileFailedImported"])))
    for row in failed.active.iter_rows(min_row=2):
        row[2].value = "2024-05-31"
    sent = imported(tenant, _saved(failed), "failed.xlsx", **into)
    assert sent.counts() == (2, 0, 0, 0), sent.record
    found = {code: one["price"] for code, one in stored(tenant, kind).items()}
    assert found == {"a": 1.125, "b": 1.5, "c": 1250.5, "d": 12.375}


def _saved(workbook: openpyxl.Workbook) -> bytes:
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Foo,Bar\n1,2\n", "No column"),
        (b"Name,Price\nA,1\n", "dataId"),
        (b"Code,Name,name\n1,A,B\n", "both the field name"),
        (b"%PDF-1.7\n1 0 obj\n", "must be a file of type"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    tenant: Tenant, kind: str, hub: str, content: bytes, says: str
) -> None:
    answer = send(tenant, content, dataTypeId=kind, hubId=hub)
    assert (answer.status_code, answer.json()["failedCode"]) == (422, "import-002"), answer.text
    assert says in answer.json()["message"]


@pytest.mark.parametrize("choice", ["encoding", "delimiter", "quote", "escape"])
def test_how_text_is_written_cannot_be_chosen_for_another_file(
    tenant: Tenant, kind: str, hub: str, choice: str
) -> None:
    content = b'[{"Code": "1", "Name": "A"}]'
    answer = send(tenant, content, dataTypeId=kind, hubId=hub, **{choice: ";"})
    assert (answer.status_code, answer.json()["message"]) == (
        422,
        f"The file is json, where no {choice} can be chosen: leave that out.",
    )


def test_a_file_over_the_limit_is_refused_while_it_streams(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P2."""
    content = b"Code,Name\n" + b"1,x\n" * (6 << 20)
    answer = send(tenant, content, dataTypeId=kind, hubId=hub)
    assert (answer.status_code, answer.json()["failedCode"]) == (413, "import-040")


def test_who_may_not_import_is_refused(tenant: Tenant, kind: str, hub: str) -> None:
    answer = send(tenant.user(Role.FIELD), ROWS, dataTypeId=kind, hubId=hub)
    assert answer.status_code == 403
    assert answer.json() == {
        "status": False,
        "message": "You do not have permission to perform this action",
        "failedCode": "auth-003",
    }


def test_a_template_has_the_fields_and_can_be_imported(tenant: Tenant, kind: str, hub: str) -> None:
    sent = imported(tenant, ROWS, dataTypeId=kind, hubId=hub)
    titles, example = sheet_rows(fetch(sent.record["fileTemplate"]))
    assert titles[:4] == ["Code *", "Name", "Address", "Price"]
    lines = "\n".join(
        ",".join(f'"{str(cell).replace(chr(34), chr(34) * 2)}"' for cell in row)
        for row in (titles, example)
    )
    again = imported(tenant, lines.encode(), dataTypeId=kind, hubId=hub)
    assert again.counts() == (1, 0, 0, 0), again.record


def test_more_rows_than_a_chunk_has_go_in_once(tenant: Tenant, kind: str, hub: str) -> None:
    lines = "".join(f"{number:06d},Name {number},{number}\n" for number in range(12_000))
    content = f"Code,Name,Price\n{lines}000005,again,1\n".encode()
    sent = imported(tenant, content, dataTypeId=kind, hubId=hub)
    assert sent.record["totalChunks"] == 3
    assert sent.counts() == (12_000, 0, 0, 1)
    assert sent.errors() == ['Code "000005" stands in line 7 already.']


def test_a_saved_config_says_which_columns_are_which_fields(
    tenant: Tenant, kind: str, hub: str
) -> None:
    config = saved_columns(tenant, kind, dataId="Kode", name="Nama", price="Harga")
    content = b"Kode,Nama\n1,Toko\n"
    sent = imported(tenant, content, dataTypeId=kind, hubId=hub, importConfigId=config)
    assert sent.counts() == (1, 0, 0, 0)
    assert stored(tenant, kind)["1"]["name"] == "Toko"
    refused = send(tenant, content, dataTypeId=kind, hubId=hub, importConfigId="f" * 24)
    assert refused.status_code == 422


@pytest.mark.parametrize("name", ["type", "status"])
def test_an_emptied_choice_of_imports_is_not_all_of_them(
    tenant: Tenant, kind: str, hub: str, name: str
) -> None:
    imported(tenant, b"dataId\n1\n", dataTypeId=kind, hubId=hub)
    totals = {
        text: tenant.get("/import-monitoring", **{name: text}).json()["data"]["total"]
        for text in (",", "")
    }
    assert totals == {",": 0, "": 1}
