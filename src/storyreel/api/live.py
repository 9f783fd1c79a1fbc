"""Films to be watched before they are finished: HLS playlists, and what they lead to."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from storyreel.api.dependencies import Context, Credentials, Identifier, current_user, own_project
from storyreel.api.links import live_name
from storyreel.api.media import MEDIA_HEADERS
from storyreel.api.problems import documented
from storyreel.errors import ForbiddenError
from storyreel.media.live import Fragment, master_playlist, media_playlist
from storyreel.media.mp4 import VIDEO
from storyreel.pipeline import live

public = APIRouter(tags=["films"])

# A playlist changes while the film grows; what it leads to never does, as its address has all that it depends on.
_CHANGING = MEDIA_HEADERS | {"Cache-Control": "no-store"}
_LASTING = MEDIA_HEADERS | {"Cache-Control": "private, max-age=31536000, immutable"}

Artifact = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="As it stands in the playlist.")]
Name = Annotated[str, Path(pattern=r"^[0-9_-]{1,60}$", description="As it stands in the playlist.")]


class Kind(StrEnum):
    """The tracks of a stream."""

    PICTURES = "pictures"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever may watch a project's film. `query` opens the next door too."""

    project_id: str
    query: str


async def _viewer(
    request: Request,
    project_id: Identifier,
    context: Context,
    credentials: Credentials,
    expires: Annotated[str, Query(max_length=20, description="As it stands in the `live_url`.")] = "",
    signature: Annotated[str, Query(max_length=100, description="As it stands in the `live_url`.")] = "",
) -> Viewer:
    """The project's owner, or who holds its `live_url`."""
    if not signature:
        await own_project(project_id, context, await current_user(request, credentials))
        return Viewer(project_id, "")
    if not context.signer.verify(live_name(project_id), expires, signature, time.time()):
        raise ForbiddenError(
            "The link has expired, or was changed.",
            code="link_invalid",
            hint="Read the project again for a fresh link.",
        )
    return Viewer(project_id, f"?expires={expires}&signature={signature}")


Watching = Annotated[Viewer, Depends(_viewer)]


class Playlist(Response):
    """An HLS playlist."""

    media_type = "application/vnd.apple.mpegurl"


_PLAYLIST: dict[int | str, dict[str, Any]] = {
    200: {"description": "A playlist (RFC 8216).", "content": {Playlist.media_type: {"schema": {"type": "string"}}}}
}
_MP4: dict[int | str, dict[str, Any]] = {
    200: {"description": "Fragmented MP4.", "content": {"video/mp4": {}, "audio/mp4": {}}}
}


@public.get(
    "/projects/{project_id}/film/live.m3u8",
    summary="Watch the film while it is made",
    response_class=Playlist,
    responses=_PLAYLIST | documented(401, 403, 404, 422),
)
def read_master_playlist(viewer: Watching, context: Context) -> Playlist:
    """The HLS playlist of the film that is being made, or else of the last one that was.

    It grows until the film is whole. 404 `film_not_playable_yet`, with `Retry-After`, until there is something to
    play. Players that cannot send a token open the project's `live_url`, which leads here.
    """
    stream = live.read_stream(context.pipeline, viewer.project_id)
    places = [f"live/{kind}.m3u8{viewer.query}" for kind in Kind]
    return Playlist(master_playlist(stream.pictures, stream.profile, *places), headers=_CHANGING)


@public.get(
    "/projects/{project_id}/film/live/{kind}.m3u8",
    summary="Read a track's playlist",
    response_class=Playlist,
    responses=_PLAYLIST | documented(401, 403, 404, 422),
)
def read_media_playlist(
    viewer: Watching, context: Context, kind: Annotated[Kind, Path(description="Which track.")]
) -> Playlist:
    """The fragments of one track so far."""
    stream = live.read_stream(context.pipeline, viewer.project_id)
    fragments: Sequence[Fragment] = stream.pictures if kind is Kind.PICTURES else stream.sound

    def place(fragment: Fragment, name: str) -> str:
        return f"{stream.keys[fragment.source]}/{name}{viewer.query}"

    text = media_playlist(
        fragments,
        place(fragments[0], "head.mp4"),
        lambda fragment: place(fragment, f"{live.name_of(fragment)}.m4s"),
        stream.ended,
    )
    return Playlist(text, headers=_CHANGING)


@public.get(
    "/projects/{project_id}/film/live/{artifact}/head.mp4",
    summary="Read what comes before a track's fragments",
    response_class=Response,
    responses=_MP4 | documented(401, 403, 404, 422),
)
def read_head(viewer: Watching, context: Context, artifact: Artifact) -> Response:
    """What sets a player up for the track; it never changes."""
    return _mp4(*live.read_head(context.pipeline, viewer.project_id, artifact))


@public.get(
    "/projects/{project_id}/film/live/{artifact}/{name}.m4s",
    summary="Read a fragment",
    response_class=Response,
    responses=_MP4 | documented(401, 403, 404, 422),
)
def read_fragment(viewer: Watching, context: Context, artifact: Artifact, name: Name) -> Response:
    """A few seconds of one track; they never change."""
    return _mp4(*live.read_part(context.pipeline, viewer.project_id, artifact, name))


def _mp4(fragment: Fragment, content: bytes) -> Response:
    media_type = "video/mp4" if fragment.kind == VIDEO else "audio/mp4"
    return Response(content, media_type=media_type, headers=_LASTING)
