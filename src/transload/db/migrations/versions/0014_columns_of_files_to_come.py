"""What is said of the columns of a file that is yet to come."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "imports",
        sa.Column(
            "asked_mapping",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="Titles, and the fields that they are, said before the file came.",
        ),
    )
