import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from storyreel.domain.film import Canvas
from storyreel.media.clips import encode_clip
from storyreel.media.frames import Planes
from storyreel.media.profile import EncodeProfile
from storyreel.media.sound.loops import Loop, render_loop
from storyreel.media.sound.mix import render_part
from storyreel.media.sound.score import Place, Score, Spoken, plan_soundtrack
from storyreel.media.sound.sections import Felt
from storyreel.media.sound.splice import join_parts
from storyreel.media.sound.voices import measure_voices

CANVAS = Canvas(160, 90)
BITS = 8


@dataclass(frozen=True)
class CounterFilm:
    """Each frame shows its number as white and black blocks along the top, on a ground of its shot's colour."""

    shot: int
    count: int
    canvas: Canvas = CANVAS
    fps: Fraction = Fraction(24)

    def __len__(self) -> int:
        return self.count

    def frames(self, first: int, end: int) -> Iterator[np.ndarray]:
        picture = np.empty((self.canvas.height, self.canvas.width, 3), np.uint8)
        for number in range(first, end):
            picture[:] = (60 + 50 * (self.shot % 4), 200 - 40 * (self.shot % 5), 90 + 30 * (self.shot % 3))
            bits = np.array([255 * (number >> bit & 1) for bit in range(BITS)], np.uint8)
            width = self.canvas.width // BITS
            picture[: self.canvas.height // 3, : width * BITS] = bits.repeat(width)[np.newaxis, :, np.newaxis]
            yield picture


def number_shown(planes: Planes) -> int:
    height, width = planes.y.shape
    blocks = planes.y[4 : height // 3 - 4, : width // BITS * BITS].reshape(-1, BITS, width // BITS)
    means = blocks[:, :, 4:-4].mean(axis=(0, 2))
    assert np.all((means < 60) | (means > 190)), f"no clear number: {means}"
    return sum(1 << bit for bit in range(BITS) if means[bit] > 125)


@pytest.fixture(scope="session")
def loop_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Loop], Path]:
    """The file of a loop, composed when it is first asked for."""
    folder = tmp_path_factory.mktemp("loops")

    def of(loop: Loop) -> Path:
        file = folder / f"{loop.name}-{loop.seed}.wav"
        if not file.exists():
            render_loop(lambda _: None, loop, file)
        return file

    return of


@pytest.fixture
def sound_parts(tmp_path: Path, loop_file: Callable[[Loop], Path]) -> Callable[..., list[Path]]:
    """The parts of a sound track, planned and made. Its voices are files and when they start, in seconds."""

    def make(
        voices: Sequence[tuple[Path, Fraction]],
        duration: Fraction,
        *,
        places: Sequence[Place] = (),
        mood: str | None = None,
        moods: Sequence[Felt] = (),
        seed: int = 0,
    ) -> list[Path]:
        spoken = tuple(Spoken(path.name, path, start) for path, start in voices)
        felt = (Felt(mood, Fraction(0), duration),) if mood else tuple(moods)
        score = Score(spoken, tuple(places), felt, seed, duration)
        parts = plan_soundtrack(score, measure_voices(lambda _: None, [path for path, _ in voices]))
        files = [tmp_path / f"part-{part.first}" for part in parts]
        for part, file in zip(parts, files, strict=True):
            render_part(lambda _: None, part, {loop: loop_file(loop) for loop in score.loops}, file)
        return files

    return make


@pytest.fixture
def film_sound(tmp_path: Path, sound_parts: Callable[..., list[Path]]) -> Callable[..., Path]:
    """A whole sound track, from what its parts are made from."""

    def make(voices: Sequence[tuple[Path, Fraction]], duration: Fraction, **heard: Any) -> Path:
        join_parts(lambda _: None, sound_parts(voices, duration, **heard), duration, tmp_path / "track.m4a")
        return tmp_path / "track.m4a"

    return make


@pytest.fixture
def profile() -> EncodeProfile:
    return EncodeProfile(CANVAS, Fraction(24))


@pytest.fixture
def counter() -> type[CounterFilm]:
    return CounterFilm


@pytest.fixture
def read_number() -> Callable[[Planes], int]:
    return number_shown


@pytest.fixture
def clip(tmp_path: Path, profile: EncodeProfile) -> Callable[..., Path]:
    """A counting clip of our own making."""

    def make(count: int, shot: int = 0) -> Path:
        out = tmp_path / f"clip-{shot}-{count}.mp4"
        encode_clip(lambda _: None, CounterFilm(shot, count), profile, out)
        return out

    return make


@pytest.fixture
def voice(tmp_path: Path) -> Callable[..., Path]:
    """Something like speech: syllables of a buzzing tone with pauses; or a click at each of `clicks` seconds."""

    def make(seconds: float, *, level: float = 0.3, rate: int = 22050, clicks: tuple[float, ...] = ()) -> Path:
        time = np.arange(round(seconds * rate)) / rate
        if clicks:
            sound = sum((np.abs(time - click) < 0.001).astype(float) for click in clicks) * 0.8
        else:
            buzz = sum(np.sin(2 * np.pi * 140 * part * time) / part for part in range(1, 9)) / 2
            sound = level * buzz * np.clip(np.sin(2 * np.pi * 2.5 * time), 0, 1)
        out = tmp_path / f"voice-{seconds}-{level}-{rate}-{len(clicks)}.wav"
        with wave.open(str(out), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
        return out

    return make
