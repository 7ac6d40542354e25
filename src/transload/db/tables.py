"""Every table. Times are UTC, ids those of `db.ids`; what a tenant owns leads with its id."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
    text,
)

from transload.db.types import Document, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_by_%(column_0_N_name)s",
        "uq": "%(table_name)s_unique_%(column_0_N_name)s",
        "fk": "%(table_name)s_to_%(referred_table_name)s",
        "pk": "%(table_name)s_key",
    }
)

_Id = String(24)
_NONE_AS_NULL = JSON(none_as_null=True)

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
    Column("id", _Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_time", UtcTime, nullable=False),
)

roles = Table(
    "roles",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("id", _Id, nullable=False),
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
    Column("id", _Id, primary_key=True),
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
    Column("id", _Id, primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("created_time", UtcTime, nullable=False),
    Column("used_time", UtcTime, nullable=False, comment="Within five minutes."),
    Column("expires_time", UtcTime, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False, comment="What the browser calls itself."),
    Column("is_by_link", Boolean, nullable=False, comment="Sets a password without the old one."),
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

hubs = Table(
    "hubs",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("id", _Id, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("lat", Float(53), nullable=False),
    Column("lng", Float(53), nullable=False),
    Column("country", _NONE_AS_NULL),
    Column("country_code", Text, nullable=False),
    Column("delete_access", Boolean, nullable=False),
    Column("created_time", UtcTime, nullable=False),
    Column("updated_time", UtcTime, nullable=False),
    PrimaryKeyConstraint("organization_id", "id"),
    Index(None, "organization_id", "name", unique=True),
)

data_types = Table(
    "data_types",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("id", _Id, nullable=False),
    Column("name", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("shape", Integer, nullable=False, comment="Rises with every change of the fields."),
    Column(
        "same_since",
        Integer,
        nullable=False,
        server_default="1",
        comment="Documents of this shape and later ones are in the present form.",
    ),
    Column("is_common", Boolean, nullable=False),
    Column("is_limited", Boolean, nullable=False, server_default=false()),
    Column("provider", Text, nullable=False, server_default="internal"),
    Column("provider_config", _NONE_AS_NULL),
    Column("created_by", Text, nullable=False),
    Column("updated_by", Text, nullable=False),
    Column("created_time", UtcTime, nullable=False),
    Column("updated_time", UtcTime, nullable=False),
    Column("deleted_time", UtcTime, comment="From here on only its records are left to remove."),
    PrimaryKeyConstraint("organization_id", "id"),
    Index(
        "data_types_unique_name",
        "organization_id",
        "name",
        unique=True,
        sqlite_where=text("deleted_time IS NULL"),
        postgresql_where=text("deleted_time IS NULL"),
    ),
)

records = Table(
    "records",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("data_type_id", _Id, nullable=False),
    Column("id", _Id, nullable=False),
    Column("hub_id", _Id, nullable=False, comment="Empty: none."),
    Column("scope", _Id, nullable=False, comment="Where data_id is unique: a hub, or empty: all."),
    Column("data_id", Text, nullable=False),
    Column("created_time", String(19), nullable=False, comment="The second in the id, as shown."),
    Column("updated_time", String(19), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("updated_by", Text, nullable=False),
    Column(
        "limited_to",
        Text,
        nullable=False,
        server_default="",
        comment="E-mails of those who see it, if its type is limited; a line feed around each.",
    ),
    Column(
        "version",
        Integer,
        nullable=False,
        server_default="1",
        comment="Rises with every write of the values.",
    ),
    Column("shape", Integer, nullable=False, comment="The type's shape that the document has."),
    Column("size", Integer, nullable=False, comment="Bytes of the document."),
    Column("document", Document, nullable=False),
    PrimaryKeyConstraint("organization_id", "id"),
    Index("records_in_order", "organization_id", "data_type_id", "id", "hub_id", "size", "shape"),
    Index("records_by_hub", "organization_id", "hub_id", "id", "data_type_id"),
    Index(
        "records_unique_data_id",
        "organization_id",
        "data_type_id",
        "scope",
        "data_id",
        unique=True,
    ),
)

record_counts = Table(
    "record_counts",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("data_type_id", _Id, nullable=False),
    Column("hub_id", _Id, nullable=False),
    Column("records", Integer, nullable=False),
    PrimaryKeyConstraint("organization_id", "data_type_id", "hub_id"),
    comment="Kept by the transactions that write records, so that no total is ever counted.",
)

record_removals = Table(
    "record_removals",
    metadata,
    Column("organization_id", _Id, primary_key=True),
    Column("times", BigInteger, nullable=False),
    comment="Transactions that removed records: while none does, places only grow at the end.",
)

flows = Table(
    "flows",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("id", _Id, nullable=False),
    Column("name", Text, nullable=False),
    Column("pages", JSON, nullable=False),
    Column("configurations", JSON, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("order_index", Integer, nullable=False),
    Column("version", Integer, nullable=False, comment="Rises with every change."),
    Column("value_kinds", JSON, nullable=False, comment="Of all components that tasks may have."),
    Column("more", JSON, nullable=False, comment="Keys of its author that have no meaning here."),
    Column("created_time", UtcTime, nullable=False),
    Column("updated_time", UtcTime, nullable=False),
    PrimaryKeyConstraint("organization_id", "id"),
    Index(None, "organization_id", "name", unique=True),
)

tasks = Table(
    "tasks",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("flow_id", _Id, nullable=False),
    Column("id", _Id, nullable=False),
    Column("hub_id", _Id, nullable=False),
    Column("status", Text, nullable=False),
    Column("done_by", Text, comment="As the document has it."),
    Column("start_time", String(29), comment="Likewise: ISO 8601 in UTC."),
    Column("done_time", String(29), comment="Likewise."),
    Column("created_time", String(29), nullable=False, comment="The second in the id."),
    Column("updated_time", String(29), nullable=False),
    Column("version", Integer, nullable=False, comment="Rises with every write."),
    Column("size", Integer, nullable=False, comment="Bytes of the document."),
    Column("document", Document, nullable=False),
    PrimaryKeyConstraint("organization_id", "id"),
    Index("tasks_in_order", "organization_id", "id", "flow_id", "hub_id", "status", "size"),
    Index("tasks_by_flow", "organization_id", "flow_id", "id", "hub_id", "status", "size"),
    Index("tasks_by_hub", "organization_id", "hub_id", "id", "flow_id", "status", "size"),
    Index("tasks_by_status", "organization_id", "status", "id", "hub_id", "flow_id", "size"),
    Index("tasks_by_start_time", "organization_id", "start_time", "id"),
    Index("tasks_by_done_time", "organization_id", "done_time", "id"),
    Index("tasks_by_done_by", "organization_id", "done_by", "id"),
)

task_assignees = Table(
    "task_assignees",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("email", Text, nullable=False, comment="Lower case."),
    Column("task_id", _Id, nullable=False),
    PrimaryKeyConstraint("organization_id", "email", "task_id"),
    Index(None, "organization_id", "task_id"),
    comment="What documents of tasks say of their assignees, to find them by.",
)

configs = Table(
    "configs",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("id", _Id, nullable=False),
    Column("kind", Text, nullable=False, comment="export or import."),
    Column("name", Text, nullable=False),
    Column("document", JSON, nullable=False, comment="All else, as its author sent it."),
    Column("created_time", UtcTime, nullable=False),
    Column("updated_time", UtcTime, nullable=False),
    PrimaryKeyConstraint("organization_id", "id"),
    Index("configs_unique_name", "organization_id", "kind", "name", unique=True),
)

answers = Table(
    "answers",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("path", Text, nullable=False),
    Column("key", Text, nullable=False, comment="What the client named the request."),
    Column("claim", _Id, nullable=False, comment="The attempt that may answer."),
    Column("request", Text, nullable=False, comment="A digest of query and body."),
    Column("status", Integer, comment="Empty while the request is at work."),
    Column("media_type", Text),
    Column("body", LargeBinary),
    Column("claimed_time", UtcTime, nullable=False),
    PrimaryKeyConstraint("organization_id", "path", "key"),
    Index(None, "claimed_time"),
    comment="First answers to requests that name themselves, to give again.",
)

exports = Table(
    "exports",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("id", _Id, nullable=False),
    Column("user_id", _Id, nullable=False),
    Column("email", Text, nullable=False),
    Column("data_type", Text, nullable=False, comment="What was exported: data."),
    Column("data_name", Text, nullable=False),
    Column("request", JSON, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column(
        "claim",
        Integer,
        nullable=False,
        server_default="0",
        comment="Rises whenever a worker begins: earlier ones may write no more.",
    ),
    Column("progress", Integer, nullable=False),
    Column("requested_time", UtcTime, nullable=False),
    Column("started_time", UtcTime),
    Column("completed_time", UtcTime),
    Column("expires_time", UtcTime, nullable=False),
    Column("file_name", Text, nullable=False, unique=True),
    Column("file_type", Text, nullable=False),
    Column("file_size", BigInteger),
    Column("total_records", Integer),
    Column("total_matched", Integer),
    Column("is_truncated", Boolean),
    Column("losses", _NONE_AS_NULL),
    Column("error_message", Text),
    Column("is_cancelled", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("organization_id", "id"),
    Index(None, "organization_id", "email", "requested_time"),
    Index(None, "requested_time"),
    Index(None, "id"),
)

imports = Table(
    "imports",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("id", _Id, nullable=False),
    Column("user_id", _Id, nullable=False),
    Column("email", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="What is imported: datasource, task."),
    Column("data_type_id", _Id, nullable=False, comment="Empty: none."),
    Column("flow_id", _Id, nullable=False, comment="Empty: none."),
    Column("hub_id", _Id, nullable=False, comment="Empty: none."),
    Column("target_name", Text, nullable=False, comment="The type's or the flow's name."),
    Column("filename", Text, nullable=False, comment="As the user's program named it."),
    Column("status", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("is_dry_run", Boolean, nullable=False),
    Column("choices", JSON, nullable=False, comment="What was said of how the file is read."),
    Column("mapping", _NONE_AS_NULL, comment="Columns, from 0, and the fields that they are."),
    Column("readings", JSON, nullable=False, comment="What was said from the start, by field."),
    Column("file_table", _NONE_AS_NULL, comment="What the file was found to be."),
    Column("proposal", _NONE_AS_NULL, comment="A data type to be made with the import."),
    Column("upload_size", BigInteger, nullable=False),
    Column("uploaded_size", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False, comment="Rises with every decision."),
    Column("checked_revision", Integer, nullable=False, comment="Of the last check; 0: none."),
    Column("job_id", _Id, nullable=False, comment="The last job; empty: none yet."),
    Column("chunk_ends", JSON, nullable=False, comment="Rows up to the end of each chunk."),
    Column("processed_chunks", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("has_failed_file", Boolean, nullable=False),
    Column("error_message", Text),
    Column("is_cancelled", Boolean, nullable=False),
    Column("undone", _NONE_AS_NULL, comment="What was taken back of it."),
    Column("created_time", UtcTime, nullable=False),
    Column("updated_time", UtcTime, nullable=False),
    Column("processed_time", UtcTime),
    Column("expires_time", UtcTime, nullable=False),
    PrimaryKeyConstraint("organization_id", "id"),
    Index(None, "created_time"),
    Index(None, "id"),
)

import_jobs = Table(
    "import_jobs",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("id", _Id, nullable=False),
    Column("import_id", _Id, nullable=False),
    Column("user_id", _Id, nullable=False, comment="Who wants it, and may it."),
    Column("step", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claim", Integer, nullable=False),
    Column("progress", Integer, nullable=False),
    Column("created_time", UtcTime, nullable=False),
    Column("started_time", UtcTime),
    Column("completed_time", UtcTime),
    Column("error_message", Text),
    Column("is_cancelled", Boolean, nullable=False),
    PrimaryKeyConstraint("organization_id", "id"),
    Index(None, "organization_id", "import_id"),
)

import_chunks = Table(
    "import_chunks",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("import_id", _Id, nullable=False),
    Column("number", Integer, nullable=False),
    Column("job_id", _Id, nullable=False, comment="Which job has come to this."),
    Column("revision", Integer, nullable=False, comment="Of the decisions that it is made of."),
    Column("counts", JSON, nullable=False),
    Column("problems", JSON, nullable=False),
    Column("content", LargeBinary, nullable=False, comment="Its rows' verdicts, compressed."),
    PrimaryKeyConstraint("organization_id", "import_id", "number"),
    comment="Up to 5,000 rows of a file: what becomes of each, and what its record was before.",
)

import_edits = Table(
    "import_edits",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("import_id", _Id, nullable=False),
    Column("number", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("email", Text, nullable=False),
    Column("created_time", UtcTime, nullable=False),
    PrimaryKeyConstraint("organization_id", "import_id", "number"),
    comment="What was said of cells, in the order in which it holds; a later one wins.",
)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("beat_time", BigInteger, nullable=False, comment="Microseconds, the database's clock."),
    comment="Processes that run jobs, on PostgreSQL: who is silent for 20 seconds is dead.",
)

request_shares = Table(
    "request_shares",
    metadata,
    Column("organization_id", _Id, primary_key=True),
    Column("second", BigInteger, nullable=False, comment="Unix time, the database's clock."),
    Column("taken", Integer, nullable=False, comment="Requests that processes have set aside."),
    comment="How much of its rate an organization has used, over all machines.",
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("organization_id", _Id, nullable=False),
    Column("id", _Id, nullable=False),
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
