"""The tables of a file of tasks: the main one, and one for each bill and list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from transload.data_types.titles import unique_titles
from transload.exports.saved_columns import SavedColumns
from transload.exports.subject import MakeRows
from transload.exports.task_children import (
    BILL_COLUMNS,
    LIST_COLUMNS,
    ROW_KEY,
    TOTAL,
    CostsLeftOut,
    note_of_costs,
)
from transload.exports.task_rows import TaskRows
from transload.exports.titles import require_few
from transload.flows.model import Component, ValueKind
from transload.flows.reserved import RESERVED_KEYS, KeyKind
from transload.formats.columns import Column, Kind, Table
from transload.formats.registry import Format, Frames
from transload.tasks.access import Readable

_DEFAULT = (
    "_id",
    "flow",
    "hubId",
    "title",
    "content",
    "status",
    "assignee",
    "startTime",
    "endTime",
    "doneBy",
    "doneTime",
    "createdBy",
    "createdTime",
    "updatedTime",
)
_RESERVED = {
    KeyKind.TEXT: Kind.TEXT,
    KeyKind.NUMBER: Kind.NUMBER,
    KeyKind.BOOLEAN: Kind.BOOLEAN,
    KeyKind.TIME: Kind.DATE_TIME,
    KeyKind.NAMES: Kind.LIST,
    KeyKind.ANY: Kind.TEXT,
}
_VALUES = {
    ValueKind.NUMBER: Kind.NUMBER,
    ValueKind.BOOLEAN: Kind.BOOLEAN,
    ValueKind.DATE: Kind.DATE,
    ValueKind.DATE_TIME: Kind.DATE_TIME,
}
_SIGNED = frozenset({ValueKind.COORDINATE, ValueKind.PHONE})
_CHILDREN = frozenset({ValueKind.BILL, ValueKind.LIST})
_MAIN = "Tasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTables:
    """The tables, what makes their rows, the names that lines have to hold, and what is gone.

    `closing_notes` says what the rows that were made leave out.
    """

    names: Sequence[str]
    tables: Sequence[Table]
    rows: MakeRows
    gone: Sequence[str]
    closing_notes: Callable[[], Sequence[str]]


def tables_of(
    readable: Readable,
    fields: Sequence[str] | None,
    saved: SavedColumns | None,
    file_format: Format,
) -> TaskTables:
    """Give the tables of a file.

    The columns are the fields, or those that are saved, or the common keys of every task and all
    components. Where the format holds several tables, a bill or list is one of them, keyed by the
    task's `_id`, which the main table has in its column ID; else it is a column, as JSON. Names
    such as `<id>.<cost>` and `<id>.totalCost` are columns of the main table.
    """
    components, described = readable.components, file_format.described
    has_many = described.holds_many_tables
    chosen = fields or (() if saved is None else saved.seen(readable.hidden))
    wanted = list(chosen or (*_DEFAULT, *components))
    wanted = [name for name in dict.fromkeys(wanted) if name not in readable.hidden]
    children = [name for name in wanted if has_many and _is_child(components.get(name))]
    is_sheet = isinstance(described, Frames)
    additional = _additional(wanted, components, saved) if is_sheet else {}
    main = [name for name in wanted if name not in children]
    if children:
        main = [ROW_KEY, *(name for name in main if name != ROW_KEY)]
    names = list(main)
    for bill, more in additional.items():
        at = names.index(bill) + 1 if bill in names else len(names)
        names[at:at] = [name for name in more if name not in names]
    require_few(names)
    titles = unique_titles(names, _titles(components, saved, is_keyed=bool(children)))
    computed = {name for more in additional.values() for name in more}
    columns = [
        Column(id=name, title=titles[name], kind=Kind.NUMBER)
        if name in computed
        else _column(name, titles[name], components.get(name, ()))
        for name in names
    ]
    gone = [
        name
        for name in wanted
        if name not in components and name not in RESERVED_KEYS and name not in computed
    ]
    left_out = {
        name: CostsLeftOut(_costs_in(name, additional.get(name, ())))
        for name in children
        if _is_bill(components[name])
    }
    child_titles = unique_titles(children, _titles(components, saved, is_keyed=False))
    return TaskTables(
        names=list(dict.fromkeys([*main, *(() if not has_many else wanted), *additional])),
        tables=[
            Table(name=_MAIN, columns=columns),
            *(_child_table(child_titles[name], components[name]) for name in children),
        ],
        rows=TaskRows(
            columns=columns,
            additional=additional,
            children={name: left_out.get(name) for name in children},
        ),
        gone=gone,
        closing_notes=partial(note_of_costs, left_out),
    )


def _additional(
    wanted: Sequence[str],
    components: Mapping[str, Sequence[Component]],
    saved: SavedColumns | None,
) -> dict[str, list[str]]:
    """Give the computed columns of each bill: those saved, or the costs that its flow names."""
    found: dict[str, list[str]] = {}
    of_saved = {} if saved is None else {one.id: one.additional for one in saved.fields}
    for name in wanted:
        kinds = components.get(name, ())
        if not kinds or any(one.value_kind is not ValueKind.BILL for one in kinds):
            continue
        if saved is None:
            costs = dict.fromkeys(cost for one in kinds for cost in one.cost_names)
            more = [f"{name}.{cost}" for cost in costs]
        else:
            more = [one for one in of_saved.get(name, ()) if one.startswith(f"{name}.")]
        if more:
            found[name] = more
    return found


def _titles(
    components: Mapping[str, Sequence[Component]], saved: SavedColumns | None, *, is_keyed: bool
) -> dict[str, str]:
    titles = {name: kinds[0].title for name, kinds in components.items()}
    if saved is not None:
        titles |= saved.titles
    return titles | {ROW_KEY: "ID"} if is_keyed else titles


def _column(name: str, title: str, components: Sequence[Component]) -> Column:
    if not components:
        reserved = RESERVED_KEYS.get(name)
        return Column(
            id=name,
            title=title,
            kind=Kind.TEXT if reserved is None else _RESERVED[reserved],
            may_be_list=reserved is KeyKind.ANY,
        )
    kinds = {one.value_kind for one in components}
    kind = _VALUES.get(next(iter(kinds)), Kind.TEXT) if len(kinds) == 1 else Kind.TEXT
    return Column(
        id=name,
        title=title,
        kind=kind,
        is_guarded=not kinds <= _SIGNED,
        may_be_list=kind is Kind.TEXT,
    )


def _is_child(components: Sequence[Component] | None) -> bool:
    kinds = {one.value_kind for one in components or ()}
    return len(kinds) == 1 and kinds <= _CHILDREN


def _child_table(title: str, components: Sequence[Component]) -> Table:
    return Table(name=title, columns=BILL_COLUMNS if _is_bill(components) else LIST_COLUMNS)


def _is_bill(components: Sequence[Component]) -> bool:
    return components[0].value_kind is ValueKind.BILL


def _costs_in(bill: str, columns: Sequence[str]) -> frozenset[str]:
    """Give the names of the costs that columns of a bill hold."""
    return frozenset(one.removeprefix(f"{bill}.") for one in columns) - {TOTAL}
