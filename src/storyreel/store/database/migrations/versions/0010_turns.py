"""Users take turns in the queues, and what two processes are asked for at once is made by one of them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("tasks", sa.Column("owner_id", sa.String(length=64), nullable=True))
    op.add_column("tasks", sa.Column("batch", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("tasks", sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
    tasks = sa.table(
        "tasks", sa.column("project_id"), sa.column("parent_id"), sa.column("owner_id"), sa.column("batch")
    )
    projects = sa.table("projects", sa.column("id"), sa.column("owner_id"))
    owner = sa.select(projects.c.owner_id).where(projects.c.id == tasks.c.project_id).scalar_subquery()
    op.execute(tasks.update().values(owner_id=owner, batch=tasks.c.parent_id.is_not(None)))
    op.drop_index("ix_tasks_status", "tasks")
    op.create_index("ix_tasks_status_type_turn", "tasks", ["status", "type", "turn"])
    op.create_index("ix_tasks_owner_id_status_type_turn", "tasks", ["owner_id", "status", "type", "turn"])
    op.create_table(
        "claims",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("executor_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
