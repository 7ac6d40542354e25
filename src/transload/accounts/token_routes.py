"""The HTTP routes of the caller's tokens."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AfterValidator, Field, WithJsonSchema
from typing_extensions import TypedDict

from transload.accounts.caller import Caller
from transload.accounts.model import LiveToken
from transload.accounts.run import Accounts, NewToken
from transload.errors import NotFoundError
from transload.web.body import JsonBody
from transload.web.envelope import json_response, success
from transload.web.errors import error_route
from transload.web.instants import Instant
from transload.web.openapi import described
from transload.web.parameters import Parameters, validated
from transload.web.parts import ClockPart, part
from transload.web.times import offset

router = APIRouter(tags=["Token"], route_class=error_route(explains=False))
AccountsPart = Annotated[Accounts, Depends(part(Accounts))]
_DEFAULT = timedelta(days=30)
_ID_LENGTH = 32
_EXAMPLE = "3f2b9c1d4e5f60718293a4b5c6d7e8f9"


def _token_id(value: str) -> str:
    if len(value) != _ID_LENGTH or not value.isascii() or not value.isalnum():
        raise NotFoundError
    return value


TokenId = Annotated[
    str,
    AfterValidator(_token_id),
    WithJsonSchema({"type": "string"}),
    Path(description="A token's `_id`, its jti.", openapi_examples={"id": {"value": _EXAMPLE}}),
]


class TokenBody(Parameters):
    """A token to be; without an end it works for 30 days."""

    name: str = Field("", max_length=255, description="What it is for.", examples=["warehouse"])
    expires_at: Annotated[Instant | None, Field(description="Until when it works.")] = None


class TokenObject(TypedDict):
    """A token that works; its text is shown when it is made, and never again."""

    _id: str
    name: str
    createdTime: str | None
    expires_at: str | None
    expireUnix: int


class NewTokenObject(TypedDict):
    """A token that was made."""

    _id: str
    name: str
    token: str
    expires_at: str | None
    expireUnix: int


class TokensAnswer(TypedDict):
    """The caller's tokens."""

    status: bool
    message: str
    data: list[TokenObject]


class DoneAnswer(TypedDict):
    """No more than that it is done."""

    status: bool
    message: str


_TOKEN = {
    "_id": _EXAMPLE,
    "name": "warehouse",
    "expires_at": "2025-02-28T10:20:30+00:00",
    "expireUnix": 1_740_738_030,
}
_LISTED = {**_TOKEN, "createdTime": "2025-01-31T10:20:30+00:00"}
_NEW = {**_TOKEN, "token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl"}


@router.get(
    "/tokens",
    **described(TokensAnswer, example={"status": True, "message": "Success", "data": [_LISTED]}),
)
def list_tokens(actor: Caller, accounts: AccountsPart, clock: ClockPart) -> Response:
    """Give the caller's tokens that work, oldest first."""
    return success(data=[_wire(one) for one in accounts.own_tokens(actor, clock.now())])


@router.post(
    "/token",
    **described(
        NewTokenObject,
        example=_NEW,
        status=201,
        body=TokenBody,
        body_example={"name": "warehouse", "expires_at": "2035-02-28 10:20:30"},
        errors=(400, 409),
        leads_to={"delete_token": {"token_id": "_id"}},
    ),
)
def create_token(
    actor: Caller, accounts: AccountsPart, clock: ClockPart, body: JsonBody
) -> Response:
    """Make a token of the caller: ten work at a time. This answer alone holds its text."""
    asked = validated(TokenBody, body, noun="field")
    now = clock.now()
    made = accounts.create_own_token(actor, asked.name, asked.expires_at or now + _DEFAULT, now)
    return json_response({**_new_wire(made)}, 201)


@router.delete(
    "/token/{token_id}",
    **described(DoneAnswer, example={"status": True, "message": "Success"}, errors=(404,)),
)
def delete_token(
    actor: Caller, accounts: AccountsPart, clock: ClockPart, token_id: TokenId
) -> Response:
    """Make a token of the caller stop working at once, in every process."""
    accounts.revoke_own_token(actor, token_id, clock.now())
    return success()


def _wire(token: LiveToken) -> TokenObject:
    return {
        "_id": token.id,
        "name": token.name,
        "createdTime": offset(token.created_time),
        "expires_at": offset(token.expires_time),
        "expireUnix": int(token.expires_time.timestamp()),
    }


def _new_wire(token: NewToken) -> NewTokenObject:
    return {
        "_id": token.id,
        "name": token.name,
        "token": token.text,
        "expires_at": offset(token.expires_time),
        "expireUnix": int(token.expires_time.timestamp()),
    }
