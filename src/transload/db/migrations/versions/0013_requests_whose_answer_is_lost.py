"""Which requests have been carried out, though their answer may be lost."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "answers",
        sa.Column(
            "is_worked",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="What the request asks for has been written.",
        ),
    )
