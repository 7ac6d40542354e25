"""Tables of what was done, and who is told: the audit trail, webhooks, mails."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from transload.db.tables.metadata import ID, metadata
from transload.db.types import UtcTime

audit_events = Table(
    "audit_events",
    metadata,
    Column("organization_id", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("time", UtcTime, nullable=False),
    Column(
        "email", Text, nullable=False, comment="Empty: the holder of a link, or the command line."
    ),
    Column("action", Text, nullable=False),
    Column("thing", Text, nullable=False),
    Column("thing_id", Text, nullable=False),
    Column("detail", Text, nullable=False),
    PrimaryKeyConstraint("organization_id", "id"),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("organization_id", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", JSON, nullable=False),
    Column("secret", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("problem", Text, nullable=False),
    Column("created_by", ID, nullable=False),
    Column("created_time", UtcTime, nullable=False),
    Column("updated_time", UtcTime, nullable=False),
    PrimaryKeyConstraint("organization_id", "id"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("organization_id", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("webhook_id", ID, nullable=False),
    Column("event", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_time", UtcTime, nullable=False),
    Column("created_time", UtcTime, nullable=False),
    Column("completed_time", UtcTime),
    Column("response_status", Integer),
    Column("response_body", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("milliseconds", Integer),
    PrimaryKeyConstraint("organization_id", "id"),
    Index(None, "organization_id", "webhook_id", "id"),
    Index(None, "status", "next_time"),
)

mails = Table(
    "mails",
    metadata,
    Column("organization_id", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("user_id", ID, nullable=False),
    Column("email", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", JSON, nullable=False, comment="What it tells; a link is made when it is sent."),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_time", UtcTime, nullable=False),
    Column("created_time", UtcTime, nullable=False),
    Column("completed_time", UtcTime),
    Column("error", Text, nullable=False),
    PrimaryKeyConstraint("organization_id", "id"),
    Index(None, "organization_id", "user_id", "kind"),
    Index(None, "status", "next_time"),
    comment="What users are told by e-mail.",
)
