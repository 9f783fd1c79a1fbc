"""Media files behind signed links."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse

from storyreel.api.dependencies import Context
from storyreel.api.problems import documented
from storyreel.errors import ForbiddenError, NotFoundError

public = APIRouter(tags=["media"])

# Media are never pages: nothing in them may run, whatever a browser takes them for.
_HEADERS = {
    "Cache-Control": "private, max-age=1800",
    "Content-Security-Policy": "default-src 'none'; media-src 'self'; img-src 'self'; sandbox",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "same-site",
    "Referrer-Policy": "no-referrer",
}
_FILE: dict[str, Any] = {"description": "The file; `Range` is honoured.", "content": {"*/*": {}}}


@public.api_route(
    "/media/{key}",
    methods=["GET", "HEAD"],
    summary="Read a media file",
    response_class=FileResponse,
    responses={
        200: _FILE,
        206: {"description": "The part that `Range` asked for."},
        416: {"description": "No such part."},
    }
    | documented(403, 404, 422),
)
def read_media(
    context: Context,
    key: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    expires: Annotated[str, Query(max_length=20)],
    signature: Annotated[str, Query(max_length=100)],
) -> FileResponse:
    """Whoever holds the link may read the file until it expires; no other credentials are needed."""
    if not context.signer.verify(key, expires, signature, time.time()):
        raise ForbiddenError(
            "The link has expired, or was changed.", code="link_invalid", hint="Read the shot again for a fresh link."
        )
    artifact = context.pipeline.artifacts.find(key)
    if artifact is None:
        raise NotFoundError("The file is gone.", code="media_not_found")
    path = context.pipeline.artifacts.path(artifact)
    etag = {"ETag": f'"{artifact.digest[:32]}"'}
    return FileResponse(path, media_type=artifact.media_type, headers=_HEADERS | etag)
