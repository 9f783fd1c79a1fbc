"""Signing in and out."""

import logging
import threading
import time
import uuid
from collections import defaultdict, deque
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from storyreel.api.context import ApiContext
from storyreel.api.dependencies import Context, Credentials, CurrentUser
from storyreel.api.fields import VISIBLE, Body, Unicode, View, example
from storyreel.api.problems import documented
from storyreel.domain.user import User
from storyreel.errors import TooManyRequestsError, UnauthorizedError
from storyreel.store.credentials import check_password_strength, hash_password, new_token, token_digest, verify_password
from storyreel.store.database import users
from storyreel.store.database.rows import now

log = logging.getLogger(__name__)

public = APIRouter(tags=["auth"])
router = APIRouter(tags=["auth"])

FAILURES_ALLOWED, WINDOW_SECONDS = 10, 60.0
REMEMBERED = 10_000


class LoginRequest(Body):
    model_config = example(username="mia", password="correct horse battery")  # noqa: S106 - of the documentation

    username: Annotated[str, Field(min_length=1, max_length=200, pattern=VISIBLE, examples=["mia"]), Unicode]
    password: Annotated[str, Field(min_length=1, max_length=1024, examples=["correct horse battery"]), Unicode]


class LoginResponse(View):
    token: str = Field(description="Send it as `Authorization: Bearer <token>`.")


class LogoutResponse(View):
    ok: bool = True


class Me(View):
    id: str
    username: str


class Door(View):
    first_login_creates_owner: bool = Field(description="The place is empty: who signs in first makes it theirs.")


class _Failures:
    """Recent failed sign-ins per account and per address, in this process.

    An attempt counts as failed from its start, so that many at once cannot all slip through.
    """

    def __init__(self) -> None:
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def begin(self, *keys: str) -> None:
        """Count an attempt.

        Raises:
            TooManyRequestsError: there were too many.
        """
        with self._lock:
            if len(self._times) > REMEMBERED:
                self._times.clear()
            horizon = time.monotonic() - WINDOW_SECONDS
            for key in keys:
                times = self._times.get(key, deque())
                while times and times[0] < horizon:
                    times.popleft()
                if len(times) >= FAILURES_ALLOWED:
                    raise TooManyRequestsError(
                        "Too many failed sign-ins.", code="too_many_logins", hint="Wait a minute."
                    )
            for key in keys:
                self._times[key].append(time.monotonic())

    def forgive(self, *keys: str) -> None:
        """Take an attempt that succeeded back."""
        with self._lock:
            for times in (self._times[key] for key in keys):
                if times:
                    times.pop()


_failures = _Failures()


@public.get("/auth/door", summary="What a sign-in does", responses=documented(400))
def door(context: Context) -> Door:
    """Whether the first sign-in, which creates the owner's account, is still to come."""
    return Door(first_login_creates_owner=_awaits_owner(context))


def _awaits_owner(context: ApiContext) -> bool:
    if not context.first_login_creates_owner:
        return False
    with context.pipeline.database.read() as connection:
        return users.count(connection) == 0


@public.post("/auth/login", summary="Sign in", responses=documented(400, 401, 413, 422, 429))
def login(body: LoginRequest, request: Request, context: Context) -> LoginResponse:
    """Exchange a name and a password for a token.

    On an empty installation that listens on a loopback address, the first sign-in creates the owner's account.
    """
    account, address = f"name:{users.name_key(body.username)}", f"from:{request.client.host if request.client else ''}"
    _failures.begin(account, address)
    user = (_create_owner(context, body) if _awaits_owner(context) else None) or _known_user(context, body)
    _failures.forgive(account, address)
    token, digest = new_token()
    with context.pipeline.database.write() as connection:
        users.add_token(connection, digest, user.id, now() + timedelta(days=context.token_days))
    return LoginResponse(token=token)


def _create_owner(context: ApiContext, body: LoginRequest) -> User | None:
    """The owner's new account; None when somebody else's first sign-in was quicker."""
    weakness = check_password_strength(body.password)
    user = User(str(uuid.uuid4()), body.username, now())
    password_hash = hash_password(body.password)
    with context.pipeline.database.write() as connection:
        if users.count(connection):
            return None
        users.add(connection, user, password_hash)
    log.info("first sign-in: created the owner %r", user.name)
    if weakness:
        log.warning("the owner's password is weak (%s): change it with `storyreel users set-password`", weakness)
    return user


def _known_user(context: ApiContext, body: LoginRequest) -> User:
    with context.pipeline.database.read() as connection:
        known = users.by_name(connection, body.username)
    if not verify_password(known[1] if known else None, body.password) or known is None:
        raise UnauthorizedError("The name or the password is wrong.", code="wrong_credentials")
    return known[0]


@router.post("/auth/logout", summary="Sign out", responses=documented(401))
def logout(context: Context, _user: CurrentUser, credentials: Credentials) -> LogoutResponse:
    """Revoke the token that this request carries."""
    if credentials is not None:
        with context.pipeline.database.write() as connection:
            users.remove_token(connection, token_digest(credentials.credentials))
    return LogoutResponse()


@router.get("/auth/me", summary="Who am I", responses=documented(401))
def me(user: CurrentUser) -> Me:
    """The user whose token this request carries."""
    return Me(id=user.id, username=user.name)
