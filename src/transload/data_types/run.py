"""Use cases of data types that leave records alone; `records.schema` has the others."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from transload import audit
from transload.accounts.model import Actor, Permission
from transload.data_types import store
from transload.data_types.model import (
    DataType,
    Field,
    Provider,
    Source,
    check_fields,
    check_source,
)
from transload.data_types.values import MisfitError, canonical
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import ConflictError, InvalidError, NotFoundError, named
from transload.path_names import PATH_STEP, is_path_step


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDataType:
    """What a user says of a data type to be."""

    name: str
    fields: Sequence[Field]
    is_common: bool
    is_limited: bool = False
    provider: Provider = Provider.INTERNAL
    source: Source | None = None


def create(database: Database, actor: Actor, new: NewDataType, now: datetime) -> DataType:
    """Create a data type.

    Raises InvalidError for a definition that is not sound, ConflictError for a name that is taken.
    """
    with writing(database, new.name) as connection:
        return add(connection, actor, new, now, new_id())


def add(
    connection: Connection, actor: Actor, new: NewDataType, now: datetime, data_type_id: str
) -> DataType:
    """Create a data type in the caller's transaction, which is one of `writing`.

    Raises InvalidError for a definition that is not sound.
    """
    actor.require(Permission.ADD_DATA_TYPE)
    data_type = DataType(
        id=data_type_id,
        organization_id=actor.organization_id,
        name=new.name,
        fields=tuple(new.fields),
        shape=1,
        is_common=new.is_common,
        is_limited=new.is_limited,
        provider=new.provider,
        source=new.source,
        created_by=actor.email,
        updated_by=actor.email,
        created_time=now,
        updated_time=now,
    )
    check(data_type)
    store.add(connection, data_type)
    record(connection, actor, audit.Action.CREATE, data_type, now)
    return data_type


def get(database: Database, actor: Actor, data_type_id: str) -> DataType:
    """Give a data type; raise NotFoundError if the organization has none with that id."""
    actor.require(Permission.VIEW_DATA_TYPE)
    with database.read() as connection:
        data_type = store.find(connection, actor.organization_id, data_type_id)
    if data_type is None:
        raise NotFoundError
    return data_type


def find_page(
    database: Database, actor: Actor, providers: Collection[Provider], *, offset: int, limit: int
) -> tuple[int, Sequence[DataType]]:
    """Give how many types have one of the providers, and a page of them, oldest first."""
    actor.require(Permission.VIEW_DATA_TYPE)
    with database.read() as connection:
        return store.find_page(
            connection, actor.organization_id, providers, offset=offset, limit=limit
        )


def check(data_type: DataType) -> None:
    """Raise InvalidError naming what is wrong with a definition."""
    if not data_type.name.strip():
        raise InvalidError("The name must not be blank.")
    if is_path_step(data_type.name):
        raise InvalidError(f"The name {PATH_STEP}.")
    check_fields(data_type.fields)
    faults = [fault for field in data_type.fields if (fault := _default_fault(field))]
    if faults:
        raise InvalidError(named(faults))
    check_source(data_type.provider, data_type.source)


@contextmanager
def writing(database: Database, name: str) -> Iterator[Connection]:
    """Open a transaction that writes a type of this name; raise ConflictError if it is taken."""
    try:
        with database.write() as connection:
            yield connection
    except IntegrityError as error:
        raise ConflictError(f"There is a data type {name} already.") from error


def record(
    connection: Connection, actor: Actor, action: audit.Action, data_type: DataType, now: datetime
) -> None:
    """Keep who did it, in the transaction that does it."""
    audit.record(
        connection,
        actor,
        action,
        thing="dataType",
        thing_id=data_type.id,
        now=now,
        detail=data_type.name,
    )


def _default_fault(field: Field) -> str | None:
    try:
        canonical(field, field.default)
    except MisfitError as misfit:
        return f"The default of {field.id} {misfit}."
    return None
