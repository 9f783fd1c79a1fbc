"""Thumbnails: artifacts that are made when somebody first looks."""

import asyncio
from importlib.metadata import version
from pathlib import Path

from storyreel.domain.artifact import Artifact
from storyreel.errors import InvalidInputError
from storyreel.media.thumbnail import QUALITY, write_thumbnail
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.context import Pipeline

_AT_ONCE = asyncio.Semaphore(2)
"""A page asks for hundreds: they must not take every thread that answers requests."""


async def thumbnail(pipeline: Pipeline, picture: Artifact, width: int) -> Artifact:
    """The picture, at most `width` pixels wide.

    Raises:
        InvalidInputError: it is no picture.
        MediaError: its file is broken.
    """
    if not picture.media_type.startswith("image/"):
        raise InvalidInputError("Only pictures can be had smaller.", code="not_a_picture", hint="Leave `w` out.")

    async def produce(folder: Path) -> Made:
        out = folder / "small.webp"
        async with _AT_ONCE:
            size = await asyncio.to_thread(write_thumbnail, pipeline.artifacts.path(picture), width, out)
        return Made(out, "image/webp", {"width": size[0], "height": size[1]})

    made_from = {"kind": "thumbnail", "picture": picture.key, "width": width, "quality": QUALITY}
    return await pipeline.artifacts.make(made_from | {"pillow": version("pillow")}, produce)
