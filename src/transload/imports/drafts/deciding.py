"""What a person decides of a draft as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from transload import audit
from transload.accounts.model import Actor
from transload.errors import ForbiddenError
from transload.formats.reading.model import Choices
from transload.imports import store
from transload.imports.child_sheets import of_main
from transload.imports.drafts.access import Drafts
from transload.imports.drafts.proposals import Change, change
from transload.imports.drafts.tables import map_columns, read_table, take_proposal
from transload.imports.mapping import find_column
from transload.imports.model import Import, Mode, Target
from transload.imports.readings import Reading
from transload.imports.stored import as_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What a person decides of a draft; None: it stays as it is.

    `mapping` is by column from 1, as text: the field's id, or None for no field.
    """

    target: Target | None = None
    mode: Mode | None = None
    choices: Choices | None = None
    mapping: Mapping[str, str | None] | None = None
    readings: Mapping[str, Reading] | None = None
    proposal: Change | None = None


def decide(drafts: Drafts, actor: Actor, import_id: str, said: Decisions) -> Import:
    """Keep decisions; what they make out of date is forgotten. Raises as for a new draft."""
    one = drafts.draft(actor, import_id)
    if actor.guest is not None and (said.target or said.mode or said.proposal):
        raise ForbiddenError("The link says where the rows go, and what becomes of them.")
    target = said.target or one.target
    destination = drafts.open(actor, target)
    if target != one.target or said.mode is not None or said.readings is not None:
        _keep(drafts, one, said, target, "" if destination is None else destination.name)
    is_other = _is_other(target, one)
    one = drafts.get(actor, import_id)
    if said.choices is not None and one.uploaded_size:
        read_table(drafts, actor, one, said.choices, said.mapping, size=one.uploaded_size)
    elif one.table is not None and destination is None:
        take_proposal(drafts, actor, one)
    elif destination is not None and _is_joined_otherwise(one, said.mapping, destination.key):
        read_table(drafts, actor, one, one.choices, said.mapping, size=one.uploaded_size)
    elif destination is not None and (said.mapping is not None or (is_other and one.table)):
        map_columns(drafts, one, destination, said.mapping)
    if said.proposal is not None:
        change(drafts, actor, drafts.get(actor, import_id), said.proposal)
    return drafts.get(actor, import_id)


def _is_joined_otherwise(one: Import, mapping: Mapping[str, str | None] | None, key: str) -> bool:
    """Tell whether rows of further sheets belong to other ones with what is said of columns."""
    if mapping is None or one.table is None:
        return False
    of_columns = of_main(mapping, one.table)
    if len(of_columns) < len(mapping):
        return True
    titles = one.table.titles
    said = {find_column(name, titles) for name, field in of_columns.items() if field == key}
    return any(said != {joined.key} for joined in one.table.joined)


def _is_other(target: Target, one: Import) -> bool:
    return target.data_type_id != one.target.data_type_id or target.is_open


def _keep(drafts: Drafts, one: Import, said: Decisions, target: Target, name: str) -> None:
    readings = one.readings if said.readings is None else {**one.readings, **said.readings}
    with drafts.database.write() as connection:
        store.decide(
            connection,
            one,
            drafts.now(),
            data_type_id=target.data_type_id,
            hub_id=target.hub_id,
            proposal=target.proposed,
            target_name=name,
            mode=said.mode or one.mode,
            # Columns that are yet to come were named for the fields of the type before.
            asked_mapping=None if _is_other(target, one) else one.asked_mapping,
            readings={
                name: as_json(reading) for name, reading in readings.items() if not reading.is_empty
            },
        )


def remove(drafts: Drafts, actor: Actor, import_id: str) -> Import:
    """Throw a draft away, its file with it."""
    one = drafts.draft(actor, import_id)
    with drafts.database.write() as connection:
        store.remove(connection, one)
        drafts.note(connection, actor, audit.Action.DELETE, one)
    for key in (one.upload_key, one.rows_key):
        drafts.imports.files.remove(key)
    return one
