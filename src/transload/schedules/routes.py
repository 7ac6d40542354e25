"""The HTTP routes of schedules of exports."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from typing_extensions import TypedDict

from transload.accounts.caller import Caller
from transload.accounts.model import Actor, Permission
from transload.errors import ForbiddenError
from transload.exports.subjects import may_export
from transload.schedules.run import Schedules
from transload.schedules.wire import (
    BODY_EXAMPLE,
    RUN_EXAMPLE,
    SCHEDULE_EXAMPLE,
    NewScheduleAnswer,
    RunAnswer,
    RunObject,
    ScheduleAnswer,
    ScheduleBody,
    SchedulesAnswer,
    new_schedule_object,
    run_object,
    schedule_object,
)
from transload.web.body import JsonBody
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.links import base_url
from transload.web.openapi import described
from transload.web.paging import PageList, PageParameters, page_example, page_list
from transload.web.parameters import EXAMPLE_ID, PathId, query, validated
from transload.web.parts import part

router = APIRouter(tags=["Export"], route_class=error_route(explains=False))
SchedulesPart = Annotated[Schedules, Depends(part(Schedules))]
PageQuery = Annotated[PageParameters, Depends(query(PageParameters))]
_MAX_BODY_BYTES = 256 << 10


async def _exporter(actor: Caller) -> Actor:
    """Refuse, before a body is read, who may export nothing."""
    if not (may_export(actor) or actor.may(Permission.VIEW_LOG)):
        raise ForbiddenError
    return actor


Exporter = Annotated[Actor, Depends(_exporter)]


class RunsAnswer(TypedDict):
    """A page of runs, the newest first."""

    status: bool
    message: str
    data: PageList[RunObject]


def _whole(data: object) -> dict[str, object]:
    return {"status": True, "message": "Success", "data": data}


_ONE, _NEW = _whole(SCHEDULE_EXAMPLE), _whole({**SCHEDULE_EXAMPLE, "secret": "whsec_MfKQ9r8GKYqr"})
_PATH = "/export-schedule/{schedule_id}"


@router.get(
    "/export-schedules",
    **described(SchedulesAnswer, example=_whole([SCHEDULE_EXAMPLE]), errors=(403,)),
)
def list_export_schedules(actor: Exporter, schedules: SchedulesPart) -> Response:
    """Give the schedules of exports that the user sees, oldest first."""
    return success(data=[schedule_object(one) for one in schedules.find_all(actor)])


@router.post(
    "/export-schedules",
    **described(
        NewScheduleAnswer,
        example=_NEW,
        status=201,
        body=ScheduleBody,
        body_example=BODY_EXAMPLE,
        max_body_bytes=_MAX_BODY_BYTES,
        errors=(400, 403, 409),
        leads_to={
            name: {"schedule_id": "data/_id"}
            for name in (
                "get_export_schedule",
                "replace_export_schedule",
                "delete_export_schedule",
                "run_export_schedule",
                "list_export_schedule_runs",
            )
        },
    ),
)
def create_export_schedule(
    request: Request, actor: Exporter, schedules: SchedulesPart, body: JsonBody
) -> Response:
    """Have something exported again and again; of a webhook, this answer alone holds the secret."""
    asked = validated(ScheduleBody, body, noun="field").to_asked()
    made = schedules.create(actor, asked, base_url(request))
    return success(status=201, data=new_schedule_object(made))


@router.get(_PATH, **described(ScheduleAnswer, example=_ONE, errors=(403, 404)))
def get_export_schedule(actor: Exporter, schedules: SchedulesPart, schedule_id: PathId) -> Response:
    """Give a schedule, without what its destination keeps secret."""
    return success(data=schedule_object(schedules.get(actor, schedule_id)))


@router.put(
    _PATH,
    **described(
        NewScheduleAnswer,
        example=_NEW,
        body=ScheduleBody,
        body_example=BODY_EXAMPLE,
        max_body_bytes=_MAX_BODY_BYTES,
        errors=(400, 403, 404),
    ),
)
def replace_export_schedule(
    request: Request,
    actor: Exporter,
    schedules: SchedulesPart,
    schedule_id: PathId,
    body: JsonBody,
) -> Response:
    """Say a schedule anew; secrets that are left out stay as they are."""
    asked = validated(ScheduleBody, body, noun="field").to_asked()
    changed = schedules.change(actor, schedule_id, asked, base_url(request))
    return success(data=new_schedule_object(changed))


@router.delete(_PATH, **described(ScheduleAnswer, example=_ONE, errors=(403, 404)))
def delete_export_schedule(
    actor: Exporter, schedules: SchedulesPart, schedule_id: PathId
) -> Response:
    """Remove a schedule with its runs."""
    return success(data=schedule_object(schedules.remove(actor, schedule_id)))


@router.post(
    f"{_PATH}/run",
    **described(RunAnswer, example=_whole(RUN_EXAMPLE), status=201, errors=(403, 404, 409)),
)
def run_export_schedule(actor: Exporter, schedules: SchedulesPart, schedule_id: PathId) -> Response:
    """Run a schedule now, paused or not; what becomes of it stands among its runs."""
    return success(status=201, data=run_object(schedules.run_now(actor, schedule_id)))


@router.get(
    f"{_PATH}/runs",
    **described(
        RunsAnswer,
        example=_whole(page_example(f"/export-schedule/{EXAMPLE_ID}/runs", RUN_EXAMPLE)),
        query=PageParameters,
        errors=(400, 403, 404),
    ),
)
def list_export_schedule_runs(
    request: Request,
    actor: Exporter,
    schedules: SchedulesPart,
    schedule_id: PathId,
    asked: PageQuery,
) -> Response:
    """Give the runs of a schedule of the last 30 days, the newest first."""
    found, total = schedules.find_runs(actor, schedule_id, offset=asked.offset, limit=asked.limit)
    return success(data=page_list(request, asked, [run_object(one) for one in found], total))
