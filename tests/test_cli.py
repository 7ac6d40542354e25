"""The command line, as an administrator runs it: the real program, by its words and exit codes."""

import json
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import jwt
import pytest
from sqlalchemy import Engine
from sqlalchemy.event import listen, remove
from typer.main import get_group
from typer.testing import CliRunner

from tests.processes import Installation, RunningProgram
from transload import __version__
from transload.cli.program import COMMANDS, app
from transload.db.ids import is_id, new_id


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with the organization Acme and its owner."""
    made = Installation(data_dir=tmp_path_factory.mktemp("a long folder name " * 5) / "data")
    made.token("Acme")
    return made


@pytest.fixture(scope="module")
def program(installation: Installation) -> Iterator[RunningProgram]:
    """The service of the installation, beside which commands are run."""
    with installation.serving() as running:
        yield running


def _printed(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("\n") == 1
    return result.stdout.strip()


def _refusal(result: subprocess.CompletedProcess[str]) -> str:
    """Give the one sentence with which the program refused."""
    assert result.returncode == 1, result
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr.strip()


def _stored(installation: Installation, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(installation.data_dir / "transload.db")) as connection:
        return connection.execute(query).fetchall()


def test_version_is_printed(installation: Installation) -> None:
    assert _printed(installation.run("version")) == __version__


def test_version_and_help_come_without_the_service(installation: Installation) -> None:
    """To import the service takes a second: who asks for a version or completes a word waits."""
    script = (
        "import sys\nfrom transload.cli.program import app\n"
        "try:\n    app(sys.argv[1:])\n"
        "finally:\n    print({'fastapi', 'sqlalchemy', 'polars', 'dbos'} & set(sys.modules))"
    )
    for arguments in (["--version"], ["--help"], ["-h"]):
        result = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
        )
        assert result.stdout.splitlines()[-1] == "set()"
    assert _printed(installation.run("--version")) == __version__


@pytest.mark.parametrize(
    ("words", "completed"), [("transload us", "user"), ("transload user re", "remove")]
)
def test_words_are_completed(tmp_path: Path, words: str, completed: str) -> None:
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    variables = {"_TRANSLOAD_COMPLETE": "complete_bash", **asked}
    shell = Installation(data_dir=tmp_path / "data", variables=variables)
    assert _printed(shell.command()) == completed


def test_help_of_a_command_is_what_the_list_says_of_it() -> None:
    for name, entry in COMMANDS.items():
        group = get_group(import_module(f"transload.cli.{entry.module}").app)
        command = group if entry.is_group else group.commands[name]
        assert (command.help or "").partition("\n")[0] == entry.help


def test_every_command_is_in_the_readme() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    for name, entry in COMMANDS.items():
        if not entry.is_group:
            assert f"`transload {name}" in readme, name
            continue
        for command in get_group(import_module(f"transload.cli.{entry.module}").app).commands:
            assert f"`transload {name} {command}" in readme, f"{name} {command}"


def _listed(installation: Installation, *arguments: str) -> Any:  # noqa: ANN401 - JSON
    result = installation.command(*arguments, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_what_there_is_is_listed_for_people_and_for_programs(tmp_path: Path) -> None:
    made = Installation(data_dir=tmp_path / "data")
    made.token("Acme")
    [org] = _listed(made, "org", "list")
    assert _printed(made.command("org", "list")) == f"{org['id']}\tAcme\tactive"
    [user] = _listed(made, "user", "list", "--org", "Acme")
    assert (user["role"], user["hubs"]) == ("owner", [])
    shown = _printed(made.command("user", "list", "--org", "Acme"))
    assert shown.split("\t")[:2] == [user["id"], user["email"]]
    [token] = _listed(made, "token", "list", "--email", user["email"])
    assert (token["name"], len(token["id"])) == ("test", 32)
    assert made.command("token", "revoke", token["id"]).returncode == 0
    assert _listed(made, "token", "list", "--email", user["email"]) == []
    newest = _listed(made, "audit", "--org", "Acme")[0]
    assert (newest["action"], newest["thing"]) == ("delete", "token")


@pytest.mark.parametrize(
    ("arguments", "times"), [((), 1), (("--org", "Acme"), 0), (("--json",), 0)]
)
def test_audit_reads_the_names_of_organizations_only_where_it_prints_them(
    tmp_path: Path, arguments: tuple[str, ...], times: int
) -> None:
    made = Installation(data_dir=tmp_path / "data")
    made.token("Acme")
    read: list[str] = []

    def note(*given: object) -> None:
        read.append(str(given[2]))

    listen(Engine, "before_cursor_execute", note)
    try:
        audited = CliRunner().invoke(app, ["audit", *arguments, "--data", str(made.data_dir)])
    finally:
        remove(Engine, "before_cursor_execute", note)

    assert audited.exit_code == 0, audited.output
    of_all = [one for one in read if "FROM organizations" in one and "WHERE" not in one]
    assert len(of_all) == times


def test_roles_and_organizations_are_looked_after(tmp_path: Path) -> None:
    made = Installation(data_dir=tmp_path / "data")
    made.token("Acme")
    named = ("--org", "Acme", "--name", "R")
    role = _printed(made.command("role", "create", *named, "--permission", "view/data"))
    listed = _listed(made, "role", "list", "--org", "Acme")
    assert (listed[-1]["id"], listed[-1]["permissions"]) == (role, ["view/data"])
    assert made.command("role", "remove", *named).returncode == 0
    assert made.command("org", "disable", "Acme").returncode == 0
    [org] = _listed(made, "org", "list")
    assert org["status"] == "disabled"
    assert made.command("org", "enable", "Acme").returncode == 0
    assert made.command("org", "rename", "Acme", "Globex").returncode == 0
    taken = made.command("org", "rename", org["id"], " ")
    assert _refusal(taken) == "The name field must not be blank."
    events = _listed(made, "audit", "--org", "Globex")
    told = ["Acme -> Globex", "let in again", "let in no more", "R"]
    assert [one["detail"] for one in events[:4]] == told
    shown = made.command("audit").stdout.splitlines()
    assert [line.split("\t")[2] for line in shown] == ["Globex"] * len(events)
    assert made.command("org", "remove", org["id"], "--yes").returncode == 0
    assert _listed(made, "org", "list") == []


def test_role_is_narrowed_and_given_beside_a_running_service(
    installation: Installation, program: RunningProgram
) -> None:
    email = "clerk@acme.example"
    clerk_role = ("--org", "Acme", "--name", "Clerk")

    def done(*arguments: str) -> None:
        assert installation.command(*arguments).returncode == 0

    def refusal(*arguments: str) -> str:
        return _refusal(installation.command("role", "change", *clerk_role, *arguments))

    done("user", "create", "--org", "Acme", "--email", email, "--role", "field")
    with program.client(installation.token("Acme")) as owner:
        fields = [
            {"id": name, "title": name, "type": "string", "required": name == "dataId"}
            for name in ("dataId", "price", "cost")
        ]
        body = {"name": "Priced = outlets", "commonData": True, "fields": fields}
        type_id = owner.post("/data-type", json=body).json()["data_type"]["_id"]
        pages = [{"id": "a", "components": [{"id": "sum", "component": "input", "title": "Sum"}]}]
        flow = owner.post("/flow", json={"name": "Visits", "pages": pages}).json()["flow"]["_id"]
        record = {"dataTypeId": type_id, "dataId": "1", "price": "7", "cost": "5"}
        assert owner.post("/data", json=record).status_code == 201
    may = ("--permission", "view/data", "--permission", "view/dataType")
    hidden = ("--hide-data", "Priced = outlets=price,cost", "--hide-task", "Visits=sum")
    done("role", "create", *clerk_role, *may, *hidden, "--add-task-to", "Visits")
    done("user", "change", "--email", email, "--role", "Clerk")
    token = _printed(installation.command("token", "create", "--email", email))
    with program.client(token) as clerk:
        query = {"dataTypeId": type_id}
        seen = clerk.get("/data", params=query).json()["data"]["data"][0]
        done("role", "change", *clerk_role, "--hide-data", f"{type_id}=cost")
        then = clerk.get("/data", params=query).json()["data"]["data"][0]
    assert seen.keys() & {"price", "cost"} == set()
    assert then.keys() & {"price", "cost"} == {"price"}
    details = _listed(installation, "role", "list", "--org", "Acme")[-1]["details"]
    assert details == [
        f"view/data of {type_id} without cost",
        f"view/task of {flow} without sum",
        f"add/task of {flow}",
    ]

    done("role", "change", *clerk_role, "--hide-data", f"{type_id}=", "--any-flow")

    left = _listed(installation, "role", "list", "--org", "Acme")[-1]
    assert left["details"] == details[1:2]
    assert left["permissions"] == ["view/data", "view/dataType"]
    assert refusal("--hide-data", "Outlets=price") == "There is no data type Outlets."
    assert refusal("--hide-task", "Visits=price") == "The flow Visits has no field price."
    assert refusal("--hide-data", f"{type_id}=dataId") == "dataId cannot be hidden."
    unnamed = refusal("--hide-data", "Outlets")
    assert unnamed == "Outlets names no fields: write Outlets=FIELD,FIELD."
    done("user", "change", "--email", email, "--role", "field")


def test_command_in_a_folder_without_data_is_refused_and_makes_none(tmp_path: Path) -> None:
    nowhere = Installation(data_dir=tmp_path / "no-data")
    for command in (["user", "list", "--org", "Acme"], ["token", "create", "--email", "a@b.c"]):
        sentence = _refusal(nowhere.command(*command))
        assert str(nowhere.data_dir) in sentence
        assert "--data" in sentence
    assert not nowhere.data_dir.exists()


def test_variable_that_is_no_setting_is_told(tmp_path: Path) -> None:
    typo = Installation(data_dir=tmp_path / "data", variables={"TRANSLOAD_PROT": "9000"})
    with typo.serving() as program:
        assert program.log() == (
            "TRANSLOAD_PROT is no setting and changes nothing. Did you mean TRANSLOAD_PORT?\n"
        )


def test_data_folder_that_cannot_be_written_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    nowhere = Installation(data_dir=tmp_path / "file" / "data")
    made = Installation(data_dir=tmp_path / "data")  # whose folder exists, to start from
    sentence = _refusal(made.run("serve", "--port", "0", "--data", str(nowhere.data_dir)))
    assert sentence.startswith(f"The data folder {nowhere.data_dir} cannot be written (")
    assert "--data" in sentence


def test_organization_is_made_once(installation: Installation) -> None:
    assert is_id(_printed(installation.command("org", "create", "Globex")))
    again = installation.command("org", "create", "Globex")
    assert _refusal(again) == "There is an organization Globex already."


def test_user_is_made_with_their_hubs_and_gets_a_token(
    installation: Installation, program: RunningProgram
) -> None:
    with program.client(installation.token("Acme")) as client:
        body = {"name": "Jakarta", "address": "", "lat": 1, "lng": 1}
        hub_id = client.post("/hub", json=body).json()["data"]["_id"]
    user = ("user", "create", "--org", "Acme", "--email", "Pat@Acme.Example", "--role", "planner")

    user_id = _printed(installation.command(*user, "--hub", hub_id))

    assert is_id(user_id)
    found = _stored(installation, f"SELECT email, hub_ids FROM users WHERE id = '{user_id}'")  # noqa: S608 - an id
    assert found == [("pat@acme.example", f'["{hub_id}"]')]
    taken = _refusal(installation.command(*user))
    assert taken == "There is a user with the e-mail pat@acme.example already."
    printed = _printed(
        installation.command("token", "create", "--email", "pat@acme.example", "--expires", "90m")
    )
    claims = jwt.decode(printed, options={"verify_signature": False})
    assert claims["sub"] == user_id
    assert claims["exp"] - claims["nbf"] == pytest.approx(5_400)


@pytest.mark.parametrize(
    ("organization", "more", "sentence"),
    [
        ("Nobody", [], "There is no organization Nobody."),
        ("Acme", ["--hub", "0" * 24], f"There is no hub {'0' * 24}."),
    ],
)
def test_user_of_what_does_not_exist_is_refused(
    installation: Installation, organization: str, more: list[str], sentence: str
) -> None:
    user = ("user", "create", "--email", f"{new_id()}@example.com", "--role", "field")
    assert _refusal(installation.command(*user, "--org", organization, *more)) == sentence


def test_unknown_role_is_refused_with_those_that_there_are(installation: Installation) -> None:
    assert installation.command("org", "create", "Roles").returncode == 0
    result = installation.command(
        "user", "create", "--org", "Roles", "--email", "a@b.example", "--role", "king"
    )
    assert _refusal(result) == "There is no role king, but owner, admin, planner, field."


def test_token_of_nobody_is_refused(installation: Installation) -> None:
    result = installation.command("token", "create", "--email", "nobody@example.com")
    assert _refusal(result) == "There is no user with the e-mail nobody@example.com."


def test_token_for_no_duration_is_refused(installation: Installation) -> None:
    result = installation.command("token", "create", "--email", "a@b.c", "--expires", "soon")
    assert _refusal(result) == "soon is not a duration such as 30d, 12h, 90m or 45s."


def test_token_is_revoked_once_and_a_running_service_knows_at_once(
    installation: Installation, program: RunningProgram
) -> None:
    token = installation.token("Acme")
    with program.client(token) as client:
        assert client.get("/tasks/export-log").status_code == 200
        assert installation.command("token", "revoke", token).returncode == 0
        assert client.get("/tasks/export-log").status_code == 401
    again = installation.command("token", "revoke", token)
    assert _refusal(again) == "There is no such token, or it is revoked already."
    other = installation.command("token", "revoke", f"{token}x")
    assert _refusal(other) == "This is no token of this installation, or it has expired."


def test_same_seed_gives_the_same_records(installation: Installation) -> None:
    documents = []
    for seed in ("7", "7"):
        result = installation.command("bench-data", "--records", "20", "--org", "B", "--seed", seed)
        assert result.returncode == 0, result.stderr
        found = re.search(
            r"^20 records of data type (\w{24}); \S+ owns them\.$", result.stdout, re.MULTILINE
        )
        assert found, result.stdout
        query = f"SELECT document FROM records WHERE data_type_id = '{found[1]}' ORDER BY id"  # noqa: S608 - an id
        documents.append(_stored(installation, query))
    assert len(documents[0]) == 20
    assert documents[0] == documents[1]


def test_wrong_setting_is_refused_by_name(installation: Installation) -> None:
    wrong = Installation(data_dir=installation.data_dir, settings={"rate_limit": "many"})
    sentence = _refusal(wrong.run("serve", "--port", "70000"))
    assert sentence.startswith("A setting has a wrong value: ")
    assert "TRANSLOAD_PORT: " in sentence
    assert "TRANSLOAD_RATE_LIMIT: " in sentence


def test_database_that_cannot_be_reached_is_refused_with_a_sentence(tmp_path: Path) -> None:
    nowhere = Installation(
        data_dir=tmp_path / "data", database_url="postgresql://u:secret@127.0.0.1:1/db"
    )
    sentence = _refusal(nowhere.command("org", "create", "Acme"))
    assert "TRANSLOAD_DATABASE_URL" in sentence
    assert "secret" not in sentence


def test_port_in_use_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = Installation(data_dir=tmp_path / "data").run("serve", "--port", port)
    assert _refusal(result) == (
        f"Cannot listen on 127.0.0.1:{port} (Address already in use); name another with --port."
    )


@pytest.mark.usefixtures("program")
def test_second_service_on_one_data_folder_is_refused(installation: Installation) -> None:
    sentence = _refusal(installation.run("serve", "--port", "0"))
    assert installation.command("org", "create", f"Beside {new_id()}").returncode == 0
    assert sentence == (
        f"Another Transload service already uses the data folder {installation.data_dir}; "
        "stop it, or name another folder with --data."
    )


def test_what_commands_change_is_audited_as_theirs(tmp_path: Path) -> None:
    made = Installation(data_dir=tmp_path / "data")
    email, org, named = ("--email", "a@acme.example"), ("--org", "Acme"), ("--name", "R")
    view = ("--permission", "view/data")
    changes = [
        (("org", "create", "Acme"), "create organization Acme"),
        (("user", "create", *org, *email, "--role", "field"), "create user a@acme.example"),
        (("role", "create", *org, *named, *view), "create role R"),
        (("role", "change", *org, *named, "--permission", "view/hub"), "update role R"),
        (("user", "change", *email, "--role", "R"), "update user a@acme.example role"),
        (("user", "disable", *email), "update user a@acme.example status: active -> inactive"),
        (("user", "enable", *email), "update user a@acme.example status: inactive -> active"),
        (("login-link", *email), "create login link a@acme.example"),
        (("token", "create", *email), "create token a@acme.example"),
        (("token", "revoke"), "delete token"),
        (("user", "remove", *email), "delete user a@acme.example"),
        (("role", "remove", *org, *named), "delete role R"),
        (("org", "disable", "Acme"), "update organization let in no more"),
        (("org", "enable", "Acme"), "update organization let in again"),
    ]
    printed = ""
    for arguments, _ in changes:
        last = (printed,) if arguments[-1] == "revoke" else ()
        printed = _printed(made.command(*arguments, *last))
    events = _listed(made, "audit", *org)[::-1]
    assert {event["email"] for event in events} == {""}
    assert len(events) == len(changes)
    for event, (arguments, told) in zip(events, changes, strict=True):
        said = " ".join(event[key] for key in ("action", "thing", "detail"))
        assert said.startswith(told), arguments
        assert event["thingId"], arguments
    assert made.command("org", "remove", "Acme", "--yes").returncode == 0
    [left] = made.command("audit").stdout.splitlines()
    assert left.split("\t")[1:] == ["-", "-", f"delete organization {events[0]['thingId']}", "Acme"]
