"""The first tables."""

import sqlalchemy as sa
from alembic import op

from transload.db.types import Document, UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "data_types",
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column(
            "shape", sa.Integer(), nullable=False, comment="Rises with every change of the fields."
        ),
        sa.Column("is_common", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("updated_time", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("data_types_key")),
    )
    op.create_index(
        op.f("data_types_by_organization_id_name"),
        "data_types",
        ["organization_id", "name"],
        unique=True,
    )
    op.create_table(
        "exports",
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.String(length=24), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("data_type", sa.Text(), nullable=False, comment="What was exported: data."),
        sa.Column("data_name", sa.Text(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("requested_time", UtcTime(), nullable=False),
        sa.Column("started_time", UtcTime(), nullable=True),
        sa.Column("completed_time", UtcTime(), nullable=True),
        sa.Column("expires_time", UtcTime(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_type", sa.Text(), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=True),
        sa.Column("total_records", sa.Integer(), nullable=True),
        sa.Column("total_matched", sa.Integer(), nullable=True),
        sa.Column("is_truncated", sa.Boolean(), nullable=True),
        sa.Column("losses", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("exports_key")),
        sa.UniqueConstraint("file_name", name=op.f("exports_unique_file_name")),
    )
    op.create_index(
        op.f("exports_by_organization_id_email_requested_time"),
        "exports",
        ["organization_id", "email", "requested_time"],
        unique=False,
    )
    op.create_table(
        "hubs",
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("lat", sa.Float(precision=53), nullable=False),
        sa.Column("lng", sa.Float(precision=53), nullable=False),
        sa.Column("country", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("country_code", sa.Text(), nullable=False),
        sa.Column("delete_access", sa.Boolean(), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("updated_time", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("hubs_key")),
    )
    op.create_index(
        op.f("hubs_by_organization_id_name"), "hubs", ["organization_id", "name"], unique=True
    )
    op.create_table(
        "keys",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("keys_key")),
        comment="The installation's secrets: every process of it signs and checks with the same.",
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("organizations_key")),
        sa.UniqueConstraint("name", name=op.f("organizations_unique_name")),
    )
    op.create_table(
        "record_counts",
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("data_type_id", sa.String(length=24), nullable=False),
        sa.Column("hub_id", sa.String(length=24), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization_id", "data_type_id", "hub_id", name=op.f("record_counts_key")
        ),
        comment="Kept by the transactions that write records, so that no total is ever counted.",
    )
    op.create_table(
        "records",
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("data_type_id", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("hub_id", sa.String(length=24), nullable=False, comment="Empty: none."),
        sa.Column(
            "scope",
            sa.String(length=24),
            nullable=False,
            comment="Where data_id is unique: a hub, or empty: all.",
        ),
        sa.Column("data_id", sa.Text(), nullable=False),
        sa.Column(
            "created_time",
            sa.String(length=19),
            nullable=False,
            comment="The second in the id, as shown.",
        ),
        sa.Column("updated_time", sa.String(length=19), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column(
            "shape", sa.Integer(), nullable=False, comment="The type's shape that the document has."
        ),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes of the document."),
        sa.Column("document", Document(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("records_key")),
    )
    op.create_index(
        "records_in_order",
        "records",
        ["organization_id", "data_type_id", "id", "hub_id", "size"],
        unique=False,
    )
    op.create_index(
        "records_unique_data_id",
        "records",
        ["organization_id", "data_type_id", "scope", "data_id"],
        unique=True,
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("organization_id", sa.String(length=24), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="Lower case."),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("hub_ids", sa.JSON(), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("users_to_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("users_key")),
        sa.UniqueConstraint("email", name=op.f("users_unique_email")),
    )
    op.create_index(op.f("users_by_organization_id"), "users", ["organization_id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(length=32), nullable=False, comment="The token's jti."),
        sa.Column("user_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_time", UtcTime(), nullable=False),
        sa.Column("expires_time", UtcTime(), nullable=False),
        sa.Column("revoked_time", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("tokens_to_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("tokens_key")),
    )
    op.create_index(op.f("tokens_by_user_id"), "tokens", ["user_id"], unique=False)
