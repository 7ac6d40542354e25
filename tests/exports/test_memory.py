"""P22: ten times the records, the same memory of the process that serves and exports them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest
from sqlalchemy import func, insert, literal, select, update

from benchmarks.measure import measure_process
from tests.conftest import empty_database
from tests.factories import anybody
from tests.processes import Installation, RunningProgram
from tests.test_process import finished
from transload import bench_data, samples
from transload.clock import Clock
from transload.db.engine import Database
from transload.db.tables import record_counts, records

FEW = 10_000
TIMES = 10
# Were the records beyond the few held as they are read, they would take 40 MiB more than the pieces
# under way do, which are up to 23.
MOST_GROWTH_MIB = 35
FORMATS = ["xlsx", "csv", "parquet", "json", "ndjson"]
# Has glibc give back at once what is freed: what is resident then is what is in use.
_TRIMMED = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
_ORGANIZATION = "Acme"


@pytest.fixture(scope="module")
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation on the named store, with ten times the few records in it."""
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("only Linux tells the most memory that a process took in a while")
    data_dir = tmp_path_factory.mktemp("memory") / "data"
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(empty_database(request.getfixturevalue("postgres_url")))
        made = Installation(
            data_dir=data_dir, database_url=url, variables=_TRIMMED, is_forked=False
        )
        with made.database() as database:
            target = bench_data.prepare(database, _ORGANIZATION, Clock().now())
            assert sum(bench_data.load(database, target, samples.outlets(FEW))) == FEW
            copy_all(database, TIMES - 1)
            if url:  # what PostgreSQL does by itself, after a while
                with database.write() as connection:
                    connection.exec_driver_sql("ANALYZE")
        yield made


@pytest.fixture(scope="module")
def program(installation: Installation) -> Iterator[RunningProgram]:
    """The service, which all of a store's tests export from, one after the other."""
    with installation.serving() as program:
        yield program


def copy_all(database: Database, copies: int) -> None:
    """Copy all records within the store, which is quicker than to send them."""
    for number in range(1, copies + 1):
        new = {
            "id": literal(f"{number:02}") + func.substr(records.c.id, 3),
            "data_id": records.c.data_id + literal(f" {number}"),
        }
        of_originals = records.c.id > "1"  # ids begin with their time
        copied = select(*(new.get(one.name, one) for one in records.c)).where(of_originals)
        with database.write() as connection:
            connection.execute(insert(records).from_select(records.c.keys(), copied))
    all_of_them = record_counts.c.records * (copies + 1)
    with database.write() as connection:
        connection.execute(update(record_counts).values(records=all_of_them))


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("download", "sort_by"), [*((name, "createdTime") for name in FORMATS), ("json", "name")]
)
def test_ten_times_the_records_take_the_same_memory(
    installation: Installation, program: RunningProgram, download: str, sort_by: str
) -> None:
    """P19, P22: what is exported and downloaded is never held whole."""
    assert growth_mib(installation, program, download, sort_by) < MOST_GROWTH_MIB


@pytest.mark.parametrize("installation", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("download", "sort_by"), [("xlsx", "createdTime"), ("json", "name")])
def test_neither_do_they_take_more_from_postgresql(
    installation: Installation, program: RunningProgram, download: str, sort_by: str
) -> None:
    """P19, P22: formats are written alike from both stores, but each is read in its way."""
    assert growth_mib(installation, program, download, sort_by) < MOST_GROWTH_MIB


def growth_mib(
    installation: Installation, program: RunningProgram, download: str, sort_by: str
) -> float:
    """Give how much more memory the process takes at its peak for the many than for the few."""
    token = installation.token(_ORGANIZATION)
    with program.client(token) as client:
        process = psutil.Process(program.process.pid)

        def peak_mib(count: int) -> float:
            query: dict[str, str | int] = {
                "download": download,
                "sortBy": sort_by,
                "background": "true",
                "limit": count,
            }

            def work() -> int:
                answer = client.post("/data/export", params=query).json()
                [entry] = finished(client, [answer["data"]["exportId"]])
                assert (entry["status"], entry["totalRecords"]) == ("Done", count)
                assert entry["totalMatched"] == FEW * TIMES
                return downloaded(entry["fileUrl"])

            return measure_process(download, process, work).peak_mib

        peak_mib(FEW)  # what is loaded on first use stays
        few = peak_mib(FEW)
        return peak_mib(FEW * TIMES) - few


def downloaded(link: str) -> int:
    """Download a file without keeping it; give its bytes."""
    with anybody.stream("GET", link) as answer:
        assert answer.status_code == 200
        return sum(map(len, answer.iter_bytes()))
