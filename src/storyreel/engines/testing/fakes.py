"""Fake engines, quick and named so, for tests of everything around engines."""

import asyncio
import math
import os
import re
import struct
import wave
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import Canvas, WordTime
from storyreel.domain.project import Language
from storyreel.domain.storyboard import Character, PlannedShot, SceneSpec, Storyboard, Subject
from storyreel.engines.contracts.engine import Deferred, EngineInfo, Job
from storyreel.engines.contracts.image import ImageRequest, ImageResult
from storyreel.engines.contracts.speech import SpeechRequest, SpeechResult, Voice
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.contracts.video import VideoRequest, VideoResult
from storyreel.errors import EngineError, InvalidInputError

SAMPLE_RATE = 48_000


async def _work(kind: str, job: Job, text: str = "") -> None:
    """Write the call into a journal, take a while, fail on demand: whatever the test set in the environment.

    STORYREEL_FAKE_JOURNAL: file that gets the lines "begin KIND KEY" and "end KIND KEY", or "stop" when cancelled.
    STORYREEL_FAKE_SECONDS: how long every call takes.  A text that holds FAIL-kind fails, FAIL-kind-bug crashes.
    """
    _note("begin", kind, job.key)
    seconds = float(os.environ.get("STORYREEL_FAKE_SECONDS", "0"))
    for step in range(10):
        job.progress(step / 10)
        try:
            await asyncio.sleep(seconds / 10)
        except asyncio.CancelledError:
            _note("stop", kind, job.key)
            raise
    if f"FAIL-{kind}-bug" in text:
        raise ZeroDivisionError("a bug in an engine, secret-canary")
    if f"FAIL-{kind}" in text:
        raise EngineError(f"The fake {kind} engine was told to fail.", hint="Take the word out.")
    _note("end", kind, job.key)


def _note(what: str, kind: str, key: str) -> None:
    journal = os.environ.get("STORYREEL_FAKE_JOURNAL")
    if journal:
        with open(journal, "a") as file:
            file.write(f"{what} {kind} {key}\n")


class _Fake:
    kind: str

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(id="fake", kind=self.kind, version="1", title=f"Fake {self.kind}")

    async def missing(self) -> Sequence[str]:
        return ()


class FakeStoryEngine(_Fake):
    """One shot per sentence, all of one character in one place."""

    kind = "story"

    async def plan(self, request: StoryRequest, job: Job) -> Storyboard:
        await _work(self.kind, job, request.story)
        sentences = [part for part in re.split(r"(?<=[.!?。！？])\s*", request.story) if part.strip()]
        hero = Character(id="c1", name="Fake", kind="kid", seed=request.seed)
        scene = SceneSpec(setting="meadow", subjects=(Subject("c1"),))
        shots = [
            PlannedShot(f"Shot {number + 1}: {text}", f"Shot {number + 1}", text, scene)
            for number, text in enumerate(sentences)
        ]
        language = "en" if request.language is Language.AUTO else str(request.language)
        return Storyboard(language, (hero,), tuple(shots))

    async def read_scene(self, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec:
        time = "night" if "night" in prompt else "noon"
        return replace(scene, time=time) if scene else SceneSpec(setting="meadow", time=time)


class FakeImageEngine(_Fake):
    """A picture whose colours follow from the request, and from the pictures that it is to go by."""

    kind = "image"

    @property
    def info(self) -> EngineInfo:
        return replace(super().info, references=True)

    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        results: list[ImageResult] = []
        for number, request in enumerate(requests):
            await _work(self.kind, job, request.prompt)
            file = job.folder / f"{number}.png"
            seen = [zlib.crc32(reference.read_bytes()) for reference in request.references]
            _picture(request.canvas, hash_of(request.prompt, request.seed, str(request.style), seen), 0.0, file)
            results.append(ImageResult(file))
        return results


class FakeSpeechEngine(_Fake):
    """A tone of 60 ms per character, with a word time for each word."""

    kind = "speech"

    async def voices(self) -> Sequence[Voice]:
        return (Voice("fake-en", "Fake", "en"), Voice("fake-zh", "假", "zh"))

    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult | Deferred]:
        known = {voice.id for voice in await self.voices()}
        results: list[SpeechResult] = []
        for number, request in enumerate(requests):
            if request.voice is not None and request.voice not in known:
                raise InvalidInputError(f"There is no voice '{request.voice}'.", code="unknown_voice")
            await _work(self.kind, job, request.text)
            file = job.folder / f"{number}.wav"
            seconds = (0.3 + 0.06 * len(request.text)) / request.rate
            _tone(seconds, file)
            each = seconds / max(1, len(request.text))
            spans = [match.span() for match in re.finditer(r"\S+", request.text)]
            words = tuple(WordTime(start * each, end * each, start, end - start) for start, end in spans)
            results.append(SpeechResult(file, words))
        return results


class FakeVideoEngine(_Fake):
    """Colours that drift."""

    kind = "video"

    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult | Deferred]:
        await _work(self.kind, job, requests[0].prompt)
        return [
            VideoResult(DriftingColours(request.canvas, request.fps, request.frames, request.seed))
            for request in requests
        ]


class FakeImmediateVideoEngine(FakeVideoEngine):
    """The same, drawn while the film is cut."""

    @property
    def info(self) -> EngineInfo:
        return replace(super().info, immediate=True)


@dataclass(frozen=True, slots=True)
class DriftingColours:
    """A FrameSource: a gradient that moves a little with every frame."""

    canvas: Canvas
    fps: Fraction
    count: int
    seed: int

    def __len__(self) -> int:
        return self.count

    def frames(self, first: int, end: int) -> Iterator[NDArray[np.uint8]]:
        for number in range(first, end):
            yield _gradient(self.canvas, self.seed, number / self.count)


def hash_of(*parts: object) -> int:
    """A number that follows from the parts, the same in every process."""
    return int.from_bytes(repr(parts).encode(), "big") % (2**31 - 1)


def _gradient(canvas: Canvas, seed: int, phase: float) -> NDArray[np.uint8]:
    across = np.linspace(0, 2 * math.pi, canvas.width)[None, :]
    down = np.linspace(0, 2 * math.pi, canvas.height)[:, None]
    layers = [127 + 100 * np.sin(across * (1 + channel) + down + seed % 97 + 6.28 * phase) for channel in range(3)]
    return np.stack(layers, axis=-1).astype(np.uint8)


def _picture(canvas: Canvas, seed: int, phase: float, file: Path) -> None:
    from PIL import Image

    Image.fromarray(_gradient(canvas, seed, phase)).save(file)


def _tone(seconds: float, file: Path) -> None:
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    samples = (6000 * np.sin(2 * math.pi * 220 * times) * (1 + 0.5 * np.sin(2 * math.pi * 4 * times))).astype("<i2")
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(struct.calcsize("<h"))
        out.setframerate(SAMPLE_RATE)
        out.writeframes(samples.tobytes())
