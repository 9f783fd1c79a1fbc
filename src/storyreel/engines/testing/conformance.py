"""What every engine must hold to, as checks to run in an engine's own tests: each raises AssertionError saying what."""
# ruff: noqa: S101 - assertions are what this module is for

import asyncio
import io
import pickle
import re
import threading
import wave
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from storyreel.domain.film import Canvas, FrameSource, StillMove
from storyreel.domain.project import Language, Style
from storyreel.domain.storyboard import Character, SceneSpec, Storyboard, Subject
from storyreel.engines.contracts.engine import Deferred, Engine, Report
from storyreel.engines.contracts.image import ImageEngine, ImageRequest, ImageResult
from storyreel.engines.contracts.speech import SpeechEngine, SpeechRequest, SpeechResult
from storyreel.engines.contracts.story import StoryEngine, StoryRequest
from storyreel.engines.contracts.video import VideoEngine, VideoRequest
from storyreel.errors import StoryreelError

T = TypeVar("T")

CANCELLED_WITHIN = 5.0
"""Seconds; the pipeline promises its users 2, on a machine that is not busy."""
ASPECT_TOLERANCE = 0.15
ROUNDING, ROUNDING_ON_AVERAGE = 2, 0.1
"""Levels of 255 by which a picture may differ in a batch: see `ImageEngine.draw`."""
TEXTS = {"en": ("The fox, at last, went home.", "It slept."), "zh": ("小狐狸终于回家了，睡得很香。", "天亮了。")}
STORIES = {
    "en": "A girl walks to the sea. A dog follows her! “Wait,” says the dog.\n\nThey swim until night.",
    "zh": "小女孩走到海边。一只狗跟着她！“等等我，”狗说。\n\n他们一直游到天黑。",
}


class RecordingJob:
    """A Job that checks what is reported to it."""

    def __init__(self, folder: Path, key: str = "conformance") -> None:
        folder.mkdir(parents=True)
        self.key = self.ticket = key
        self.folder = folder
        self.fractions: list[float] = []
        self._kept = ""
        self._lock = threading.Lock()

    def remember(self, text: str) -> None:
        self._kept = text

    def remembered(self) -> str:
        return self._kept

    def handing_over(self, node: str) -> None:
        assert node, "who is handed the work has a name"

    def reported(self) -> Report | None:
        return None

    def wanted(self) -> bool:
        return False

    def progress(self, fraction: float) -> None:
        with self._lock:
            self.fractions.append(fraction)

    def check(self) -> None:
        outside = [fraction for fraction in self.fractions if not 0 <= fraction <= 1]
        assert not outside, f"progress is a fraction, 0 … 1, not {outside[:3]}"

    def own(self, file: Path) -> bytes:
        """The content of a file that the engine left in the job's folder."""
        assert file.resolve().is_relative_to(self.folder.resolve()), f"{file} is not in the job's folder"
        assert file.is_file(), f"there is no file {file}"
        return file.read_bytes()


async def check_story_engine(engine: StoryEngine, folder: Path) -> None:
    """Check what `contracts.story` promises, for each language that the engine lists (else English)."""
    await _check_info(engine, "story")
    for language in engine.info.languages or ("en",):
        story = STORIES.get(language, STORIES["en"])
        told_in = Language(language) if language in STORIES else Language.ENGLISH
        request = StoryRequest(story, "A title", Style.ANIME, told_in)
        job = RecordingJob(folder / f"story-{language}")
        storyboard = await engine.plan(request, job)
        job.check()
        if isinstance(storyboard, Deferred):
            _check_deferred(storyboard)
            continue
        _check_storyboard(storyboard, request)
        again = await engine.plan(request, RecordingJob(folder / f"story-{language}-again"))
        assert again == storyboard, "the same request gives the same storyboard"
        first = storyboard.shots[0]
        scene = await engine.read_scene(f"{first.prompt}, at night", first.scene, request)
        assert scene.setting == first.scene.setting, "what a new prompt does not mention stays as it is"
        assert isinstance(await engine.read_scene(first.prompt, None, request), SceneSpec)
    long = StoryRequest(STORIES["en"] * 200, "A title", Style.ANIME)
    await _check_cancelling(lambda: engine.plan(long, RecordingJob(folder / "story-cancelled")))


def _check_storyboard(storyboard: Storyboard, request: StoryRequest) -> None:
    assert storyboard.language in ("en", "zh"), f"a storyboard's language is en or zh, not {storyboard.language}"
    assert storyboard.shots, "a storyboard has shots"
    told = re.sub(r"\s", "", "".join(shot.narration for shot in storyboard.shots))
    assert told == re.sub(r"\s", "", request.story), "the narrations are the story: all of it, once, in order"
    prompts = [prompt for shot in storyboard.shots for prompt in (shot.prompt, shot.prompt_en)]
    assert all(prompt.strip() for prompt in prompts), "every shot has its prompts"
    cast = [character.id for character in storyboard.characters]
    assert len(set(cast)) == len(cast), "characters have ids of their own"
    on_stage = {subject.character for shot in storyboard.shots for subject in shot.scene.subjects}
    assert on_stage <= set(cast), f"on stage, but not in the cast: {on_stage - set(cast)}"


async def check_image_engine(engine: ImageEngine, folder: Path) -> None:
    """Check what `contracts.image` promises."""
    await _check_info(engine, "image")
    kid = Character("c1", "Mia", "girl", "red coat", 7)
    scene = SceneSpec("meadow", "noon", subjects=(Subject("c1"),))
    wide = ImageRequest("A girl in a meadow", Style.ANIME, Canvas(384, 216), 7, scene=scene, characters=(kid,))
    tall = replace(wide, canvas=Canvas(216, 384))
    other = replace(wide, prompt="A dark sea", seed=8, scene=SceneSpec("sea", "night"), characters=())
    drawn = await _draw(engine, [wide], folder / "image-wide")
    assert drawn == await _draw(engine, [wide], folder / "image-again"), "the same request gives the same picture"
    assert drawn != await _draw(engine, [other], folder / "image-other"), "another request gives another picture"
    await _draw(engine, [tall], folder / "image-tall")
    if engine.info.max_batch > 1:
        both = await _draw(engine, [other, wide], folder / "image-batch")
        await asyncio.to_thread(_check_alike, both[1], drawn[0])
    if engine.info.references:
        seen = folder / "image-reference.png"
        await asyncio.to_thread(seen.write_bytes, drawn[0])
        by_reference = await _draw(engine, [replace(wide, references=(seen, seen))], folder / "image-by-reference")
        assert by_reference != drawn, "an engine that takes pictures of the characters goes by them"
    large = replace(wide, canvas=Canvas(1280, 720))
    await _check_cancelling(lambda: engine.draw([large], RecordingJob(folder / "image-cancelled")))


async def _draw(engine: ImageEngine, requests: Sequence[ImageRequest], folder: Path) -> list[bytes]:
    job = RecordingJob(folder)
    results = await engine.draw(requests, job)
    job.check()
    assert len(results) == len(requests), "one result per request"
    return [_checked_picture(result, request, job) for result, request in zip(results, requests, strict=True)]


def _checked_picture(result: ImageResult | Deferred, request: ImageRequest, job: RecordingJob) -> bytes:
    from PIL import Image

    if isinstance(result, Deferred):
        _check_deferred(result)
        return f"{request}".encode()
    content = job.own(result.file)
    with Image.open(result.file) as picture:
        picture.load()
        assert picture.format in ("PNG", "JPEG", "WEBP"), f"a picture is a PNG, JPEG or WebP, not {picture.format}"
        wanted = request.canvas.width / request.canvas.height
        error = abs(picture.width / picture.height / wanted - 1)
        assert error <= ASPECT_TOLERANCE, f"asked for {request.canvas}, got {picture.width}x{picture.height}"
    return content


def _check_alike(one: bytes, other: bytes) -> None:
    """Two pictures differ by rounding at most; a deferred one is the request itself."""
    import numpy as np
    from PIL import Image

    if one == other:
        return
    pixels = [np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.int16) for content in (one, other)]
    assert pixels[0].shape == pixels[1].shape, "a picture has the same size in a batch as alone"
    difference = np.abs(pixels[0] - pixels[1])
    most, mean = int(difference.max()), float(difference.mean())
    told = f"a picture does not depend on what else is in the batch: it differs by {most}, by {mean:.2f} on average"
    assert most <= ROUNDING, told
    assert mean <= ROUNDING_ON_AVERAGE, told


def _check_deferred(result: Deferred) -> None:
    assert result.node, "a deferred result names its node"
    assert result.job_id, "a deferred result has the node's own id for it"


def wav_seconds(file: Path) -> float:
    """How long a WAV file lasts."""
    with wave.open(str(file), "rb") as sound:
        return sound.getnframes() / sound.getframerate()


async def check_speech_engine(
    engine: SpeechEngine, folder: Path, seconds: Callable[[Path], float] = wav_seconds
) -> None:
    """Check what `contracts.speech` promises, for each language that the engine has voices for.

    Args:
        seconds: decodes a sound file and says how long it lasts; give one if the engine does not write WAV.
    """
    await _check_info(engine, "speech")
    voices = await engine.voices()
    assert voices, "there is a voice to choose"
    assert len({voice.id for voice in voices}) == len(voices), "voices have ids of their own"
    languages = engine.info.languages
    assert not languages or {voice.language for voice in voices} == set(languages), "each language has its voices"
    for language in sorted({voice.language for voice in voices}):
        await _check_language(engine, folder / f"speech-{language}", language, seconds)
    for voice in voices:
        request = SpeechRequest(TEXTS.get(voice.language, TEXTS["en"])[1], voice.language, voice.id)
        await _speak(engine, [request], folder / f"speech-voice-{voice.id}", seconds)
    unknown = SpeechRequest("No.", voices[0].language, "no-such-voice")
    refusal = await _refusal(engine.speak([unknown], RecordingJob(folder / "speech-unknown")))
    assert refusal == "unknown_voice", "an unknown voice is refused with the code unknown_voice"
    long = SpeechRequest(TEXTS["en"][0] * 100, voices[0].language)
    await _check_cancelling(lambda: engine.speak([long], RecordingJob(folder / "speech-cancelled")))


async def _refusal(call: Awaitable[object]) -> str | None:
    try:
        await call
    except StoryreelError as error:
        return error.code
    return None


async def _check_language(engine: SpeechEngine, folder: Path, language: str, seconds: Callable[[Path], float]) -> None:
    long, short = (SpeechRequest(text, language) for text in TEXTS.get(language, TEXTS["en"]))
    spoken = await _speak(engine, [long], folder / "one", seconds)
    assert spoken == await _speak(engine, [long], folder / "again", seconds), "the same request gives the same voice"
    ((fast, _),) = await _speak(engine, [replace(long, rate=1.5)], folder / "fast", seconds)
    ((pace, _),) = spoken
    assert fast < 0.9 * pace, "a higher rate speaks faster"
    if engine.info.max_batch > 1:
        batch = await _speak(engine, [short, long], folder / "batch", seconds)
        assert batch[1:] == spoken, "results are in order, and do not depend on what else is in the batch"


async def _speak(
    engine: SpeechEngine, requests: Sequence[SpeechRequest], folder: Path, seconds: Callable[[Path], float]
) -> list[tuple[float, bytes]]:
    job = RecordingJob(folder)
    results = await engine.speak(requests, job)
    job.check()
    assert len(results) == len(requests), "one result per request"
    return [_checked_voice(result, request, job, seconds) for result, request in zip(results, requests, strict=True)]


def _checked_voice(
    result: SpeechResult | Deferred, request: SpeechRequest, job: RecordingJob, seconds: Callable[[Path], float]
) -> tuple[float, bytes]:
    if isinstance(result, Deferred):
        _check_deferred(result)
        return len(request.text) / request.rate, b""
    content, duration = job.own(result.file), seconds(result.file)
    assert 0.1 < duration < 1 + len(request.text), f"{len(request.text)} characters in {duration:.2f} s"
    end, offset = 0.0, 0
    for word in result.words:
        assert end - 0.001 <= word.start <= word.end <= duration + 0.001, f"{word} is out of time"
        assert offset <= word.offset, f"{word} is out of order"
        end, offset = word.start, word.offset + word.length
        assert word.length > 0, f"{word} is nothing"
        assert offset <= len(request.text), f"{word} is not in the text"
    return duration, content


async def check_video_engine(engine: VideoEngine, folder: Path) -> None:
    """Check what `contracts.video` promises, with a picture that the engine has not seen."""
    from PIL import Image

    await _check_info(engine, "video")
    picture = RecordingJob(folder / "picture").folder / "picture.png"
    Image.linear_gradient("L").resize((320, 180)).convert("RGB").save(picture)
    request = VideoRequest(picture, "A girl in a meadow", Canvas(256, 144), 9, Fraction(24), 7)
    frames = await _animate(engine, request, folder / "video")
    assert frames == await _animate(engine, request, folder / "video-again"), "the same request gives the same frames"
    assert len(set(frames)) > 1 or not frames, "the picture moves"
    odd = replace(request, canvas=Canvas(144, 256), frames=1, fps=Fraction(30000, 1001))
    await _animate(engine, odd, folder / "video-odd")
    long = replace(request, frames=2000)
    await _check_cancelling(lambda: engine.animate([long], RecordingJob(folder / "video-cancelled")))


async def _animate(engine: VideoEngine, request: VideoRequest, folder: Path) -> list[bytes]:
    """The frames; none when the engine leaves a finished file or defers."""
    job = RecordingJob(folder)
    results = await engine.animate([request], job)
    job.check()
    assert len(results) == 1, "one result per request"
    if isinstance(results[0], Deferred):
        _check_deferred(results[0])
        return []
    moving = results[0].moving
    if isinstance(moving, Path):
        assert job.own(moving), "a finished video is not empty"
        return []
    if isinstance(moving, StillMove):
        asked = (request.image, request.canvas, request.fps, request.frames)
        assert (moving.image, moving.canvas, moving.fps, moving.number) == asked, "a move is over the picture asked for"
        return [repr(view).encode() for view in (moving.start, moving.end)]
    return await asyncio.to_thread(_checked_frames, moving, request)


def _checked_frames(moving: FrameSource, request: VideoRequest) -> list[bytes]:
    source: FrameSource = pickle.loads(pickle.dumps(moving))  # noqa: S301 - what was pickled a moment ago
    assert (source.canvas, source.fps) == (request.canvas, request.fps), "frames have the size and rate asked for"
    assert len(source) == request.frames, f"{request.frames} frames were asked for, not {len(source)}"
    shape = (request.canvas.height, request.canvas.width, 3)
    frames: list[bytes] = []
    for frame in source.frames(0, len(source)):
        assert frame.shape == shape, f"a frame is height × width × 3, {shape}, not {frame.shape}"
        assert frame.dtype == "uint8", f"a frame is of bytes, not {frame.dtype}"
        frames.append(frame.tobytes())
    assert len(frames) == request.frames, f"{request.frames} frames were promised, {len(frames)} came"
    middle = len(frames) // 2
    (again,) = (frame.tobytes() for frame in source.frames(middle, middle + 1))
    assert again == frames[middle], "a frame is the same whether it is drawn alone or after those before it"
    return frames


async def _check_info(engine: Engine, kind: str) -> None:
    info = engine.info
    assert info == engine.info, "what an engine says of itself does not change"
    assert re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", info.id), f"an id is lower-case letters, digits, _ . -: {info.id!r}"
    assert info.kind == kind, f"this is not a {kind} engine but a {info.kind} engine"
    assert info.version, "an engine has a version"
    assert info.title, "an engine has a title"
    assert info.max_batch >= 1, "an engine takes one request at least"
    missing = list(await engine.missing())
    assert not missing, f"the engine cannot run here: {missing}"


async def _check_cancelling(call: Callable[[], Awaitable[T]]) -> None:
    """A cancelled call ends soon: by `CancelledError`, or because it was done by then."""
    work = asyncio.ensure_future(call())
    await asyncio.sleep(0.1)
    work.cancel()
    _, late = await asyncio.wait([work], timeout=CANCELLED_WITHIN)
    assert not late, f"a cancelled call was still at work after {CANCELLED_WITHIN:.0f} s"
    assert work.cancelled() or work.exception() is None, f"a cancelled call raised {work.exception()!r}"
