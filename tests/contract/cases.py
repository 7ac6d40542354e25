"""What a case of the contract is: a request, and what its answer must be."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.factories import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a case sends: the ids in its path, its query, its body, its headers, and by whom.

    `body` is sent as JSON, text as it stands, a form as a form, with a file if there is one.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)
    body: object = None
    form: Mapping[str, str] | None = None
    file: tuple[str, bytes] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    by: Tenant | None = None

    def request(self) -> dict[str, Any]:
        """Give the client's arguments."""
        sent: dict[str, Any] = {"params": dict(self.query), "headers": dict(self.headers)}
        if self.form is not None:
            files = {} if self.file is None else {"files": {"file": self.file}}
            return {**sent, "data": dict(self.form), **files}
        name = "content" if isinstance(self.body, str) else "json"
        return {**sent, name: self.body}


Send = Callable[[Tenant], Sent]


def nothing(_tenant: Tenant) -> Sent:
    """Send the bare request."""
    return Sent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of the table.

    `path` is the contract's template below /api/v3. `keys` are exactly the keys of the answer's
    envelope, None for a body that is no envelope. `message` is the answer's, None where it has
    none. `holds` looks at the answer's body closer. `headers` are among the answer's.
    """

    method: str
    path: str
    case: str
    status: int
    keys: frozenset[str] | None
    message: str | None = None
    send: Send = nothing
    holds: Callable[[Any], bool] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.case}"


def without_token(tenant: Tenant) -> Sent:
    """Send the bare request with a token that is none."""
    ids = dict.fromkeys(("id", "hub", "name", "data_id"), "x")
    return Sent(ids=ids, body={}, by=tenant.with_token("none"))


def refused(
    method: str,
    path: str,
    case: str,
    answer: tuple[int, str],
    send: Send = nothing,
    **headers: str,
) -> Case:
    """Give a case that ends in a refusal, with the status and the message of the answer."""
    status, message = answer
    return Case(
        method=method,
        path=path,
        case=case,
        status=status,
        keys=keys("status message"),
        message=message,
        send=send,
        holds=lambda body: body["status"] is False,
        headers=headers,
    )


def unauthorized(method: str, path: str) -> Case:
    """Give the case of a caller whom nobody knows."""
    return refused(method, path, "without a token", (401, "Unauthorized"), without_token)


def keys(text: str) -> frozenset[str]:
    """Give the names that stand in a text with blanks between them."""
    return frozenset(text.split())


def body_of(answer: httpx.Response) -> Any:  # noqa: ANN401 - an answer's JSON
    """Give the JSON of an answer; of a stream of events, the list of theirs."""
    if answer.headers["Content-Type"].startswith("text/event-stream"):
        lines = (line.removeprefix("data: ") for line in answer.text.splitlines())
        return [json.loads(line) for line in lines if line]
    return answer.json()
