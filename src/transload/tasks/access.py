"""What a user may read of tasks: one rule for lists, exports and the columns of both.

A user sees the tasks of their hubs; of each task, the components that their role does not hide.
Owners and admins see everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from transload.accounts.hidden import require_seen
from transload.accounts.model import Actor, Permission
from transload.errors import DENIED, ForbiddenError, InvalidError
from transload.flows import store as flows
from transload.flows.model import Component, Flow
from transload.flows.reserved import RESERVED_KEYS
from transload.hubs import store as hubs
from transload.tasks import store
from transload.tasks.model import Status
from transload.tasks.store import Selection, TimeBy

_MAX_NAMED = 20
_IS_ACTIVE = frozenset({Status.UNASSIGNED, Status.ONGOING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which tasks are asked for; None: no matter. `denied` is what a user reads who may not.

    `default_flow_ids` count where no flow is asked for; those that are gone are passed over.
    """

    default_flow_ids: tuple[str, ...] | None = None
    flow_ids: tuple[str, ...] | None = None
    flow_names: tuple[str, ...] | None = None
    hub_id: str | None = None
    statuses: frozenset[Status] | None = None
    is_active: bool | None = None
    assignee: str | None = None
    done_by: str | None = None
    time_by: TimeBy = TimeBy.CREATED
    time_from: str | None = None
    time_to: str | None = None
    denied: str = DENIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """The tasks that a user may read of those asked for.

    `flows` are those that the tasks may be of, `by_id` all of the organization. A component that is
    hidden in one of the flows is left out of all.
    """

    selection: Selection
    flows: Sequence[Flow]
    by_id: Mapping[str, Flow]
    hidden: frozenset[str]

    @property
    def components(self) -> dict[str, list[Component]]:
        """The components that the user sees, by id, with those of each flow that has one."""
        found: dict[str, list[Component]] = {}
        for flow in self.flows:
            for name, component in flow.components.items():
                if name not in self.hidden:
                    found.setdefault(name, []).append(component)
        return found

    def require_seen(self, names: Iterable[str]) -> None:
        """Raise ForbiddenError naming those of the fields that are hidden from the user."""
        require_seen(self.hidden, names)

    def check_names(self, names: Sequence[str], sort_by: str, also: Sequence[str] = ()) -> None:
        """Raise InvalidError or ForbiddenError for fields that are none, or hidden.

        `also` may be named though there are no such fields.
        """
        self.require_seen([*names, sort_by])
        known = self.components.keys() | RESERVED_KEYS.keys()
        unknown = [name for name in names if name not in known and name not in also]
        if unknown:
            named = ", ".join(unknown[:_MAX_NAMED])
            raise InvalidError(f"The fields parameter names what is no field: {named}.")
        if sort_by not in known:
            raise InvalidError(f"The sortBy parameter names what is no field: {sort_by}.")


def find_readable(connection: Connection, actor: Actor, request: Request) -> Readable:
    """Give what the user may read, by permissions, flows and hubs as they are now.

    Raises InvalidError for a flow or hub that the organization does not have, ForbiddenError for a
    hub that the user may not see.
    """
    by_id = {one.id: one for one in flows.find_all(connection, actor.organization_id)}
    chosen = _chosen_flows(by_id, request)
    wanted = list(by_id.values()) if chosen is None else [by_id[one] for one in chosen]
    done_by = None
    if request.done_by is not None:
        done_by = store.names_of(connection, actor.organization_id, request.done_by)
    return Readable(
        selection=Selection(
            organization_id=actor.organization_id,
            flow_ids=None if chosen is None else frozenset(chosen),
            hub_ids=_hub_ids(connection, actor, request),
            statuses=_statuses(request),
            assignee=None if request.assignee is None else request.assignee.strip().lower(),
            done_by=done_by,
            time_by=request.time_by,
            time_from=request.time_from,
            time_to=request.time_to,
        ),
        flows=wanted,
        by_id=by_id,
        hidden=frozenset().union(
            *(actor.hidden_fields(Permission.VIEW_TASK, flow.id) for flow in wanted)
        ),
    )


def _chosen_flows(by_id: Mapping[str, Flow], request: Request) -> list[str] | None:
    chosen: list[str] | None = None
    if request.flow_ids is not None:
        if any(one not in by_id for one in request.flow_ids):
            raise InvalidError("The selected flowId is invalid.", is_whole=True)
        chosen = list(request.flow_ids)
    if request.flow_names is not None:
        ids = {flow.name: flow.id for flow in by_id.values()}
        if any(one not in ids for one in request.flow_names):
            raise InvalidError("The selected flow is invalid.", is_whole=True)
        named = [ids[one] for one in request.flow_names]
        chosen = named if chosen is None else [one for one in chosen if one in named]
    if chosen is None and request.default_flow_ids is not None:
        return [one for one in request.default_flow_ids if one in by_id]
    return chosen


def _hub_ids(connection: Connection, actor: Actor, request: Request) -> frozenset[str] | None:
    if request.hub_id is None:
        return actor.hub_ids
    if hubs.find(connection, actor.organization_id, request.hub_id) is None:
        raise InvalidError("The selected hubId is invalid.", is_whole=True)
    if not actor.sees_hub(request.hub_id):
        raise ForbiddenError(request.denied)
    return frozenset({request.hub_id})


def _statuses(request: Request) -> frozenset[Status] | None:
    if request.is_active is None:
        return request.statuses
    active = _IS_ACTIVE if request.is_active else frozenset({Status.DONE})
    return active if request.statuses is None else active & request.statuses
