"""Webhooks, and what they are told."""

import sqlalchemy as sa
from alembic import op

from transload.db.types import UtcTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "webhooks",
        sa.Column("organization_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(24), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("updated_time", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("webhooks_key")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("organization_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("webhook_id", sa.String(24), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_time", UtcTime(), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("completed_time", UtcTime()),
        sa.Column("response_status", sa.Integer()),
        sa.Column("response_body", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Integer()),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("webhook_deliveries_key")),
    )
    op.create_index(
        op.f("webhook_deliveries_by_organization_id_webhook_id_id"),
        "webhook_deliveries",
        ["organization_id", "webhook_id", "id"],
    )
    op.create_index(
        op.f("webhook_deliveries_by_status_next_time"),
        "webhook_deliveries",
        ["status", "next_time"],
    )
