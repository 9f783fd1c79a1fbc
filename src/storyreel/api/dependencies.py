"""What routes ask for in their signatures: who calls, which of their things, page, revision, idempotency key."""

import asyncio
import hashlib
import uuid
from typing import Annotated

from fastapi import Depends, Header, Path, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic.json_schema import SkipJsonSchema

from storyreel.api.context import ApiContext
from storyreel.domain.project import Project
from storyreel.domain.shot import Shot
from storyreel.domain.task import Task
from storyreel.domain.user import User
from storyreel.errors import ForbiddenError, NotFoundError, UnauthorizedError
from storyreel.store.credentials import token_digest
from storyreel.store.database import idempotency, projects, shots, tasks, users

_bearer = HTTPBearer(auto_error=False, description="The token that `POST /api/auth/login` gave.")


def context_of(request: Request) -> ApiContext:
    """The application's context."""
    return request.app.state.context


async def _context(request: Request) -> ApiContext:
    return context_of(request)


Context = Annotated[ApiContext, Depends(_context)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def current_user(request: Request, credentials: Credentials) -> User:
    """The user whose token the request carries."""
    if credentials is not None:
        # Not asked for as a dependency: to solve one costs as much as to look the user up.
        user = await context_of(request).pipeline.database.glance(users.by_token, token_digest(credentials.credentials))
        if user is not None:
            return user
    raise UnauthorizedError("The token is missing, expired or revoked.", hint="Sign in at POST /api/auth/login.")


CurrentUser = Annotated[User, Depends(current_user)]


def installation_owner(context: Context, user: CurrentUser) -> User:
    """The user, if the installation is theirs: who was there first."""
    with context.pipeline.database.read() as connection:
        owner = users.owner(connection)
    if owner is None or owner.id != user.id:
        raise ForbiddenError("That is for the installation's owner alone.", code="owner_only")
    return user


Identifier = Annotated[str, Path(min_length=1, max_length=64, description="As another answer gave it.")]


async def own_project(project_id: Identifier, context: Context, user: CurrentUser) -> Project:
    """The caller's project."""
    found = await context.pipeline.database.glance(projects.owned, project_id, user.id)
    if found is None:
        raise NotFoundError("There is no such project.", code="project_not_found")
    return found


async def own_shot(shot_id: Identifier, context: Context, user: CurrentUser) -> Shot:
    """The caller's shot."""
    found = await context.pipeline.database.glance(shots.owned, shot_id, user.id)
    if found is None:
        raise NotFoundError("There is no such shot.", code="shot_not_found")
    return found


async def own_task(task_id: Identifier, context: Context, user: CurrentUser) -> Task:
    """The caller's task."""
    found = await context.pipeline.database.glance(tasks.owned, task_id, user.id)
    if found is None:
        raise NotFoundError("There is no such task.", code="task_not_found")
    return found


OwnProject = Annotated[Project, Depends(own_project)]
OwnShot = Annotated[Shot, Depends(own_shot)]
OwnTask = Annotated[Task, Depends(own_task)]


def project_of(context: ApiContext, shot: Shot) -> Project:
    """The project that a shot belongs to."""
    with context.pipeline.database.read() as connection:
        found = projects.get(connection, shot.project_id)
    if found is None:
        raise NotFoundError("There is no such project.", code="project_not_found")
    return found


def etag(revision: int) -> str:
    """The ETag of a thing at this revision."""
    return f'"r{revision}"'


async def expected_revision(
    if_match: Annotated[
        str | SkipJsonSchema[None],
        Header(alias="If-Match", description="The ETag that the editor read; a different one by now gives 412."),
    ] = None,
) -> int | None:
    """The revision that the editor read, None when any will do, -1 (which nothing has) when it names none."""
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"').removeprefix("r")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


Revision = Annotated[int | None, Depends(expected_revision)]


class Idempotency:
    """The id of what a POST creates: the same for the same Idempotency-Key."""

    def __init__(
        self,
        request: Request,
        context: Context,
        user: CurrentUser,
        idempotency_key: Annotated[
            str | SkipJsonSchema[None],
            Header(
                alias="Idempotency-Key",
                min_length=1,
                max_length=255,
                pattern=r"^[\x21-\x7e]+$",
                description="Repeat a request safely: the same key never creates a second thing.",
            ),
        ] = None,
    ) -> None:
        self._request = request
        self._context = context
        self._user = user
        self._key = idempotency_key

    async def resource_id(self) -> str | None:
        """The id to create under; None, without a key, leaves it to the creator.

        Raises:
            InvalidInputError: the key was used for a different request.
        """
        if self._key is None:
            return None
        asked = f"{self._request.method} {self._request.url.path}\n".encode() + await self._request.body()
        fingerprint = hashlib.sha256(asked).hexdigest()
        return await asyncio.to_thread(self._claim, self._key, fingerprint)

    def _claim(self, key: str, fingerprint: str) -> str:
        with self._context.pipeline.database.write() as connection:
            return idempotency.claim(connection, self._user.id, key, fingerprint, str(uuid.uuid4()))


Creating = Annotated[Idempotency, Depends()]


def tag(response: Response, revision: int) -> None:
    """Send the ETag of what the response shows."""
    response.headers["ETag"] = etag(revision)
