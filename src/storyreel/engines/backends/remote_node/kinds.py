"""The four kinds of engine that a node can be: what each sends, and what each makes of what comes back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from storyreel.domain.serialize import from_json
from storyreel.domain.storyboard import SceneSpec, Storyboard
from storyreel.engines.backends.remote_node.engine import NodeEngine
from storyreel.engines.contracts.engine import Deferred, Job
from storyreel.engines.contracts.image import ImageRequest, ImageResult
from storyreel.engines.contracts.speech import SpeechRequest, SpeechResult, Voice
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.contracts.video import VideoRequest, VideoResult
from storyreel.errors import EngineError, InvalidInputError

DEFAULT_VOICES = {"en": "en", "zh": "zh"}


class NodeStoryEngine(NodeEngine):
    """Plans on a node. A prompt that a person rewrote is read there too, by nodes that can be asked."""

    kind = "story"
    what = "Storyboards"
    max_bytes = 64 * 2**20
    media_types = ("application/json",)

    async def plan(self, request: StoryRequest, job: Job) -> Storyboard | Deferred:
        """See `StoryEngine.plan`.

        Raises:
            EngineError: the node failed.
        """
        file = job.folder / "planned.json"
        made = await self.made(request, job, file)
        return made if isinstance(made, Deferred) else await asyncio.to_thread(_storyboard, file)

    async def read_scene(self, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec:
        """See `StoryEngine.read_scene`.

        Raises:
            EngineError: no node could.
        """
        for node in self.nodes:
            found = await node.read_scene(prompt, scene, request)
            if found is not None:
                return found
        return scene or SceneSpec("abstract")


class NodeImageEngine(NodeEngine):
    """Draws on a node."""

    kind = "image"
    what = "Pictures"
    max_bytes = 64 * 2**20
    media_types = ("image/png", "image/jpeg", "image/webp")

    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        """See `ImageEngine.draw`.

        Raises:
            EngineError: the node failed.
        """
        (request,) = requests
        file = job.folder / "picture"
        made = await self.made(request, job, file)
        return [made if isinstance(made, Deferred) else ImageResult(file)]


class NodeSpeechEngine(NodeEngine):
    """Speaks on a node, in the voices that the settings say it has; without any, in one of its own per language."""

    kind = "speech"
    what = "Voices"
    max_bytes = 200 * 2**20
    media_types = ("audio/wav", "audio/flac", "audio/mpeg")

    @property
    def _voices(self) -> dict[str, str]:
        named = [node.voices for node in self.nodes if node.voices]
        return {voice: language for voices in named for voice, language in voices.items()} or DEFAULT_VOICES

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted(set(self._voices.values())))

    async def voices(self) -> Sequence[Voice]:
        return [Voice(name, name, language) for name, language in self._voices.items()]

    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult | Deferred]:
        """See `SpeechEngine.speak`.

        Raises:
            EngineError: the node failed.
            InvalidInputError: code `unknown_voice`.
        """
        (request,) = requests
        if request.voice is not None and request.voice not in self._voices:
            raise InvalidInputError(
                f"There is no voice '{request.voice[:40]}'.",
                code="unknown_voice",
                hint=f"Use one of {', '.join(self._voices)}, or add it to the node's voices in STORYREEL_NODES.",
            )
        if not any(node.voices for node in self.nodes):
            request = replace(request, voice=None)  # what is named here is but a language
        file = job.folder / "voice"
        made = await self.made(request, job, file)
        return [made if isinstance(made, Deferred) else SpeechResult(file, made.words)]


class NodeVideoEngine(NodeEngine):
    """Moves pictures on a node."""

    kind = "video"
    what = "Clips"
    max_bytes = 2 * 2**30
    media_types = ("video/mp4", "video/webm")

    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult | Deferred]:
        """See `VideoEngine.animate`.

        Raises:
            EngineError: the node failed.
        """
        (request,) = requests
        file = job.folder / "clip"
        made = await self.made(request, job, file)
        return [made if isinstance(made, Deferred) else VideoResult(file)]


def _storyboard(file: Path) -> Storyboard:
    try:
        return from_json(Storyboard, orjson.loads(file.read_bytes()))
    except ValueError as error:
        raise EngineError("The node answered with no storyboard.", code="engine_answer_unusable") from error
