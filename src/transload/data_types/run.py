"""Use cases of data types."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from transload.accounts.model import Actor, Permission
from transload.data_types import store
from transload.data_types.model import DataType, Field, check_fields
from transload.db.engine import Database
from transload.db.ids import is_id, new_id
from transload.errors import ConflictError, InvalidError, NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDataType:
    """What a user says of a data type to be."""

    name: str
    fields: Sequence[Field]
    is_common: bool


def create(database: Database, actor: Actor, new: NewDataType, now: datetime) -> DataType:
    """Create a data type.

    Raises InvalidError for a definition that is not sound, ConflictError for a name that is taken.
    """
    actor.require(Permission.ADD_DATA_TYPE)
    if not new.name.strip():
        raise InvalidError("The name must not be blank.")
    check_fields(new.fields)
    data_type = DataType(
        id=new_id(),
        organization_id=actor.organization_id,
        name=new.name,
        fields=tuple(new.fields),
        shape=1,
        is_common=new.is_common,
        created_by=actor.email,
        updated_by=actor.email,
        created_time=now,
        updated_time=now,
    )
    try:
        with database.write() as connection:
            store.add(connection, data_type)
    except IntegrityError as error:
        raise ConflictError(f"There is a data type {new.name} already.") from error
    return data_type


def get(database: Database, actor: Actor, data_type_id: str) -> DataType:
    """Give a data type; raise NotFoundError if the organization has none with that id."""
    actor.require(Permission.VIEW_DATA_TYPE)
    if not is_id(data_type_id):
        raise NotFoundError
    with database.read() as connection:
        data_type = store.find(connection, actor.organization_id, data_type_id)
    if data_type is None:
        raise NotFoundError
    return data_type
