"""Files that are imported: what was decided of them, what became of their rows."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "imports",
        sa.Column("organization_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="What is imported: datasource, task."),
        sa.Column("data_type_id", sa.String(24), nullable=False, comment="Empty: none."),
        sa.Column("flow_id", sa.String(24), nullable=False, comment="Empty: none."),
        sa.Column("hub_id", sa.String(24), nullable=False, comment="Empty: none."),
        sa.Column(
            "target_name", sa.Text(), nullable=False, comment="The type's or the flow's name."
        ),
        sa.Column("filename", sa.Text(), nullable=False, comment="As the user's program named it."),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("is_dry_run", sa.Boolean(), nullable=False),
        sa.Column(
            "choices", sa.JSON(), nullable=False, comment="What was said of how the file is read."
        ),
        sa.Column("mapping", sa.JSON(), comment="Columns, from 0, and the fields that they are."),
        sa.Column(
            "readings", sa.JSON(), nullable=False, comment="What was said from the start, by field."
        ),
        sa.Column("file_table", sa.JSON(), comment="What the file was found to be."),
        sa.Column("proposal", sa.JSON(), comment="A data type to be made with the import."),
        sa.Column("upload_size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_size", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="Rises with every decision."),
        sa.Column(
            "checked_revision", sa.Integer(), nullable=False, comment="Of the last check; 0: none."
        ),
        sa.Column(
            "job_id", sa.String(24), nullable=False, comment="The last job; empty: none yet."
        ),
        sa.Column(
            "chunk_ends", sa.JSON(), nullable=False, comment="Rows up to the end of each chunk."
        ),
        sa.Column("processed_chunks", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("has_failed_file", sa.Boolean(), nullable=False),
        sa.Column("error_message", sa.Text()),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("undone", sa.JSON(), comment="What was taken back of it."),
        sa.Column("created_time", sa.BigInteger(), nullable=False),
        sa.Column("updated_time", sa.BigInteger(), nullable=False),
        sa.Column("processed_time", sa.BigInteger()),
        sa.Column("expires_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name="imports_key"),
    )
    op.create_index("imports_by_created_time", "imports", ["created_time"])
    op.create_index("imports_by_id", "imports", ["id"])
    op.create_table(
        "import_jobs",
        sa.Column("organization_id", sa.String(24), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("import_id", sa.String(24), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False, comment="Who wants it, and may it."),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("created_time", sa.BigInteger(), nullable=False),
        sa.Column("started_time", sa.BigInteger()),
        sa.Column("completed_time", sa.BigInteger()),
        sa.Column("error_message", sa.Text()),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name="import_jobs_key"),
    )
    op.create_index(
        "import_jobs_by_organization_id_import_id", "import_jobs", ["organization_id", "import_id"]
    )
    op.create_table(
        "import_chunks",
        sa.Column("organization_id", sa.String(24), nullable=False),
        sa.Column("import_id", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(24), nullable=False, comment="Which job has come to this."),
        sa.Column(
            "revision", sa.Integer(), nullable=False, comment="Of the decisions that it is made of."
        ),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column(
            "content", sa.LargeBinary(), nullable=False, comment="Its rows' verdicts, compressed."
        ),
        sa.PrimaryKeyConstraint("organization_id", "import_id", "number", name="import_chunks_key"),
        comment="Up to 5,000 rows of a file: what becomes of each, and what its record was before.",
    )
    op.create_table(
        "import_edits",
        sa.Column("organization_id", sa.String(24), nullable=False),
        sa.Column("import_id", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "import_id", "number", name="import_edits_key"),
        comment="What was said of cells, in the order in which it holds; a later one wins.",
    )
