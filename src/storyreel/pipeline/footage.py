"""A shot's moving picture as a film uses it: asked of the engine when the film is cut, or its finished clip."""

import tempfile
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from storyreel import offload
from storyreel.domain.artifact import Artifact
from storyreel.domain.film import LEAD, Footage, FrameSource, StillMove, View
from storyreel.domain.project import Project, Style
from storyreel.domain.serialize import from_json
from storyreel.domain.storyboard import Camera
from storyreel.engines.contracts.engine import Deferred
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.video import VideoRequest
from storyreel.engines.wrappers import ask
from storyreel.errors import EngineError
from storyreel.media.cards import Card, draw_card
from storyreel.media.profile import EncodeProfile
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.narration import mouthed_words
from storyreel.pipeline.progress import UnwatchedJob

_NEARER = 1.05
"""How near the camera comes to a card."""


def video_request(
    pipeline: Pipeline, order: dict[str, Any], image: Artifact, voice: Artifact | None, profile: EncodeProfile
) -> VideoRequest:
    """What the engine is asked, given the order that the moving picture's key is hashed from."""
    request = image.made_from.get("request")
    drawing = from_json(ImageRequest, request) if request else None
    words = mouthed_words(voice, drawing.scene if drawing else None)
    lead = float(LEAD)
    return VideoRequest(
        image=pipeline.artifacts.path(image),
        prompt=order["prompt"],
        canvas=profile.canvas,
        frames=order["frames"],
        fps=Fraction(profile.fps),
        seed=order["seed"],
        camera=Camera(order["camera"]),
        drawing=drawing,
        drawn_by=image.made_from.get("engine", ""),
        words=tuple(replace(word, start=word.start + lead, end=word.end + lead) for word in words),
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shot that an immediate engine draws. `key` is that of `order`, what its moving picture is made from."""

    key: str
    order: dict[str, Any]
    image: Artifact
    voice: Artifact | None


@dataclass(frozen=True, slots=True)
class Lettered:
    """A card over a shot's picture, for so many frames. `key` is that of `made_from`, what the card is drawn from."""

    key: str
    made_from: dict[str, Any]
    image: Artifact
    frames: int


async def footage_of(
    pipeline: Pipeline, project: Project, shown: Artifact | Drawn | Lettered, profile: EncodeProfile
) -> Footage:
    """A clip's file, a card, or what an immediate engine shows for a shot, still to be drawn.

    Raises:
        EngineError: the engine failed, or is not as immediate as it says.
    """
    if isinstance(shown, Artifact):
        return pipeline.artifacts.path(shown)
    if isinstance(shown, Lettered):
        return await _card_move(pipeline, shown, profile)
    engine = pipeline.engines.video(project.settings)
    request = video_request(pipeline, shown.order, shown.image, shown.voice, profile)
    with tempfile.TemporaryDirectory(prefix="storyreel-") as folder:
        job = UnwatchedJob(shown.key, Path(folder))
        (result,) = await ask(engine, lambda: engine.animate([request], job))
    if isinstance(result, Deferred) or isinstance(result.moving, Path):
        raise EngineError("The video engine says that it is immediate, but leaves no frames to be drawn.")
    check_length(result.moving, shown.order["frames"])
    return result.moving


def check_length(moving: FrameSource | StillMove, frames: int) -> None:
    """Make sure that a shot lasts as long as its narration.

    Raises:
        EngineError: it would not.
    """
    if len(moving) != frames:
        raise EngineError(f"The video engine draws {len(moving)} frames where {frames} were asked for.")


async def _card_move(pipeline: Pipeline, shown: Lettered, profile: EncodeProfile) -> StillMove:
    card = Card(
        pipeline.artifacts.path(shown.image), shown.made_from["text"], Style(shown.made_from["style"]), profile.canvas
    )

    async def produce(folder: Path) -> Made:
        out = folder / "card.png"
        await offload.run(draw_card, offload.unwatched, card, out)
        return Made(out, "image/png", {"width": card.canvas.width, "height": card.canvas.height})

    drawn = await pipeline.artifacts.make(shown.made_from, produce)
    image = pipeline.artifacts.path(drawn)
    return StillMove(image, profile.canvas, profile.fps, shown.frames, View(), View(_NEARER))
