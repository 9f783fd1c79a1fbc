"""What the film is made from: stills drawn by the built-in illustrator, narrations spoken by the built-in voice."""

import asyncio
import shutil
from pathlib import Path

from composing.film import Film, Shot
from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.storyboard import Framing, SceneSpec
from storyreel.engines.backends.builtin.illustrator import BuiltinImageEngine
from storyreel.engines.backends.builtin.voice import BuiltinSpeechEngine
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.speech import SpeechRequest
from storyreel.media.probe import probe_audio

_NARRATIONS = (
    "The moon was bright that night, and Mira climbed the silver ladder all the way up.",
    "Below her, the village slept under its blanket of snow.",
    "A fox with a lantern waited at the edge of the forest.",
    "“You are late,” said the fox, “and the stars are asleep.”",
    "They crossed the frozen river on a bridge of reeds.",
    "Wind shook the old pines; somewhere an owl laughed.",
    "In the meadow stood a door that belonged to no house.",
    "Mira knocked three times, and waited.",
    "Behind the door lay a garden in full summer.",
    "Bees hummed, apples fell, and nobody was in a hurry.",
    "She filled her pockets with light for the way home.",
    "When she woke, her window was open, and her shoes were wet.",
)
_SETTINGS = (
    "moon",
    "street",
    "forest",
    "forest",
    "river",
    "forest",
    "meadow",
    "garden",
    "garden",
    "garden",
    "sky",
    "room",
)
_TIMES = ("night", "dusk", "night", "dawn", "morning", "dusk", "noon", "noon", "afternoon", "noon", "night", "morning")


class _Job:
    """An engine's job that nobody watches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = folder.name

    def progress(self, fraction: float) -> None:
        pass


def prepare(folder: Path, canvas: Canvas, fps: int, shots: int, seconds: float | None = None) -> Film:
    """Draw and speak twelve shots once, and repeat them up to the number wanted; `seconds` cuts the voices short."""
    made = [asyncio.run(_made(folder, number, canvas, seconds)) for number in range(min(shots, len(_NARRATIONS)))]
    return Film(folder, canvas, fps, tuple(made[number % len(made)] for number in range(shots)))


async def _made(folder: Path, number: int, canvas: Canvas, seconds: float | None) -> Shot:
    picture, voice = f"{number}-{canvas}.png", f"{number}-{seconds or 'whole'}.wav"
    text = _NARRATIONS[number]
    work = folder / "work"
    if not (folder / picture).exists():
        work.mkdir(parents=True, exist_ok=True)
        scene = SceneSpec(_SETTINGS[number], _TIMES[number], framing=list(Framing)[number % 3])
        size = Canvas(*(round(side * 0.6) * 2 for side in (canvas.width, canvas.height)))
        drawn = await BuiltinImageEngine().draw(
            [ImageRequest(text, Style.CINEMATIC, size, number, scene=scene)], _Job(work)
        )
        shutil.move(drawn[0].file, folder / picture)
    if not (folder / voice).exists():
        work.mkdir(parents=True, exist_ok=True)
        spoken = await BuiltinSpeechEngine().speak([SpeechRequest(text, "en")], _Job(work))
        _shortened(Path(spoken[0].file), folder / voice, seconds)
    return Shot(picture, voice, text, probe_audio(folder / voice).duration)


def _shortened(source: Path, out: Path, seconds: float | None) -> None:
    import wave

    with wave.open(str(source)) as voice:
        shape, rate = voice.getparams(), voice.getframerate()
        data = voice.readframes(voice.getnframes() if seconds is None else round(seconds * rate))
    with wave.open(str(out), "wb") as voice:
        voice.setparams(shape)
        voice.writeframes(data)
