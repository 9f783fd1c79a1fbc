"""Story engines: text in, storyboard out (task type LLM)."""

from dataclasses import dataclass
from typing import Protocol

from storyreel.domain.film import Aspect
from storyreel.domain.project import Language, Style
from storyreel.domain.storyboard import Character, SceneSpec, Storyboard
from storyreel.engines.contracts.engine import Deferred, Engine, Job


@dataclass(frozen=True, slots=True)
class StoryRequest:
    """`story` is normalised text (NFC, no control characters but newlines), 1 … 200,000 characters.

    `characters` is the story's cast as it is known already, and as a person may have corrected it.
    """

    story: str
    title: str
    style: Style
    language: Language = Language.AUTO
    aspect: Aspect = Aspect.WIDE
    seed: int = 0
    characters: tuple[Character, ...] = ()


class StoryEngine(Engine, Protocol):
    """Breaks a story into shots."""

    async def plan(self, request: StoryRequest, job: Job) -> Storyboard | Deferred:
        """The storyboard of the whole story: every sentence narrated once, in order, nothing dropped.

        Raises:
            EngineError: the engine could not make a storyboard.
        """
        ...

    async def read_scene(self, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec:
        """Read a prompt that a person rewrote; what it does not mention stays as it is in `scene`."""
        ...
