"""Exports by the clock, their runs, and what was removed."""

import sqlalchemy as sa
from alembic import op

from transload.db.types import UtcTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ID = sa.String(24)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "export_schedules",
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False, comment="Whose rights it has."),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False, comment="What is exported: data or task."),
        sa.Column(
            "parameters",
            sa.JSON(),
            nullable=False,
            comment="Of the export, as its maker sent them.",
        ),
        sa.Column("request", sa.JSON(), nullable=False, comment="What they mean."),
        sa.Column("is_since_last", sa.Boolean(), nullable=False),
        sa.Column("destination", sa.JSON(), nullable=False),
        sa.Column(
            "secrets", sa.Text(), nullable=False, comment="What the destination asks for, sealed."
        ),
        sa.Column("base_url", sa.Text(), nullable=False, comment="Where links begin."),
        sa.Column("next_time", UtcTime(), comment="Empty: paused."),
        sa.Column("delivered_until", UtcTime(), comment="Changes up to here were handed over."),
        sa.Column(
            "revision", sa.Integer(), nullable=False, comment="Rises with every change by a user."
        ),
        sa.Column("failures", sa.Integer(), nullable=False, comment="In a row."),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("updated_time", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("export_schedules_key")),
    )
    op.create_table(
        "export_schedule_runs",
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("schedule_id", _ID, nullable=False),
        sa.Column(
            "revision", sa.Integer(), nullable=False, comment="Of the schedule when the run began."
        ),
        sa.Column("due_time", UtcTime(), comment="Empty: somebody asked for it."),
        sa.Column("export_id", _ID, nullable=False, comment="Empty: none was begun."),
        sa.Column("removals_id", _ID, nullable=False, comment="Likewise, of what was removed."),
        sa.Column("since", UtcTime(), comment="It holds what changed later; empty: everything."),
        sa.Column("until", UtcTime()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_time", UtcTime(), nullable=False),
        sa.Column("records", sa.Integer()),
        sa.Column("removals", sa.Integer()),
        sa.Column("place", sa.Text(), nullable=False, comment="Where the files went."),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("completed_time", UtcTime()),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("export_schedule_runs_key")),
    )
    op.create_table(
        "removals",
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False, comment="data or task."),
        sa.Column("id", _ID, nullable=False, comment="Of what was removed."),
        sa.Column("parent_id", _ID, nullable=False, comment="Its data type or flow."),
        sa.Column("hub_id", _ID, nullable=False, comment="Empty: none."),
        sa.Column("data_id", sa.Text(), nullable=False),
        sa.Column("limited_to", sa.Text(), comment="As of the record, where its type is limited."),
        sa.Column("removed_time", sa.String(19), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "kind", "id", name=op.f("removals_key")),
        comment="Of the last 30 days, where a schedule exports what has changed.",
    )
    for table, *columns in (
        ("export_schedules", "next_time"),
        ("export_schedule_runs", "organization_id", "schedule_id", "id"),
        ("export_schedule_runs", "status", "next_time"),
        ("removals", "removed_time"),
    ):
        op.create_index(op.f(f"{table}_by_{'_'.join(columns)}"), table, columns)
    op.add_column(
        "exports", sa.Column("delivery", sa.JSON(), comment="Of a schedule: where the file went.")
    )
