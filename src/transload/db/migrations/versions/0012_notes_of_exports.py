"""What exports say of what is not in their files."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "exports",
        sa.Column(
            "notes",
            sa.JSON(),
            nullable=True,
            comment="Sentences: what is not in the file though asked for.",
        ),
    )
