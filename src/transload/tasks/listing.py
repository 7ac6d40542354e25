"""The use case of a page of tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transload.accounts.model import Actor, Permission
from transload.db.engine import Database
from transload.db.tables import tasks
from transload.documents.order import Order, Slice, order_of
from transload.errors import InvalidError
from transload.flows.model import ValueKind
from transload.flows.reserved import RESERVED_KEYS, KeyKind
from transload.tasks import store
from transload.tasks.access import Readable, Request, find_readable
from transload.tasks.model import Status
from transload.tasks.run import Found
from transload.tasks.source import NATURAL, source_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a user asks for, checked by itself.

    `fields` None: all. `after`: the task after which the page begins, None: where `part` says.
    """

    fields: tuple[str, ...] | None
    request: Request
    sort_by: str
    is_descending: bool
    after: str | None
    part: Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The tasks of a page, in order, and how many match on all pages, by status."""

    found: Sequence[Found]
    counts: Mapping[Status, int]

    @property
    def total(self) -> int:
        """How many match on all pages."""
        return sum(self.counts.values())


def list_tasks(database: Database, actor: Actor, query: Query) -> Listing:
    """Give a page of the tasks that the user sees.

    Raises InvalidError naming a filter or a name that is nothing of the organization's,
    ForbiddenError for a hub or a field that the user may not see.
    """
    actor.require(Permission.VIEW_TASK)
    if query.after is not None and query.sort_by not in NATURAL:
        raise InvalidError("The cursor parameter goes with sortBy createdTime or _id alone.")
    with database.snapshot() as connection:
        readable = find_readable(connection, actor, query.request)
        readable.check_names(query.fields or (), query.sort_by)
        order = order_of(
            connection,
            source_of(readable.selection, readable.by_id),
            Order(
                name=query.sort_by,
                is_number=is_number(readable, query.sort_by),
                is_descending=query.is_descending,
            ),
        )
        beyond = None
        if query.after is not None:
            beyond = tasks.c.id < query.after if query.is_descending else tasks.c.id > query.after
        page = store.find_page(
            connection,
            readable.selection,
            order,
            beyond=beyond,
            offset=0 if query.after is not None else query.part.offset,
            limit=query.part.limit,
        )
        counts = store.count_by_status(connection, readable.selection)
    return Listing(
        found=[
            Found(
                task=task,
                flow=readable.by_id[task.flow_id],
                hub=None,
                hidden=readable.hidden,
            )
            for task in page
        ],
        counts=counts,
    )


def is_number(readable: Readable, name: str) -> bool:
    """Tell whether a field is one of numbers, in all flows that have it."""
    if name in RESERVED_KEYS:
        return RESERVED_KEYS[name] is KeyKind.NUMBER
    kinds = {component.value_kind for component in readable.components.get(name, ())}
    return kinds == {ValueKind.NUMBER}
