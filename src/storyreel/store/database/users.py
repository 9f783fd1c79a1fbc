"""Users and their tokens."""

import unicodedata
from datetime import datetime

import sqlalchemy as sa

from storyreel.domain.user import LOCAL_USER, User
from storyreel.store.database.questions import Question, Reader
from storyreel.store.database.rows import Row, changed, fetch_all, fetch_one, now, scalar
from storyreel.store.database.tables import tokens, users


def name_key(name: str) -> str:
    """The form in which names are compared: compatibility-normalised and case-folded."""
    return unicodedata.normalize("NFKC", name).casefold()


_COLUMNS = (users.c.id, users.c.name, users.c.created_at)
_BY_TOKEN = Question(
    sa.select(*_COLUMNS)
    .join(tokens, tokens.c.user_id == users.c.id)
    .where(tokens.c.digest == sa.bindparam("digest"), tokens.c.expires_at > sa.bindparam("now"))
)


def _user(row: Row | None) -> User | None:
    return None if row is None else User(row["id"], row["name"], row["created_at"])


def add(connection: sa.Connection, user: User, password_hash: str) -> None:
    """Raises IntegrityError when the name is taken."""
    connection.execute(
        users.insert().values(
            id=user.id,
            name=user.name,
            name_key=name_key(user.name),
            password_hash=password_hash,
            created_at=user.created_at,
        )
    )


def get(connection: sa.Connection, user_id: str) -> User | None:
    return _user(fetch_one(connection, sa.select(*_COLUMNS).where(users.c.id == user_id)))


def by_name(connection: sa.Connection, name: str) -> tuple[User, str] | None:
    """The user of that name and their password hash."""
    row = fetch_one(connection, sa.select(*_COLUMNS, users.c.password_hash).where(users.c.name_key == name_key(name)))
    user = _user(row)
    return None if row is None or user is None else (user, row["password_hash"])


def everyone(connection: sa.Connection) -> list[User]:
    rows = fetch_all(connection, sa.select(*_COLUMNS).order_by(users.c.name_key))
    return [user for row in rows if (user := _user(row))]


def owner(connection: sa.Connection) -> User | None:
    """Whose installation it is: of all who can sign in, who was there first."""
    people = users.c.name_key != name_key(LOCAL_USER)
    return _user(fetch_one(connection, sa.select(*_COLUMNS).where(people).order_by(users.c.created_at, users.c.id)))


def count(connection: sa.Connection) -> int:
    """How many users can sign in: the command line's own is none of them."""
    people = users.c.name_key != name_key(LOCAL_USER)
    return scalar(connection, sa.select(sa.func.count()).select_from(users).where(people))


def remove(connection: sa.Connection, user_id: str) -> None:
    """The user with everything that is theirs."""
    connection.execute(users.delete().where(users.c.id == user_id))


def set_password(connection: sa.Connection, user_id: str, password_hash: str) -> None:
    """Also ends every session of the user."""
    connection.execute(users.update().where(users.c.id == user_id).values(password_hash=password_hash))
    connection.execute(tokens.delete().where(tokens.c.user_id == user_id))


def add_token(connection: sa.Connection, digest: str, user_id: str, expires_at: datetime) -> None:
    connection.execute(tokens.insert().values(digest=digest, user_id=user_id, created_at=now(), expires_at=expires_at))


def by_token(reader: Reader, digest: str) -> User | None:
    """The user whose live token has this digest."""
    return _user(_BY_TOKEN.row(reader, digest=digest, now=now()))


def remove_token(connection: sa.Connection, digest: str) -> bool:
    """Whether there was such a token."""
    return changed(connection, tokens.delete().where(tokens.c.digest == digest)) > 0
