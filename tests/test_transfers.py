"""`transload import` and `transload export`, run as programs against the service."""

import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.exports.test_tasks import TASK
from tests.factories import Tenant
from tests.imports.sending import sheet_rows, stored
from transload.cli.transfers import Format, export_command
from transload.client import Client, RefusedError

# The commands know the HTTP API alone, which is one on both stores.
on_one_store = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


def run(tenant: Tenant, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "TRANSLOAD_URL": str(tenant.site.http.base_url),
        "TRANSLOAD_TOKEN": tenant.token,
    }
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "transload", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@on_one_store
def test_a_file_goes_in_and_comes_out_again(tenant: Tenant, tmp_path: Path) -> None:
    hub, kind = tenant.hub("Jakarta"), tenant.data_type(name="Outlets")
    (tmp_path / "in.csv").write_text(
        "Code,Name,Price\n007,Toko,1.5\n008,Kios,2\n9,Toko 2,2\n0,Pos,3\n"
    )

    done = run(tenant, tmp_path, "import", "in.csv", "--type", "Outlets", "--hub", "Jakarta")

    assert (done.returncode, done.stdout) == (
        0,
        "4 rows: 4 created, 0 updated, 0 unchanged, 0 failed.\n",
    ), done.stderr
    assert stored(tenant, kind)["007"]["price"] == 1.5
    out = run(
        tenant, tmp_path, "export", "--type", kind, "--hub", hub, "--format", "csv",
        "--search=o", "--filter=price lt 3", "--filter=name ne Toko 2", "--sort=-price",
        "--config", _saved(tenant, kind),
    )  # fmt: skip
    assert (out.returncode, out.stdout) == (0, f"2 records in {kind}.csv.\n"), out.stderr
    written = (tmp_path / f"{kind}.csv").read_text("utf-8-sig")
    assert written.splitlines() == ["Key,Name", "008,Kios", "007,Toko"]
    one = run(tenant, tmp_path, "export", "--type", kind, "--format", "csv", "--search=Kios")
    assert one.stdout == f"1 record in {kind}.csv.\n", one.stderr


@on_one_store
def test_tasks_go_out_and_come_in_again_with_their_child_sheets(
    tenant: Tenant, tmp_path: Path
) -> None:
    hub, flow = tenant.hub("Jakarta"), tenant.flow(name="Delivery")
    tenant.add_tasks("Delivery", hub, [TASK, {**TASK, "amount": 2}, {"title": "Left out"}])

    out = run(
        tenant, tmp_path,
        *("export", "--flow", "Delivery", "--format", "xlsx", "--filter", "amount isNotEmpty"),
    )  # fmt: skip

    assert (out.returncode, out.stdout) == (0, "2 tasks in Delivery.xlsx.\n"), out.stderr
    done = run(tenant, tmp_path, "import", "Delivery.xlsx", "--flow", flow, "--hub", "Jakarta")
    assert (done.returncode, done.stdout) == (
        0,
        "2 rows: 0 created, 0 updated, 2 unchanged, 0 failed.\n",
    ), done.stderr


def test_a_type_or_a_flow_has_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSLOAD_TOKEN", "any")
    for named in (None, "x"):
        with pytest.raises(RefusedError, match="--type, or a flow with --flow"):
            export_command(Format.CSV, data_type=named, flow=named)


@pytest.mark.parametrize(
    ("variable", "text", "sentence"),
    [
        ("TRANSLOAD_TOKEN", "", "TRANSLOAD_TOKEN is not set"),
        ("TRANSLOAD_TOKEN", "a\nb", "TRANSLOAD_TOKEN holds no token"),
        ("TRANSLOAD_TOKEN", "ünï", "TRANSLOAD_TOKEN holds no token"),
        *(
            ("TRANSLOAD_URL", url, f"TRANSLOAD_URL is {url}; it must be of the form")
            for url in (
                "nonsense",
                "localhost:80",
                "file:///x",
                "http://",
                "http://[::1",
                "http://a b",
            )
        ),
        (
            "TRANSLOAD_URL",
            "http://127.0.0.1:1",
            "127.0.0.1:1 cannot be reached: Connection refused",
        ),
    ],
)
def test_wrong_address_or_token_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, sentence: str
) -> None:
    monkeypatch.setenv("TRANSLOAD_TOKEN", "any")
    monkeypatch.setenv(variable, text)
    with pytest.raises(RefusedError) as refused:
        export_command(Format.CSV, data_type="x")
    assert sentence in refused.value.message


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "What {} answered broke off, or is"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "What {} answered broke off, or is no answer of HTTP."),
        (b"HTTP/1.1 500 Bad\r\nContent-Length: 9\r\n\r\n{", "The service answered 500 Bad."),
    ],
)
def test_answer_that_broke_off_is_told_as_one(answer: bytes, told: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as beside:

        def give() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(answer)

        given = beside.submit(give)
        host = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(RefusedError) as refused:
            Client(base_url=f"http://{host}", token="any").get("/hubs")  # noqa: S106 - none of any
        given.result()
    assert told.format(host) in refused.value.message


@on_one_store
@pytest.mark.parametrize("path", ["/api", "/api/v3", "/console", "/console/sign-in"])
@pytest.mark.parametrize("named", ["Outlets", "6b069e7d527fae7ccb2f5744"])
def test_address_with_a_path_of_the_service_is_told_to_have_no_api(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, path: str, named: str
) -> None:
    url = f"{str(tenant.site.http.base_url).rstrip('/')}{path}"
    monkeypatch.setenv("TRANSLOAD_TOKEN", tenant.token)
    monkeypatch.setenv("TRANSLOAD_URL", url)
    with pytest.raises(RefusedError, match=f"There is no API of Transload at {url}: TRANSLOAD_URL"):
        export_command(Format.CSV, data_type=named)


@on_one_store
def test_what_the_service_does_not_find_is_told_in_its_own_words(
    tenant: Tenant,
) -> None:
    client = Client(base_url=str(tenant.site.http.base_url).rstrip("/"), token=tenant.token)
    with pytest.raises(RefusedError, match=r"^Import monitoring record not found$"):
        client.get("/import-monitoring/6b069e7d527fae7ccb2f5744")


def test_file_in_a_folder_that_is_not_there_is_refused_before_the_export(tmp_path: Path) -> None:
    for output in (tmp_path, tmp_path / "none" / "x.csv"):
        with pytest.raises(RefusedError, match="folder"):
            export_command(Format.CSV, data_type="x", output=output)


@on_one_store
def test_token_that_is_known_no_more_is_told(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSLOAD_URL", str(tenant.site.http.base_url))
    monkeypatch.setenv("TRANSLOAD_TOKEN", "any")
    with pytest.raises(RefusedError, match="does not know the token in TRANSLOAD_TOKEN") as refused:
        export_command(Format.CSV, data_type="x")
    answer = refused.value.__cause__
    assert isinstance(answer, HTTPError)
    assert answer.closed  # with its connection, which nobody else closes


def _saved(tenant: Tenant, data_type: str) -> str:
    """Save columns of exports; give the config's id."""
    titles = {"dataId": "Key", "name": "Name"}
    fields = [{"id": name, "component": "input", "title": title} for name, title in titles.items()]
    body = {"name": "Ours", "collection": "data", "dataTypeIds": [data_type], "fields": fields}
    return str(tenant.post("/export-config", body).json()["data"]["_id"])


@on_one_store
@pytest.mark.parametrize(("rows", "code"), [("1,x\n2,2\n", 3), ("1,x\n", 4)])
def test_failed_rows_have_an_exit_code_and_a_file(
    tenant: Tenant, tmp_path: Path, rows: str, code: int
) -> None:
    tenant.hub("Jakarta")
    kind = tenant.data_type()
    (tmp_path / "in.csv").write_text(f"Code,Price\n{rows}")

    done = run(
        tenant,
        tmp_path,
        *("import", "in.csv", "--type", kind, "--hub", "Jakarta", "--failed", "bad.xlsx"),
        "--json",
    )

    assert done.returncode == code, done.stderr
    assert json.loads(done.stdout)["totalInvalid"] == 1
    assert sheet_rows((tmp_path / "bad.xlsx").read_bytes())[1][0] == "1"


@on_one_store
def test_a_refusal_is_the_services_own_sentence(tenant: Tenant, tmp_path: Path) -> None:
    kind = tenant.data_type()
    (tmp_path / "in.csv").write_text("Foo\n1\n")
    done = run(tenant, tmp_path, "import", "in.csv", "--type", kind)
    assert done.returncode == 1
    assert done.stderr.strip() == "The hubId field is required."
