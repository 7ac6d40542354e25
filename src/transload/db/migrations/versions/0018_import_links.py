"""Links by which people without an account send files."""

import sqlalchemy as sa
from alembic import op

from transload.db.types import UtcTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "import_links",
        sa.Column("organization_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "user_id",
            sa.String(24),
            nullable=False,
            comment="Who made it: what they may bounds it.",
        ),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("data_type_id", sa.String(24), nullable=False),
        sa.Column("hub_id", sa.String(24), nullable=False, comment="Empty: none."),
        sa.Column(
            "config_id", sa.String(24), nullable=False, comment="Saved columns; empty: none."
        ),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("max_rows", sa.Integer(), nullable=False),
        sa.Column("drafts", sa.Integer(), nullable=False, comment="Imports that were begun by it."),
        sa.Column("sent", sa.Integer(), nullable=False, comment="How often one was sent."),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("expires_time", UtcTime(), nullable=False),
        sa.Column("used_time", UtcTime()),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("import_links_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("import_links_unique_secret_hash")),
        comment="Links by which people without an account send files, for approval.",
    )
    for column in (
        sa.Column(
            "link_id", sa.String(24), nullable=False, server_default="", comment="Empty: by a user."
        ),
        sa.Column("guest_hash", sa.String(64), comment="Of the secret of who came by a link."),
        sa.Column("submission", sa.JSON(), comment="Who sent it by a link, and what was decided."),
    ):
        op.add_column("imports", column)
    op.create_index(
        op.f("imports_by_organization_id_link_id"), "imports", ["organization_id", "link_id"]
    )
    op.create_index(op.f("imports_by_guest_hash"), "imports", ["guest_hash"], unique=True)
