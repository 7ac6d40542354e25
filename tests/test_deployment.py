"""Dockerfile and compose.yaml: what can be held of them where no container is built."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # ships no types
from typer.testing import CliRunner

from tests.factories import PATIENCE_SECONDS
from tests.processes import Installation
from transload.cli.program import app
from transload.settings import PREFIX, Settings

_ROOT = Path(__file__).parents[1]
_DOCKERFILE = (_ROOT / "Dockerfile").read_text().replace("\\\n", " ")
# A process with this before it is the first one, of number 1, as in a container.
_ALONE = ("unshare", "--user", "--map-root-user", "--pid", "--fork")
_NAMES = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_ROOT / "compose.yaml").read_text())
    return found


def _ours() -> Mapping[str, Any]:
    return {name: service for name, service in _compose()["services"].items() if "build" in service}


def _pods() -> list[Any]:
    found = yaml.safe_load_all((_ROOT / "deploy" / "kubernetes.yaml").read_text())
    return [one["spec"]["template"]["spec"] for one in found if one["kind"] == "Deployment"]


def _instructions(name: str) -> Iterator[str]:
    for line in _DOCKERFILE.splitlines():
        if line.startswith(f"{name} "):
            yield line.removeprefix(f"{name} ")


def _assert_understood(arguments: list[str]) -> None:
    """Hold that the program takes these arguments: it reads them all before it shows its help."""
    done = CliRunner().invoke(app, [*arguments, "--help"])
    assert done.exit_code == 0, done.output


def test_image_is_made_of_files_that_exist() -> None:
    ignored = (_ROOT / ".dockerignore").read_text().splitlines()
    sources = [
        source
        for copied in _instructions("COPY")
        if not copied.startswith("--from=")
        for source in shlex.split(copied)[:-1]
    ]
    assert sources
    for source in sources:
        assert (_ROOT / source).exists(), source
        assert f"!{source.split('/')[0]}" in ignored, source


def test_image_has_what_the_package_is_built_of() -> None:
    """The build reads the README and the licence, which pyproject.toml names."""
    copied = " ".join(_instructions("COPY"))
    for name in (
        "README.md",
        "LICENSE",
        "pyproject.toml",
        "src",
        "console",
        "requirements/runtime.txt",
    ):
        assert name in copied


def test_image_runs_as_nobody_special_and_serves() -> None:
    (user,) = _instructions("USER")
    assert user not in {"root", "0"}
    (entry,) = _instructions("ENTRYPOINT")
    (command,) = _instructions("CMD")
    assert json.loads(entry) == ["transload"]
    _assert_understood(json.loads(command))


def test_image_sets_settings_that_exist() -> None:
    named = set(re.findall(rf"{PREFIX}\w+", _DOCKERFILE))
    assert named
    assert named <= _NAMES


def _can_be_alone() -> bool:
    found = shutil.which(_ALONE[0])
    return found is not None and not subprocess.run([*_ALONE, "true"], check=False).returncode  # noqa: S603


@pytest.mark.skipif(not _can_be_alone(), reason="no first process may be made here")
def test_first_process_of_a_container_that_starts_ends_when_it_is_told(tmp_path: Path) -> None:
    """The system drops a signal that such a process has no handler for."""
    command = [*_ALONE, sys.executable, "-m", "transload", "serve", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--data", str(tmp_path / "data")], stdout=subprocess.PIPE, text=True
    ) as outer:
        children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while outer.poll() is None and time.monotonic() < deadline:
            for child in children.read_text().split():
                os.kill(int(child), signal.SIGTERM)
            time.sleep(0.01)
        assert outer.stdout is not None
        assert (outer.stdout.read(), outer.returncode) == ("", 128 + signal.SIGTERM)


def test_image_is_given_as_long_to_start_as_in_a_cluster() -> None:
    """Else `docker compose up --wait` gives up while a large database is brought up to date."""
    (health,) = _instructions("HEALTHCHECK")
    found = re.match(r"--start-period=(\d+)m CMD ", health)
    assert found
    for pod in _pods():
        probe = pod["containers"][0]["startupProbe"]
        assert probe["periodSeconds"] * probe["failureThreshold"] == int(found[1]) * 60


def test_image_is_found_healthy_by_what_it_runs_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients of Docker put the proxy that they know into every container's environment."""
    (health,) = _instructions("HEALTHCHECK")
    _, _, code = json.loads(health.partition(" CMD ")[2])
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with Installation(data_dir=tmp_path / "data").serving() as program:
        port = program.url.rpartition(":")[2]
        assert not _status(code.replace("8080", port))
        program.process.terminate()
        program.process.wait(PATIENCE_SECONDS)
        assert _status(code.replace("8080", port))


def _status(code: str) -> int:
    return subprocess.run([sys.executable, "-c", code], check=False).returncode  # noqa: S603


def test_composition_gives_a_stop_longer_than_the_service_takes() -> None:
    """Docker kills after ten seconds, which requests alone may take: its jobs then wait."""
    for name, service in _ours().items():
        assert service["stop_grace_period"] == "30s", name


def test_composition_waits_for_the_database_that_others_reach() -> None:
    """The image first makes the database with a server of its own, on a socket alone."""
    test = _compose()["services"]["database"]["healthcheck"]["test"]
    assert test[:4] == ["CMD", "pg_isready", "--host", "127.0.0.1"]


def test_composition_sets_settings_that_exist() -> None:
    named = set(re.findall(rf"{PREFIX}\w+", (_ROOT / "compose.yaml").read_text()))
    assert {"TRANSLOAD_DATABASE_URL", "TRANSLOAD_FILES_URL"} <= named
    assert named <= _NAMES


def test_composition_has_an_api_process_and_workers() -> None:
    assert _ours().keys() == {"api", "worker"}


@pytest.mark.parametrize("name", ["api", "worker"])
def test_composition_runs_commands_that_exist(name: str) -> None:
    _assert_understood(_ours()[name]["command"])


def test_composition_holds_together() -> None:
    composed = _compose()
    services, volumes = composed["services"], composed["volumes"]
    for name, service in services.items():
        assert "build" in service or ":" in service["image"], name
        assert set(service.get("depends_on", {})) <= services.keys(), name
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in volumes, name


def test_composition_holds_no_secret() -> None:
    for service in _compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|TOKEN", name):
                assert re.fullmatch(r"\$\{\w+:\?\}", value), name


def test_samples_for_operators_set_settings_that_exist() -> None:
    for path in [*(_ROOT / "deploy").iterdir(), _ROOT / ".env.example"]:
        named = set(re.findall(rf"{PREFIX}\w+", path.read_text()))
        assert named <= _NAMES, path.name


def test_example_of_the_environment_names_what_the_composition_asks_for() -> None:
    asked = set(re.findall(r"\$\{(\w+)[:}]", (_ROOT / "compose.yaml").read_text()))
    given = set(re.findall(r"^(\w+)=", (_ROOT / ".env.example").read_text(), re.MULTILINE))
    assert given == asked


def test_cluster_runs_commands_that_exist_as_a_numbered_user() -> None:
    (user,) = _instructions("USER")
    pods = _pods()
    assert len(pods) == 2
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert str(pod["securityContext"]["runAsUser"]) == user
        # Else Kubernetes sets TRANSLOAD_PORT=tcp://... for the service, and that is a setting.
        assert pod["enableServiceLinks"] is False
        _assert_understood(pod["containers"][0]["args"])


def test_unit_runs_a_command_that_exists() -> None:
    unit = (_ROOT / "deploy" / "transload.service").read_text()
    found = re.search(r"^ExecStart=\S+/bin/transload (.*)$", unit, re.MULTILINE)
    assert found
    _assert_understood(shlex.split(found[1]))


def test_dashboard_and_alerts_ask_for_metrics_that_exist() -> None:
    known = (_ROOT / "docs" / "operations.md").read_text()
    dashboard = json.loads((_ROOT / "deploy" / "grafana.json").read_text())
    rules = yaml.safe_load((_ROOT / "deploy" / "alerts.yaml").read_text())
    asked = [one["expr"] for panel in dashboard["panels"] for one in panel["targets"]]
    asked += [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    names = set(re.findall(r"transload_\w+", " ".join(asked)))
    assert len(names) > 5
    for name in names:
        assert f"`{re.sub('_(bucket|count)$', '', name)}`" in known, name
