"""Since when nobody of an organization is let in."""

import sqlalchemy as sa
from alembic import op

from transload.db.types import UtcTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "organizations",
        sa.Column(
            "disabled_time",
            UtcTime(),
            comment="Since when nobody of it is let in; empty: they are.",
        ),
    )
