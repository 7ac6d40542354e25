"""The HTTP routes of what flows are made of: their components, and the keys of their tasks."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from transload.accounts.caller import Caller
from transload.errors import InvalidError
from transload.flows import run
from transload.flows.listing import fields_of, listed, reserved_fields, task_example
from transload.flows.model import ComponentKind
from transload.web.envelope import json_response, success
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.parameters import EXAMPLE_ID, Flag, Names, Parameters, query
from transload.web.parts import DatabasePart

router = APIRouter(tags=["Flow"], route_class=error_route(explains=False))
_RESERVED = "reservedKey"


def _field_types(value: object) -> object:
    known = {*ComponentKind, _RESERVED}
    items = value.split(",") if isinstance(value, str) else []
    found = tuple(item.strip() for item in items if item.strip())
    if not set(found) <= known:
        raise PydanticCustomError("kinds", "must name components, or reservedKey")
    return found


FieldTypes = Annotated[
    tuple[str, ...], BeforeValidator(_field_types), WithJsonSchema({"type": "string"})
]


class ComponentParameters(Parameters):
    """Which components are listed, and how."""

    field_type: FieldTypes | None = Field(
        None,
        alias="fieldType",
        description="Kinds of components, or `reservedKey`; default: all.",
        examples=["select,input"],
    )
    flow_id: Names | None = Field(
        None, alias="flowId", description="Of these flows; default: of all.", examples=[EXAMPLE_ID]
    )
    fields: Names = Field((), description="Keys of a component; default: all.", examples=["id"])
    is_merge: Flag = Field(
        default=False,
        alias="isMerge",
        description="List what several flows have alike once, with the ids of all of them.",
    )


ComponentsQuery = Annotated[ComponentParameters, Depends(query(ComponentParameters))]
FlowName = Annotated[
    str,
    Path(description="A flow's name.", openapi_examples={"name": {"value": "Delivery"}}),
]


class FieldsAnswer(TypedDict):
    """The ids that a task of the flow has, and those of every task."""

    status: Literal[True]
    message: str
    flowFields: list[str]
    reservedKey: list[str]


class ComponentsAnswer(TypedDict):
    """Components, as export configs list them."""

    status: Literal[True]
    message: str
    data: list[dict[str, Any]]


@router.get(
    "/flow/{flow_name}/fields",
    **described(
        FieldsAnswer,
        example={
            "status": True,
            "message": "Success",
            "flowFields": ["outlet", "goods"],
            "reservedKey": ["_id", "title"],
        },
        errors=(403, 404),
    ),
)
def get_flow_fields(actor: Caller, database: DatabasePart, flow_name: FlowName) -> Response:
    """Give the ids that a task of the flow has, and those of every task."""
    flow = run.get_by_name(database, actor, flow_name)
    return success(flowFields=fields_of(actor, flow), reservedKey=reserved_fields())


@router.get(
    "/flow/{flow_name}/task",
    **described(
        dict[str, Any],
        example={"flow": "Delivery", "hubId": EXAMPLE_ID, "title": "Text", "outlet": "Text"},
        errors=(403, 404),
    ),
)
def get_flow_task(actor: Caller, database: DatabasePart, flow_name: FlowName) -> Response:
    """Give an example of a body for `POST /task`."""
    return json_response(task_example(actor, run.get_by_name(database, actor, flow_name)))


@router.get(
    "/flow-components",
    **described(
        ComponentsAnswer,
        example={
            "status": True,
            "message": "Success",
            "data": [
                {
                    "id": "outlet",
                    "component": "input",
                    "title": "Outlet",
                    "inputType": "string",
                    "flowId": [EXAMPLE_ID],
                    "flowName": ["Delivery"],
                }
            ],
        },
        query=ComponentParameters,
        errors=(400, 403),
    ),
)
def list_components(actor: Caller, database: DatabasePart, asked: ComponentsQuery) -> Response:
    """Give the components of flows, as export configs list them."""
    flows = run.find_all(database, actor, asked.flow_id)
    if len(flows) < len(asked.flow_id or ()):
        raise InvalidError("The selected flowId is invalid.", is_whole=True)
    found = listed(
        actor,
        flows,
        kinds=asked.field_type,
        is_merged=asked.is_merge,
    )
    if asked.fields:
        found = [
            {name: one[name] for name in ("id", *asked.fields) if name in one} for one in found
        ]
    return success(data=found)
