"""The HTTP routes of webhooks."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from transload.accounts.caller import Caller, caller_who_may
from transload.accounts.model import Actor, Permission
from transload.outgoing import Outgoing
from transload.sealing import Sealer
from transload.web.body import JsonBody
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.paging import PageList, PageParameters, page_example, page_list
from transload.web.parameters import EXAMPLE_ID, Flag, Parameters, PathId, query, validated
from transload.web.parts import ClockPart, DatabasePart, part
from transload.web.times import zulu
from transload.webhooks import run
from transload.webhooks.model import Delivery, Event, Webhook
from transload.webhooks.run import WebhookChange

router = APIRouter(tags=["Webhook"], route_class=error_route(explains=False))
Editor = Annotated[Actor, Depends(caller_who_may(Permission.EDIT_WEBHOOK))]
OutgoingPart = Annotated[Outgoing, Depends(part(Outgoing))]
SealerPart = Annotated[Sealer, Depends(part(Sealer))]
PageQuery = Annotated[PageParameters, Depends(query(PageParameters))]
EventName = Literal[
    "export.ended",
    "import.ended",
    "import.waiting",
    "import.decided",
    "data.created",
    "schedule.failing",
]
EventNames = Annotated[list[EventName], Field(max_length=10)]


class NewWebhookBody(Parameters):
    """A webhook to be."""

    url: str = Field(
        max_length=2_048,
        description="Where to send to, by https.",
        examples=["https://hooks.example.com/transload"],
    )
    events: EventNames = Field(description="What it is told of.", examples=[["export.ended"]])
    name: str = Field("", max_length=255, examples=["warehouse"])
    active: Flag = True


class WebhookBody(Parameters):
    """What is to be different of a webhook; what is left out stays as it is."""

    url: str | None = Field(None, max_length=2_048, examples=["https://hooks.example.com/other"])
    events: EventNames | None = Field(None, examples=[["export.ended", "import.ended"]])
    name: str | None = Field(None, max_length=255, examples=["warehouse"])
    active: Flag | None = Field(None, examples=[True])


class WebhookObject(TypedDict):
    """A webhook; `problem` says why it was switched off, if it was."""

    _id: str
    name: str
    url: str
    events: list[str]
    active: bool
    problem: str | None
    createdTime: str
    updatedTime: str


class NewWebhookObject(WebhookObject):
    """A webhook that was made, with the secret that its deliveries are signed with."""

    secret: str


class DeliveryObject(TypedDict):
    """What a webhook was told, and what became of it."""

    _id: str
    event: str
    status: str
    attempts: int
    body: str
    responseStatus: int | None
    responseBody: str
    error: str | None
    milliseconds: int | None
    nextTime: str | None
    createdTime: str
    completedTime: str | None


class WebhooksAnswer(TypedDict):
    """The organization's webhooks."""

    status: bool
    message: str
    data: list[WebhookObject]


class WebhookAnswer(TypedDict):
    """One webhook."""

    status: bool
    message: str
    data: WebhookObject


class NewWebhookAnswer(TypedDict):
    """A webhook that was made."""

    status: bool
    message: str
    data: NewWebhookObject


class DeliveriesAnswer(TypedDict):
    """A page of deliveries, the newest first."""

    status: bool
    message: str
    data: PageList[DeliveryObject]


class DeliveryAnswer(TypedDict):
    """One delivery."""

    status: bool
    message: str
    data: DeliveryObject


_WEBHOOK: dict[str, Any] = {
    "_id": EXAMPLE_ID,
    "name": "warehouse",
    "url": "https://hooks.example.com/transload",
    "events": ["export.ended"],
    "active": True,
    "problem": None,
    "createdTime": "2025-01-31T10:20:30.123456Z",
    "updatedTime": "2025-01-31T10:20:30.123456Z",
}
_DELIVERY: dict[str, Any] = {
    "_id": EXAMPLE_ID,
    "event": "export.ended",
    "status": "delivered",
    "attempts": 1,
    "body": '{"type":"export.ended","timestamp":"2025-01-31T10:20:34+00:00","data":{}}',
    "responseStatus": 204,
    "responseBody": "",
    "error": None,
    "milliseconds": 87,
    "nextTime": None,
    "createdTime": "2025-01-31T10:20:34.123456Z",
    "completedTime": "2025-01-31T10:20:35.123456Z",
}


def _whole(data: object) -> dict[str, object]:
    return {"status": True, "message": "Success", "data": data}


_ONE, _DELIVERED = _whole(_WEBHOOK), _whole(_DELIVERY)
_SENT = {"url": "https://hooks.example.com/transload", "events": ["export.ended"]}


@router.get("/webhooks", **described(WebhooksAnswer, example=_whole([_WEBHOOK]), errors=(403,)))
def list_webhooks(actor: Caller, database: DatabasePart) -> Response:
    """Give the organization's webhooks, oldest first."""
    return success(data=[_wire(one) for one in run.find_all(database, actor)])


@router.post(
    "/webhooks",
    **described(
        NewWebhookAnswer,
        example=_whole({**_WEBHOOK, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}),
        status=201,
        body=NewWebhookBody,
        body_example=_SENT,
        errors=(400, 403, 409),
        leads_to={
            name: {"webhook_id": "data/_id"}
            for name in ("get_webhook", "change_webhook", "delete_webhook", "test_webhook")
        },
    ),
)
def create_webhook(  # noqa: PLR0917 - the framework fills them in by name
    actor: Editor,
    database: DatabasePart,
    outgoing: OutgoingPart,
    sealer: SealerPart,
    clock: ClockPart,
    body: JsonBody,
) -> Response:
    """Make a webhook; this answer alone holds its secret."""
    asked = validated(NewWebhookBody, body, noun="field")
    change = WebhookChange(
        name=asked.name, url=asked.url, events=_events(asked.events), is_active=asked.active
    )
    made, secret = run.create(database, outgoing, sealer, actor, change, clock.now())
    return success(status=201, data={**_wire(made), "secret": secret})


@router.get("/webhook/{webhook_id}", **described(WebhookAnswer, example=_ONE, errors=(403, 404)))
def get_webhook(actor: Caller, database: DatabasePart, webhook_id: PathId) -> Response:
    """Give a webhook, without its secret."""
    return success(data=_wire(run.get(database, actor, webhook_id)))


@router.patch(
    "/webhook/{webhook_id}",
    **described(
        WebhookAnswer,
        example=_ONE,
        body=WebhookBody,
        body_example={"active": True},
        errors=(400, 403, 404),
    ),
)
def change_webhook(  # noqa: PLR0917 - what the framework hands over
    actor: Editor,
    database: DatabasePart,
    outgoing: OutgoingPart,
    clock: ClockPart,
    webhook_id: PathId,
    body: JsonBody,
) -> Response:
    """Change a webhook; made active again, it is told of what happens from then on."""
    asked = validated(WebhookBody, body, noun="field")
    change = WebhookChange(
        name=asked.name,
        url=asked.url,
        events=None if asked.events is None else _events(asked.events),
        is_active=asked.active,
    )
    return success(
        data=_wire(run.change(database, outgoing, actor, webhook_id, asked=change, now=clock.now()))
    )


@router.delete("/webhook/{webhook_id}", **described(WebhookAnswer, example=_ONE, errors=(403, 404)))
def delete_webhook(
    actor: Caller, database: DatabasePart, clock: ClockPart, webhook_id: PathId
) -> Response:
    """Remove a webhook, with its deliveries."""
    return success(data=_wire(run.remove(database, actor, webhook_id, clock.now())))


@router.post(
    "/webhook/{webhook_id}/test",
    **described(DeliveryAnswer, example=_DELIVERED, status=201, errors=(403, 404)),
)
def test_webhook(
    actor: Caller, database: DatabasePart, clock: ClockPart, webhook_id: PathId
) -> Response:
    """Send a delivery of the type `test`, once; what became of it stands among the deliveries."""
    return success(status=201, data=_delivery(run.test(database, actor, webhook_id, clock.now())))


@router.get(
    "/webhook/{webhook_id}/deliveries",
    **described(
        DeliveriesAnswer,
        example=_whole(page_example(f"/webhook/{EXAMPLE_ID}/deliveries", _DELIVERY)),
        query=PageParameters,
        errors=(400, 403, 404),
    ),
)
def list_deliveries(
    request: Request, actor: Caller, database: DatabasePart, webhook_id: PathId, asked: PageQuery
) -> Response:
    """Give what the webhook was told in the last 30 days, the newest first."""
    found, total = run.find_deliveries(
        database, actor, webhook_id, offset=asked.offset, limit=asked.limit
    )
    return success(data=page_list(request, asked, [_delivery(one) for one in found], total))


@router.post(
    "/webhook/{webhook_id}/deliveries/{delivery_id}/retry",
    **described(DeliveryAnswer, example=_DELIVERED, status=201, errors=(403, 404)),
)
def retry_delivery(
    actor: Caller,
    database: DatabasePart,
    clock: ClockPart,
    webhook_id: PathId,
    delivery_id: PathId,
) -> Response:
    """Have a delivery tried again now, whatever became of it."""
    found = run.retry(database, actor, webhook_id, delivery_id, clock.now())
    return success(status=201, data=_delivery(found))


def _events(names: Iterable[EventName]) -> frozenset[Event]:
    return frozenset(Event(name) for name in names)


def _wire(webhook: Webhook) -> WebhookObject:
    return {
        "_id": webhook.id,
        "name": webhook.name,
        "url": webhook.url,
        "events": sorted(webhook.events),
        "active": webhook.is_active,
        "problem": webhook.problem or None,
        "createdTime": zulu(webhook.created_time),
        "updatedTime": zulu(webhook.updated_time),
    }


def _delivery(one: Delivery) -> DeliveryObject:
    return {
        "_id": one.id,
        "event": one.event.value,
        "status": one.status.value,
        "attempts": one.attempts,
        "body": one.body,
        "responseStatus": one.response_status,
        "responseBody": one.response_body,
        "error": one.error or None,
        "milliseconds": one.milliseconds,
        "nextTime": zulu(one.next_time) if one.completed_time is None else None,
        "createdTime": zulu(one.created_time),
        "completedTime": None if one.completed_time is None else zulu(one.completed_time),
    }
