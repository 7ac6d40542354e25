"""Files: written aside, published whole, found by key."""

from io import SEEK_END
from pathlib import Path

import pytest

from transload.files.local import LocalFiles


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "files")


def _everything_in(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def _publish(files: LocalFiles, key: str, content: bytes) -> int:
    with files.stage() as staged:
        staged.stream.write(content)
        return files.publish(staged, key)


def test_published_file_is_found_whole(files: LocalFiles) -> None:
    assert _publish(files, "org/20240501/a.json", b"content") == 7
    path = files.find("org/20240501/a.json")
    assert path is not None
    assert path.read_bytes() == b"content"


def test_file_cannot_be_seen_before_it_is_published(files: LocalFiles, tmp_path: Path) -> None:
    """P18."""
    with files.stage() as staged:
        staged.stream.write(b"half")
        staged.stream.flush()
        assert files.find("a.json") is None
        assert not (tmp_path / "files" / "a.json").exists()
        files.publish(staged, "a.json")
        assert files.find("a.json") is not None


def test_a_folder_of_a_killed_process_is_removed_and_one_in_use_is_not(files: LocalFiles) -> None:
    """P18."""
    left = files.scratch_dir / "left"
    left.mkdir()
    (left / "rows.parquet").write_bytes(b"half")
    with files.stage_folder() as folder:
        (folder / "rows.parquet").write_bytes(b"half")
        files.discard_unfinished()
        assert list(files.scratch_dir.iterdir()) == [folder]
    assert not folder.exists()


def test_file_that_is_not_published_is_gone(files: LocalFiles, tmp_path: Path) -> None:
    with files.stage() as staged:
        staged.stream.write(b"given up")
    assert _everything_in(tmp_path) == []


def test_file_of_work_that_failed_is_gone(files: LocalFiles, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), files.stage():
        _ = 1 / 0
    assert _everything_in(tmp_path) == []


def test_publishing_again_replaces_the_file(files: LocalFiles, tmp_path: Path) -> None:
    """P18."""
    _publish(files, "day/a.json", b"first, and longer")
    _publish(files, "day/a.json", b"second")
    assert _everything_in(tmp_path) == ["files/day/a.json"]
    found = files.find("day/a.json")
    assert found is not None
    assert found.read_bytes() == b"second"


def test_staged_stream_is_seekable(files: LocalFiles) -> None:
    with files.stage() as staged:
        staged.stream.write(b"....end")
        staged.stream.seek(0)
        staged.stream.write(b"head")
        files.publish(staged, "a")
    found = files.find("a")
    assert found is not None
    assert found.read_bytes() == b"headend"


def test_large_file_is_whole_though_it_is_brought_to_the_disk_in_steps(files: LocalFiles) -> None:
    pieces = [bytes([number]) * (3 << 20) for number in range(10)]
    with files.stage() as staged:
        for piece in pieces:
            staged.stream.write(piece)
        staged.stream.seek(0)
        staged.stream.write(b"patched")
        staged.stream.seek(0, SEEK_END)
        staged.stream.write(b"end")
        assert files.publish(staged, "a") == (30 << 20) + 3
    found = files.find("a")
    assert found is not None
    assert found.read_bytes() == b"patched" + b"".join(pieces)[7:] + b"end"


def test_what_a_killed_process_left_is_discarded_and_nothing_else(
    files: LocalFiles, tmp_path: Path
) -> None:
    """P18."""
    _publish(files, "day/a.json", b"kept")
    (tmp_path / "files" / "unfinished" / "left-behind").write_bytes(b"half")
    LocalFiles(tmp_path / "files").discard_unfinished()
    assert _everything_in(tmp_path) == ["files/day/a.json"]


@pytest.mark.parametrize("key", ["nothing", "day", "day/nothing", "unfinished"])
def test_unknown_key_finds_nothing(files: LocalFiles, key: str) -> None:
    _publish(files, "day/a.json", b"x")
    assert files.find(key) is None


def test_removed_file_is_gone_and_removing_nothing_does_nothing(
    files: LocalFiles, tmp_path: Path
) -> None:
    """P11."""
    _publish(files, "day/a.json", b"gone")
    _publish(files, "day/b.json", b"kept")
    files.remove("day/a.json")
    files.remove("day/a.json")
    files.remove("nowhere/a.json")
    assert files.find("day/a.json") is None
    assert _everything_in(tmp_path) == ["files/day/b.json"]


def test_every_published_file_is_given_by_its_key(files: LocalFiles) -> None:
    keys = ["a.json", "day/a.json", "day/b.json", "org/day/unfinished/c.json"]
    for key in keys:
        _publish(files, key, b"x")
    with files.stage():
        assert sorted(files.iterate()) == keys
