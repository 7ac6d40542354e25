"""The HTTP routes of flows."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from transload.accounts.caller import Caller, caller_who_may
from transload.accounts.model import Actor, Permission
from transload.flows import run
from transload.flows.model import MAX_COMPONENTS, ComponentKind, Flow
from transload.flows.store import SortKey
from transload.web.body import JsonBody
from transload.web.envelope import json_response, success
from transload.web.errors import error_route
from transload.web.keys import shown_keys
from transload.web.openapi import described
from transload.web.paging import PageList, PageParameters, page_example, page_list
from transload.web.parameters import (
    EXAMPLE_ID,
    Flag,
    Names,
    Parameters,
    PathId,
    Whole,
    query,
    validated,
)
from transload.web.parts import ClockPart, DatabasePart
from transload.web.times import zulu

router = APIRouter(tags=["Flow"], route_class=error_route(explains=False))
_MAX_NAME_LENGTH = 255
_MAX_BODY_BYTES = 8 << 20
_OF_THE_SYSTEM = {"_id", "organizationId", "version", "createdTime", "updatedTime", "deleted_at"}
_KNOWN = {"name", "pages", "configurations", "isDefault", "orderIndex"}


class ComponentBody(Parameters):
    """A component of a page. Further keys are kept and given back."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(examples=["outlet"])
    component: ComponentKind = Field(examples=["input"])
    title: str | None = Field(None, examples=["Outlet"])
    input_type: str | None = Field(
        None, alias="inputType", description="Of an input: string, number, date and others."
    )


class PageBody(Parameters):
    """A page of a flow. Further keys are kept and given back."""

    model_config = ConfigDict(extra="allow")

    id: str
    components: list[ComponentBody] = Field(max_length=MAX_COMPONENTS)


class ConfigurationBody(Parameters):
    """What a flow sets up. Further keys are kept and given back."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(examples=["startTime"])


def _few_components(pages: object) -> object:
    """Refuse the pages of too many components before each of them is looked at."""
    if isinstance(pages, list):
        lists = (page.get("components") for page in pages if isinstance(page, dict))
        if sum(len(one) for one in lists if isinstance(one, list)) > MAX_COMPONENTS:
            raise PydanticCustomError(
                "components", "must hold {most} components at most", {"most": MAX_COMPONENTS}
            )
    return pages


class FlowBody(Parameters):
    """A flow as a client sends it, whole. Further keys are kept and given back."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(
        min_length=1,
        max_length=_MAX_NAME_LENGTH,
        description="Unique in the organization, and neither Handover nor Activity.",
        examples=["Delivery"],
    )
    pages: Annotated[list[PageBody], BeforeValidator(_few_components)] = Field(
        max_length=MAX_COMPONENTS
    )
    configurations: list[ConfigurationBody] | None = Field(
        None,
        max_length=MAX_COMPONENTS,
        description=(
            "`startTime`, `endTime`: minutes after its creation (`adjustment`) that a task has as"
            " its times when it names none."
        ),
    )
    is_default: Flag = Field(default=False, alias="isDefault")
    order_index: Whole = Field(0, alias="orderIndex", ge=-(2**31), le=2**31 - 1)


class FlowParameters(PageParameters):
    """Which flows a list shows, and what of them."""

    sort_by: SortKey = Field(SortKey.ORDER_INDEX, description="The key to sort by.")
    sort_order: Literal["asc", "desc"] = Field("desc", description="Rising or falling.")
    fields: Names = Field(
        (), description="Keys of a flow, `_id` always among them; default: all.", examples=["name"]
    )
    permission: Permission | None = Field(
        None,
        description="Only flows for which the caller's role has it.",
        examples=["add/task"],
    )


Adder = Annotated[Actor, Depends(caller_who_may(Permission.ADD_FLOW))]
Editor = Annotated[Actor, Depends(caller_who_may(Permission.EDIT_FLOW))]
FlowsQuery = Annotated[FlowParameters, Depends(query(FlowParameters))]


class FlowObject(TypedDict):
    """A flow, with all that its author says of it."""

    _id: str
    name: str
    pages: list[dict[str, Any]]
    configurations: list[dict[str, Any]]
    isDefault: bool
    orderIndex: int
    version: int
    organizationId: str
    createdTime: str
    updatedTime: str
    deleted_at: NotRequired[str]


class ListedFlow(TypedDict, total=False):
    """A flow in a list, with the keys that were asked for."""

    _id: str
    name: str
    pages: list[dict[str, Any]]
    configurations: list[dict[str, Any]]
    isDefault: bool
    orderIndex: int
    version: int
    organizationId: str
    createdTime: str
    updatedTime: str


class FlowsAnswer(TypedDict):
    """A page of flows."""

    status: Literal[True]
    message: str
    flows: PageList[ListedFlow]


class FlowAnswer(TypedDict):
    """One flow."""

    status: Literal[True]
    message: str
    flow: FlowObject


class DeletedFlowAnswer(TypedDict):
    """The flow as it was."""

    status: Literal[True]
    data: FlowObject


_SENT = {
    "name": "Delivery",
    "pages": [
        {
            "id": "page1",
            "enabled": True,
            "components": [
                {"id": "outlet", "component": "input", "title": "Outlet", "inputType": "string"},
                {"id": "goods", "component": "bill", "title": "Goods"},
            ],
        }
    ],
    "configurations": [{"id": "endTime", "adjustment": 120}],
    "isDefault": False,
    "orderIndex": 0,
}
_FLOW = {
    "_id": EXAMPLE_ID,
    **_SENT,
    "version": 1,
    "organizationId": EXAMPLE_ID,
    "createdTime": "2025-01-31T10:20:30.123456Z",
    "updatedTime": "2025-01-31T10:20:30.123456Z",
}
_ONE = {"status": True, "message": "Success", "flow": _FLOW}


@router.get(
    "/flows",
    **described(
        FlowsAnswer,
        example={"status": True, "message": "Success", "flows": page_example("/flows", _FLOW)},
        query=FlowParameters,
        errors=(400, 403),
    ),
)
def list_flows(
    actor: Caller, database: DatabasePart, request: Request, asked: FlowsQuery
) -> Response:
    """Give a page of the flows."""
    names = shown_keys(asked.fields, list(ListedFlow.__annotations__))
    total, found = run.find_page(
        database,
        actor,
        run.FlowQuery(
            sort_key=asked.sort_by,
            is_descending=asked.sort_order == "desc",
            permission=asked.permission,
            offset=asked.offset,
            limit=asked.limit,
        ),
    )
    items = [
        {name: one[name] for name in names} if asked.fields else one for one in map(wire, found)
    ]
    return success(flows=page_list(request, asked, items, total))


@router.post(
    "/flow",
    **described(
        FlowAnswer,
        example=_ONE,
        status=201,
        body=FlowBody,
        body_example=_SENT,
        max_body_bytes=_MAX_BODY_BYTES,
        errors=(400, 403, 409),
        leads_to={
            name: {"flow_id": "flow/_id"} for name in ("get_flow", "replace_flow", "delete_flow")
        },
    ),
)
def create_flow(actor: Adder, database: DatabasePart, clock: ClockPart, body: JsonBody) -> Response:
    """Create a flow."""
    return success(status=201, flow=wire(run.create(database, actor, _new(body), clock.now())))


@router.get("/flow/{flow_id}", **described(FlowAnswer, example=_ONE, errors=(403, 404)))
def get_flow(actor: Caller, database: DatabasePart, flow_id: PathId) -> Response:
    """Give a flow."""
    return success(flow=wire(run.get(database, actor, flow_id)))


@router.put(
    "/flow/{flow_id}",
    **described(
        FlowAnswer,
        example=_ONE,
        body=FlowBody,
        body_example=_SENT,
        max_body_bytes=_MAX_BODY_BYTES,
        errors=(400, 403, 404, 409),
    ),
)
def replace_flow(
    actor: Editor, database: DatabasePart, clock: ClockPart, flow_id: PathId, body: JsonBody
) -> Response:
    """Change all of a flow; its version rises."""
    flow = run.replace(database, actor, flow_id, _new(body), clock.now())
    return success(flow=wire(flow))


@router.delete(
    "/flow/{flow_id}",
    **described(
        DeletedFlowAnswer,
        example={
            "status": True,
            "data": {**_FLOW, "deleted_at": "2025-01-31T10:20:30.123456Z"},
        },
        errors=(403, 404, 409),
    ),
)
def delete_flow(
    actor: Caller, database: DatabasePart, clock: ClockPart, flow_id: PathId
) -> Response:
    """Delete a flow that has no tasks."""
    now = clock.now()
    flow = run.delete(database, actor, flow_id, now)
    return json_response({"status": True, "data": {**wire(flow), "deleted_at": zulu(now)}})


def wire(flow: Flow) -> dict[str, Any]:
    """Give a flow as the API shows it."""
    return {
        "_id": flow.id,
        "name": flow.name,
        "pages": flow.pages,
        "configurations": flow.configurations,
        "isDefault": flow.is_default,
        "orderIndex": flow.order_index,
        **flow.more,
        "version": flow.version,
        "organizationId": flow.organization_id,
        "createdTime": zulu(flow.created_time),
        "updatedTime": zulu(flow.updated_time),
    }


def _new(body: Mapping[str, Any]) -> run.NewFlow:
    """Read a flow to be: checked by the models, kept as it was sent."""
    checked = validated(FlowBody, body, noun="field")
    return run.NewFlow(
        name=checked.name,
        pages=body["pages"],
        configurations=body.get("configurations") or [],
        is_default=checked.is_default,
        order_index=checked.order_index,
        more={
            name: value
            for name, value in body.items()
            if name not in _OF_THE_SYSTEM and name not in _KNOWN
        },
    )
