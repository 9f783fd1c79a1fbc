"""Media files: pictures are uploaded; all are read behind signed links."""

import asyncio
import re
import time
from enum import IntEnum
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import FileResponse
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from storyreel.api.dependencies import Context
from storyreel.api.fields import View
from storyreel.api.links import MediaLinks
from storyreel.api.problems import documented
from storyreel.errors import ForbiddenError, NotFoundError
from storyreel.pipeline.image import keep_image
from storyreel.pipeline.thumbnails import thumbnail

public = APIRouter(tags=["media"])
router = APIRouter(tags=["media"])

# Media are never pages: nothing in them may run, whatever a browser takes them for.
MEDIA_HEADERS = {
    "Cache-Control": "private, max-age=1800",
    "Content-Security-Policy": "default-src 'none'; media-src 'self'; img-src 'self'; sandbox",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "same-site",
    "Referrer-Policy": "no-referrer",
}
_ONE_PART = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-0*[1-9][0-9]{0,17})")
_FILE: dict[str, Any] = {"description": "The file; `Range` is honoured.", "content": {"*/*": {}}}


_BYTES = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD: dict[str, Any] = {"required": True, "content": {"application/octet-stream": _BYTES}}


class Width(IntEnum):
    """How wide smaller pictures may be asked for: each is made once, and kept."""

    STRIP, CARD, STAGE, LARGE = 160, 320, 640, 1280


class Uploaded(View):
    """A picture that is kept."""

    url: str | None = Field(description="Signed; what `reference_url` and `image_url` take, for half an hour at least.")
    media_type: str
    width: int
    height: int


@router.post(
    "/media",
    summary="Upload a picture",
    openapi_extra={"requestBody": _UPLOAD},
    responses=documented(401, 413, 422),
)
async def upload_picture(request: Request, context: Context, links: MediaLinks) -> Uploaded:
    """The body is the file itself, whatever its Content-Type: a PNG, JPEG or WebP of at most 8192 pixels a side."""
    artifact = await keep_image(context.pipeline, await request.body())
    return Uploaded(url=links.to(artifact.key), media_type=artifact.media_type, **artifact.facts)


class WholeFile(FileResponse):
    """Sends all of the file, whatever the Range header says."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)


def _asks_for_part(wanted: str, size: int) -> bool:
    """Whether a Range header asks for one part of a file; what it says otherwise does not count (RFC 9110).

    Raises:
        HTTPException: 416, the file ends before that part.
    """
    part = _ONE_PART.fullmatch(wanted)
    if part is None or (part[2] and int(part[2]) < int(part[1])):
        return False
    if part[1] and int(part[1]) >= size:
        raise HTTPException(416, headers={"Content-Range": f"bytes */{size}"})
    return True


@public.head("/media/{key}", include_in_schema=False)
@public.get(
    "/media/{key}",
    summary="Read a media file",
    response_class=FileResponse,
    responses={
        200: _FILE,
        206: {"description": "The part that `Range` asked for."},
    }
    | documented(403, 404, 416, 422),
)
async def read_media(
    context: Context,
    key: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="The file's address.")],
    expires: Annotated[str, Query(max_length=20, description="Unix seconds.")],
    signature: Annotated[str, Query(max_length=100, description="As it stands in the link.")],
    part: Annotated[str, Header(alias="Range", description="One part, such as `bytes=0-1023`.")] = "",
    w: Annotated[
        Width | SkipJsonSchema[None], Query(description="Of a picture: a smaller one, at most so many pixels wide.")
    ] = None,
) -> FileResponse:
    """Whoever holds the link may read the file until it expires; no other credentials are needed."""
    if not context.signer.verify(key, expires, signature, time.time()):
        raise ForbiddenError(
            "The link has expired, or was changed.", code="link_invalid", hint="Read the shot again for a fresh link."
        )
    artifact = await asyncio.to_thread(context.pipeline.artifacts.find, key)
    if artifact is None:
        raise NotFoundError("The file is gone.", code="media_not_found")
    if w is not None:
        artifact = await thumbnail(context.pipeline, artifact, w)
    path = await asyncio.to_thread(context.pipeline.artifacts.path, artifact)
    etag = {"ETag": f'"{artifact.digest[:32]}"'}
    response = FileResponse if _asks_for_part(part, artifact.size) else WholeFile
    return response(path, media_type=artifact.media_type, headers=MEDIA_HEADERS | etag)
