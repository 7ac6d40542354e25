"""Since which shape a type's documents are in its present form; older ones found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_IN_ORDER = ["organization_id", "data_type_id", "id", "hub_id", "size", "shape"]


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "data_types",
        sa.Column(
            "same_since",
            sa.Integer(),
            nullable=False,
            server_default="1",
            comment="Documents of this shape and later ones are in the present form.",
        ),
    )
    op.drop_index("records_in_order", "records")
    op.create_index("records_in_order", "records", _IN_ORDER)
