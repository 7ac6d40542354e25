"""The guarded process (P5, P36)."""

import os
from pathlib import Path
from threading import Thread

import psutil  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from transload.formats.reading.model import Cause, Choices, Limits, UnreadableError
from transload.formats.reading.reader import read_file


def _quiet() -> None:
    """Look at nothing."""


def _slow(tmp_path: Path) -> Path:
    """A file that takes seconds to read."""
    file = tmp_path / "slow.csv"
    file.write_text("a,b\n" + '"x\ny",2\n' * 2_000_000)
    return file


def _names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def _children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "transload.formats.reading.child" in child.cmdline()
    ]


def test_a_file_is_read_by_another_process(tmp_path: Path) -> None:
    file, rows = tmp_path / "file.csv", tmp_path / "rows.parquet"
    file.write_text("a,b\n1,2\n")

    table = read_file(file, rows, choices=Choices(), limits=Limits(), look=_quiet)

    assert table.titles == ("a", "b")
    assert table.text is not None
    assert _names(tmp_path) == ["file.csv", "rows.parquet"]


def test_a_refusal_comes_back_whole(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("")

    with pytest.raises(UnreadableError) as error:
        read_file(file, tmp_path / "rows", choices=Choices(), limits=Limits(), look=_quiet)

    assert (error.value.cause, error.value.message[-1]) == (Cause.EMPTY, ".")
    assert _names(tmp_path) == ["file.csv"]


def test_what_look_raises_ends_the_reading(tmp_path: Path) -> None:
    file = _slow(tmp_path)

    def look() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_file(file, tmp_path / "rows", choices=Choices(), limits=Limits(), look=look)

    assert not _children()
    assert _names(tmp_path) == ["slow.csv"]


@pytest.mark.parametrize(
    ("limits", "cause"),
    [
        (Limits(cpu_seconds=1), Cause.TOO_SLOW),
        (Limits(wall_seconds=1), Cause.TOO_SLOW),
        (Limits(memory_bytes=150 << 20), Cause.TOO_COMPLEX),
        (Limits(written_bytes=1 << 12), Cause.TOO_LARGE),
    ],
)
def test_a_reading_past_its_limits_ends_with_a_sentence(
    tmp_path: Path, limits: Limits, cause: Cause
) -> None:
    file = _slow(tmp_path)

    with pytest.raises(UnreadableError) as error:
        read_file(file, tmp_path / "rows", choices=Choices(), limits=limits, look=_quiet)

    assert error.value.cause is cause
    assert _names(tmp_path) == ["slow.csv"]


def test_a_process_that_is_killed_is_a_damaged_file(tmp_path: Path) -> None:
    file = _slow(tmp_path)

    def look() -> None:
        for child in _children():
            child.kill()

    with pytest.raises(UnreadableError) as error:
        read_file(file, tmp_path / "rows", choices=Choices(), limits=Limits(), look=look)

    assert error.value.cause is Cause.TOO_COMPLEX


def test_the_process_has_nothing_of_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSLOAD_DATABASE_URL", "postgresql://secret")
    file = _slow(tmp_path)
    secret = (tmp_path / "secret").open("w")
    os.set_inheritable(secret.fileno(), True)  # noqa: FBT003 - it has no name
    seen: list[tuple[dict[str, str], set[str]]] = []

    def look() -> None:
        for child in _children():
            files = {one.path for one in child.open_files()}
            seen.append((child.environ(), files))
        if len(seen) > 3:
            raise InterruptedError

    with secret, pytest.raises(InterruptedError):
        read_file(file, tmp_path / "rows", choices=Choices(), limits=Limits(), look=look)

    assert not any(name.startswith("TRANSLOAD") for names, _ in seen for name in names)
    assert not any(str(tmp_path / "secret") in files for _, files in seen)


def test_a_reading_does_not_outlive_its_caller(tmp_path: Path) -> None:
    file = _slow(tmp_path)
    started: list[psutil.Process] = []

    def look() -> None:
        started.extend(_children())

    def read() -> None:
        with pytest.raises(UnreadableError):
            read_file(
                file,
                tmp_path / "rows",
                choices=Choices(),
                limits=Limits(wall_seconds=1),
                look=look,
            )

    reading = Thread(target=read)
    reading.start()
    reading.join(60)

    assert started
    assert not any(process.is_running() for process in started)
