"""What was deleted can be brought back, what was edited can be reverted, and every finished film stays listed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for table in ("projects", "shots"):
        op.add_column(table, sa.Column("deleted_at", sa.DateTime(), nullable=True))
    op.create_table(
        "revisions",
        sa.Column("shot_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["shot_id"], ["shots.id"], name=op.f("fk_revisions_shot_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shot_id", "number"),
    )
    op.create_table(
        "films",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("artifact", sa.String(length=64), nullable=False),
        sa.Column("sound", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("clips", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_films_project_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("films", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_films_project_id"), ["project_id"], unique=False)
