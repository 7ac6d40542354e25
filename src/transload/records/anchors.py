"""Ids at every 5,000th place of the records in order, so that no page is far from one.

A store finds the row at a place by walking to it from an end. New records have ids above all others
(`records.writes`), so a place that was found stays what it is until records are removed, which
`record_removals` counts in the transactions that do it.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import ColumnElement, Connection, bindparam, select

from transload.db.dialect import insert_or_add
from transload.db.tables import record_removals, records

STEP = 5_000
_MAX_KEPT = 200
_REMOVALS = select(record_removals.c.times).where(
    record_removals.c.organization_id == bindparam("organization_id")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Records in the order of their ids: an organization's, or one type's, one hub's, or both's."""

    organization_id: str
    data_type_id: str | None
    hub_id: str | None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Give what its records fulfil."""
        found = [records.c.organization_id == self.organization_id]
        if self.data_type_id is not None:
            found.append(records.c.data_type_id == self.data_type_id)
        if self.hub_id is not None:
            found.append(records.c.hub_id == self.hub_id)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The ids at the places 5,000, 10,000 and so on, as of so many removals."""

    removals: int
    ids: tuple[str, ...]


class Anchors:
    """What one process knows of the lines that it has served last."""

    def __init__(self) -> None:
        """Know nothing."""
        self._lock = Lock()
        self._kept: OrderedDict[Line, _Found] = OrderedDict()

    def ids(self, connection: Connection, line: Line, start: int, count: int) -> list[str]:
        """Give the ids of `count` records from the place `start`, counted from 0."""
        number = start // STEP
        anchors = self._up_to(connection, line, number)
        if len(anchors) < number:
            return []
        conditions = line.conditions()
        if number:
            conditions.append(records.c.id > anchors[number - 1])
        return _walk(connection, conditions, start - number * STEP, count)

    def _up_to(self, connection: Connection, line: Line, number: int) -> tuple[str, ...]:
        sought = {"organization_id": line.organization_id}
        removals = connection.execute(_REMOVALS, sought).scalar() or 0
        with self._lock:
            kept = self._kept.get(line)
        if kept is None or kept.removals != removals:
            kept = _Found(removals=removals, ids=())
        if len(kept.ids) >= number:
            return kept.ids
        ids = list(kept.ids)
        while len(ids) < number:
            beyond = [records.c.id > ids[-1]] if ids else []
            following = _walk(connection, [*line.conditions(), *beyond], STEP - 1, 1)
            if not following:
                break
            ids += following
        found = _Found(removals=removals, ids=tuple(ids))
        with self._lock:
            self._kept[line] = found
            self._kept.move_to_end(line)
            while len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
        return found.ids


def note_removal(connection: Connection, organization_id: str) -> None:
    """Say, in the transaction that removes records, that places are not what they were."""
    connection.execute(
        insert_or_add(connection, record_removals, ["organization_id"], "times"),
        {"organization_id": organization_id, "times": 1},
    )


def _walk(
    connection: Connection, conditions: list[ColumnElement[bool]], skipped: int, count: int
) -> list[str]:
    statement = select(records.c.id).where(*conditions).order_by(records.c.id)
    return list(connection.scalars(statement.offset(skipped).limit(count)))
