"""People: custom roles, what is known of a user, sessions, links and failures to sign in."""

import sqlalchemy as sa
from alembic import op

from transload.db.types import UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_STATUS = "active; pending until an invitation is used; inactive: let in nowhere."


def upgrade() -> None:
    """Apply."""
    for column in (
        sa.Column("status", sa.Text(), nullable=False, server_default="active", comment=_STATUS),
        sa.Column("team_ids", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("phone_number", sa.Text(), nullable=False, server_default=""),
        sa.Column("password_hash", sa.Text(), comment="argon2id, in its own notation."),
        sa.Column("last_login_time", UtcTime()),
        sa.Column("updated_time", UtcTime(), comment="Empty: as it was made."),
    ):
        op.add_column("users", column)
    _create_roles()
    _create_sessions()


def _create_roles() -> None:
    op.create_table(
        "roles",
        sa.Column("organization_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False, comment="What narrows the permissions."),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("updated_time", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("roles_key")),
        comment="Roles that organizations made; the built-in ones are part of the program.",
    )
    op.create_index(
        op.f("roles_by_organization_id_name"), "roles", ["organization_id", "name"], unique=True
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("used_time", UtcTime(), nullable=False, comment="Within five minutes."),
        sa.Column("expires_time", UtcTime(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False, comment="What the browser calls itself."),
        sa.Column(
            "is_by_link",
            sa.Boolean(),
            nullable=False,
            comment="Sets a password without the old one.",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("sessions_to_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("sessions_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("sessions_unique_secret_hash")),
        comment="Browsers that are signed in.",
    )
    op.create_index(op.f("sessions_by_user_id"), "sessions", ["user_id"])
    op.create_table(
        "sign_in_links",
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="start, invitation or login."),
        sa.Column("user_id", sa.String(24), comment="Empty: the first user to be."),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("expires_time", UtcTime(), nullable=False),
        sa.Column("used_time", UtcTime()),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("sign_in_links_to_users")),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("sign_in_links_key")),
        comment="Links that sign their holder in, once.",
    )
    op.create_index(op.f("sign_in_links_by_user_id"), "sign_in_links", ["user_id"])
    op.create_table(
        "sign_in_failures",
        sa.Column(
            "key", sa.String(64), nullable=False, comment="Hash of an e-mail or a network address."
        ),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_time", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("sign_in_failures_key")),
        comment="Attempts to sign in since the last that went well: each waits longer.",
    )
