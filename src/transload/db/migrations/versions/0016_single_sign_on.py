"""Which sessions an identity provider let begin."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "sessions",
        sa.Column("is_single_sign_on", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
