"""`transload import` and `transload export`, through the HTTP API of a running service."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from transload.cli.printing import print_json, print_line, progress
from transload.client import Client, RefusedError
from transload.counts import counted
from transload.db.ids import is_id

app = typer.Typer()

_POLL_SECONDS = 0.25
_SOME_FAILED = 3
_ALL_FAILED = 4
_LISTED = 1_000
_OPERATOR_PARTS = 3

Type = Annotated[
    str | None, typer.Option("--type", help="Records of this data type: its name or its id.")
]
Flow = Annotated[str | None, typer.Option("--flow", help="Tasks of this flow: its name or its id.")]
Hub = Annotated[str | None, typer.Option("--hub", help="The hub: its name or its id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what became of it as JSON.")]


class Mode(StrEnum):
    """What may become of a row."""

    UPSERT = "upsert"
    INSERT = "insert"
    UPDATE = "update"


class Format(StrEnum):
    """The formats of a file."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ODS = "ods"


@app.command("import")
def import_command(  # noqa: PLR0917 - the library fills them in by name
    file: Annotated[Path, typer.Argument(help="A csv, xlsx, xls, ods, json or parquet file.")],
    data_type: Type = None,
    flow: Flow = None,
    hub: Hub = None,
    mode: Annotated[Mode, typer.Option(help="What may become of a row.")] = Mode.UPSERT,
    config: Annotated[str | None, typer.Option(help="An import config's id.")] = None,
    day_order: Annotated[
        str | None, typer.Option(help="How days are written: ymd, dmy or mdy.")
    ] = None,
    decimal_separator: Annotated[
        str | None, typer.Option(help="How numbers are written: . or ,")
    ] = None,
    mapping: Annotated[
        str | None, typer.Option(help="JSON: a column's title or number, to a field's id.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="A sheet's name, or its number from 1.")] = None,
    header_row: Annotated[
        int | None, typer.Option(help="The line of the titles, from 1; 0: none.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="The encoding of a text file.")] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="What stands between cells; tab: a tab.")
    ] = None,
    failed: Annotated[
        Path | None, typer.Option(help="Where the workbook of failed rows is put, if any fail.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, and write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import the rows of a file, through a running service.

    Sheets of bills and lists are joined to the tasks by their column ID. Exit code 3: some rows
    failed; 4: all of them.
    """
    if not file.is_file():
        raise RefusedError(f"There is no file {file}.")
    _require_folder(failed)
    client = Client.of_environment()
    thing = _thing(client, data_type, flow)
    fields = {
        **({"type": "task"} if thing.is_flow else {}),
        thing.key: thing.id,
        "hubId": None if hub is None else _hub_id(client, hub),
        "mode": mode.value,
        "dryRun": "true" if dry_run else None,
        "importConfigId": config,
        "dayOrder": day_order,
        "decimalSeparator": decimal_separator,
        "mapping": mapping,
        "sheet": sheet,
        "headerRow": None if header_row is None else str(header_row),
        "encoding": encoding,
        "delimiter": delimiter,
    }
    sent = {name: value for name, value in fields.items() if value is not None}
    started = client.upload("/data/import", file, sent)["data"]
    record = _imported(client, started)
    link = record.get("fileFailedImported")
    if link and failed is not None:
        client.download(link, failed)
    if as_json:
        print_json(record)
    else:
        _print_receipt(record, failed)
    if record["totalInvalid"] or record["status"] == "failed":
        raise typer.Exit(_SOME_FAILED if record["totalValid"] else _ALL_FAILED)


@app.command("export")
def export_command(  # noqa: PLR0917 - likewise
    file_format: Annotated[Format, typer.Option("--format", help="The file's format.")],
    data_type: Type = None,
    flow: Flow = None,
    hub: Hub = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file; default: the type's or flow's name."),
    ] = None,
    fields: Annotated[
        str | None, typer.Option(help="The columns, with commas between them.")
    ] = None,
    conditions: Annotated[
        list[str] | None,
        typer.Option("--filter", help='A condition, such as "price ge 10"; may stand often.'),
    ] = None,
    search: Annotated[
        str | None, typer.Option(help="Only those that hold this in any value.")
    ] = None,
    sort: Annotated[
        str | None, typer.Option(help="The field to sort by; with - before it, falling.")
    ] = None,
    config: Annotated[str | None, typer.Option(help="An export config's id.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Export the records of a data type, or the tasks of a flow, through a running service."""
    _require_folder(output)
    client = Client.of_environment()
    thing = _thing(client, data_type, flow)
    query: dict[str, object] = {
        "download": file_format.value,
        "background": "true",
        thing.key: thing.id,
    }
    if hub is not None:
        query["hubId"] = _hub_id(client, hub)
    if fields is not None:
        query["fields"] = fields
    if search is not None:
        query["q"] = search
    if sort is not None:
        query["sortBy"] = sort.removeprefix("-")
        query["sortOrder"] = "desc" if sort.startswith("-") else "asc"
    if config is not None:
        query["exportConfigId"] = config
    if conditions:
        query["filter"] = json.dumps([_condition(text) for text in conditions])
    started = client.post(thing.export_path, query)["data"]
    entry = _exported(client, started["exportId"])
    if entry["status"] != "Done":
        raise RefusedError(str(entry["errorMessage"]))
    # The file's own ending: JSON in parts comes in an archive.
    target = output or Path(f"{_file_name(thing.asked)}.{entry['fileType']}")
    client.download(entry["fileUrl"], target)
    if as_json:
        print_json({**entry, "file": str(target)})
    else:
        print_line(f"{counted(entry['totalRecords'], thing.noun, is_grouped=True)} in {target}.")


def _require_folder(file: Path | None) -> None:
    """Refuse, before any work, a file that cannot be made where it is wanted."""
    if file is not None and file.is_dir():
        raise RefusedError(f"{file} is a folder: name a file in it.")
    if file is not None and not file.parent.is_dir():
        raise RefusedError(f"There is no folder {file.parent}.")


def _imported(client: Client, record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Wait for the end of an import, its progress on stderr; give its record."""
    with progress() as shown:
        bar = shown.add_task("Rows", total=record["totalRows"])
        while record["status"] == "onprocess":
            time.sleep(_POLL_SECONDS)
            record = client.get(f"/import-monitoring/{record['_id']}")["data"]
            done = record["totalValid"] + record["totalInvalid"] + record["leftOut"]
            shown.update(bar, completed=done)
    return record


def _exported(client: Client, export_id: str) -> Mapping[str, Any]:
    with progress() as shown:
        bar = shown.add_task("Percent", total=100)
        while True:
            entry: Mapping[str, Any] = client.get(f"/export/{export_id}")["data"]
            shown.update(bar, completed=entry["progress"])
            if entry["status"] != "Processing":
                return entry
            time.sleep(_POLL_SECONDS)


def _print_receipt(record: Mapping[str, Any], failed: Path | None) -> None:
    would = "would be " if record["dryRun"] else ""
    rows = counted(record["totalRows"], "row", is_grouped=True)
    print_line(
        f"{rows}: {record['created']:,} {would}created, "
        f"{record['updated']:,} {would}updated, {record['unchanged']:,} unchanged, "
        f"{record['totalInvalid']:,} failed."
    )
    if record.get("errorMessage"):
        print_line(str(record["errorMessage"]))
    if record.get("fileFailedImported"):
        print_line(f"The rows that failed: {failed or record['fileFailedImported']}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thing:
    """What goes in or out: a data type's records, or a flow's tasks; `asked` names it."""

    asked: str
    id: str
    is_flow: bool

    @property
    def key(self) -> str:
        """The parameter that names it."""
        return "flowId" if self.is_flow else "dataTypeId"

    @property
    def export_path(self) -> str:
        """Where it is exported."""
        return "/tasks/export" if self.is_flow else "/data/export"

    @property
    def noun(self) -> str:
        """What a row of it is."""
        return "task" if self.is_flow else "record"


def _thing(client: Client, data_type: str | None, flow: str | None) -> _Thing:
    """Find what the options name; raise RefusedError unless they name one of both."""
    match data_type, flow:
        case str(asked), None:
            found = _id_of(asked, "data type", client, "/data-types", "data_types")
        case None, str(asked):
            found = _id_of(asked, "flow", client, "/flows", "flows")
        case _:
            raise RefusedError("Name a data type with --type, or a flow with --flow.")
    return _Thing(asked=asked, id=found, is_flow=flow is not None)


def _id_of(name: str, noun: str, client: Client, path: str, key: str) -> str:
    if is_id(name):
        return name
    return _one_of(name, client.get(path, limit=_LISTED)[key]["data"], noun)


def _hub_id(client: Client, name: str) -> str:
    if is_id(name):
        return name
    return _one_of(name, client.get("/hubs", limit=_LISTED, name=name)["data"], "hub")


def _one_of(name: str, found: Sequence[Mapping[str, Any]], noun: str) -> str:
    ids = [str(one["_id"]) for one in found if one["name"] == name]
    if len(ids) != 1:
        raise RefusedError(f"There is no {noun} {name}.")
    return ids[0]


def _condition(text: str) -> dict[str, object]:
    """Read `field operator value`; a value that is JSON is taken as such."""
    parts = text.split(maxsplit=_OPERATOR_PARTS - 1)
    if len(parts) < _OPERATOR_PARTS - 1:
        raise RefusedError(f'The filter {text!r} is not of the form "field operator value".')
    field, operator, *rest = parts
    if not rest:
        return {"field": field, "operator": operator}
    try:
        value = json.loads(rest[0])
    except json.JSONDecodeError:
        value = rest[0]
    return {"field": field, "operator": operator, "value": value}


def _file_name(name: str) -> str:
    return "".join(one if one.isalnum() or one in "-_. " else "_" for one in name)
