"""The declared schema; Alembic's migrations must lead to exactly this."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"}
)


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware datetime, kept as naive UTC: SQLite has no time zones."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _key(type_: sa.String) -> sa.String:
    """Text that is sorted by its characters' numbers, as SQLite does; PostgreSQL would follow its server's language."""
    return type_.with_variant(sa.Text(collation="C"), "postgresql")


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.String(64), primary_key=True)


def _project_id() -> sa.Column[str]:
    return sa.Column(
        "project_id", sa.String(64), sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False, index=True
    )


def _created_at() -> sa.Column[datetime]:
    return sa.Column("created_at", UtcDateTime, nullable=False)


def _deleted_at() -> sa.Column[datetime | None]:
    """What is deleted stays for a while, so that it can be brought back."""
    return sa.Column("deleted_at", UtcDateTime)


users = sa.Table(
    "users",
    metadata,
    _id(),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("name_key", _key(sa.String(200)), nullable=False, unique=True),  # case-folded
    sa.Column("password_hash", sa.String(300), nullable=False),
    _created_at(),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),  # SHA-256: a stolen database opens no session
    sa.Column("user_id", sa.String(64), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    _created_at(),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

projects = sa.Table(
    "projects",
    metadata,
    _id(),
    sa.Column("owner_id", sa.String(64), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("title_key", _key(sa.Text()), nullable=False),  # normalised and case-folded, for search and order
    sa.Column("story_text", sa.Text, nullable=False),
    sa.Column("style", sa.String(40), nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("language", sa.String(10)),
    sa.Column("characters", sa.JSON, nullable=False),
    sa.Column("cover", sa.String(64)),
    sa.Column("film", sa.String(64)),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    _created_at(),
    _deleted_at(),
)

shots = sa.Table(
    "shots",
    metadata,
    _id(),
    _project_id(),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("prompt", sa.Text, nullable=False),
    sa.Column("prompt_en", sa.Text, nullable=False),
    sa.Column("narration", sa.Text, nullable=False),
    sa.Column("transition", sa.String(20), nullable=False),
    sa.Column("scene", sa.JSON(none_as_null=True)),
    sa.Column("style", sa.String(40)),
    sa.Column("voice_name", sa.String(100)),
    sa.Column("take", sa.Integer, nullable=False),
    sa.Column("image", sa.String(64)),
    sa.Column("image_for", sa.String(64)),
    sa.Column("voice", sa.String(64)),
    sa.Column("voice_for", sa.String(64)),
    sa.Column("clip", sa.String(64)),
    sa.Column("clip_for", sa.String(64)),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("task_id", sa.String(64)),
    sa.Column("error", sa.Text),
    sa.Column("revision", sa.Integer, nullable=False),
    _deleted_at(),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("shot_id", sa.String(64), sa.ForeignKey("shots.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("state", sa.JSON, nullable=False),
)

versions = sa.Table(
    "versions",
    metadata,
    sa.Column("shot_id", sa.String(64), sa.ForeignKey("shots.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("artifact", sa.String(64), nullable=False, index=True),
    sa.Column("made_from", sa.JSON, nullable=False),
    _created_at(),
)

tasks = sa.Table(
    "tasks",
    metadata,
    _id(),
    _project_id(),
    sa.Column("shot_id", sa.String(64), sa.ForeignKey("shots.id", ondelete="CASCADE"), index=True),
    sa.Column("parent_id", sa.String(64), index=True),
    sa.Column("owner_id", sa.String(64)),  # its project's: asked for each time that something is queued
    sa.Column("type", sa.String(10), nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("batch", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("turn", sa.Integer, nullable=False, server_default="0"),
    sa.Column("progress", sa.Integer, nullable=False),
    sa.Column("request", sa.JSON, nullable=False),
    sa.Column("result", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.Text),
    sa.Column("error_code", sa.String(60)),
    sa.Column("node", sa.String(100)),
    _created_at(),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index(None, "status", "type", "turn"),
    sa.Index(None, "owner_id", "status", "type", "turn"),
)

cuts = sa.Table(
    "cuts",
    metadata,
    sa.Column("task_id", sa.String(64), sa.ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    _project_id(),
    sa.Column("profile", sa.JSON, nullable=False),
    sa.Column("pieces", sa.JSON, nullable=False),
    sa.Column("sound", sa.JSON, nullable=False),
    sa.Column("whole", sa.Boolean, nullable=False),
)

films = sa.Table(
    "films",
    metadata,
    _id(),
    _project_id(),
    sa.Column("artifact", sa.String(64), nullable=False),
    sa.Column("sound", sa.String(64), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("language", sa.String(10)),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("clips", sa.JSON, nullable=False),
    _created_at(),
)

handovers = sa.Table(
    "handovers",
    metadata,
    # No foreign key: a node is told to stop also when the task was deleted.
    sa.Column("task_id", sa.String(64), primary_key=True),
    sa.Column("ticket", sa.String(64), nullable=False),
    sa.Column("node", sa.String(100), nullable=False),
    sa.Column("job", sa.String(300), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("held_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("heard_at", UtcDateTime, nullable=False),
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("ticket", sa.String(64), primary_key=True),
    sa.Column("task_id", sa.String(64), sa.ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("report", sa.JSON, nullable=False),
    _created_at(),
)

offers = sa.Table(
    "offers",
    metadata,
    sa.Column("ticket", sa.String(64), primary_key=True),
    sa.Column("node", sa.String(100), nullable=False, index=True),
    sa.Column("type", sa.String(10), nullable=False),
    sa.Column("request", sa.JSON, nullable=False),
    sa.Column("progress", sa.Integer, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    _created_at(),
    sa.Column("brought", sa.String(64)),
)

artifacts = sa.Table(
    "artifacts",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("media_type", sa.String(60), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("made_from", sa.JSON, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    _created_at(),
    sa.Column("used_at", UtcDateTime, index=True),  # to the day
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    _project_id(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    _created_at(),
    sqlite_autoincrement=True,  # ids of deleted rows are never given out again: Last-Event-ID relies on it
)

callbacks = sa.Table(
    "callbacks",
    metadata,
    sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("nonce", sa.String(64), nullable=False),
    _created_at(),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    _project_id(),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("status", sa.String(10), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_try_at", UtcDateTime),
    sa.Column("error", sa.Text),
    sa.Column("ended_at", UtcDateTime),
    _created_at(),
    sqlite_autoincrement=True,  # receivers know a delivery by its number
)

executors = sa.Table(
    "executors",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("beaten_at", sa.Double, nullable=False),  # seconds of the database's own clock
)

claims = sa.Table(
    "claims",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("executor_id", sa.String(64), nullable=False),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("user_id", sa.String(64), sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("resource_id", sa.String(64), nullable=False),
    _created_at(),
)
