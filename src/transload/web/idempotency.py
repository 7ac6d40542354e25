"""Requests that name themselves by an `Idempotency-Key`: done once, however often they are sent."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from transload.clock import Clock
from transload.db import answers
from transload.db.answers import Answer, RequestName
from transload.db.engine import Database
from transload.errors import ConflictError, InvalidError, UnusableError
from transload.web.body import KEY_HEADER
from transload.web.parts import find_part

REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """Does a request's work once for each key; without one, whenever it is asked."""

    request: Request
    key: str | None

    def __call__(self, work: Callable[[], Response], *, upload: str = "") -> Response:
        """Give the answer that the work gives, or the one that it gave the first time.

        `upload` is a digest of what an upload holds. Raises ConflictError while the first request
        is still at work, or its process died after it had written and before its answer was kept;
        UnusableError for a key that another request has. Work that raises may be sent again.
        """
        if self.key is None:
            return work()
        database, clock = find_part(self.request, Database), find_part(self.request, Clock)
        name = RequestName(
            organization_id=self.request.state.who.organization_id,
            path=f"{self.request.method} {self.request.url.path}",
            key=self.key,
        )
        query = sorted(self.request.query_params.multi_items())
        body = upload or getattr(self.request.state, "body_digest", "")
        asked = hashlib.sha256(f"{query} {body}".encode()).hexdigest()
        with database.write() as connection:
            found = answers.claim(connection, name, asked, clock.now())
        if isinstance(found, Answer):
            return _again(found, asked)
        try:
            with database.alongside(partial(answers.note_work, name=name, mine=found)):
                response = work()
        except BaseException:
            with database.write() as connection:
                answers.release(connection, name, found)
            raise
        answer = Answer(
            request=asked,
            status=response.status_code,
            media_type=response.media_type or "",
            body=bytes(response.body),
        )
        with database.write() as connection:
            answers.keep(connection, name, found, answer)
        return response


Key = Annotated[
    str | None,
    Header(
        alias=KEY_HEADER,
        description=(
            "A name for this request, of 1 to 255 visible characters: sent again within 24 hours,"
            " it gets the first answer again."
        ),
        openapi_examples={"name": {"value": "4f1c2a6e-orders-of-monday"}},
        json_schema_extra={"pattern": f"^{_KEY.pattern}$"},
    ),
]


async def once(request: Request, key: Key = None) -> Once:
    """Read the key of a request; raise InvalidError for one that is none."""
    if key is None:
        return Once(request=request, key=None)
    if not _KEY.fullmatch(key):
        raise InvalidError(f"The header {KEY_HEADER} must be 1 to 255 visible ASCII characters.")
    return Once(request=request, key=key)


def _again(answer: Answer, asked: str) -> Response:
    if answer.request != asked:
        raise UnusableError(f"Another request was sent with this {KEY_HEADER}.")
    if answer.status is None and answer.is_worked:
        raise ConflictError(
            f"The first request with this {KEY_HEADER} was carried out, in whole or in part, and"
            " its answer is not here: try again in a moment, and if it stays away look at what was"
            " made."
        )
    if answer.status is None:
        raise ConflictError(
            f"The first request with this {KEY_HEADER} is still at work; try again."
        )
    return Response(
        answer.body,
        status_code=answer.status,
        media_type=answer.media_type or None,
        headers={REPLAYED: "true"},
    )


OncePart = Annotated[Once, Depends(once)]
