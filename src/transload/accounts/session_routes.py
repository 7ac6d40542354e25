"""The HTTP routes of sessions: signing in and out, in a browser."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from transload.accounts import people
from transload.accounts.caller import Caller, session_of_request
from transload.accounts.model import Actor, Permission
from transload.accounts.sessions import FirstUser, Opened, Sessions
from transload.accounts.sign_in import Session, Visitor
from transload.accounts.single_sign_on import SingleSignOn
from transload.accounts.threads import SignInThreads
from transload.accounts.user import User
from transload.accounts.user_wire import USER_EXAMPLE, UserObject, user_wire
from transload.clock import Clock
from transload.errors import InvalidError
from transload.web.body import JsonBody
from transload.web.cookies import clear_cookie, cookie_of, set_cookie
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.links import base_url
from transload.web.openapi import described
from transload.web.origin import refuse_foreign_page
from transload.web.parameters import EXAMPLE_ID, Parameters, PathId, validated
from transload.web.parts import ClockPart, DatabasePart, find_part, part
from transload.web.times import offset

router = APIRouter(tags=["Session"], route_class=error_route(explains=False))
SessionsPart = Annotated[Sessions, Depends(part(Sessions))]
_MAX_AGENT = 300
_MAX_TEXT = 4_096


class SignInBody(Parameters):
    """How somebody signs in: by `email` and `password`, or by the `secret` of a link.

    With a secret, `password` is the new password. The link for the first user takes the name of the
    `organization` that they start, their `email`, `name` and `password` too.
    """

    email: str | None = Field(None, max_length=_MAX_TEXT, examples=["ada@acme.example"])
    password: str | None = Field(None, max_length=_MAX_TEXT, examples=["seven purple otters"])
    secret: str | None = Field(
        None, max_length=128, description="What follows the `#` of a link.", examples=[None]
    )
    organization: str | None = Field(None, max_length=255, examples=[None])
    name: str = Field("", max_length=255, examples=[""])


class PasswordBody(Parameters):
    """A new password; who did not sign in by a link gives the `current` one too."""

    password: str = Field(max_length=_MAX_TEXT, examples=["seven purple otters"])
    current: str | None = Field(None, max_length=_MAX_TEXT, examples=["six purple otters"])


class SessionObject(TypedDict):
    """A signed-in browser; it ends at `expiresTime`, and at `idleUntil` if nobody uses it.

    Who signed in `byLink` sets a password without the current one.
    """

    _id: str
    current: bool
    address: str
    userAgent: str
    byLink: bool
    createdTime: str | None
    lastUsedTime: str | None
    idleUntil: str | None
    expiresTime: str | None


class WhoObject(TypedDict):
    """Who is signed in, what they may do, and the session; null for a bearer token."""

    user: UserObject
    isAdmin: bool
    permissions: list[str]
    session: SessionObject | None


class WhoAnswer(TypedDict):
    """Who is signed in."""

    status: bool
    message: str
    data: WhoObject


class SessionsAnswer(TypedDict):
    """The caller's sessions."""

    status: bool
    message: str
    data: list[SessionObject]


class SignedOutObject(TypedDict):
    """Where a browser ends its session with the identity provider; null where there is none."""

    signOutLink: str | None


class SignedOutAnswer(TypedDict):
    """That somebody is signed out."""

    status: bool
    message: str
    data: SignedOutObject


class DoneAnswer(TypedDict):
    """No more than that it is done."""

    status: bool
    message: str


_SESSION: dict[str, Any] = {
    "_id": EXAMPLE_ID,
    "current": True,
    "address": "192.0.2.7",
    "userAgent": "Mozilla/5.0",
    "byLink": False,
    "createdTime": "2025-01-31T10:20:30+00:00",
    "lastUsedTime": "2025-01-31T10:20:30+00:00",
    "idleUntil": "2025-01-31T22:20:30+00:00",
    "expiresTime": "2025-02-14T10:20:30+00:00",
}
_WHO = {
    "status": True,
    "message": "Success",
    "data": {
        "user": USER_EXAMPLE,
        "isAdmin": False,
        "permissions": ["view/data", "export/data"],
        "session": _SESSION,
    },
}
_DONE = {"status": True, "message": "Success"}


@router.post(
    "/session",
    **described(
        WhoAnswer,
        example=_WHO,
        status=201,
        body=SignInBody,
        body_example={"email": "ada@acme.example", "password": "seven purple otters"},
        errors=(400, 403),
        is_open=True,
    ),
)
async def sign_in(request: Request, sessions: SessionsPart, body: JsonBody) -> Response:
    """Sign in, by password or by a link; the answer sets the session's cookie.

    Wrong too often, a caller has to wait: 429 with `Retry-After`. A link that is used, expired or
    unknown is 403 and says what to ask for. A session that the browser had ends.
    """
    refuse_foreign_page(request)
    asked = validated(SignInBody, body, noun="field")
    clock = find_part(request, Clock)
    visitor = visitor_of(request)

    def open_one() -> tuple[Opened, User]:
        opened = _opened(sessions, asked, visitor, clock)
        earlier = cookie_of(request)
        if earlier is not None:
            sessions.end_by_secret(earlier)
        user = people.get_own(sessions.database, opened.actor)
        return opened, user

    opened, user = await sessions.passwords.aside(open_one)
    answer = success(status=201, data=_who(opened.actor, opened.session, user))
    keep_session(request, answer, opened, clock)
    return answer


def keep_session(request: Request, answer: Response, opened: Opened, clock: Clock) -> None:
    """Have the browser keep a session that has begun."""
    seconds = int((opened.session.expires_time - clock.now()).total_seconds())
    set_cookie(request, answer, opened.secret, seconds)


@router.get("/session", **described(WhoAnswer, example=_WHO))
def get_session(request: Request, actor: Caller, database: DatabasePart) -> Response:
    """Give who the caller is, what they may do, and until when they are signed in."""
    user = people.get_own(database, actor)
    return success(data=_who(actor, session_of_request(request), user))


@router.delete(
    "/session",
    **described(
        SignedOutAnswer,
        example={"status": True, "message": "Success", "data": {"signOutLink": None}},
    ),
)
async def sign_out(
    request: Request, actor: Caller, sessions: SessionsPart, clock: ClockPart
) -> Response:
    """Sign out: the session ends at once, in every process. A bearer token goes on.

    Who came by single sign-on is still signed in there: `signOutLink` leads to where that ends.
    """
    session = session_of_request(request)
    single = find_part(request, SingleSignOn)
    return_to = f"{base_url(request)}/console/"

    def end() -> str | None:
        if session is None:
            return None
        sessions.end(actor, session.id, clock.now())
        provider = single.provider
        if provider is None or not session.is_single_sign_on:
            return None
        return provider.sign_out_address(return_to)

    link = await find_part(request, SignInThreads).aside(end)
    answer = success(data={"signOutLink": link})
    clear_cookie(request, answer)
    return answer


@router.get(
    "/sessions",
    **described(SessionsAnswer, example={"status": True, "message": "Success", "data": [_SESSION]}),
)
def list_sessions(
    request: Request, actor: Caller, sessions: SessionsPart, clock: ClockPart
) -> Response:
    """Give the caller's sessions, the one used last first."""
    current = session_of_request(request)
    found = sessions.find_many(actor, clock.now())
    return success(data=[_wire(session, current) for session in found])


@router.delete("/session/{session_id}", **described(DoneAnswer, example=_DONE, errors=(404,)))
def end_session(
    actor: Caller, sessions: SessionsPart, clock: ClockPart, session_id: PathId
) -> Response:
    """End one of the caller's sessions at once, in every process."""
    sessions.end(actor, session_id, clock.now())
    return success()


@router.put(
    "/user/password",
    **described(
        DoneAnswer,
        example=_DONE,
        body=PasswordBody,
        body_example={"password": "seven purple otters", "current": "six purple otters"},
        errors=(400,),
    ),
)
async def set_password(
    request: Request, actor: Caller, sessions: SessionsPart, clock: ClockPart, body: JsonBody
) -> Response:
    """Set the caller's password: at least 12 characters, none of the common ones.

    The caller's other sessions end, and links that were made for them lead nowhere.
    """
    asked = validated(PasswordBody, body, noun="field")
    session = session_of_request(request)
    await sessions.passwords.aside(
        lambda: sessions.set_password(
            actor, session, password=asked.password, current=asked.current, now=clock.now()
        )
    )
    return success()


def _opened(sessions: Sessions, asked: SignInBody, visitor: Visitor, clock: Clock) -> Opened:
    now = clock.now()
    if asked.secret is None:
        if not asked.email or not asked.password:
            raise InvalidError("An email and a password, or the secret of a link, are required.")
        return sessions.sign_in(asked.email, asked.password, visitor, now)
    if asked.organization is None:
        return sessions.sign_in_by_link(asked.secret, asked.password, visitor, now)
    if not asked.email:
        raise InvalidError("The first user needs an organization, an email and a password.")
    first = FirstUser(
        organization=asked.organization,
        email=asked.email,
        name=asked.name,
        password=asked.password or None,
    )
    return sessions.start(asked.secret, first, visitor, now)


def visitor_of(request: Request) -> Visitor:
    """Give where a request comes from."""
    address = "" if request.client is None else request.client.host
    return Visitor(address=address, agent=request.headers.get("user-agent", "")[:_MAX_AGENT])


def _who(actor: Actor, session: Session | None, user: User) -> WhoObject:
    return {
        "user": user_wire(user),
        "isAdmin": actor.is_admin,
        "permissions": [one.value for one in Permission if actor.may(one)],
        "session": None if session is None else _wire(session, session),
    }


def _wire(session: Session, current: Session | None) -> SessionObject:
    return {
        "_id": session.id,
        "current": current is not None and session.id == current.id,
        "address": session.address,
        "userAgent": session.agent,
        "byLink": session.is_by_link,
        "createdTime": offset(session.created_time),
        "lastUsedTime": offset(session.used_time),
        "idleUntil": offset(session.idle_until),
        "expiresTime": offset(session.expires_time),
    }
