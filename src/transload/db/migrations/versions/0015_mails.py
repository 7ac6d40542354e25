"""What users are told by e-mail."""

import sqlalchemy as sa
from alembic import op

from transload.db.types import UtcTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mails",
        sa.Column("organization_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "data",
            sa.JSON(),
            nullable=False,
            comment="What it tells; a link is made when it is sent.",
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_time", UtcTime(), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("completed_time", UtcTime()),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("mails_key")),
        comment="What users are told by e-mail.",
    )
    for columns in (("organization_id", "user_id", "kind"), ("status", "next_time")):
        op.create_index(op.f(f"mails_by_{'_'.join(columns)}"), "mails", columns)
