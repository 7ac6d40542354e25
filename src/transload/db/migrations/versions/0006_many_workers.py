"""Workers that live beside each other, and claims of exports that tell theirs apart."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "workers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "beat_time",
            sa.BigInteger(),
            nullable=False,
            comment="Microseconds, the database's clock.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("workers_key")),
        comment="Processes that run jobs, on PostgreSQL: who is silent for 20 seconds is dead.",
    )
    op.create_table(
        "request_shares",
        sa.Column("organization_id", sa.String(24), nullable=False),
        sa.Column(
            "second", sa.BigInteger(), nullable=False, comment="Unix time, the database's clock."
        ),
        sa.Column(
            "taken",
            sa.Integer(),
            nullable=False,
            comment="Requests that processes have set aside.",
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("request_shares_key")),
        comment="How much of its rate an organization has used, over all machines.",
    )
    op.add_column(
        "exports",
        sa.Column(
            "claim",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="Rises whenever a worker begins: earlier ones may write no more.",
        ),
    )
