"""The HTTP routes of users."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from transload.accounts import people
from transload.accounts.caller import Caller, caller_who_may
from transload.accounts.model import Actor, Permission
from transload.accounts.people import Invitation, NewUser, UserChange
from transload.accounts.sign_in import LinkKind, link
from transload.accounts.user import Status, UserQuery
from transload.accounts.user_wire import USER_EXAMPLE, ListedUser, UserObject, user_wire
from transload.mail.outbox import Outbox
from transload.web.body import JsonBody
from transload.web.envelope import json_response, success
from transload.web.errors import error_route
from transload.web.keys import shown_keys
from transload.web.links import base_url
from transload.web.openapi import described
from transload.web.paging import PageParameters
from transload.web.parameters import EXAMPLE_ID, Id, Names, Parameters, PathId, query, validated
from transload.web.parts import ClockPart, DatabasePart, part
from transload.web.times import offset

router = APIRouter(tags=["User"], route_class=error_route(explains=False))
Adder = Annotated[Actor, Depends(caller_who_may(Permission.ADD_USER))]
Editor = Annotated[Actor, Depends(caller_who_may(Permission.EDIT_USER))]
MailPart = Annotated[Outbox, Depends(part(Outbox))]
_MAX_NAME = 255
_MAX_PHONE = 40
Ids = Annotated[list[Id], Field(max_length=10_000)]
EmailPath = Annotated[
    str,
    Path(description="An e-mail.", openapi_examples={"email": {"value": "ada@acme.example"}}),
]


class UserParameters(PageParameters):
    """Which users a list shows, and what of them."""

    hub_id: Id | None = Field(None, alias="hubId", description="Users with this hub.")
    role_id: Id | None = Field(None, alias="roleId", description="Users with this role.")
    team_id: Id | None = Field(None, alias="teamId", description="Users with this team.")
    status: Literal["active", "pending", "inactive"] | None = Field(
        None, description="Users who come in, are invited, or are let in no more."
    )
    q: str | None = Field(
        None,
        max_length=_MAX_NAME,
        description="A part of the name or e-mail, in any case.",
        examples=["ada"],
    )
    fields: Names = Field(
        (),
        description="The keys of a user, in order, `_id` always among them; default: all.",
        examples=["_id,email"],
    )

    def to_query(self) -> UserQuery:
        """Give what is asked of the store."""
        return UserQuery(
            hub_id=self.hub_id,
            role_id=self.role_id,
            team_id=self.team_id,
            status=None if self.status is None else Status(self.status),
            part=self.q,
            offset=self.offset,
            limit=self.limit,
        )


UsersQuery = Annotated[UserParameters, Depends(query(UserParameters))]


class NewUserBody(Parameters):
    """A user to be, who comes in by the invitation that the answer holds."""

    email: str = Field(
        max_length=320, description="Unique in the installation.", examples=["ada@acme.example"]
    )
    role_id: Id = Field(alias="roleId")
    name: str = Field("", max_length=_MAX_NAME, examples=["Ada"])
    hub_id: Ids = Field([], alias="hubId", examples=[[EXAMPLE_ID]])
    team_id: Ids = Field([], alias="teamId", examples=[[]])
    phone_number: str = Field("", alias="phoneNumber", max_length=_MAX_PHONE, examples=[""])

    def to_new(self) -> NewUser:
        """Give the user to be."""
        return NewUser(
            email=self.email,
            name=self.name,
            role_id=self.role_id,
            hub_ids=frozenset(self.hub_id),
            team_ids=tuple(self.team_id),
            phone_number=self.phone_number,
        )


class UserBody(Parameters):
    """What is to be different of a user; what is left out stays as it is."""

    name: str | None = Field(None, max_length=_MAX_NAME, examples=["Ada"])
    role_id: Id | None = Field(None, alias="roleId")
    hub_id: Ids | None = Field(None, alias="hubId", examples=[[EXAMPLE_ID]])
    team_id: Ids | None = Field(None, alias="teamId", examples=[[]])
    status: Literal["active", "pending", "inactive"] | None = None
    phone_number: str | None = Field(
        None, alias="phoneNumber", max_length=_MAX_PHONE, examples=["+62215551234"]
    )

    def to_change(self) -> UserChange:
        """Give the change."""
        return UserChange(
            name=self.name,
            role_id=self.role_id,
            hub_ids=None if self.hub_id is None else frozenset(self.hub_id),
            status=None if self.status is None else Status(self.status),
            team_ids=None if self.team_id is None else tuple(self.team_id),
            phone_number=self.phone_number,
        )


class UsersAnswer(TypedDict):
    """A page of users."""

    data: list[ListedUser]
    status: bool


class UserAnswer(TypedDict):
    """One user."""

    status: bool
    message: str
    data: UserObject


class InvitationObject(TypedDict):
    """A link that signs the user in, once; it is shown this time alone.

    Where it was `mailed`, the user gets another one by e-mail; the first that is used ends both.
    """

    link: str
    expiresTime: str | None
    mailed: bool


class InvitedAnswer(TypedDict):
    """A user, and the invitation to hand to them."""

    status: bool
    message: str
    data: UserObject
    invitation: InvitationObject


_ONE = {"status": True, "message": "Success", "data": USER_EXAMPLE}
_INVITED = {
    **_ONE,
    "invitation": {
        "link": "https://example.com/console/sign-in#cPbXJr0nT6QyLm3f",
        "expiresTime": "2025-02-07T10:20:30+00:00",
        "mailed": False,
    },
}
_SENT = {"email": "ada@acme.example", "roleId": EXAMPLE_ID, "name": "Ada", "hubId": [EXAMPLE_ID]}


@router.get("/user", **described(UserObject, example=USER_EXAMPLE))
def get_user(actor: Caller, database: DatabasePart) -> Response:
    """Give the caller."""
    return json_response({**user_wire(people.get_own(database, actor))})


@router.get(
    "/users",
    **described(
        UsersAnswer,
        example={"data": [USER_EXAMPLE], "status": True},
        query=UserParameters,
        errors=(400, 403),
    ),
)
def list_users(actor: Caller, database: DatabasePart, asked: UsersQuery) -> Response:
    """Give the organization's users, oldest first."""
    names = shown_keys(asked.fields, list(UserObject.__annotations__))
    found = [dict(user_wire(one)) for one in people.find_many(database, actor, asked.to_query())]
    data = [{name: wire[name] for name in names} for wire in found]
    return json_response({"data": data, "status": True})


@router.get("/user/email/{email}", **described(UserAnswer, example=_ONE, errors=(403, 404)))
def get_user_by_email(actor: Caller, database: DatabasePart, email: EmailPath) -> Response:
    """Give the user with an e-mail."""
    return success(data=user_wire(people.get_by_email(database, actor, email)))


@router.get("/user/{user_id}", **described(UserAnswer, example=_ONE, errors=(403, 404)))
def get_user_by_id(actor: Caller, database: DatabasePart, user_id: PathId) -> Response:
    """Give a user."""
    return success(data=user_wire(people.get(database, actor, user_id)))


@router.post(
    "/user",
    **described(
        InvitedAnswer,
        example=_INVITED,
        status=201,
        body=NewUserBody,
        body_example=_SENT,
        errors=(400, 403, 409),
        leads_to={
            name: {"user_id": "data/_id"}
            for name in ("get_user_by_id", "change_user", "delete_user", "invite_user")
        },
    ),
)
def create_user(  # noqa: PLR0917 - what the framework hands over
    request: Request,
    actor: Adder,
    database: DatabasePart,
    mail: MailPart,
    clock: ClockPart,
    body: JsonBody,
) -> Response:
    """Invite a user: whoever has the link signs in with it, once, within seven days."""
    new = validated(NewUserBody, body, noun="field").to_new()
    return _invited(request, people.invite(database, mail, actor, new, clock.now()), status=201)


@router.post(
    "/user/{user_id}/invitation",
    **described(InvitedAnswer, example=_INVITED, status=201, errors=(403, 404, 409)),
)
def invite_user(  # noqa: PLR0917 - likewise
    request: Request,
    actor: Caller,
    database: DatabasePart,
    mail: MailPart,
    clock: ClockPart,
    user_id: PathId,
) -> Response:
    """Make a new invitation, in place of earlier ones: also for who has lost a password."""
    found = people.invite_again(database, mail, actor, user_id, clock.now())
    return _invited(request, found, status=201)


@router.patch(
    "/user/{user_id}",
    **described(
        UserAnswer,
        example=_ONE,
        body=UserBody,
        body_example={"status": "inactive"},
        errors=(400, 403, 404, 409),
    ),
)
def change_user(
    actor: Editor, database: DatabasePart, clock: ClockPart, user_id: PathId, body: JsonBody
) -> Response:
    """Change a user: who becomes inactive is signed out at once, and their tokens end."""
    asked = validated(UserBody, body, noun="field").to_change()
    return success(data=user_wire(people.change(database, actor, user_id, asked, clock.now())))


@router.delete("/user/{user_id}", **described(UserAnswer, example=_ONE, errors=(403, 404, 409)))
def delete_user(
    actor: Caller, database: DatabasePart, clock: ClockPart, user_id: PathId
) -> Response:
    """Remove a user, with their tokens and sessions; what they wrote keeps their e-mail."""
    return success(data=user_wire(people.remove(database, actor, user_id, clock.now())))


def _invited(request: Request, invitation: Invitation, status: int) -> Response:
    address = link(base_url(request), LinkKind.INVITATION, invitation.secret)
    return success(
        status=status,
        data=user_wire(invitation.user),
        invitation={
            "link": address,
            "expiresTime": offset(invitation.expires_time),
            "mailed": invitation.is_mailed,
        },
    )
