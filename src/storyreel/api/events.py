"""A project's event stream (server-sent events), replayed from the database."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from storyreel.api.context import ApiContext
from storyreel.api.dependencies import Context, OwnProject
from storyreel.api.fields import Body
from storyreel.api.links import Links, MediaLinks
from storyreel.api.problems import documented
from storyreel.api.projects import project_view
from storyreel.api.shots import shot_view
from storyreel.domain.project import Project
from storyreel.store.database import events, projects, shots

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
        "`task` (id, type, status, progress, error, shot_id), `shot` (a Shot, or id and deleted), `project` "
        "(a Project: re-read the storyboard), `reset` (begin again: read everything), each with an id."
    ),
    "content": {"text/event-stream": {"schema": _EVENT}},
}


class StreamQuery(Body):
    follow: bool = Field(default=True, description="false: send what there is, then end.")


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
    last_event_id: Annotated[
        str | SkipJsonSchema[None], Header(alias="Last-Event-ID", max_length=30, description="Resume after this event.")
    ] = None,
) -> StreamingResponse:
    """Changes as they happen. Without Last-Event-ID the stream begins now, with a `reset` event."""
    stream = _stream(request, context, links, project, last_event_id, wanted.follow)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(
    request: Request, context: ApiContext, links: Links, project: Project, resume: str | None, follow: bool
) -> AsyncIterator[bytes]:
    newest = await context.pipeline.read(events.last_id, project.id)
    position = int(resume) if resume and resume.isascii() and resume.isdigit() else -1
    if not 0 <= position <= newest:  # none given, or of another database: what the client knows is worth nothing
        position = newest
        yield _message(position, "reset", {"id": project.id})
    spoke = time.monotonic()
    while not await request.is_disconnected():
        found = await context.pipeline.read(events.after, project.id, position)
        for event in found:
            data = await context.pipeline.read(_current, event, links)
            yield _message(event.id, event.kind, data)
            position, spoke = event.id, time.monotonic()
        if not found and (not follow or await context.pipeline.read(projects.get, project.id) is None):
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
            return {"id": event.data["id"], "deleted": True}
        return shot_view(shot, project, links).model_dump(mode="json")
    if event.kind == "project":
        project = projects.get(connection, event.data["id"])
        return project_view(project, links, whole=False).model_dump(mode="json") if project else event.data
    return event.data
