"""Image engines: prompt or scene in, picture out (task type SD)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.storyboard import Character, SceneSpec
from storyreel.engines.contracts.engine import Deferred, Engine, Job


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One picture. `scene` and `characters` are for engines that draw; `prompt` for engines that paint from words.

    `canvas` is the size wanted; an engine may paint a smaller or larger picture of about the same aspect, and the
    pipeline scales it. `seed` is 0 … 2³¹−1: the same request gives the same picture.
    `references` are pictures of the characters, in the order of the cast, for engines whose `info` says that they take
    them.
    """

    prompt: str
    style: Style
    canvas: Canvas
    seed: int = 0
    negative_prompt: str = ""
    scene: SceneSpec | None = None
    characters: tuple[Character, ...] = ()
    references: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageResult:
    """`file` is a PNG, JPEG or WebP in the job's folder."""

    file: Path


class ImageEngine(Engine, Protocol):
    """Draws or paints pictures."""

    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        """One result per request, in order; at most `info.max_batch` requests, all of one canvas.

        A picture does not depend on what else is in the batch, but for rounding: engines that compute a batch at once
        may differ from one at a time by two levels of 255 in a pixel, and by a tenth of one on average.

        Raises:
            EngineError: the engine could not draw.
        """
        ...
