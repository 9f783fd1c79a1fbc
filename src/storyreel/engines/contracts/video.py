"""Video engines: picture in, moving picture out (task type SVD)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from storyreel.domain.film import Canvas, Footage, WordTime
from storyreel.domain.storyboard import Camera
from storyreel.engines.contracts.engine import Deferred, Engine, Job
from storyreel.engines.contracts.image import ImageRequest


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """One clip that begins at `image` and lasts exactly `frames` frames at `fps`, as far as the engine can.

    `drawing` is the request that the engine `drawn_by` ("id@version") drew the image from, for engines that can move
    what they drew themselves; both are empty for a picture from elsewhere.
    `words` say when each word of the narration is spoken, in seconds from the start of the clip.
    """

    image: Path
    prompt: str
    canvas: Canvas
    frames: int
    fps: Fraction
    seed: int = 0
    camera: Camera = Camera.PUSH_IN
    drawing: ImageRequest | None = None
    drawn_by: str = ""
    words: tuple[WordTime, ...] = ()


@dataclass(frozen=True, slots=True)
class VideoResult:
    """Frames still to be drawn, a camera move over a still, or a finished video file in the job's folder.

    The file may have any size, rate and length.
    """

    moving: Footage


class VideoEngine(Engine, Protocol):
    """Moves pictures."""

    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult | Deferred]:
        """One result per request, in order; at most `info.max_batch` requests.

        Raises:
            EngineError: the engine could not animate.
        """
        ...
