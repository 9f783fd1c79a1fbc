"""Which processes are alive, where machines share a database."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "executors",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("beaten_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
