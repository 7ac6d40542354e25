"""A config: the columns that a user has saved for exports or imports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from transload.errors import InvalidError

MAX_CONFIG_BYTES = 1 << 20
MAX_FIELDS = 2_000


class Kind(StrEnum):
    """What a config is for."""

    EXPORT = "export"
    IMPORT = "import"

    @property
    def label(self) -> str:
        """What messages call a config of the kind."""
        return f"{self.value.capitalize()} Config"


class Collection(StrEnum):
    """What is exported or imported with it."""

    TASK = "task"
    DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportField:
    """One column of an export, or one child table: the field of that id, under a title.

    `additional`: names such as `<id>.<cost>`, which become columns beside it.
    """

    id: str
    title: str
    additional: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportField:
    """Where an import finds the values of a field.

    In a column of the main sheet, or, with `sheet`, as rows of a sheet of their own, whose columns
    `fields` names.
    """

    id: str
    header: str
    sheet: str = ""
    fields: tuple["ImportField", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A config. `document` is all that its author says of it but the name, unknown keys too."""

    id: str
    organization_id: str
    kind: Kind
    name: str
    document: Mapping[str, Any]
    created_time: datetime
    updated_time: datetime

    @property
    def collection(self) -> Collection:
        """What is exported or imported with it."""
        return Collection(self.document["collection"])

    @property
    def reference_ids(self) -> tuple[str, ...]:
        """The flows or data types that it is for."""
        if self.kind is Kind.IMPORT:
            return (self.document["referenceId"],)
        name = "flowIds" if self.collection is Collection.TASK else "dataTypeIds"
        return tuple(dict.fromkeys(self.document.get(name) or ()))

    @property
    def export_fields(self) -> tuple[ExportField, ...]:
        """The columns of an export, in order; a field that is there twice is there once."""
        found = {one["id"]: _export_field(one) for one in reversed(self.document["fields"])}
        return tuple(reversed(found.values()))

    @property
    def import_fields(self) -> tuple[ImportField, ...]:
        """Where an import finds its fields."""
        return tuple(map(_import_field, self.document["fields"]))


def check_size(document: Mapping[str, Any]) -> None:
    """Raise InvalidError for a config that is too large to be kept."""
    if len(document["fields"]) > MAX_FIELDS:
        raise InvalidError(f"A config has at most {MAX_FIELDS} fields.")
    if len(orjson.dumps(document)) > MAX_CONFIG_BYTES:
        raise InvalidError(f"A config is at most {MAX_CONFIG_BYTES >> 20} MiB.")


def _export_field(document: Mapping[str, Any]) -> ExportField:
    return ExportField(
        id=document["id"],
        title=document["title"],
        additional=_additional(document.get("additionalField")),
    )


def _additional(given: object) -> tuple[str, ...]:
    """Read names from a list of texts or of objects with an id, or from one text with commas."""
    items: Sequence[object] = given.split(",") if isinstance(given, str) else []
    if isinstance(given, list):
        items = [one.get("id") if isinstance(one, dict) else one for one in given]
    names = [item.strip() for item in items if isinstance(item, str)]
    return tuple(dict.fromkeys(name for name in names if name))


def _import_field(document: Mapping[str, Any]) -> ImportField:
    return ImportField(
        id=document["id"],
        header=document.get("headerColumn") or "",
        sheet=document.get("sheet") or "",
        fields=tuple(map(_import_field, document.get("fields") or ())),
    )
