"""Every hub may be deleted: no request says otherwise any more."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    hubs = sa.table("hubs", sa.column("delete_access", sa.Boolean()))
    op.execute(sa.update(hubs).values(delete_access=True))
