"""The removal of data types with all their records.

A type is gone for every reader from the transaction on that marks it; what it leaves behind is
removed in parts, by the request where it is little, by a background job where it is not.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from transload import audit
from transload.accounts.model import Actor, Permission
from transload.clock import Clock
from transload.data_types import run
from transload.data_types import store as data_types
from transload.data_types.model import DataType
from transload.db.engine import Database
from transload.errors import NotFoundError
from transload.jobs.model import HandoverError, Queue
from transload.records.schema import statements
from transload.records.schema.statements import Shaped
from transload.shutdown import Shutdown

ERASE = "erase"
MAX_IN_REQUEST = 10_000


def count(database: Database, actor: Actor, data_type_id: str) -> tuple[DataType, int]:
    """Give a type, and how many records would be removed with it."""
    actor.require(Permission.DELETE_DATA_TYPE)
    with database.read() as connection:
        data_type = data_types.find(connection, actor.organization_id, data_type_id)
        if data_type is None:
            raise NotFoundError
        return data_type, statements.count(connection, actor.organization_id, data_type_id)


def remove(
    database: Database, queue: Queue, actor: Actor, data_type_id: str, now: datetime
) -> DataType:
    """Remove a type and its records; give what it was. Its name is free at once.

    Beyond 10,000 records some may still be in the store when this returns, but nobody sees them.
    """
    actor.require(Permission.DELETE_DATA_TYPE)
    organization_id = actor.organization_id
    with database.write() as connection:
        data_type = data_types.lock(connection, organization_id, data_type_id)
        if data_type is None:
            raise NotFoundError
        records = statements.count(connection, organization_id, data_type_id)
        data_types.mark_deleted(connection, organization_id, data_type_id, now)
        statements.forget_counts(connection, organization_id, data_type_id)
        run.record(connection, actor, audit.Action.DELETE, data_type, now)
        is_gone = records <= statements.MAX_ROWS and _erase_part(
            connection, organization_id, data_type_id, now
        )
        if not is_gone:
            # Also where the request does it: the process may die on the way.
            queue.enqueue(connection, ERASE, organization_id=organization_id, job_id=data_type_id)
    if not is_gone and records <= MAX_IN_REQUEST:
        _erase(database, Shutdown(), organization_id, data_type_id, lambda: now)
    return data_type


def erase(
    database: Database, clock: Clock, shutdown: Shutdown, organization_id: str, data_type_id: str
) -> None:
    """Do the job of removing what a removed type left behind, however often it was begun."""
    _erase(database, shutdown, organization_id, data_type_id, clock.now)


def _erase(
    database: Database,
    shutdown: Shutdown,
    organization_id: str,
    data_type_id: str,
    now: Callable[[], datetime],
) -> None:
    with shutdown.awaits():
        while not shutdown.has_begun:
            with database.write() as connection:
                if _erase_part(connection, organization_id, data_type_id, now()):
                    return
    raise HandoverError


def _erase_part(
    connection: Connection, organization_id: str, data_type_id: str, now: datetime
) -> bool:
    """Remove up to 1,000 records; tell whether that was all, and nothing of the type is left."""
    if data_type_id not in data_types.dying(connection, organization_id):
        return True
    statements.remove_part(connection, organization_id, data_type_id, now)
    left = Shaped(organization_id=organization_id, data_type_id=data_type_id)
    if statements.has_any(connection, left):
        return False
    statements.forget_counts(connection, organization_id, data_type_id)
    data_types.remove_deleted(connection, organization_id, data_type_id)
    return True
