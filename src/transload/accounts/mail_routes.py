"""The HTTP routes of mails to users: what was sent, and what went wrong."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from typing_extensions import TypedDict

from transload.accounts import mailing
from transload.accounts.caller import Caller
from transload.mail.model import Mail
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.paging import PageList, PageParameters, page_example, page_list
from transload.web.parameters import EXAMPLE_ID, PathId, query
from transload.web.parts import ClockPart, DatabasePart
from transload.web.times import zulu

router = APIRouter(tags=["Mail"], route_class=error_route(explains=False))
PageQuery = Annotated[PageParameters, Depends(query(PageParameters))]


class MailObject(TypedDict):
    """A mail to a user, without its text; `nextTime` is when it is tried next, while it waits."""

    _id: str
    to: str
    kind: str
    status: str
    attempts: int
    error: str | None
    nextTime: str | None
    createdTime: str
    completedTime: str | None


class MailsAnswer(TypedDict):
    """A page of mails, the newest first."""

    status: bool
    message: str
    data: PageList[MailObject]


class MailAnswer(TypedDict):
    """One mail."""

    status: bool
    message: str
    data: MailObject


_MAIL: dict[str, Any] = {
    "_id": EXAMPLE_ID,
    "to": "ada@acme.example",
    "kind": "invitation",
    "status": "sent",
    "attempts": 1,
    "error": None,
    "nextTime": None,
    "createdTime": "2025-01-31T10:20:34.123456Z",
    "completedTime": "2025-01-31T10:20:35.123456Z",
}


@router.get(
    "/mails",
    **described(
        MailsAnswer,
        example={"status": True, "message": "Success", "data": page_example("/mails", _MAIL)},
        query=PageParameters,
        errors=(400, 403),
    ),
)
def list_mails(
    request: Request, actor: Caller, database: DatabasePart, asked: PageQuery
) -> Response:
    """Give the mails to the organization's users of the last 30 days; for owners and admins."""
    found, total = mailing.find_page(database, actor, offset=asked.offset, limit=asked.limit)
    return success(data=page_list(request, asked, [_wire(one) for one in found], total))


@router.post(
    "/mail/{mail_id}/retry",
    **described(
        MailAnswer,
        example={"status": True, "message": "Success", "data": {**_MAIL, "status": "waiting"}},
        status=201,
        errors=(403, 404),
    ),
)
def retry_mail(
    actor: Caller, database: DatabasePart, clock: ClockPart, mail_id: PathId
) -> Response:
    """Have a mail sent again now, whatever became of it; for owners and admins."""
    return success(status=201, data=_wire(mailing.retry(database, actor, mail_id, clock.now())))


def _wire(mail: Mail) -> MailObject:
    return {
        "_id": mail.id,
        "to": mail.email,
        "kind": mail.kind.value,
        "status": mail.status.value,
        "attempts": mail.attempts,
        "error": mail.error or None,
        "nextTime": zulu(mail.next_time) if mail.completed_time is None else None,
        "createdTime": zulu(mail.created_time),
        "completedTime": None if mail.completed_time is None else zulu(mail.completed_time),
    }
