"""Use cases of configs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from transload import audit
from transload.accounts import organization_store
from transload.accounts.model import Actor, Permission
from transload.configs import store
from transload.configs.model import Collection, Config, Kind, check_size
from transload.data_types import store as data_types
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from transload.flows import store as flows

_READERS = (
    Permission.EDIT_CONFIG,
    Permission.EXPORT_DATA,
    Permission.EXPORT_TASK,
    Permission.IMPORT_DATA,
    Permission.IMPORT_TASK,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigQuery:
    """Which page of the configs is asked for; None: of any name, of any collection."""

    name: str | None
    collection: Collection | None
    is_descending: bool
    offset: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConfig:
    """What a user says of a config to be: its name, and all else."""

    name: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Configs:
    """The configs of one kind."""

    database: Database
    kind: Kind

    def create(self, actor: Actor, new: NewConfig, now: datetime) -> Config:
        """Create a config.

        Raises InvalidError for flows or data types that the organization does not have,
        ConflictError for a name that is taken.
        """
        actor.require(Permission.EDIT_CONFIG)
        config = Config(
            id=new_id(),
            organization_id=actor.organization_id,
            kind=self.kind,
            name=new.name,
            document=new.document,
            created_time=now,
            updated_time=now,
        )
        with _writing(self.database, config) as connection:
            _check(connection, config)
            store.add(connection, config)
            _record(connection, actor, audit.Action.CREATE, config, now)
        return config

    def get(self, actor: Actor, config_id: str) -> Config:
        """Give a config; raise NotFoundError if the organization has none with that id."""
        _require_reader(actor)
        with self.database.read() as connection:
            return _found(store.find(connection, actor.organization_id, self.kind, config_id))

    def find_page(self, actor: Actor, query: ConfigQuery) -> tuple[int, Sequence[Config]]:
        """Give how many configs there are, and the page that is asked for."""
        _require_reader(actor)
        with self.database.read() as connection:
            return store.find_page(
                connection,
                actor.organization_id,
                self.kind,
                name=query.name,
                collection=query.collection,
                is_descending=query.is_descending,
                offset=query.offset,
                limit=query.limit,
            )

    def replace(self, actor: Actor, config_id: str, new: NewConfig, now: datetime) -> Config:
        """Write all of a config anew but its id and when it was made.

        Raises NotFoundError if the organization has none with that id, and what `create` raises.
        """
        actor.require(Permission.EDIT_CONFIG)
        organization_id = actor.organization_id
        with self.database.read() as connection:
            old = _found(store.find(connection, organization_id, self.kind, config_id))
        config = changed(old, name=new.name, document=new.document, updated_time=now)
        with _writing(self.database, config) as connection:
            # Without it, two configs that take each other's names at once would wait for ever.
            organization_store.lock_names(connection, organization_id)
            _found(store.lock(connection, organization_id, self.kind, config_id))
            _check(connection, config)
            store.replace(connection, config)
            _record(connection, actor, audit.Action.UPDATE, config, now)
        return config

    def delete(self, actor: Actor, config_id: str, now: datetime) -> Config:
        """Delete a config and give what it was.

        Raises NotFoundError if the organization has none with that id.
        """
        actor.require(Permission.EDIT_CONFIG)
        with self.database.write() as connection:
            config = _found(store.lock(connection, actor.organization_id, self.kind, config_id))
            store.remove(connection, config)
            _record(connection, actor, audit.Action.DELETE, config, now)
        return config


def _require_reader(actor: Actor) -> None:
    if not any(map(actor.may, _READERS)):
        raise ForbiddenError


def _check(connection: Connection, config: Config) -> None:
    check_size(config.document)
    find, name = (
        (flows.find, "flowId")
        if config.collection is Collection.TASK
        else (data_types.find, "dataTypeId")
    )
    if any(find(connection, config.organization_id, one) is None for one in config.reference_ids):
        raise InvalidError(f"The selected {name} is invalid.", is_whole=True)


@contextmanager
def _writing(database: Database, config: Config) -> Iterator[Connection]:
    """Open a transaction that writes the config; raise ConflictError if its name is taken."""
    try:
        with database.write() as connection:
            yield connection
    except IntegrityError as error:
        label = config.kind.label.lower()
        raise ConflictError(f"There is an {label} {config.name} already.") from error


def _found(config: Config | None) -> Config:
    if config is None:
        raise NotFoundError
    return config


def _record(
    connection: Connection, actor: Actor, action: audit.Action, config: Config, now: datetime
) -> None:
    audit.record(
        connection,
        actor,
        action,
        thing=f"{config.kind.value} config",
        thing_id=config.id,
        now=now,
        detail=config.name,
    )
