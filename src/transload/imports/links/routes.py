"""The HTTP routes of import links."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from transload.accounts.caller import Caller, caller_who_may
from transload.accounts.model import Actor, Permission
from transload.imports.links.caller import Guest, LinksPart
from transload.imports.links.model import MOST_ROWS
from transload.imports.links.run import NOT_FOUND, Listed, NewLink
from transload.imports.model import Mode
from transload.imports.wire import field_to_fill
from transload.settings import Settings
from transload.web.body import JsonBody
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.instants import Instant
from transload.web.links import base_url
from transload.web.openapi import described
from transload.web.parameters import EXAMPLE_ID, Id, Parameters, Whole, an_id, validated
from transload.web.parts import find_part
from transload.web.times import zulu

router = APIRouter(tags=["Import Link"], route_class=error_route(explains=False))
_DEFAULT_ROWS = 10_000


class LinkBody(Parameters):
    """An import link to be."""

    name: str = Field(
        min_length=1, max_length=255, description="For whom it is.", examples=["Suppliers"]
    )
    data_type_id: Id = Field(alias="dataTypeId")
    hub_id: Id | None = Field(
        None, alias="hubId", description="The hub; required unless the type is common."
    )
    import_config_id: Id | None = Field(
        None, alias="importConfigId", description="An import config, which has the columns."
    )
    mode: Mode = Field(Mode.UPSERT, description="What may become of a row.")
    max_rows: Whole = Field(
        _DEFAULT_ROWS, alias="maxRows", ge=1, le=MOST_ROWS, description="Rows of a file at most."
    )
    expires_time: Instant = Field(
        alias="expiresTime", description="Until when it works: within a year."
    )


class LinkObject(TypedDict):
    """A link; `drafts` were begun by it, `sent` counts what was sent, `waiting` waits for approval.

    `problem` says why nothing more is taken by it, if nothing is.
    """

    _id: str
    name: str
    dataTypeId: str
    dataTypeName: str | None
    hubId: str | None
    importConfigId: str | None
    mode: Literal["upsert", "insert", "update"]
    maxRows: int
    createdBy: str
    createdTime: str
    expiresTime: str
    usedTime: str | None
    drafts: int
    sent: int
    waiting: int
    problem: str | None


class NewLinkObject(LinkObject):
    """A link that was made: its secret, and the address that its holder opens."""

    secret: str
    address: str


class LinksAnswer(TypedDict):
    """Import links, the newest first."""

    status: Literal[True]
    message: str
    data: list[LinkObject]


class LinkAnswer(TypedDict):
    """One import link."""

    status: Literal[True]
    message: str
    data: LinkObject


class NewLinkAnswer(TypedDict):
    """An import link that was made."""

    status: Literal[True]
    message: str
    data: NewLinkObject


class OfferedFieldObject(TypedDict):
    """A field that a row may have."""

    id: str
    title: str
    type: str
    required: bool
    options: list[str]


class OfferObject(TypedDict):
    """What a link asks its holder for."""

    name: str
    organizationName: str
    dataTypeName: str
    mode: Literal["upsert", "insert", "update"]
    maxRows: int
    maxBytes: int
    expiresTime: str
    fields: list[OfferedFieldObject]


class OfferAnswer(TypedDict):
    """What a link asks its holder for."""

    status: Literal[True]
    message: str
    data: OfferObject


_LINK: dict[str, Any] = {
    "_id": EXAMPLE_ID,
    "name": "Suppliers",
    "dataTypeId": EXAMPLE_ID,
    "dataTypeName": "Outlets",
    "hubId": EXAMPLE_ID,
    "importConfigId": None,
    "mode": "upsert",
    "maxRows": _DEFAULT_ROWS,
    "createdBy": "planner@example.com",
    "createdTime": "2025-01-31T10:20:30.123456Z",
    "expiresTime": "2025-02-28T00:00:00.000000Z",
    "usedTime": None,
    "drafts": 0,
    "sent": 0,
    "waiting": 0,
    "problem": None,
}
_SECRET = "til_Zk3bT0x8mPq2nR5vW7yA1cE4gJ6hL9sD0fU_iOeKtXw"  # noqa: S105 - an example
_NEW = {
    **_LINK,
    "secret": _SECRET,
    "address": f"https://transload.example.com/console/in/{EXAMPLE_ID}#{_SECRET}",
}
_OFFER: dict[str, Any] = {
    "name": "Suppliers",
    "organizationName": "Acme",
    "dataTypeName": "Outlets",
    "mode": "upsert",
    "maxRows": _DEFAULT_ROWS,
    "maxBytes": 20 << 20,
    "expiresTime": "2025-02-28T00:00:00.000000Z",
    "fields": [
        {"id": "dataId", "title": "Code", "type": "string", "required": True, "options": []}
    ],
}
_SENT = {
    "name": "Suppliers",
    "dataTypeId": EXAMPLE_ID,
    "hubId": EXAMPLE_ID,
    "maxRows": 500,
    "expiresTime": "2035-02-28 00:00:00",
}
Maker = Annotated[Actor, Depends(caller_who_may(Permission.IMPORT_DATA))]
LinkId = Annotated[
    str,
    an_id(NOT_FOUND),
    WithJsonSchema({"type": "string"}),
    Path(description="A link's id.", openapi_examples={"id": {"value": EXAMPLE_ID}}),
]


def _whole(data: object) -> dict[str, object]:
    return {"status": True, "message": "Success", "data": data}


@router.get("/import-links", **described(LinksAnswer, example=_whole([_LINK]), errors=(403,)))
def list_import_links(actor: Caller, links: LinksPart) -> Response:
    """Give the caller's import links, the newest first; to owners and admins everybody's."""
    return success(data=[_wire(one) for one in links.find_all(actor)])


@router.post(
    "/import-links",
    **described(
        NewLinkAnswer,
        example=_whole(_NEW),
        status=201,
        body=LinkBody,
        body_example=_SENT,
        errors=(400, 403, 409, 422),
        leads_to={"delete_import_link": {"link_id": "data/_id"}},
    ),
)
def create_import_link(
    request: Request, actor: Maker, links: LinksPart, body: JsonBody
) -> Response:
    """Make a link by which people without an account send files into one data type, for approval.

    This answer alone holds its secret. It goes as far as the caller may import at the moment that
    it is used.
    """
    asked = validated(LinkBody, body, noun="field")
    made, secret = links.create(
        actor,
        NewLink(
            name=asked.name,
            data_type_id=asked.data_type_id,
            hub_id=asked.hub_id or "",
            config_id=asked.import_config_id,
            mode=asked.mode,
            max_rows=asked.max_rows,
            expires_time=asked.expires_time,
        ),
    )
    # In the fragment, which browsers send nowhere: it is in no log.
    address = f"{base_url(request)}/console/in/{made.link.id}#{secret}"
    return success(status=201, data={**_wire(made), "secret": secret, "address": address})


@router.delete(
    "/import-link/{link_id}", **described(LinkAnswer, example=_whole(_LINK), errors=(403, 404))
)
def delete_import_link(actor: Caller, links: LinksPart, link_id: LinkId) -> Response:
    """End a link at once, in every process; what was begun by it and not sent goes with it."""
    return success(data=_wire(links.remove(actor, link_id)))


@router.get("/import-link", **described(OfferAnswer, example=_whole(_OFFER), errors=(403,)))
def get_offer(request: Request, actor: Guest, links: LinksPart) -> Response:
    """Give what an import link asks for, to who has its secret as the bearer token.

    `POST /imports` with the same token begins an import by it.
    """
    offer = links.offer(actor)
    link = offer.link
    return success(
        data={
            "name": link.name,
            "organizationName": offer.organization_name,
            "dataTypeName": offer.type_name,
            "mode": link.mode.value,
            "maxRows": link.max_rows,
            "maxBytes": find_part(request, Settings).max_import_mib << 20,
            "expiresTime": zulu(link.expires_time),
            "fields": [field_to_fill(one) for one in offer.fields],
        }
    )


def _wire(one: Listed) -> dict[str, Any]:
    link = one.link
    return {
        "_id": link.id,
        "name": link.name,
        "dataTypeId": link.data_type_id,
        "dataTypeName": one.type_name or None,
        "hubId": link.hub_id or None,
        "importConfigId": link.config_id or None,
        "mode": link.mode.value,
        "maxRows": link.max_rows,
        "createdBy": link.email,
        "createdTime": zulu(link.created_time),
        "expiresTime": zulu(link.expires_time),
        "usedTime": None if link.used_time is None else zulu(link.used_time),
        "drafts": link.drafts,
        "sent": link.sent,
        "waiting": one.waiting,
        "problem": one.problem or None,
    }
