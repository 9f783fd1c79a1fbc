"""What engines leave may be odd or broken: it is shown right, or its shot is named and nothing else lost or remade."""

import wave
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from PIL import Image

from storyreel.domain.film import Subtitles
from storyreel.domain.project import Project
from storyreel.domain.task import Task, TaskStatus
from storyreel.engines.contracts.engine import Job
from storyreel.engines.contracts.image import ImageRequest, ImageResult
from storyreel.engines.contracts.speech import SpeechRequest, SpeechResult
from storyreel.engines.contracts.video import VideoRequest, VideoResult
from storyreel.engines.testing.fakes import FakeImageEngine, FakeSpeechEngine, FakeVideoEngine
from storyreel.media.probe import probe_video, read_pictures
from storyreel.store.database import cuts

pytestmark = pytest.mark.slow

STORY = "One one. Two two. Three three."
COLOUR = (200, 100, 50)
GREY = (128, 128, 128)
CANCELLED_WITHIN = 2.5
MOST_MEMORY = 500 * 2**20

Make = Callable[[Path], object]
LEFT: dict[str, Make] = {}
"""What the engines here leave for some shots instead of what they should: by words of the prompt or narration."""


def _odd(text: str) -> Make | None:
    return next((make for words, make in LEFT.items() if words in text), None)


class OddImageEngine(FakeImageEngine):
    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult]:
        (result,) = await super().draw(requests, job)
        make = _odd(requests[0].prompt)
        if make is None:
            return [result]
        make(job.folder / "odd")
        return [ImageResult(job.folder / "odd")]


class OddVideoEngine(FakeVideoEngine):
    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult]:
        (result,) = await super().animate(requests, job)
        make = _odd(requests[0].prompt)
        if make is None:
            return [result]
        make(job.folder / "odd")
        return [VideoResult(job.folder / "odd")]


class OddSpeechEngine(FakeSpeechEngine):
    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult]:
        (result,) = await super().speak(requests, job)
        make = _odd(requests[0].text)
        if make is None:
            return [result]
        make(job.folder / "odd")
        return [SpeechResult(job.folder / "odd")]


ODD = {kind: f"{__name__}:Odd{kind.title()}Engine" for kind in ("image", "video", "speech")}
STILLS = {"image_engine": ODD["image"], "video_engine": "builtin"}


@pytest.fixture(autouse=True)
def nothing_odd() -> Iterator[None]:
    LEFT.clear()
    yield
    LEFT.clear()


# What must hold


def failed(studio: Any, project: Project, words: str, code: str = "media_invalid") -> Task:
    task = studio.ended(studio.film(project))
    assert task.status is TaskStatus.FAILED
    assert task.error_code == code, task.error
    assert task.error.startswith("Shot 2: ")
    assert words in task.error
    assert str(studio.folder) not in task.error
    studio.settled(project)
    return task


def check_refused(studio: Any, kind: str, words: str, wrong: Mapping[str, tuple[Make, str]]) -> None:
    """Each wrong file fails the film in plain words; then the shot is mended, and only what was missing is made."""
    project = studio.project(STORY)
    for make, expected in wrong.values():
        LEFT[words] = make
        failed(studio, project, expected)
    calls, made = len(studio.calls()), studio.kinds()
    LEFT.clear()
    studio.done(studio.film(project))
    studio.settled(project)
    again = Counter(kind for kind, _ in studio.calls()[calls:])
    assert again[kind] == 1
    assert all(number <= 1 for number in again.values())
    assert made[{"speech": "voice", "image": "image", "video": "clip"}[kind]] == 2, "of the others, and they were kept"


def shown(studio: Any, project: Project) -> list[Any]:
    """The picture in the middle of each piece of the film: of a film without transitions, of each shot."""
    with studio.pipeline.database.read() as connection:
        cut = cuts.newest(connection, project.id)
    ends = np.cumsum([piece.end - piece.first for piece in cut.pieces])
    middles = {int(end - (piece.end - piece.first) // 2): None for end, piece in zip(ends, cut.pieces, strict=True)}
    for number, (_, picture) in enumerate(read_pictures(studio.path(studio.current(project).film))):
        if number in middles:
            middles[number] = picture
    return list(middles.values())


def check_colour(picture: Any, colour: Sequence[int]) -> None:
    assert np.abs(picture.reshape(-1, 3).astype(int) - colour).max() <= 6


# Pictures


def saved(kind: str, picture: Image.Image, **options: Any) -> Make:
    return lambda path: picture.save(path, kind, **options)


def plain(size: tuple[int, int] = (64, 36), colour: Any = COLOUR) -> Image.Image:
    return Image.new("RGB", size, colour)


def written(data: bytes) -> Make:
    return lambda path: path.write_bytes(data)


def cut_off(make: Make, share: float) -> Make:
    def cut(path: Path) -> None:
        make(path)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    return cut


MOVING: dict[str, Any] = {"save_all": True, "append_images": [plain(colour="blue")], "duration": 100}
NOISE = Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8))
PICTURES: list[tuple[Make, tuple[int, int, int]]] = [
    (saved("PNG", Image.fromarray(np.full((36, 64), 0x8080, np.uint16))), GREY),
    (saved("JPEG", plain().convert("CMYK"), quality=95), COLOUR),
    (saved("PNG", plain().quantize(4)), COLOUR),
    (saved("PNG", Image.new("LA", (64, 36), (0, 127))), GREY),
    (saved("PNG", plain(), **MOVING), COLOUR),
    (saved("WEBP", plain(), lossless=True, **MOVING), COLOUR),
    (saved("PNG", plain((1, 1))), COLOUR),
    (saved("PNG", plain((33, 21))), COLOUR),
]
NO_PICTURES: dict[str, tuple[Make, str]] = {
    "huge": (saved("PNG", Image.new("1", (20_000, 20_000))), "far too large"),
    "large": (saved("PNG", Image.new("1", (8193, 10))), "too large"),
    "cut off": (cut_off(saved("PNG", NOISE), 0.5), "broken"),
    "another kind": (saved("GIF", plain()), "not a PNG, JPEG or WebP"),
    "text": (written(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "not a PNG, JPEG or WebP"),
    "empty": (written(b""), "not a PNG, JPEG or WebP"),
    "missing": (lambda _: None, "No such file"),
}


def test_odd_pictures_keep_their_colours_in_the_film(studio: Any) -> None:
    studio.open(**STILLS)
    project = studio.project(" ".join(f"Nr{number}." for number in range(len(PICTURES))))
    LEFT.update({f"Shot {number}": make for number, (make, _) in enumerate(PICTURES, 1)})
    studio.done(studio.film(project))
    for picture, (_, colour) in zip(shown(studio, project), PICTURES, strict=True):
        check_colour(picture, colour)


@pytest.mark.long
def test_what_is_no_picture_fails_its_shot_alone(studio: Any) -> None:
    studio.open(image_engine=ODD["image"])
    check_refused(studio, "image", "Shot 2", NO_PICTURES)


# Clips


def clip(
    seconds: Sequence[float] = tuple(number / 24 for number in range(12)),
    *,
    size: tuple[int, int] = (320, 180),
    codec: str = "libx264",
    pixels: str = "yuv420p",
    sound: int = 0,
) -> Make:
    """A Matroska video of one colour; with a sound track of so many Hz."""
    tick = Fraction(1, 1000)

    def make(path: Path) -> None:
        with av.open(str(path), "w", format="matroska") as out:
            stream = out.add_stream(codec, rate=24)
            stream.width, stream.height, stream.pix_fmt = *size, pixels
            stream.codec_context.time_base = tick
            heard = out.add_stream("pcm_u8", rate=sound, layout="mono") if sound else None
            out.start_encoding()
            for moment in seconds:
                drawn = VideoFrame.from_ndarray(np.full((size[1], size[0], 3), COLOUR, np.uint8), format="rgb24")
                frame = drawn.reformat(format=pixels, dst_colorspace=1 if size[1] >= 720 else 5)
                frame.pts, frame.time_base = round(moment / tick), tick
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
            if heard:
                frame = av.AudioFrame.from_ndarray(np.full((1, 500), 128, np.uint8), format="u8", layout="mono")
                frame.sample_rate, frame.pts = sound, 0
                out.mux(heard.encode(frame))

    return make


CLIPS: list[Make] = [
    clip(size=(2, 2)),
    clip(size=(1920, 1080), codec="mpeg4"),
    clip([number / 7 for number in range(3)], pixels="yuv444p10le"),
    clip([0, 0.01, 0.02, 0.5, 0.51, 3]),
    clip([0]),
    clip(sound=1000),
]
NO_CLIPS: dict[str, tuple[Make, str]] = {
    "cut off": (cut_off(clip(codec="mpeg4"), 0.8), "cut off"),
    "no picture": (lambda path: silence(path, 1, container="matroska"), "no moving picture"),
    "no frame": (clip([]), ""),
    "a playlist": (written(b"#EXTM3U\n/etc/passwd\n"), "not an MP4"),
    "a picture": (saved("PNG", plain()), "not an MP4"),
    "too large": (clip([0], size=(8194, 16)), "too large"),
    "missing": (lambda _: None, "No such file"),
}


@pytest.mark.long
def test_odd_clips_keep_their_colours_in_the_film(studio: Any) -> None:
    studio.open(video_engine=ODD["video"])
    project = studio.project(" ".join(f"Nr{number}." for number in range(len(CLIPS))))
    LEFT.update({f"Shot {number}": make for number, make in enumerate(CLIPS, 1)})
    task = studio.done(studio.film(project))
    assert probe_video(studio.path(task.result["film"])).frames == task.result["frames"]
    for picture in shown(studio, project):
        check_colour(picture, COLOUR)


@pytest.mark.long
def test_what_is_no_clip_fails_its_shot_alone(studio: Any) -> None:
    studio.open(video_engine=ODD["video"])
    check_refused(studio, "video", "Shot 2", NO_CLIPS)


# Voices


def silence(path: Path, seconds: float, rate: int = 8000, channels: int = 1, container: str = "wav") -> None:
    if container == "wav":
        with wave.open(str(path), "wb") as out:
            out.setparams((channels, 1, rate, 0, "NONE", ""))
            out.writeframes(b"\x80" * round(seconds * rate) * channels)
        return
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream("pcm_u8", rate=rate, layout="mono")
        samples = np.full((1, round(seconds * rate)), 128, np.uint8)
        frame = av.AudioFrame.from_ndarray(samples, format="u8", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        out.mux(stream.encode(frame))


NO_VOICES: dict[str, tuple[Make, str]] = {
    "0 s": (lambda path: silence(path, 0), "empty"),
    "a quarter of an hour and more": (lambda path: silence(path, 901), "lasts 901.0 s"),
    "10 Hz": (lambda path: silence(path, 100, rate=10), "10 Hz"),
    "16 channels": (lambda path: silence(path, 1, channels=16), "channels: 16"),
    "cut off": (cut_off(lambda path: silence(path, 1), 0.5), "cut off"),
    "a picture": (saved("PNG", plain()), "not WAV"),
    "empty": (written(b""), "not WAV"),
    "missing": (lambda _: None, "No such file"),
}


@pytest.mark.long
def test_what_is_no_voice_fails_its_shot_alone(studio: Any) -> None:
    studio.open(speech_engine=ODD["speech"])
    check_refused(studio, "speech", "Two", NO_VOICES)


@pytest.mark.long
def test_a_voice_of_ten_minutes_is_heard_to_its_end(studio: Any) -> None:
    """Picture, captions and sound are as long as the voice; no process needs more memory for it."""
    studio.open(speech_engine=ODD["speech"], **STILLS)
    project = studio.project("One one. Two.", resolution="144x144")
    LEFT["Two"] = lambda path: silence(path, 600)
    task = studio.done(studio.film(project, Subtitles.TRACK))
    with av.open(str(studio.path(task.result["film"]))) as film:
        sound = film.streams.audio[0]
        assert film.streams.video[0].frames == task.result["frames"] > 600 * 24
        assert float(sound.duration * sound.time_base) == pytest.approx(task.result["frames"] / 24, abs=0.1)
    peaks = [Path(f"/proc/{child}/status").read_text().split("VmHWM:")[1].split()[0] for child in studio.children()]
    assert max(map(int, peaks)) * 1024 < MOST_MEMORY


# Captions


@pytest.mark.long
def test_captions_of_all_kinds_make_a_film(studio: Any) -> None:
    studio.open()
    project = studio.project(STORY)
    texts = (
        r"{\pos(0,0)\fs200}A\Nb\h%{pts}',drawtext=text=x:enable='1';[0:v]null<b>&lt;",
        "مرحبا שלום नमस्ते",
        "🦊🌙\u200b",
    )
    for shot, text in zip(studio.shots(project), texts, strict=True):
        studio.edit(shot, narration=text)
    task = studio.done(studio.film(project, Subtitles.BOTH))
    studio.settled(project)
    film = studio.path(task.result["film"])
    assert probe_video(film).frames == task.result["frames"]
    assert texts[1].encode() in film.read_bytes(), "the text track has what the font lacks"
