"""Data types that no store has seen, for tests of the models."""

from datetime import UTC, datetime

from transload.data_types.model import KEY_FIELD, DataType, Field, FieldType

OPTIONS = ("Small", "Large", "007")
KEY = Field(id=KEY_FIELD, title="Code", type=FieldType.STRING, is_key=True, is_required=True)


def field_of(kind: FieldType, name: str = "") -> Field:
    """Give a field of the type, named after it; an option field has `OPTIONS`."""
    options = OPTIONS if kind is FieldType.OPTION else ()
    form = "IDR" if kind is FieldType.MONEY else None
    return Field(id=name or kind.value, title=kind.value, type=kind, format=form, options=options)


def data_type_of(*fields: Field, name: str = "Outlets") -> DataType:
    """Give a data type of the key and these fields."""
    created = datetime(2025, 1, 1, tzinfo=UTC)
    return DataType(
        id="a" * 24,
        organization_id="b" * 24,
        name=name,
        fields=(KEY, *fields),
        shape=1,
        is_common=False,
        created_by="owner@example.com",
        updated_by="owner@example.com",
        created_time=created,
        updated_time=created,
    )
