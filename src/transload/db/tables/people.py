"""Who uses an installation, and how they are let in."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
)

from transload.db.tables.metadata import ID, metadata
from transload.db.types import UtcTime

keys = Table(
    "keys",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("created_time", UtcTime, nullable=False),
    comment="The installation's secrets: every process of it signs and checks with the same.",
)

organizations = Table(
    "organizations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_time", UtcTime, nullable=False),
    Column("disabled_time", UtcTime, comment="Since when nobody of it is let in; empty: they are."),
)

roles = Table(
    "roles",
    metadata,
    Column("organization_id", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("name", Text, nullable=False),
    Column("permissions", JSON, nullable=False),
    Column("details", JSON, nullable=False, comment="What narrows the permissions."),
    Column("created_time", UtcTime, nullable=False),
    Column("updated_time", UtcTime, nullable=False),
    PrimaryKeyConstraint("organization_id", "id"),
    Index(None, "organization_id", "name", unique=True),
    comment="Roles that organizations made; the built-in ones are part of the program.",
)

users = Table(
    "users",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ForeignKey("organizations.id"), nullable=False, index=True),
    Column("email", Text, nullable=False, unique=True, comment="Lower case."),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("hub_ids", JSON, nullable=False),
    Column(
        "status",
        Text,
        nullable=False,
        server_default="active",
        comment="active; pending until an invitation is used; inactive: let in nowhere.",
    ),
    Column("team_ids", JSON, nullable=False, server_default="[]"),
    Column("phone_number", Text, nullable=False, server_default=""),
    Column("password_hash", Text, comment="argon2id, in its own notation."),
    Column("last_login_time", UtcTime),
    Column("created_time", UtcTime, nullable=False),
    Column("updated_time", UtcTime, comment="Empty: as it was made."),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(32), primary_key=True, comment="The token's jti."),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("created_time", UtcTime, nullable=False),
    Column("expires_time", UtcTime, nullable=False),
    Column("revoked_time", UtcTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("created_time", UtcTime, nullable=False),
    Column("used_time", UtcTime, nullable=False, comment="Within five minutes."),
    Column("expires_time", UtcTime, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False, comment="What the browser calls itself."),
    Column("is_by_link", Boolean, nullable=False, comment="Sets a password without the old one."),
    Column("is_single_sign_on", Boolean, nullable=False, server_default=false()),
    comment="Browsers that are signed in.",
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("kind", Text, nullable=False, comment="start, invitation or login."),
    Column("user_id", ForeignKey("users.id"), index=True, comment="Empty: the first user to be."),
    Column("created_time", UtcTime, nullable=False),
    Column("expires_time", UtcTime, nullable=False),
    Column("used_time", UtcTime),
    comment="Links that sign their holder in, once.",
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", String(64), primary_key=True, comment="Hash of an e-mail or a network address."),
    Column("failures", Integer, nullable=False),
    Column("last_time", UtcTime, nullable=False),
    comment="Attempts to sign in since the last that went well: each waits longer.",
)
