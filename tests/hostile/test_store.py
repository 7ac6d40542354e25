"""A store that was killed, lost, replaced or opened to others: noticed, and told in a sentence."""

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import pytest

from faults.disk import small_disk
from tests.factories import PATIENCE_SECONDS, Site, Tenant
from tests.processes import Installation
from transload.app import running_service
from transload.data_folder import make_database_file, make_folder
from transload.db.opening import opened_database
from transload.db.wal import Bounds, WriteAheadLog
from transload.db.write_gate import WriteGate
from transload.dispatch.dispatcher import Dispatcher
from transload.errors import StartupError
from transload.files.local import LocalFiles
from transload.settings import Settings
from transload.upkeep import Upkeep

_HUB = {"name": "Jakarta", "address": "", "lat": 0, "lng": 0}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", rate_limit=0)


@contextmanager
def _served(settings: Settings) -> Iterator[Tenant]:
    """Serve in this process, without its jobs; give an owner."""
    with Site.serving(settings, is_worker=False) as site:
        yield Tenant.create(site)


def _await(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _refusal(settings: Settings) -> str:
    """Try to start; give the sentence that it ends with."""
    with pytest.raises(StartupError) as caught, running_service(settings, is_worker=False):
        pass
    return caught.value.message


def _made(settings: Settings) -> Path:
    """Have an installation with a finished file; give the path of its database."""
    with _served(settings) as owner:
        assert owner.file_directly(download="json", fields="_id") == b"[]"
    return settings.database_file


def _removed(database: Path) -> None:
    for path in database.parent.glob("transload.db*"):
        path.unlink()


def test_a_log_that_is_locked_when_it_is_first_looked_at_is_brought_over_later(
    tmp_path: Path,
) -> None:
    """P18: what a start after a kill meets by chance."""
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("CREATE TABLE lines (line TEXT)")
        writer.execute("PRAGMA locking_mode = EXCLUSIVE")
        writer.execute("INSERT INTO lines VALUES (hex(randomblob(2000000)))")
        log = WriteAheadLog(path, WriteGate(), Bounds(tidy_bytes=1 << 16))
        _await(lambda: not log.is_looked_after)
        assert log.size > 1 << 20
        writer.execute("PRAGMA locking_mode = NORMAL")
        writer.execute("SELECT count(*) FROM lines").fetchone()
        _await(lambda: log.size == 0)
        _await(lambda: log.is_looked_after)
        log.close()


def test_background_work_that_fails_is_begun_anew_and_told() -> None:
    """P18: the one mechanism of all threads that look after something."""
    begun = 0

    def work(note_well: Callable[[], None]) -> None:
        nonlocal begun
        begun += 1
        if begun <= 2:
            raise OSError("the disk is away")
        note_well()

    upkeep = Upkeep("a trial", work, retry_seconds=0.05)
    assert upkeep.is_well
    upkeep.start()
    _await(lambda: not upkeep.is_well)
    _await(lambda: begun == 3)
    upkeep.end()
    assert upkeep.is_well


def test_what_sends_goes_on_after_a_fault_and_sends_one_at_a_time_to_a_receiver() -> None:
    """P18: whatever it was that failed."""
    asked, hangs = 0, Event()
    sent: list[str] = []

    def find_due(busy: AbstractSet[str], _: int) -> list[str]:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise ValueError("no database said this")
        return [one for one in ("a 1", "a 2", "b 1") if one not in sent and one[0] not in busy]

    def send(item: str) -> None:
        if item == "a 1":
            hangs.wait(PATIENCE_SECONDS)
        sent.append(item)

    dispatcher = Dispatcher(
        name="trials",
        at_once=2,
        find_due=find_due,
        receiver=lambda item: item[0],
        send=send,
        look_seconds=0.05,
    )
    dispatcher.start()
    _await(lambda: not dispatcher.is_well)
    _await(lambda: dispatcher.is_well and sent == ["b 1"])
    hangs.set()
    _await(lambda: len(sent) == 3)
    dispatcher.stop()
    assert sent == ["b 1", "a 1", "a 2"]


def test_work_that_ended_for_no_reason_is_not_well() -> None:
    upkeep = Upkeep("a trial", lambda _: None)
    upkeep.start()
    _await(lambda: not upkeep.is_well)


@pytest.mark.parametrize("is_emptied", [False, True])
def test_files_without_their_database_start_nothing(
    settings: Settings, *, is_emptied: bool
) -> None:
    database = _made(settings)
    _removed(database)
    if is_emptied:
        database.touch()
    state = "empty" if is_emptied else "missing"
    assert f"transload.db is {state}, but" in _refusal(settings)
    assert database.exists() == is_emptied


def test_another_installations_database_is_refused(settings: Settings, tmp_path: Path) -> None:
    database = _made(settings)
    other = _made(Settings(data_dir=tmp_path / "other"))
    _removed(database)
    other.rename(database)
    assert "are another installation's than the database" in _refusal(settings)


def test_another_programs_database_is_refused_and_stays_as_it_is(settings: Settings) -> None:
    settings.data_dir.mkdir()
    with closing(sqlite3.connect(settings.database_file)) as foreign:
        foreign.execute("CREATE TABLE songs (title TEXT)")
    assert "is another program's database" in _refusal(settings)
    with closing(sqlite3.connect(settings.database_file)) as foreign:
        assert foreign.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"\0" * 4096])
def test_what_is_no_database_is_refused(settings: Settings, content: bytes) -> None:
    settings.data_dir.mkdir()
    settings.database_file.write_bytes(content)
    assert "cannot be opened" in _refusal(settings)


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_database_that_is_removed_under_the_service_takes_no_writes(
    settings: Settings, tmp_path: Path, *, is_replaced: bool
) -> None:
    with _served(settings) as owner:
        assert owner.post("/hub", _HUB).status_code == 200
        settings.database_file.rename(tmp_path / "away.db")
        if is_replaced:
            settings.database_file.touch()
        answer = owner.post("/hub", {**_HUB, "name": "Bandung"})
        assert answer.status_code == 503, answer.text
        assert "was removed or replaced" in answer.json()["message"]
        assert "database" in owner.site.http.get("/readyz").json()["notReady"]
        settings.database_file.unlink(missing_ok=True)
        (tmp_path / "away.db").rename(settings.database_file)
        assert owner.post("/hub", {**_HUB, "name": "Bandung"}).status_code == 200


def test_a_removed_lock_lets_no_second_service_in(settings: Settings) -> None:
    with running_service(settings, is_worker=False):
        (settings.data_dir / "service.lock").unlink()
        assert "Another Transload service already uses the data folder" in _refusal(settings)
    with running_service(settings, is_worker=False):
        pass


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_data_folder_is_its_owners_alone(tmp_path: Path, umask: int) -> None:
    """P13: who reads the database makes tokens of anybody."""
    settings = Settings(data_dir=tmp_path / "below" / "data")
    before = os.umask(umask)
    try:
        with opened_database(settings):
            assert _mode(settings.data_dir) == 0o700
            found = [_mode(path) for path in settings.data_dir.glob("transload.db*")]
        assert set(found) == {0o600}
        assert len(found) >= 2
    finally:
        os.umask(before)


@pytest.mark.parametrize("umask", [0, 0o022])
def test_a_folder_of_files_elsewhere_is_its_owners_alone(tmp_path: Path, umask: int) -> None:
    """P13: it holds the exports of all organizations."""
    folder = tmp_path / "below" / "files"
    before = os.umask(umask)
    try:
        LocalFiles(folder)
    finally:
        os.umask(before)
    assert _mode(folder) == 0o700


def test_a_folder_that_is_open_to_others_is_told(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    make_folder(settings.data_dir)
    make_database_file(settings.data_dir)
    settings.database_file.chmod(0o644)
    make_database_file(settings.data_dir)
    assert caplog.messages == []  # nobody reaches it
    settings.data_dir.chmod(0o755)
    make_database_file(settings.data_dir)
    assert "can be read by other users of this machine" in caplog.text
    assert f"chmod -R go= {settings.data_dir.resolve()}" in caplog.text


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://example.com/x", "TRANSLOAD_FILES_URL must be of the form"),
        ("file://{folder}/file/below", "cannot be written"),
        ("file://host/x", "TRANSLOAD_FILES_URL must be of the form"),
    ],
)
def test_a_bad_files_url_ends_in_a_sentence(tmp_path: Path, url: str, sentence: str) -> None:
    (tmp_path / "file").touch()
    settings = Settings(data_dir=tmp_path / "data", files_url=url.format(folder=tmp_path))
    assert sentence in _refusal(settings)


def test_a_name_that_is_no_text_ends_in_a_sentence(tmp_path: Path) -> None:
    installation = Installation(data_dir=tmp_path / "data", is_forked=False)
    done = installation.run("org", "create", os.fsdecode(b"caf\xe9"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "is no text" in done.stderr


@pytest.mark.parametrize("free_kib", [100, 700])
def test_start_on_a_full_disk_ends_in_a_sentence(tmp_path: Path, free_kib: int) -> None:
    """The schema does not fit, or what comes after it does not."""
    installation = Installation(data_dir=tmp_path / "data")
    with small_disk(installation.data_dir, 1) as disk:
        if not disk.is_real:
            pytest.skip("this user may not mount a disk that runs full")
        (disk.path / "ballast").write_bytes(bytes((1_024 - free_kib) << 10))
        with pytest.raises(AssertionError, match="did not start") as told, installation.serving():
            pass
    assert "The database cannot be used: database or disk is full." in str(told.value)
    assert "Traceback" not in str(told.value)
