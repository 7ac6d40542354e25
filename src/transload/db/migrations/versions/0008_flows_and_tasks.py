"""Flows, tasks, configs of exports and imports, and answers to give again."""

import sqlalchemy as sa
from alembic import op

from transload.db.types import Document, UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "answers",
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="What the client named the request."),
        sa.Column(
            "claim", sa.String(length=24), nullable=False, comment="The attempt that may answer."
        ),
        sa.Column("request", sa.Text(), nullable=False, comment="A digest of query and body."),
        sa.Column(
            "status", sa.Integer(), nullable=True, comment="Empty while the request is at work."
        ),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("claimed_time", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "path", "key", name=op.f("answers_key")),
        comment="First answers to requests that name themselves, to give again.",
    )
    op.create_index(op.f("answers_by_claimed_time"), "answers", ["claimed_time"], unique=False)
    op.create_table(
        "configs",
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="export or import."),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "document", sa.JSON(), nullable=False, comment="All else, as its author sent it."
        ),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("updated_time", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("configs_key")),
    )
    op.create_index(
        "configs_unique_name", "configs", ["organization_id", "kind", "name"], unique=True
    )
    op.create_table(
        "flows",
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("configurations", sa.JSON(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("order_index", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="Rises with every change."),
        sa.Column(
            "value_kinds",
            sa.JSON(),
            nullable=False,
            comment="Of all components that tasks may have.",
        ),
        sa.Column(
            "more",
            sa.JSON(),
            nullable=False,
            comment="Keys of its author that have no meaning here.",
        ),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("updated_time", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("flows_key")),
    )
    op.create_index(
        op.f("flows_by_organization_id_name"), "flows", ["organization_id", "name"], unique=True
    )
    op.create_table(
        "task_assignees",
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="Lower case."),
        sa.Column("task_id", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization_id", "email", "task_id", name=op.f("task_assignees_key")
        ),
        comment="What documents of tasks say of their assignees, to find them by.",
    )
    op.create_index(
        op.f("task_assignees_by_organization_id_task_id"),
        "task_assignees",
        ["organization_id", "task_id"],
        unique=False,
    )
    op.create_table(
        "tasks",
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("flow_id", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("hub_id", sa.String(length=24), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True, comment="As the document has it."),
        sa.Column(
            "start_time", sa.String(length=29), nullable=True, comment="Likewise: ISO 8601 in UTC."
        ),
        sa.Column("done_time", sa.String(length=29), nullable=True, comment="Likewise."),
        sa.Column(
            "created_time", sa.String(length=29), nullable=False, comment="The second in the id."
        ),
        sa.Column("updated_time", sa.String(length=29), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="Rises with every write."),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes of the document."),
        sa.Column("document", Document(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("tasks_key")),
    )
    op.create_index("tasks_by_done_by", "tasks", ["organization_id", "done_by", "id"], unique=False)
    op.create_index(
        "tasks_by_done_time", "tasks", ["organization_id", "done_time", "id"], unique=False
    )
    op.create_index(
        "tasks_by_flow",
        "tasks",
        ["organization_id", "flow_id", "id", "hub_id", "status", "size"],
        unique=False,
    )
    op.create_index(
        "tasks_by_hub",
        "tasks",
        ["organization_id", "hub_id", "id", "flow_id", "status", "size"],
        unique=False,
    )
    op.create_index(
        "tasks_by_start_time", "tasks", ["organization_id", "start_time", "id"], unique=False
    )
    op.create_index(
        "tasks_by_status",
        "tasks",
        ["organization_id", "status", "id", "hub_id", "flow_id", "size"],
        unique=False,
    )
    op.create_index(
        "tasks_in_order",
        "tasks",
        ["organization_id", "id", "flow_id", "hub_id", "status", "size"],
        unique=False,
    )
