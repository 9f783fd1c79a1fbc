"""The suite that every engine must pass: our engines pass it, and it finds the faults that it is there to find."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from storyreel.domain.film import WordTime
from storyreel.domain.storyboard import SceneSpec, Storyboard
from storyreel.engines import testing
from storyreel.engines.contracts.engine import Deferred, EngineInfo, Job
from storyreel.engines.contracts.image import ImageRequest, ImageResult
from storyreel.engines.contracts.speech import SpeechRequest, SpeechResult
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.contracts.video import VideoRequest, VideoResult
from storyreel.engines.registry import EngineRegistry
from storyreel.engines.testing.fakes import DriftingColours

CHECKS: dict[str, Any] = {
    "story": testing.check_story_engine,
    "image": testing.check_image_engine,
    "speech": testing.check_speech_engine,
    "video": testing.check_video_engine,
}


@pytest.mark.parametrize("kind", CHECKS)
async def test_the_built_in_engines_conform(kind: str, tmp_path: Path) -> None:
    await CHECKS[kind](getattr(EngineRegistry(), kind)(), tmp_path)


@pytest.mark.parametrize("kind", CHECKS)
async def test_the_fakes_conform(kind: str, tmp_path: Path) -> None:
    await CHECKS[kind](getattr(testing, f"Fake{kind.title()}Engine")(), tmp_path)


async def test_an_engine_may_defer(tmp_path: Path) -> None:
    class Unlike(testing.FakeImageEngine):
        async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
            return [Deferred("node", str(hash(request))) for request in requests]

    await testing.check_image_engine(Unlike(), tmp_path)


class NotReady(testing.FakeImageEngine):
    async def missing(self) -> Sequence[str]:
        return ["a brush"]


class Nameless(testing.FakeImageEngine):
    @property
    def info(self) -> EngineInfo:
        return replace(super().info, id="")


class Whimsical(testing.FakeImageEngine):
    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        seed = int.from_bytes(os.urandom(3), "big")
        return await super().draw([replace(request, seed=seed) for request in requests], job)


class Deaf(testing.FakeImageEngine):
    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        return await super().draw([replace(request, prompt="", seed=1) for request in requests], job)


class Sideways(testing.FakeImageEngine):
    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        wide = requests[0].canvas
        return await super().draw([replace(request, canvas=replace(wide, width=512)) for request in requests], job)


class Boastful(testing.FakeImageEngine):
    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        job.progress(100)
        return await super().draw(requests, job)


class Broken(testing.FakeImageEngine):
    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        results = await super().draw(requests, job)
        file = job.folder / "0.png"
        file.write_bytes(file.read_bytes()[:500])
        return results


class Elsewhere(testing.FakeImageEngine):
    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        await super().draw(requests, job)
        return [ImageResult((job.folder / "0.png").rename(job.folder.parent / "elsewhere.png"))]


class Stubborn(testing.FakeImageEngine):
    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        if requests[0].canvas.width > 1000:
            for _ in range(3):
                try:
                    await asyncio.sleep(1)
                except asyncio.CancelledError:
                    continue
        return await super().draw(requests, job)


class Moody(testing.FakeImageEngine):
    """Draws worse in company."""

    @property
    def info(self) -> EngineInfo:
        return replace(super().info, max_batch=2)

    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        return await super().draw([replace(request, seed=len(requests)) for request in requests], job)


class Late(testing.FakeSpeechEngine):
    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult | Deferred]:
        (result,) = await super().speak(requests, job)
        assert isinstance(result, SpeechResult)
        return [replace(result, words=(*result.words, WordTime(500, 501, 0, 1)))]


class Steady(testing.FakeSpeechEngine):
    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult | Deferred]:
        return await super().speak([replace(request, rate=1) for request in requests], job)


class Obliging(testing.FakeSpeechEngine):
    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult | Deferred]:
        return await super().speak([replace(request, voice=None) for request in requests], job)


class Short(testing.FakeVideoEngine):
    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult | Deferred]:
        return await super().animate([replace(request, frames=request.frames - 1) for request in requests], job)


class Frozen(testing.FakeVideoEngine):
    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult | Deferred]:
        return [VideoResult(_Still(each.canvas, each.fps, each.frames, 0)) for each in requests]


class _Still(DriftingColours):
    def frames(self, first: int, end: int) -> Any:
        still = next(super().frames(0, 1))
        return iter([still] * (end - first))


class Forgetful(testing.FakeStoryEngine):
    async def plan(self, request: StoryRequest, job: Job) -> Storyboard:
        whole = await super().plan(request, job)
        return replace(whole, shots=whole.shots[1:])


class Strangers(testing.FakeStoryEngine):
    async def plan(self, request: StoryRequest, job: Job) -> Storyboard:
        return replace(await super().plan(request, job), characters=())


class Wanderer(testing.FakeStoryEngine):
    async def read_scene(self, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec:
        return SceneSpec("somewhere else")


@pytest.mark.parametrize(
    ("engine", "fault"),
    [
        (NotReady, "cannot run here"),
        (Nameless, "an id is"),
        (Whimsical, "same request"),
        (Deaf, "another request"),
        (Sideways, "asked for"),
        (Boastful, "a fraction"),
        (Elsewhere, "not in the job's folder"),
        (Stubborn, "still at work"),
        (Moody, "in the batch"),
        (Late, "out of time"),
        (Steady, "faster"),
        (Obliging, "unknown voice"),
        (Short, "frames were asked for"),
        (Frozen, "moves"),
        (Forgetful, "all of it"),
        (Strangers, "not in the cast"),
        (Wanderer, "does not mention"),
    ],
)
async def test_the_suite_finds_the_fault(
    engine: type[Any], fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storyreel.engines.testing.conformance.CANCELLED_WITHIN", 0.5)
    faulty = engine()
    with pytest.raises(AssertionError, match=fault):
        await CHECKS[faulty.kind](faulty, tmp_path)


async def test_the_suite_decodes_pictures(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="truncated"):
        await testing.check_image_engine(Broken(), tmp_path)
