"""Dockerfile and compose.yaml: what can be held of them where no container is built."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # ships no types
from typer.testing import CliRunner

from transload.cli.program import app
from transload.settings import PREFIX, Settings

_ROOT = Path(__file__).parents[1]
_DOCKERFILE = (_ROOT / "Dockerfile").read_text().replace("\\\n", " ")
_NAMES = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_ROOT / "compose.yaml").read_text())
    return found


def _ours() -> Mapping[str, Any]:
    return {name: service for name, service in _compose()["services"].items() if "build" in service}


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
    found = list(yaml.safe_load_all((_ROOT / "deploy" / "kubernetes.yaml").read_text()))
    pods = [one["spec"]["template"]["spec"] for one in found if one["kind"] == "Deployment"]
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
