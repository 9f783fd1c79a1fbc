"""Links to media: signed, expiring, absolute; and what a link that comes back refers to."""

import re
import time
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import Depends, Request

from storyreel.api.context import ApiContext
from storyreel.api.dependencies import context_of
from storyreel.errors import InvalidInputError, NotFoundError
from storyreel.store.database import shots

PATH = "/api/media/"
_WANTED = "Send the image_url of a shot, or a public address."
_OWN = re.compile(re.escape(PATH) + r"([0-9a-f]{64})")


def live_name(project_id: str) -> str:
    """What a live link's signature is over: never an artifact's key."""
    return f"live:{project_id}"


class Links:
    """Makes links for one request."""

    def __init__(self, request: Request, context: ApiContext) -> None:
        self._context = context
        self._origin = (context.public_url or str(request.base_url)).rstrip("/")

    def to(self, artifact_key: str | None) -> str | None:
        """The link that opens this artifact for the next half hour at least; None for none."""
        if artifact_key is None:
            return None
        expires, signature = self._context.signer.sign(artifact_key, time.time())
        return f"{self._origin}{PATH}{artifact_key}?expires={expires}&signature={signature}"

    def live(self, project_id: str) -> str:
        """The link that plays the project's film, also while it is being made, for the next half hour at least."""
        expires, signature = self._context.signer.sign(live_name(project_id), time.time())
        return f"{self._origin}/api/projects/{project_id}/film/live.m3u8?expires={expires}&signature={signature}"

    def own_artifact(self, url: str, owner_id: str) -> str | None:
        """The artifact that one of our own links points to, expired or not; None for any other http(s) address.

        Raises:
            NotFoundError: it is our link, but not this user's.
            InvalidInputError: not an http(s) address, or our link to something else than a picture.
        """
        try:
            parts = urlsplit(url)
            ours = urlsplit(self._origin)
        except ValueError as error:
            raise _not_an_address() from error
        match = _OWN.fullmatch(parts.path)
        if match and parts.netloc in ("", ours.netloc):
            return self._picture(match.group(1), parts.query, owner_id)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise _not_an_address()
        return None

    def _picture(self, key: str, query: str, owner_id: str) -> str:
        artifact = self._context.pipeline.artifacts.find(key) if self._may_use(key, query, owner_id) else None
        if artifact is None:
            raise NotFoundError("There is no such picture.", code="image_not_found")
        if not artifact.media_type.startswith("image/"):
            raise InvalidInputError("That link leads to no picture.", code="invalid_image_url", hint=_WANTED)
        return key

    def _may_use(self, key: str, query: str, owner_id: str) -> bool:
        fields = parse_qs(query)
        expires, signature = fields.get("expires", [""])[0], fields.get("signature", [""])[0]
        if self._context.signer.verify(key, expires, signature, time.time()):
            return True
        with self._context.pipeline.database.read() as connection:
            return shots.owner_uses(connection, owner_id, key)


def _not_an_address() -> InvalidInputError:
    return InvalidInputError(
        "image_url is not an http or https address.",
        code="invalid_image_url",
        hint=_WANTED,
    )


async def _links(request: Request) -> Links:
    return Links(request, context_of(request))


MediaLinks = Annotated[Links, Depends(_links)]
