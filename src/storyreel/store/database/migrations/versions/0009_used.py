"""When somebody last used an artifact: what nobody uses or points at is cleared away."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("artifacts", sa.Column("used_at", sa.DateTime(), nullable=True))
    used = sa.table("artifacts", sa.column("used_at", sa.DateTime()))
    op.execute(used.update().values(used_at=datetime.now(UTC).replace(tzinfo=None)))
    with op.batch_alter_table("artifacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_artifacts_used_at"), ["used_at"], unique=False)
