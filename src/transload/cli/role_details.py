"""What narrows a role, as the command line spells it: `Outlets=price,cost`, the name of a flow."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection

from transload.accounts.model import NEVER_HIDDEN, Detail, Permission
from transload.data_types import store as data_types
from transload.errors import InvalidError, NotFoundError
from transload.flows import store as flows
from transload.flows.model import Flow
from transload.flows.reserved import RESERVED_KEYS


def hidden_in_type(connection: Connection, organization_id: str, text: str) -> Detail:
    """Give what `TYPE=FIELD,FIELD` hides of a data type, which is named or given by its id.

    No field: nothing. Raises NotFoundError where there is no such type, InvalidError for fields
    that it has not.
    """
    name, fields = _parted(text)
    found = data_types.find_by_name(connection, organization_id, name) or data_types.find(
        connection, organization_id, name
    )
    if found is None:
        raise NotFoundError(f"There is no data type {name}.")
    known = {field.id for field in found.fields}
    return Detail(
        permission=Permission.VIEW_DATA,
        thing_id=found.id,
        hidden_fields=_checked(f"data type {name}", fields, known),
    )


def hidden_in_flow(connection: Connection, organization_id: str, text: str) -> Detail:
    """Give what `FLOW=FIELD,FIELD` hides of the tasks of a flow, likewise."""
    name, fields = _parted(text)
    flow = _flow(connection, organization_id, name)
    return Detail(
        permission=Permission.VIEW_TASK,
        thing_id=flow.id,
        hidden_fields=_checked(f"flow {name}", fields, {*flow.components, *RESERVED_KEYS}),
    )


def only_flows(connection: Connection, organization_id: str, names: Iterable[str]) -> Detail:
    """Give what limits adding tasks to flows, which are named or given by their ids."""
    ids = frozenset(_flow(connection, organization_id, name).id for name in names)
    return Detail(permission=Permission.ADD_TASK, flow_ids=ids)


def replaced(old: Sequence[Detail], new: Sequence[Detail]) -> tuple[Detail, ...]:
    """Give details with new ones in the place of those of the same thing; who hide nothing, go."""
    by_thing = {(one.permission, one.thing_id): one for one in (*old, *new)}
    return tuple(one for one in by_thing.values() if one.flow_ids is not None or one.hidden_fields)


def shown(details: Iterable[Detail]) -> list[str]:
    """Give details in words, with the ids of data types and flows."""
    return [
        f"{one.permission.value} of {one.thing_id} without {' '.join(sorted(one.hidden_fields))}"
        if one.flow_ids is None
        else f"{one.permission.value} of {' '.join(sorted(one.flow_ids)) or 'no flow'}"
        for one in details
    ]


def _parted(text: str) -> tuple[str, list[str]]:
    name, sign, fields = text.rpartition("=")
    if not sign:
        raise InvalidError(f"{text} names no fields: write {text}=FIELD,FIELD.")
    return name, [one.strip() for one in fields.split(",") if one.strip()]


def _checked(thing: str, fields: Sequence[str], known: Collection[str]) -> frozenset[str]:
    unknown = sorted(set(fields) - set(known))
    if unknown:
        raise InvalidError(f"The {thing} has no field {', '.join(unknown)}.")
    kept = sorted(NEVER_HIDDEN.intersection(fields))
    if kept:
        raise InvalidError(f"{', '.join(kept)} cannot be hidden.")
    return frozenset(fields)


def _flow(connection: Connection, organization_id: str, name: str) -> Flow:
    found = flows.find_by_name(connection, organization_id, name) or flows.find(
        connection, organization_id, name
    )
    if found is None:
        raise NotFoundError(f"There is no flow {name}.")
    return found
