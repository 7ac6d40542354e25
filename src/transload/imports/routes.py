"""The HTTP routes of imports: a file that is sent to be imported at once."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from typing_extensions import TypedDict

from transload.accounts.caller import Caller
from transload.errors import ForbiddenError, InvalidError, MissingError
from transload.formats.reading.model import Choices
from transload.imports.access import may_import
from transload.imports.model import Kind, Mode, Target
from transload.imports.monitor import Monitor
from transload.imports.readings import DayOrder, Reading
from transload.imports.run import Imports
from transload.imports.run import Request as ImportRequest
from transload.imports.wire import EXAMPLE, FAILED_CODES, Record, record
from transload.jobs.pool import Jobs
from transload.settings import Settings
from transload.web.bounds import STREAMED
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.idempotency import Once, OncePart
from transload.web.links import base_url
from transload.web.openapi import described
from transload.web.parameters import Flag, Id, Parameters, Whole, query_values, validated
from transload.web.parts import part
from transload.web.upload import Upload, received

router = APIRouter(
    tags=["Import"], route_class=error_route(explains=False, failed_codes=FAILED_CODES)
)
_PIECE_BYTES = 1 << 20
ImportsPart = Annotated[Imports, Depends(part(Imports))]
MonitorPart = Annotated[Monitor, Depends(part(Monitor))]
JobsPart = Annotated[Jobs, Depends(part(Jobs))]
SettingsPart = Annotated[Settings, Depends(part(Settings))]
_QUEUED = "Import process has been queued successfully"
_DELIMITERS = {"tab": "\t", "\\t": "\t"}


class ImportParameters(Parameters):
    """What goes with a file; each but the type and its hub is found where it is not said."""

    type: Literal["datasource", "task"] = Field("datasource", description="What the rows are.")
    data_type_id: Id | None = Field(
        None, alias="dataTypeId", description="The data type; required unless it is tasks."
    )
    flow_id: Id | None = Field(None, alias="flowId", description="The flow of tasks.")
    hub_id: Id | None = Field(
        None, alias="hubId", description="The hub; required unless the type is common."
    )
    import_config_id: Id | None = Field(
        None, alias="importConfigId", description="An import config, which has the columns."
    )
    mode: Mode = Field(Mode.UPSERT, description="What may become of a row.")
    dry_run: Flag = Field(
        default=False, alias="dryRun", description="Check and report, write no record."
    )
    sheet: str | None = Field(None, description="A sheet's name, or its number from 1.")
    header_row: Whole | None = Field(
        None, alias="headerRow", ge=0, description="The line of the titles, from 1; 0: none."
    )
    encoding: str | None = Field(None, description="The encoding of a text file.")
    delimiter: str | None = Field(None, description="What stands between cells; tab: a tab.")
    quote: str | None = Field(None, description="What stands around a cell.")
    escape: str | None = Field(None, description="What takes the meaning of the next one away.")
    decimal_separator: Literal[".", ","] | None = Field(
        None, alias="decimalSeparator", description="How numbers are written."
    )
    day_order: DayOrder | None = Field(None, alias="dayOrder", description="How days are written.")
    mapping: str | None = Field(
        None, description="JSON: a column's title or number, from 1, to a field's id."
    )

    def to_request(self, *, needs_type: bool = True) -> ImportRequest:
        """Give the request; raise an error for what is missing."""
        if self.type == "task" and self.flow_id is None:
            raise MissingError("The flowId field is required.")
        if self.type == "datasource" and self.data_type_id is None and needs_type:
            raise MissingError("The dataTypeId field is required.")
        return ImportRequest(
            target=Target(
                kind=Kind(self.type),
                data_type_id=self.data_type_id or "",
                flow_id=self.flow_id or "",
                hub_id=self.hub_id or "",
            ),
            mode=self.mode,
            is_dry_run=self.dry_run,
            choices=self.to_choices(),
            mapping=parse_mapping(self.mapping),
            config_id=self.import_config_id,
            reading=Reading(day_order=self.day_order, decimal_separator=self.decimal_separator),
        )

    def to_choices(self) -> Choices:
        """Give what is said of how the file is read."""
        return Choices(
            sheet=self.sheet,
            header_row=self.header_row,
            encoding=self.encoding,
            delimiter=_DELIMITERS.get(self.delimiter or "", self.delimiter),
            quote=self.quote,
            escape=self.escape,
            decimal_separator=self.decimal_separator,
        )


class ImportAnswer(TypedDict):
    """An import that was queued."""

    status: Literal[True]
    message: str
    data: Record


_FIRST = {
    name: value
    for name, value in EXAMPLE.items()
    if name not in {"updatedBy", "processedAt", "processingDuration", "fileFailedImported"}
} | {"status": "onprocess", "totalValid": 0, "totalInvalid": 0, "processedChunks": 0}


@router.post(
    "/data/import",
    **described(
        ImportAnswer,
        example={"status": True, "message": _QUEUED, "data": _FIRST},
        form=ImportParameters,
        max_body_bytes=STREAMED,
        errors=(400, 403, 409, 422),
        leads_to={
            name: {"import_id": "data/_id"}
            for name in ("get_import", "watch_import", "cancel_import")
        },
    ),
)
async def import_data(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Caller,
    imports: ImportsPart,
    monitor: MonitorPart,
    jobs: JobsPart,
    settings: SettingsPart,
    once: OncePart,
) -> Response:
    """Import the rows of a file, in the background; the answer knows how many there are."""
    if not may_import(actor):
        raise ForbiddenError
    async with received(request, settings.max_import_mib << 20) as upload:
        if upload.file is None:
            raise MissingError("The file field is required.")
        asked = _asked(request, upload)
        file, filename = upload.file, upload.filename

        def answer() -> Response:
            one = imports.start(jobs, actor, asked, file, filename)
            link = monitor.template_link(one, base_url(request))
            return success(message=_QUEUED, data=record(one, link, None, is_single=False))

        return await run_in_threadpool(_answered, once, answer, upload)


def _answered(once: Once, answer: Callable[[], Response], upload: Upload) -> Response:
    """Import once what a key names: the same fields, name and bytes."""
    if once.key is None or upload.file is None:
        return once(answer)
    digest = hashlib.sha256(orjson.dumps([sorted(upload.fields.items()), upload.filename]))
    while piece := upload.file.read(_PIECE_BYTES):
        digest.update(piece)
    upload.file.seek(0)
    return once(answer, upload=digest.hexdigest())


def _asked(request: Request, upload: Upload) -> ImportRequest:
    values = {**upload.fields, **query_values(request)}
    return validated(ImportParameters, values, "field").to_request()


def parse_mapping(text: str | None) -> Mapping[str, str | None] | None:
    """Read a mapping of columns to fields; raise InvalidError for what is none."""
    if text is None:
        return None
    try:
        found: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidError("The mapping field must be a JSON object.") from error
    if not isinstance(found, dict) or not all(
        value is None or isinstance(value, str) for value in found.values()
    ):
        raise InvalidError("The mapping field must be a JSON object of columns and field ids.")
    return found
