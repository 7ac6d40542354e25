"""Columns that an export config has saved, for exports of whatever subject."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from transload.configs import store
from transload.configs.model import Collection as ConfigCollection
from transload.configs.model import Config, ExportField, Kind
from transload.errors import ForbiddenError, InvalidError

_MAX_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedColumns:
    """What a config says of columns: their ids in order, their titles, and for what they are."""

    name: str
    fields: Sequence[ExportField]
    reference_ids: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the columns, in order."""
        return tuple(field.id for field in self.fields)

    def seen(self, hidden: Collection[str]) -> tuple[str, ...]:
        """Give the ids without those that are hidden from the user, whoever saved them.

        Raises ForbiddenError where no column would be left of some.
        """
        seen = tuple(name for name in self.names if name not in hidden)
        if self.names and not seen:
            raise ForbiddenError(
                f"All columns of the export config {self.name} are hidden from you."
            )
        return seen

    @property
    def titles(self) -> Mapping[str, str]:
        """The titles of the columns, by id."""
        return {field.id: field.title for field in self.fields}


def find_columns(
    connection: Connection,
    organization_id: str,
    config_id: str | None,
    collection: ConfigCollection,
) -> SavedColumns | None:
    """Give what the config saves, None where none is asked for; raise InvalidError for no such."""
    if config_id is None:
        return None
    config: Config | None = store.find(connection, organization_id, Kind.EXPORT, config_id)
    if config is None or config.collection is not collection:
        raise InvalidError("The selected exportConfigId is invalid.", is_whole=True)
    return SavedColumns(
        name=config.name, fields=config.export_fields, reference_ids=config.reference_ids
    )


def note_of_gone(names: Sequence[str]) -> list[str]:
    """Say which columns are empty because their fields are gone."""
    if not names:
        return []
    shown = ", ".join(names[:_MAX_NAMED]) + (" and others" if len(names) > _MAX_NAMED else "")
    return [f"Columns of the export config whose fields are gone, left empty: {shown}."]
