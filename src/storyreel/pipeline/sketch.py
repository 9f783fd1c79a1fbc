"""A sketch: how one sentence would be understood and drawn, without a project."""

from dataclasses import dataclass
from pathlib import Path

from storyreel.domain.film import Canvas
from storyreel.domain.storyboard import PlannedShot
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.registry import EngineRegistry
from storyreel.engines.wrappers import first_able, with_retry
from storyreel.pipeline.deferral import unwrap
from storyreel.pipeline.progress import UnwatchedJob


@dataclass(frozen=True, slots=True)
class Sketch:
    """The first shot of what was understood, and its picture."""

    shot: PlannedShot
    picture: Path


async def sketch(engines: EngineRegistry, request: StoryRequest, canvas: Canvas, folder: Path) -> Sketch:
    """Draw the first shot of a text into a folder, by the default engines.

    Raises:
        InvalidInputError: the text is blank.
        EngineError: an engine failed.
    """
    job = UnwatchedJob("sketch", folder)
    planned = await first_able(engines.stories(), lambda engine: with_retry(lambda: engine.plan(request, job)))
    storyboard = unwrap(planned, job)
    shot = storyboard.shots[0]
    seen = {subject.character for subject in shot.scene.subjects}
    wanted = ImageRequest(
        prompt=shot.prompt_en,
        style=request.style,
        canvas=canvas,
        seed=request.seed,
        scene=shot.scene,
        characters=tuple(character for character in storyboard.characters if character.id in seen),
    )
    (result,) = await first_able(engines.images(), lambda engine: with_retry(lambda: engine.draw([wanted], job)))
    return Sketch(shot, unwrap(result, job).file)
