"""Records of types that another system has: asked for there when they are read by their key.

The request is `GET` to the type's address. `{dataId}` and `{hubId}` in it stand for what is asked
for; where they do not stand there, they are added to its query. With a key it has the header
`Authorization: Bearer <key>`. The other system answers 404, or 200 with the record as a JSON
object, alone or under `data`; it is checked by the type as a record that is written here.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import orjson

from transload.accounts.model import Actor, Permission
from transload.clock import Clock
from transload.data_types import store as data_types
from transload.data_types.model import KEY_FIELD, DataType, Provider, Source
from transload.db.engine import Database
from transload.db.ids import is_id
from transload.errors import InvalidError, NotFoundError, UnavailableError
from transload.hubs import store as hubs
from transload.outgoing import Answer, Outgoing, UnreachableError
from transload.records import single
from transload.records.access import hidden_fields, is_seen
from transload.records.model import MAX_DOCUMENT_BYTES, Record, Rejected, accept
from transload.records.single import Found, Place

_MAX_BYTES = 2 * MAX_DOCUMENT_BYTES
_RETRY_SECONDS = 30
_OK, _NO_CONTENT, _NOT_FOUND = 200, 204, 404
_HUB = "hubId"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Reads records by their key, wherever they are. `seconds` is for all of one answer."""

    database: Database
    outgoing: Outgoing
    clock: Clock
    seconds: float = 5

    def get_by_name(self, actor: Actor, data_type_name: str, data_id: str) -> Found:
        """Give the record of a type with that dataId, as `single.get_by_name` does.

        Raises NotFoundError, or UnavailableError where another system has it and does not give it.
        """
        try:
            return single.get_by_name(self.database, actor, data_type_name, data_id)
        except NotFoundError:
            return self._asked(
                actor, Place(hub_id="", data_type_name=data_type_name, data_id=data_id)
            )

    def get(self, actor: Actor, place: Place) -> Found:
        """Give the record at that place, as `single.get` does; raises as `get_by_name`."""
        try:
            return single.get(self.database, actor, place)
        except NotFoundError:
            return self._asked(actor, place)

    def _asked(self, actor: Actor, place: Place) -> Found:
        """Ask the system that has the type's records; no connection of the store is held meanwhile.

        Raises NotFoundError for a type of this one.
        """
        actor.require(Permission.VIEW_DATA)
        with self.database.read() as connection:
            name, organization_id = place.data_type_name, actor.organization_id
            data_type = data_types.find_by_name(connection, organization_id, name)
            if data_type is None or data_type.source is None:
                raise NotFoundError
            if place.hub_id and (
                not actor.sees_hub(place.hub_id)
                or hubs.find(connection, organization_id, place.hub_id) is None
            ):
                raise NotFoundError
        if data_type.provider is not Provider.EXTERNAL_API:
            raise NotFoundError
        answer = self._sent(data_type, data_type.source, place)
        if answer.status in {_NOT_FOUND, _NO_CONTENT}:
            raise NotFoundError
        record = self._record(actor, data_type, place, _values(data_type, answer))
        if not is_seen(actor, record, data_type):
            raise NotFoundError
        return Found(record=record, data_type=data_type, hidden=hidden_fields(actor, data_type))

    def _sent(self, data_type: DataType, source: Source, place: Place) -> Answer:
        headers = {"Accept": "application/json"}
        if source.key:
            headers["Authorization"] = f"Bearer {source.key}"
        sender = replace(self.outgoing, seconds=self.seconds, max_bytes=_MAX_BYTES)
        try:
            return sender.send("GET", _address(source.url, place), headers=headers)
        except InvalidError as error:
            _log.warning("the address of data type %s is refused: %s", data_type.id, error.message)
            raise _unavailable(data_type, "its address is not one that may be asked") from error
        except UnreachableError as error:
            _log.warning("the system of data type %s: %s", data_type.id, error.message)
            raise _unavailable(data_type, _lowered(error.message)) from error

    def _record(
        self, actor: Actor, data_type: DataType, place: Place, values: Mapping[str, Any]
    ) -> Record:
        """Give what was answered as a record; its id is made of its key, and always the same."""
        said = values.get(KEY_FIELD)
        if said not in (None, place.data_id):
            raise _unavailable(data_type, f"it answered with another {KEY_FIELD}")
        accepted = accept(data_type, {**values, KEY_FIELD: place.data_id})
        if isinstance(accepted, Rejected):
            raise _unavailable(data_type, f"its answer does not fit: {accepted.reason}")
        hub_id = "" if data_type.is_common else self._hub(actor, place, values)
        time = self.clock.now().strftime("%Y-%m-%d %H:%M:%S")
        key = f"{data_type.id}/{hub_id}/{place.data_id}".encode()
        return Record(
            id=hashlib.sha256(key).hexdigest()[:24],
            data_type_id=data_type.id,
            hub_id=hub_id,
            scope=hub_id,
            data_id=place.data_id,
            version=1,
            shape=data_type.shape,
            values=orjson.loads(accepted.document),
            limited_to=accepted.limited_to or (),
            created_by=data_type.created_by,
            updated_by=data_type.updated_by,
            created_time=time,
            updated_time=time,
        )

    def _hub(self, actor: Actor, place: Place, values: Mapping[str, Any]) -> str:
        """Give the hub of a record: that which was asked for, or which the answer names.

        One that names none is there for those alone who see all hubs.
        """
        said = values.get(_HUB)
        if not isinstance(said, str) or not is_id(said):
            if not place.hub_id and actor.hub_ids is not None:
                raise NotFoundError
            return place.hub_id
        if place.hub_id not in {"", said}:
            raise NotFoundError
        with self.database.read() as connection:
            if hubs.find(connection, actor.organization_id, said) is None:
                raise NotFoundError
        return said


def _address(url: str, place: Place) -> str:
    """Give the address of one record."""
    parts, query = urlsplit(url), {}
    for name, value in ((KEY_FIELD, place.data_id), (_HUB, place.hub_id)):
        mark, sent = f"{{{name}}}", quote(value, safe="")
        if mark in parts.path or mark in parts.query:
            parts = parts._replace(
                path=parts.path.replace(mark, sent), query=parts.query.replace(mark, sent)
            )
        elif value:
            query[name] = value
    more = "&".join(one for one in (parts.query, urlencode(query, quote_via=quote)) if one)
    return urlunsplit(parts._replace(query=more, fragment=""))


def _values(data_type: DataType, answer: Answer) -> Mapping[str, Any]:
    """Give the record of an answer."""
    if answer.status != _OK:
        raise _unavailable(data_type, f"it answered with the status {answer.status}")
    if answer.is_cut:
        raise _unavailable(data_type, f"its answer is over {_MAX_BYTES >> 20} MiB")
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise _unavailable(data_type, "its answer is not JSON") from error
    if isinstance(found, dict) and KEY_FIELD not in found and isinstance(found.get("data"), dict):
        found = found["data"]
    if not isinstance(found, dict):
        raise _unavailable(data_type, "its answer is not a record, a JSON object")
    return found


def _unavailable(data_type: DataType, reason: str) -> UnavailableError:
    return UnavailableError(
        f"Another system has the records of {data_type.name}: {reason.rstrip('.')}.",
        retry_after_seconds=_RETRY_SECONDS,
    )


def _lowered(sentence: str) -> str:
    return sentence if sentence[:4] != "The " else f"t{sentence[1:]}"
