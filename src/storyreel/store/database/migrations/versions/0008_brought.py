"""What nodes that fetch their work have brought is kept where all servers and workers find it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("offers", sa.Column("brought", sa.String(length=64), nullable=True))
