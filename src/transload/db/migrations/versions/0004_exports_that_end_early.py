"""Exports that somebody cancelled; the log by age and by id, for what removes what is past."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "exports",
        sa.Column("is_cancelled", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(op.f("exports_by_requested_time"), "exports", ["requested_time"])
    op.create_index(op.f("exports_by_id"), "exports", ["id"])
