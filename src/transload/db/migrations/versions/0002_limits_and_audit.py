"""Types limited to named users, types that are being removed, records by hub, audit events."""

import sqlalchemy as sa
from alembic import op

from transload.db.types import UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "data_types",
        sa.Column("is_limited", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "data_types", sa.Column("provider", sa.Text(), nullable=False, server_default="internal")
    )
    op.add_column(
        "data_types",
        sa.Column("provider_config", sa.JSON(none_as_null=True)),
    )
    op.add_column(
        "data_types",
        sa.Column(
            "deleted_time", UtcTime(), comment="From here on only its records are left to remove."
        ),
    )
    op.drop_index(op.f("data_types_by_organization_id_name"), "data_types")
    op.create_index(
        "data_types_unique_name",
        "data_types",
        ["organization_id", "name"],
        unique=True,
        sqlite_where=sa.text("deleted_time IS NULL"),
        postgresql_where=sa.text("deleted_time IS NULL"),
    )
    op.add_column(
        "records",
        sa.Column(
            "limited_to",
            sa.Text(),
            nullable=False,
            server_default="",
            comment="E-mails of those who see it, if its type is limited; a line feed around each.",
        ),
    )
    op.create_index(
        "records_by_hub", "records", ["organization_id", "hub_id", "id", "data_type_id"]
    )
    op.create_table(
        "audit_events",
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("time", UtcTime(), nullable=False),
        sa.Column(
            "email",
            sa.Text(),
            nullable=False,
            comment="Empty: the holder of a link, or the command line.",
        ),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("thing_id", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("audit_events_key")),
    )
