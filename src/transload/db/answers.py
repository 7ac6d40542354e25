"""Answers to requests that have an `Idempotency-Key`, kept to be given again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from transload.db.dialect import insert_or_ignore
from transload.db.ids import new_id
from transload.db.tables import answers
from transload.errors import ConflictError

KEPT = timedelta(hours=24)
LEASE = timedelta(minutes=15)
"""How long a request may be at work before it counts as lost with its process."""
_SWEPT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestName:
    """What names a request: the key that its client gave it, in an organization, for a path."""

    organization_id: str
    path: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it was given; `status` None: there is none yet.

    `request` is the digest of what was asked. `is_worked`: it has been written. Where there is no
    answer even so, the process may have died between the two.
    """

    request: str
    status: int | None
    media_type: str
    body: bytes
    is_worked: bool = True


def claim(connection: Connection, name: RequestName, request: str, now: datetime) -> str | Answer:
    """Begin with a request, and give the claim; or give what is kept of the one of that name.

    Answers older than a day are forgotten, and so are requests that a process was lost with before
    it had written anything.
    """
    _sweep(connection, now)
    mine = new_id()
    row = {
        "organization_id": name.organization_id,
        "path": name.path,
        "key": name.key,
        "claim": mine,
        "request": request,
        "claimed_time": now,
    }
    statement = insert_or_ignore(connection, answers).returning(answers.c.claim)
    if connection.execute(statement, row).first() is not None:
        return mine
    found = connection.execute(select(answers).where(_named(name)).with_for_update()).one()
    is_over = found.status is not None or found.is_worked
    is_old = found.claimed_time <= now - (KEPT if is_over else LEASE)
    if is_old:
        connection.execute(
            update(answers)
            .where(_named(name))
            .values(
                claim=mine,
                request=request,
                claimed_time=now,
                status=None,
                is_worked=False,
                media_type=None,
                body=None,
            )
        )
        return mine
    return Answer(
        request=found.request,
        status=found.status,
        media_type=found.media_type or "",
        body=found.body or b"",
        is_worked=found.is_worked,
    )


def note_work(connection: Connection, name: RequestName, mine: str) -> None:
    """Say, in the transaction that writes what a request asks for, that it is written.

    Raises ConflictError where another attempt has claimed the request since: nothing is written.
    """
    noted = connection.execute(
        update(answers).where(_named(name), answers.c.claim == mine).values(is_worked=True)
    )
    if not noted.rowcount:
        raise ConflictError("Another attempt of this request took longer, and was given up.")


def keep(connection: Connection, name: RequestName, mine: str, answer: Answer) -> None:
    """Keep the answer of a request that was claimed, unless another has claimed it since."""
    connection.execute(
        update(answers)
        .where(_named(name), answers.c.claim == mine)
        .values(status=answer.status, media_type=answer.media_type, body=answer.body)
    )


def release(connection: Connection, name: RequestName, mine: str) -> None:
    """Forget a request that was claimed and came to nothing: it may be sent again."""
    connection.execute(delete(answers).where(_named(name), answers.c.claim == mine))


def _named(name: RequestName) -> ColumnElement[bool]:
    return and_(
        answers.c.organization_id == name.organization_id,
        answers.c.path == name.path,
        answers.c.key == name.key,
    )


def _sweep(connection: Connection, now: datetime) -> None:
    """Remove some of what is past its time, a few at each claim."""
    old = connection.execute(
        select(answers.c.organization_id, answers.c.path, answers.c.key)
        .where(answers.c.claimed_time <= now - KEPT)
        .order_by(answers.c.claimed_time)
        .limit(_SWEPT)
        .with_for_update(skip_locked=True)
    ).all()
    for organization_id, path, key in old:
        name = RequestName(organization_id=organization_id, path=path, key=key)
        connection.execute(delete(answers).where(_named(name)))
