"""Ids at every 2,000th place of the records in order, so that no page is far from one.

A store finds the row at a place by walking to it from an end. New records have ids above all others
(`records.writes`), so a place that was found stays what it is until records are removed, which
`record_removals` counts in the transactions that do it.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    literal,
    select,
)

from transload.db.ids import AFTER_ALL, BEFORE_ALL
from transload.db.tables import records

STEP = 2_000
_MAX_KEPT = 200
_SHAPES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordList:
    """Records in the order of their ids: an organization's, or one type's, one hub's, or both's."""

    organization_id: str
    data_type_id: str | None
    hub_id: str | None

    @property
    def parameters(self) -> dict[str, object]:
        """The parameters of the statements about it."""
        return {
            "organization_id": self.organization_id,
            "data_type_id": self.data_type_id,
            "hub_id": self.hub_id,
        }

    @property
    def shape(self) -> tuple[bool, bool]:
        """Whether it is of one type and of one hub: lists alike in this have one statement."""
        return self.data_type_id is not None, self.hub_id is not None


@lru_cache(maxsize=_SHAPES)
def along(shape: tuple[bool, bool], *, is_descending: bool) -> Select[str]:
    """Give the statement of `count` ids of a list, beyond the id `after` and `skipped` more."""
    ids = _ids(beyond(shape, is_descending=is_descending), is_descending=is_descending)
    return ids.offset(_places("skipped")).limit(_places("count"))


def beyond(
    shape: tuple[bool, bool], after: ColumnElement[str] | None = None, *, is_descending: bool
) -> list[ColumnElement[bool]]:
    """Conditions for the records after an id: the parameter `after` unless one is given."""
    if after is None:
        after = bindparam("after", type_=records.c.id.type)
    conditions = [records.c.id < after if is_descending else records.c.id > after]
    for column, is_named in zip((records.c.data_type_id, records.c.hub_id), shape, strict=True):
        if is_named:
            conditions.append(column == bindparam(column.name))
    return conditions


@lru_cache(maxsize=_SHAPES)
def _steps(shape: tuple[bool, bool], *, is_descending: bool) -> Select[str]:
    """Give the statement of `count` ids of a list, each `step` places beyond the one before it.

    The first is beyond the id `after` and `skipped` more. The store walks by itself: to ask it for
    each took four times as long.
    """
    first = along(shape, is_descending=is_descending).limit(1).scalar_subquery()
    found = select(literal(1).label("number"), first.label("id")).cte("steps", recursive=True)
    further = _ids(
        beyond(shape, found.c.id, is_descending=is_descending), is_descending=is_descending
    )
    further = further.offset(_places("step") - 1).limit(1).correlate(found)
    found = found.union_all(
        select(found.c.number + 1, further.scalar_subquery()).where(
            found.c.number < _places("count")
        )
    )
    return select(found.c.id).order_by(found.c.number)


def _ids(conditions: Sequence[ColumnElement[bool]], *, is_descending: bool) -> Select[str]:
    within = records.c.organization_id == bindparam("organization_id")
    key = records.c.id.desc() if is_descending else records.c.id.asc()
    return select(records.c.id).where(within, *conditions).order_by(key)


def _places(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many records a list has, and how often records of the organization were removed."""

    total: int
    removals: int


@dataclass(slots=True, kw_only=True)
class _Found:
    """Ids at places, as of so many removals: number 1 at the place 1,999, 2 at 3,999 and so on."""

    removals: int
    total: int = 0
    ids: dict[int, str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


class Bookmarks:
    """What one process knows of the lists that it has served last."""

    def __init__(self) -> None:
        """Know nothing."""
        self._lock = Lock()
        self._kept: OrderedDict[RecordList, _Found] = OrderedDict()

    def size(self, record_list: RecordList) -> Size | None:
        """Give the list's size when it was last served, which may have changed since."""
        with self._lock:
            kept = self._kept.get(record_list)
            return None if kept is None else Size(total=kept.total, removals=kept.removals)

    def note(self, record_list: RecordList, size: Size) -> None:
        """Keep the size that a list was just served with."""
        found = self._of(record_list, size.removals)
        found.total = size.total

    def known_before(
        self, record_list: RecordList, place: int, size: Size
    ) -> tuple[str, int] | None:
        """Give what `before` gives where it is known for a list of that size."""
        number, skipped = divmod(place, STEP)
        if not number:
            return BEFORE_ALL, skipped
        known = self._of(record_list, size.removals).ids.get(number)
        return None if known is None else (known, skipped)

    def before(
        self, connection: Connection, record_list: RecordList, place: int, size: Size
    ) -> tuple[str, int]:
        """Give an id before a place of the list, counted from 0, and how many more are between.

        The size is that in the connection's transaction; the place is within the list.
        """
        known = self.known_before(record_list, place, size)
        if known is not None:
            return known
        number, skipped = divmod(place, STEP)
        found = self._of(record_list, size.removals)
        with found.lock:  # who needs the same waits for it, rather than walk beside
            if number not in found.ids:
                _find(connection, record_list, found.ids, number, size.total)
            return found.ids[number], skipped

    def _of(self, record_list: RecordList, removals: int) -> _Found:
        """Give what is known as of these removals; transactions that began earlier keep theirs."""
        with self._lock:
            kept = self._kept.get(record_list)
            if kept is not None and kept.removals > removals:
                return _Found(removals=removals)
            if kept is None or kept.removals < removals:
                kept = self._kept[record_list] = _Found(removals=removals)
            self._kept.move_to_end(record_list)
            while len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
            return kept


def _find(
    connection: Connection, record_list: RecordList, ids: dict[int, str], number: int, total: int
) -> None:
    """Walk to the bookmark from the nearest one that is known, or an end, noting those between."""
    below = max((one for one in ids if one < number), default=0)
    above = min((one for one in ids if one > number), default=None)
    to_above = total - number * STEP if above is None else (above - number) * STEP
    if (number - below) * STEP <= to_above:
        numbers = range(below + 1, number + 1)
        after, skipped = ids.get(below, BEFORE_ALL), STEP - 1
    elif above is None:
        numbers = range(total // STEP, number - 1, -1)
        after, skipped = AFTER_ALL, total % STEP
    else:
        numbers = range(above - 1, number - 1, -1)
        after, skipped = ids[above], STEP - 1
    statement = _steps(record_list.shape, is_descending=numbers.step < 0)
    walk = {"after": after, "skipped": skipped, "step": STEP, "count": len(numbers)}
    found = connection.scalars(statement, {**record_list.parameters, **walk})
    ids.update(zip(numbers, found, strict=True))
