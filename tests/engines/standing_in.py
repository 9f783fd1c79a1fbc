"""Fake engines that stand in for others: they do what those were told to fail at."""

from collections.abc import Sequence
from dataclasses import replace

from storyreel.domain.storyboard import Storyboard
from storyreel.engines.contracts.engine import Deferred, EngineInfo, Job
from storyreel.engines.contracts.image import ImageRequest, ImageResult
from storyreel.engines.contracts.speech import SpeechRequest, SpeechResult
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.contracts.video import VideoRequest, VideoResult
from storyreel.engines.testing import FakeImageEngine, FakeSpeechEngine, FakeStoryEngine, FakeVideoEngine


def _harmless(text: str) -> str:
    return text.replace("FAIL", "fail")


class StandInStoryEngine(FakeStoryEngine):
    @property
    def info(self) -> EngineInfo:
        return replace(super().info, id="stand-in")

    async def plan(self, request: StoryRequest, job: Job) -> Storyboard:
        return await super().plan(replace(request, story=_harmless(request.story)), job)


class StandInImageEngine(FakeImageEngine):
    @property
    def info(self) -> EngineInfo:
        return replace(super().info, id="stand-in")

    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        return await super().draw([replace(one, prompt=_harmless(one.prompt)) for one in requests], job)


class StandInSpeechEngine(FakeSpeechEngine):
    @property
    def info(self) -> EngineInfo:
        return replace(super().info, id="stand-in")

    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult | Deferred]:
        return await super().speak([replace(one, text=_harmless(one.text)) for one in requests], job)


class StandInVideoEngine(FakeVideoEngine):
    @property
    def info(self) -> EngineInfo:
        return replace(super().info, id="stand-in")

    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult | Deferred]:
        return await super().animate([replace(one, prompt=_harmless(one.prompt)) for one in requests], job)
