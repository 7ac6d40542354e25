"""Settings: their defaults, where they come from, and that the README lists them all."""

from pathlib import Path
from typing import Any

import pytest
from pydantic.fields import FieldInfo

from transload.errors import StartupError
from transload.settings import PREFIX, Settings, load, unknown_variables

_README = Path(__file__).parents[1] / "README.md"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


def test_defaults_are_the_embedded_service_on_this_machine_alone() -> None:
    settings = load()
    assert settings.is_embedded
    assert settings.data_dir == Path("transload-data")
    assert settings.files_dir == Path("transload-data/files")
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.rate_limit == 100
    assert settings.debug is False


def test_environment_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSLOAD_PORT", "9000")
    monkeypatch.setenv("TRANSLOAD_DATA_DIR", "/somewhere")
    monkeypatch.setenv("TRANSLOAD_DEBUG", "true")
    monkeypatch.setenv("TRANSLOAD_NO_SUCH_SETTING", "x")
    settings = load()
    assert (settings.port, settings.data_dir, settings.debug) == (9000, Path("/somewhere"), True)


def test_variable_that_is_no_setting_is_named_with_the_one_that_is_likest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRANSLOAD_DATBASE_URL", "x")
    for name in ("TEST_DATA", "URL", "TOKEN"):
        monkeypatch.setenv(f"TRANSLOAD_{name}", "x")
    (sentence,) = unknown_variables()
    assert sentence == (
        "TRANSLOAD_DATBASE_URL is no setting and changes nothing. "
        "Did you mean TRANSLOAD_DATABASE_URL?"
    )


def test_public_url_may_have_a_port_and_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSLOAD_PUBLIC_URL", "https://a.example:8443/transload/")
    assert load().public_url == "https://a.example:8443/transload"


def test_flag_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSLOAD_PORT", "9000")
    monkeypatch.setenv("TRANSLOAD_HOST", "::1")
    settings = load(port=0, host=None)
    assert (settings.port, settings.host) == (0, "::1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("RATE_LIMIT", "-1"),
        ("DIRECT_EXPORTS", "0"),
        ("BACKGROUND_EXPORTS", "0"),
        ("LINK_HOURS", "0"),
        ("MAX_BODY_MIB", "0"),
        ("DEBUG", "perhaps"),
        ("LOG_LEVEL", "loud"),
        ("PUBLIC_URL", "transload.example"),
        ("PUBLIC_URL", "ftp://transload.example"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://a.example:port"),
        ("PUBLIC_URL", "https://a.example/?x=1"),
    ],
)
def test_wrong_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"TRANSLOAD_{name}", value)
    with pytest.raises(
        StartupError, match=rf"A setting has a wrong value: TRANSLOAD_{name}: (?!Value)"
    ):
        load()


def test_every_wrong_value_is_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSLOAD_RATE_LIMIT", "many")
    monkeypatch.setenv("TRANSLOAD_LOG_LEVEL", "loud")
    with pytest.raises(StartupError) as caught:
        load(port=70_000)
    assert caught.value.message.count("\n") == 0
    for name in ("PORT", "RATE_LIMIT", "LOG_LEVEL"):
        assert f"TRANSLOAD_{name}: " in caught.value.message


@pytest.mark.parametrize(
    ("url", "path"), [("file:///srv/files", "/srv/files"), ("file:///a%20b", "/a b")]
)
def test_files_are_where_their_url_says(url: str, path: str) -> None:
    assert load(files_url=url).files_dir == Path(path)


@pytest.mark.parametrize("url", ["s3://bucket", "/srv/files", "file://host/files", "x"])
def test_url_of_no_local_folder_is_refused_by_name(url: str) -> None:
    with pytest.raises(StartupError, match="TRANSLOAD_FILES_URL must be of the form file:///path"):
        _ = load(files_url=url).files_dir


def test_readme_lists_every_setting() -> None:
    section = _README.read_text().partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `TRANSLOAD_")]
    assert rows == [_row(name, field) for name, field in Settings.model_fields.items()]


def _row(name: str, field: FieldInfo) -> str:
    return (
        f"| `{PREFIX}{name.upper()}` | {_default(field.default)} | {field.description} |".replace(
            "|  |", "| |"
        )
    )


def _default(value: Any) -> str:  # noqa: ANN401 - a setting's default
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`" if text else ""
