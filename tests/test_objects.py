"""Files in a bucket of a real S3 server."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.exports.outlets import content_of, unfinished
from tests.factories import anybody
from tests.object_store import ObjectStoreServer, object_store
from transload.errors import StartupError, UnavailableError
from transload.files.objects import ObjectFiles


@pytest.fixture
def files(object_store_server: ObjectStoreServer, tmp_path: Path) -> ObjectFiles:
    return ObjectFiles(object_store_server.url(uuid4().hex), tmp_path / "scratch", gives_links=True)


def publish(files: ObjectFiles, key: str, content: bytes) -> int:
    with files.stage() as staged:
        staged.stream.write(content)
        return files.publish(staged, key)


def test_a_published_file_is_found_whole(files: ObjectFiles) -> None:
    """P18: also where it takes several parts to upload it."""
    for content in (b"", b"content", os.urandom(20_000_000)):
        assert publish(files, "20240501/a.json", content) == len(content)
        found = files.find("20240501/a.json")
        assert found is not None
        assert (found.size, content_of(found)) == (len(content), content)
    assert unfinished(files) == []


def test_a_file_cannot_be_seen_before_it_is_published(files: ObjectFiles) -> None:
    """P18."""
    with files.stage() as staged:
        staged.stream.write(b"half")
        staged.stream.flush()
        assert (files.find("a.json"), list(files.iterate())) == (None, [])
    assert list(files.iterate()) == []


def test_files_are_listed_and_removed_by_key(files: ObjectFiles) -> None:
    """P11."""
    keys = [f"2024050{day}/{name}.json" for day in (1, 2) for name in "ab"]
    for key in keys:
        publish(files, key, b"x")
    assert sorted(files.iterate()) == keys
    files.remove(keys[0])
    files.remove(keys[0])
    assert files.find(keys[0]) is None
    assert sorted(files.iterate()) == keys[1:]


def test_two_installations_share_a_bucket_by_their_prefixes(
    files: ObjectFiles, object_store_server: ObjectStoreServer, tmp_path: Path
) -> None:
    """P7."""
    other = ObjectFiles(object_store_server.url(uuid4().hex), tmp_path / "other")
    publish(other, "a.json", b"theirs")
    assert (files.find("a.json"), list(files.iterate())) == (None, [])


def test_the_stores_own_link_opens_that_file_and_no_other(files: ObjectFiles) -> None:
    """P11, P12."""
    publish(files, "a.json", b"mine")
    publish(files, "b.json", b"other")
    link = files.link("a.json", timedelta(hours=1))
    assert link is not None
    answer = anybody.get(link)
    assert (answer.status_code, answer.content) == (200, b"mine")
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Cache-Control"] == "no-store"
    for tampered in (link.replace("a.json", "b.json"), link.partition("?")[0], link[:-1]):
        assert anybody.get(tampered).status_code == 403


@pytest.fixture
def own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStoreServer]:
    """A server that the test may stop."""
    folder = tmp_path / "objects"
    folder.mkdir()
    with object_store(folder) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.mark.longest
def test_a_store_that_is_away_is_out_of_reach_until_it_is_back(
    own_server: ObjectStoreServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """P18: and the log says so once, however often it is asked."""
    files = ObjectFiles(own_server.url("x"), tmp_path / "scratch")
    publish(files, "a.json", b"before")
    own_server.stop()
    for use in (
        lambda: files.find("a.json"),
        lambda: files.remove("a.json"),
        lambda: list(files.iterate()),
        lambda: publish(files, "b.json", b"meanwhile"),
    ):
        with pytest.raises(UnavailableError, match="out of reach for the moment"):
            use()
    assert [line.split(" fails: ")[0] for line in caplog.messages] == [
        f"The store of files {own_server.url('x')}"
    ]
    late = ObjectFiles(own_server.url("x"), tmp_path / "scratch")
    own_server.start()
    assert content_of(late.find("a.json")) == b"before"
    assert files.find("b.json") is None
    assert publish(files, "b.json", b"after") == 5
    again = f"The store of files {own_server.url('x')} is within reach again"
    assert caplog.messages[2:] == [again, again]  # `late` and `files`


def test_a_store_that_cannot_be_used_is_refused_at_the_start(
    own_server: ObjectStoreServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StartupError, match="is there such a bucket"):
        ObjectFiles("s3://another-bucket", tmp_path)
    with pytest.raises(StartupError, match="TRANSLOAD_FILES_URL=s3:// is not usable"):
        ObjectFiles("s3://", tmp_path)
    with monkeypatch.context() as environment:
        environment.delenv("AWS_ACCESS_KEY_ID")
        environment.delenv("AWS_SECRET_ACCESS_KEY")
        with pytest.raises(StartupError, match="There are no credentials for the store"):
            ObjectFiles("s3://bucket", tmp_path)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(StartupError, match="refuses the credentials"):
        ObjectFiles(own_server.url("x"), tmp_path)
