"""Event streams (server-sent events) of a project and of all of a user's, replayed from the database."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from storyreel.api.context import ApiContext
from storyreel.api.dependencies import Context, CurrentUser, OwnProject
from storyreel.api.fields import Body
from storyreel.api.links import Links, MediaLinks
from storyreel.api.listing import listed_view
from storyreel.api.problems import documented
from storyreel.api.shots import shot_view
from storyreel.store.database import events, projects, shots, users
from storyreel.telemetry.metrics import STREAMS

router = APIRouter(tags=["events"])

POLL_SECONDS = 0.25
KEEPALIVE_SECONDS = 15.0

_EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+-[0-9a-f]+$"},
        "event": {"type": "string", "enum": ["task", "shot", "project", "reset"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["id", "event", "data"],
}
_STREAM = {
    "description": (
        "`task` (id, type, status, progress, error, shot_id, project_id), "
        "`shot` (a Shot, or id, project_id and deleted), "
        "`project` (a ListedProject: re-read the storyboard; or id and deleted), "
        "`reset` (begin again: read everything), each with an id."
    ),
    "content": {"text/event-stream": {"schema": _EVENT}},
}


class StreamQuery(Body):
    follow: bool = Field(default=True, description="false: send what there is, then end.")


LastEventId = Annotated[
    str | SkipJsonSchema[None], Header(alias="Last-Event-ID", max_length=40, description="Resume after this event.")
]


@router.get(
    "/projects/{project_id}/events",
    summary="Follow a project",
    response_class=StreamingResponse,
    responses={200: _STREAM} | documented(401, 404, 422),
)
def follow(
    project: OwnProject,
    request: Request,
    context: Context,
    links: MediaLinks,
    wanted: Annotated[StreamQuery, Query()],
    last_event_id: LastEventId = None,
) -> StreamingResponse:
    """Changes as they happen, each thing as it is now.

    Without Last-Event-ID, or with one that this server does not know (any more), the stream begins now, with a `reset`.
    """
    return _streaming(
        _Stream(
            request,
            context,
            links,
            project.id,
            events.of_project(project.id),
            lambda connection: projects.get(connection, project.id) is None,
        ),
        last_event_id,
        wanted.follow,
    )


@router.get(
    "/events",
    summary="Follow all projects",
    response_class=StreamingResponse,
    responses={200: _STREAM} | documented(401, 422),
)
def follow_all(
    user: CurrentUser,
    request: Request,
    context: Context,
    links: MediaLinks,
    wanted: Annotated[StreamQuery, Query()],
    last_event_id: LastEventId = None,
) -> StreamingResponse:
    """The same for all your projects; a `project` event also tells of one that is new, or was deleted."""
    return _streaming(
        _Stream(
            request,
            context,
            links,
            user.id,
            events.of_owner(user.id),
            lambda connection: users.get(connection, user.id) is None,
        ),
        last_event_id,
        wanted.follow,
    )


def _streaming(stream: "_Stream", last_event_id: str | None, follow: bool) -> StreamingResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        _counted(stream.run(last_event_id, follow)), media_type="text/event-stream", headers=headers
    )


async def _counted(stream: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    with STREAMS.track_inprogress():
        async with aclosing(stream):
            async for message in stream:
                yield message


@dataclass(frozen=True, slots=True)
class _Stream:
    """What one client is told of `those` events, from where it stopped, until `over`. `id` is whose they are."""

    request: Request
    context: ApiContext
    links: Links
    id: str
    those: events.Those
    over: Callable[[sa.Connection], bool]

    async def run(self, resume: str | None, follow: bool) -> AsyncGenerator[bytes]:
        read = self.context.pipeline.read
        known = await read(events.marked, self.those, resume) if resume else None
        if known is None:  # none given, or none of ours: what the client knows is worth nothing
            known = await read(events.last, self.those)
            yield _message(known.mark if known else "0-0", "reset", {"id": self.id})
        position, spoke = known.id if known else 0, time.monotonic()
        while not await self.request.is_disconnected():
            newest, messages = await read(self._since, position)
            for message in messages:
                yield message
            if not messages and (not follow or await read(self.over)):
                return
            if messages:
                position, spoke = newest, time.monotonic()
            elif time.monotonic() - spoke > KEEPALIVE_SECONDS:
                yield b": still here\n\n"
                spoke = time.monotonic()
            await asyncio.sleep(0 if messages else POLL_SECONDS)

    def _since(self, connection: sa.Connection, position: int) -> tuple[int, list[bytes]]:
        found = events.after(connection, self.those, position)
        told = [(event, _current(connection, event, self.links)) for event in events.latest(found)]
        return found[-1].id if found else position, [_message(event.mark, event.kind, data) for event, data in told]


def _message(mark: str, kind: str, data: dict[str, Any]) -> bytes:
    return f"id: {mark}\nevent: {kind}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


def _current(connection: Any, event: events.Event, links: Links) -> dict[str, Any]:
    """The event's data; shots and projects are sent as they are now, so that a late reader is never shown the past."""
    if event.kind == "shot" and not event.data.get("deleted"):
        shot = shots.get(connection, event.data["id"])
        project = projects.get(connection, shot.project_id) if shot else None
        if shot is None or project is None:
            return {"id": event.data["id"], "project_id": event.project_id, "deleted": True}
        return shot_view(shot, project, links).model_dump(mode="json")
    if event.kind == "project":
        listed = projects.listed(connection, event.data["id"])
        if listed is None:
            return {"id": event.data["id"], "deleted": True}
        return listed_view(listed, links).model_dump(mode="json")
    return event.data | {"project_id": event.project_id}
