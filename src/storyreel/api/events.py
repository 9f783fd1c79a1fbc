"""Event streams (server-sent events) of a project and of all of a user's, replayed from the database."""

import asyncio
import time
from collections.abc import AsyncIterator
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

router = APIRouter(tags=["events"])

POLL_SECONDS = 0.25
KEEPALIVE_SECONDS = 15.0

_EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$"},
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
    str | SkipJsonSchema[None], Header(alias="Last-Event-ID", max_length=30, description="Resume after this event.")
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
    """Changes as they happen. Without Last-Event-ID the stream begins now, with a `reset` event."""
    return _streaming(_Stream(request, context, links, _OfProject(project.id)), last_event_id, wanted.follow)


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
    return _streaming(_Stream(request, context, links, _OfOwner(user.id)), last_event_id, wanted.follow)


def _streaming(stream: "_Stream", last_event_id: str | None, follow: bool) -> StreamingResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream.run(last_event_id, follow), media_type="text/event-stream", headers=headers)


@dataclass(frozen=True, slots=True)
class _OfProject:
    """One project's events; they end with it."""

    id: str

    def last_id(self, connection: sa.Connection) -> int:
        return events.last_id(connection, self.id)

    def after(self, connection: sa.Connection, position: int) -> list[events.Event]:
        return events.after(connection, self.id, position)

    def ended(self, connection: sa.Connection) -> bool:
        return projects.get(connection, self.id) is None


class _OfOwner:
    """All events of a user's projects, and which projects came and went."""

    def __init__(self, owner_id: str) -> None:
        self.id = owner_id
        self._known: set[str] | None = None

    def last_id(self, connection: sa.Connection) -> int:
        return events.last_id_by_owner(connection, self.id)

    def after(self, connection: sa.Connection, position: int) -> list[events.Event]:
        found = events.after_by_owner(connection, self.id, position)
        present = projects.ids(connection, self.id)
        newest = found[-1].id if found else position
        known, self._known = self._known if self._known is not None else present, present
        came = [events.Event(newest, id, "project", {"id": id}) for id in sorted(present - known)]
        went = [events.Event(newest, id, "project", {"id": id, "deleted": True}) for id in sorted(known - present)]
        return found + came + went

    def ended(self, connection: sa.Connection) -> bool:
        return users.get(connection, self.id) is None


@dataclass(frozen=True, slots=True)
class _Stream:
    """What one client is told, from where it stopped."""

    request: Request
    context: ApiContext
    links: Links
    source: _OfProject | _OfOwner

    async def run(self, resume: str | None, follow: bool) -> AsyncIterator[bytes]:
        read = self.context.pipeline.read
        newest = await read(self.source.last_id)
        position = int(resume) if resume and resume.isascii() and resume.isdigit() else -1
        if not 0 <= position <= newest:  # none given, or of another database: what the client knows is worth nothing
            position = newest
            yield _message(position, "reset", {"id": self.source.id})
        spoke = time.monotonic()
        while not await self.request.is_disconnected():
            found = await read(self.source.after, position)
            for event in found:
                yield _message(event.id, event.kind, await read(_current, event, self.links))
                position, spoke = event.id, time.monotonic()
            if not found and (not follow or await read(self.source.ended)):
                return
            if time.monotonic() - spoke > KEEPALIVE_SECONDS:
                yield b": still here\n\n"
                spoke = time.monotonic()
            await asyncio.sleep(0 if found else POLL_SECONDS)


def _message(number: int, kind: str, data: dict[str, Any]) -> bytes:
    return f"id: {number}\nevent: {kind}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


def _current(connection: Any, event: events.Event, links: Links) -> dict[str, Any]:
    """The event's data; shots and projects are sent as they are now, so that a late reader is never shown the past."""
    if event.kind == "shot" and not event.data.get("deleted"):
        shot = shots.get(connection, event.data["id"])
        project = projects.get(connection, shot.project_id) if shot else None
        if shot is None or project is None:
            return {"id": event.data["id"], "project_id": event.project_id, "deleted": True}
        return shot_view(shot, project, links).model_dump(mode="json")
    if event.kind == "project":
        project = projects.get(connection, event.data["id"])
        if project is None:
            return {"id": event.data["id"], "deleted": True}
        facts = projects.facts(connection, [project])
        return listed_view(project, facts[project.id], links).model_dump(mode="json")
    return event.data | {"project_id": event.project_id}
