"""A million records to each format: the whole service against its peers, from the same store.

Usage: python -m benchmarks.export [--store sqlite|postgresql|both] [--records 1000000] [--runs 3]
           [--only PART ...] [--peers NAME ...] [--pages] [--folder FOLDER]

Ours is the service as a user has it, in a process of its own: a direct export over HTTP, timed from
the request to its answer, which has the file's link; the median run by wall time. `background` is
the same by way of the queue, up to the log's `Done`. Peers are what one would write by hand, one
process and one run each; openpyxl and XlsxWriter take minutes. Parts are `xlsx`, `background`,
`sorted` (xlsx sorted by a text), `json`, `csv`, `parquet` and `growth` (a tenth of the records
against all). `--peers none` measures ours alone.

`--pages` instead exports xlsx page after page, a tenth of the records each. `--folder` keeps the
stores there and takes them as they are the next time.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median_low

import psutil  # type: ignore[import-untyped]  # ships no types

from benchmarks.measure import Measurement, measure_command, measure_process, print_table
from benchmarks.service import fill, postgresql, served
from transload.client import Client
from transload.demo import export_in_background

_TENTH = 10
_CHOSEN = "dataId,name,city,creditLimit"
_SORTED_BY = "name"
_BACKGROUND = "background"
_GROWTH = "growth"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Peer:
    """A module that writes the same from the same store; `has_file`: or only reads."""

    title: str
    module: str
    arguments: tuple[str, ...] = ()
    has_file: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """An export of ours, and who else does it."""

    part: str
    title: str
    format: str
    parameters: Mapping[str, object]
    peers: tuple[_Peer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Store:
    """A filled store, a service on it, and what its peers call it."""

    folder: Path
    address: str
    data_type_id: str
    records: int
    client: Client
    process: psutil.Process


_JOBS = (
    _Job(
        part="xlsx",
        title="xlsx",
        format="xlsx",
        parameters={},
        peers=(
            _Peer(title="py-excel-rs", module="py_excel_rs_peer"),
            _Peer(title="xlsxturbo constant_memory", module="xlsxturbo_peer"),
            _Peer(title="rustpy-xlsxwriter", module="rustpy_peer"),
            _Peer(title="XlsxWriter constant_memory", module="xlsxwriter_peer"),
            _Peer(title="openpyxl write_only", module="openpyxl_peer"),
        ),
    ),
    _Job(part=_BACKGROUND, title="xlsx in the background", format="xlsx", parameters={}),
    _Job(part="sorted", title="xlsx sorted", format="xlsx", parameters={"sortBy": _SORTED_BY}),
    _Job(
        part="json",
        title="json",
        format="json",
        parameters={},
        peers=(
            _Peer(title="a scan of the store", module="scan_peer", has_file=False),
            _Peer(title="orjson a document", module="json_peer"),
        ),
    ),
    _Job(
        part="json",
        title="json, 4 fields",
        format="json",
        parameters={"fields": _CHOSEN},
        peers=(
            _Peer(title="orjson a document, 4 fields", module="json_peer", arguments=(_CHOSEN,)),
        ),
    ),
    _Job(part="json", title="ndjson", format="ndjson", parameters={}),
    _Job(
        part="csv",
        title="csv",
        format="csv",
        parameters={},
        peers=(_Peer(title="csv.writer", module="csv_peer"),),
    ),
    _Job(part="parquet", title="parquet", format="parquet", parameters={}),
)
_PARTS = [*dict.fromkeys(job.part for job in _JOBS), _GROWTH]
_PEERS = sorted({peer.module.removesuffix("_peer") for job in _JOBS for peer in job.peers})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=_PARTS, nargs="+", default=_PARTS)
    parser.add_argument("--peers", choices=["none", *_PEERS], nargs="+", default=_PEERS)
    parser.add_argument("--pages", action="store_true")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    for store in ["sqlite", "postgresql"] if options.store == "both" else [options.store]:
        with store_folder(options.folder, store) as folder:
            _run(store, folder, options)


@contextmanager
def store_folder(kept: Path | None, store: str) -> Iterator[Path]:
    """Give a store's folder below the one that is kept, or one that is gone after the block."""
    folder = Path(tempfile.mkdtemp(prefix="transload-bench-")) if kept is None else kept / store
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        if kept is None:
            shutil.rmtree(folder)


def _run(kind: str, folder: Path, options: argparse.Namespace) -> None:
    is_sqlite = kind == "sqlite"
    with nullcontext("") if is_sqlite else postgresql(folder / "server") as url:
        data_type_id, owner = filled(folder, options.records)
        with served(folder, owner) as (client, process):
            store = _Store(
                folder=folder,
                address=str(folder / "transload.db") if is_sqlite else url,
                data_type_id=data_type_id,
                records=options.records,
                client=client,
                process=process,
            )
            print(f"\n{kind}, {options.records:,} records of 12 fields\n")
            if options.pages:
                _measure_pages(store)
                return
            for job in _JOBS:
                if job.part in options.only:
                    _measure(store, job, options.runs, options.peers)
            if _GROWTH in options.only:
                _measure_growth(store, options.runs)


def filled(folder: Path, records: int) -> tuple[str, str]:
    """Give the data type's id and the owner; a folder that was filled before is taken as it is."""
    note = folder / f"filled-{records}"
    if not note.exists():
        print(f"Filling a store with {records:,} records ...", flush=True)
        note.write_text(" ".join(fill(folder, records)))
    data_type_id, owner = note.read_text().split()
    return data_type_id, owner


def _measure(store: _Store, job: _Job, runs: int, peers: list[str]) -> None:
    export = _in_background if job.part == _BACKGROUND else _directly
    ours = _median(f"Transload, {job.title}", store, lambda: export(store, job), runs)
    asked = [peer for peer in job.peers if peer.module.removesuffix("_peer") in peers]
    print_table(ours, (_measure_peer(store, peer) for peer in asked))


def _measure_growth(store: _Store, runs: int) -> None:
    size = store.records // _TENTH
    page = _page(1, size)
    whole = _median("xlsx", store, lambda: _directly(store, _JOBS[0]), runs)
    tenth = _median(f"xlsx, {size:,}", store, lambda: _directly(store, page, size), runs)
    print_table(whole, [tenth])
    growth = whole.wall_seconds / _TENTH / tenth.wall_seconds
    print(f"Time a record at {store.records:,} against {size:,}: {growth:.2f}\n", flush=True)


def _measure_pages(store: _Store) -> None:
    size = store.records // _TENTH
    pages = []
    for number in range(1, _TENTH + 1):
        page = _page(number, size)
        pages.append(_median(page.title, store, partial(_directly, store, page, size), 1))
    print_table(pages[0], pages[1:])
    total = sum(page.wall_seconds for page in pages) / pages[0].wall_seconds
    print(f"Ten pages of {size:,} against the first: {total:.1f} times\n", flush=True)


def _page(number: int, size: int) -> _Job:
    return _Job(
        part="",
        title=f"page {number}",
        format="xlsx",
        parameters={"page": number, "limit": size},
    )


def _median(name: str, store: _Store, work: Callable[[], int], runs: int) -> Measurement:
    found = [measure_process(name, store.process, work) for _ in range(runs)]
    middle = median_low(one.wall_seconds for one in found)
    return next(one for one in found if one.wall_seconds == middle)


def _measure_peer(store: _Store, peer: _Peer) -> Measurement:
    file = store.folder / "peer" if peer.has_file else None
    return measure_command(
        peer.title,
        f"benchmarks.{peer.module}",
        store.address,
        store.data_type_id,
        *peer.arguments,
        file=file,
    )


def _in_background(store: _Store, job: _Job) -> int:
    *_, entry = export_in_background(store.client, store.data_type_id, job.format, **job.parameters)
    return _size(store, entry["totalRecords"], store.records)


def _directly(store: _Store, job: _Job, records: int | None = None) -> int:
    answer = store.client.post(
        "/data/export",
        body=None,
        download=job.format,
        dataTypeId=store.data_type_id,
        sortOrder="asc",
        **{"limit": store.records, **job.parameters},
    )
    return _size(store, answer["total_data_be"], records or store.records)


def _size(store: _Store, records: int, expected: int) -> int:
    """Give the bytes of the newest file, which must be whole."""
    newest = store.client.get("/tasks/export-log", limit=1)["data"][0]["_source"]
    if newest["status"] != "Done" or records != expected:
        raise RuntimeError(f"The export is not whole: {newest}")
    return int(newest["fileSize"])


if __name__ == "__main__":
    main()
