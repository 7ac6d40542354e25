"""The use case of a page of tasks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from transload.accounts.model import Actor, Permission
from transload.db.engine import Database
from transload.db.tables import tasks
from transload.documents.filters import NO_FILTER, Filter
from transload.documents.order import Slice, order_of
from transload.documents.pages import PageItems
from transload.errors import InvalidError
from transload.tasks import store
from transload.tasks.access import Readable, Request, find_readable
from transload.tasks.model import Status, Task
from transload.tasks.narrowing import narrowed, order_by
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
    filter: Filter = NO_FILTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How many tasks match on all pages, by status."""

    counts: Mapping[Status, int]

    @property
    def total(self) -> int:
        """How many match on all pages."""
        return sum(self.counts.values())


def list_tasks(
    database: Database, actor: Actor, query: Query, page_items: PageItems[Found]
) -> Listing:
    """Render a page of the tasks that the user sees.

    Raises InvalidError naming a filter or a name that is nothing of the organization's,
    ForbiddenError for a hub or a field that the user may not see; what `page_items` raises for a
    page that is too large.
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
            order_by(readable, query.sort_by, is_descending=query.is_descending),
        )
        narrowing = narrowed(connection, readable, query.filter)
        beyond = list(narrowing)
        if query.after is not None:
            is_older = tasks.c.id < query.after
            beyond.append(is_older if query.is_descending else tasks.c.id > query.after)
        documents = store.sized_page(
            connection,
            readable.selection,
            order,
            further=beyond,
            offset=0 if query.after is not None else query.part.offset,
            limit=query.part.limit,
        )
        counts = store.count_by_status(connection, readable.selection, narrowing)
        page_items.expect(documents)
        for piece in store.iterate(connection, actor.organization_id, documents):
            page_items.add(_found(readable, piece))
    return Listing(counts=counts)


def _found(readable: Readable, found: Sequence[Task]) -> Iterator[Found]:
    for task in found:
        flow = readable.by_id[task.flow_id]
        yield Found(task=task, flow=flow, hub=None, hidden=readable.hidden)
