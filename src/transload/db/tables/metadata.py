"""What the tables have alike: how their keys are named, and kinds of columns."""

from sqlalchemy import JSON, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_by_%(column_0_N_name)s",
        "uq": "%(table_name)s_unique_%(column_0_N_name)s",
        "fk": "%(table_name)s_to_%(referred_table_name)s",
        "pk": "%(table_name)s_key",
    }
)

ID = String(24)
NONE_AS_NULL = JSON(none_as_null=True)
