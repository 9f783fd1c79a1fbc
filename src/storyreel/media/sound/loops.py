"""Sound that goes round: the music and the ambience that lie under a film, each made once and kept as a file."""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from storyreel.errors import MediaError
from storyreel.media.probe import SAMPLE_RATE
from storyreel.media.sound.ambience import AMBIENCES, compose_ambience
from storyreel.media.sound.blocks import Sound
from storyreel.media.sound.loudness import energy_round, integrated
from storyreel.media.sound.music import COARSER, compose_music
from storyreel.media.sound.textures import finer
from storyreel.offload import Report

LOUDNESS = -24.0
"""Loudness, in LUFS, of every loop as it is kept."""

_COMPOSING = 5
"""Raise whenever the same loop would sound different."""
_FULL = 32767


@dataclass(frozen=True, slots=True)
class Loop:
    """`name` is one of MUSIC or AMBIENCES; another `seed` is another take of it."""

    name: str
    seed: int

    def identity(self) -> dict[str, object]:
        """All that it is made from, as JSON."""
        return {"loop": self.name, "seed": self.seed, "composing": _COMPOSING}


def render_loop(report: Report, loop: Loop, out: Path) -> None:
    """Compose a loop and write it as WAV: the end leads into the beginning.

    Raises:
        InvalidInputError: no such mood.
        MediaError: it cannot be written (code `encode_failed`).
    """
    compose, coarser = (compose_ambience, 1) if loop.name in AMBIENCES else (compose_music, COARSER)
    sound = compose(loop.name, loop.seed)
    gain = 10 ** ((LOUDNESS - integrated(energy_round(sound, coarser))) / 20)
    sound *= np.float32(gain * _FULL)
    samples = np.ascontiguousarray((sound if coarser == 1 else finer(sound, coarser)).T)
    samples = np.clip(np.rint(samples, out=samples), -_FULL, _FULL, out=samples).astype("<i2")
    try:
        with out.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(samples.data)
    except OSError as error:
        out.unlink(missing_ok=True)
        raise MediaError(f"The sound cannot be written: {error.strerror}.", code="encode_failed") from error
    report(1.0)


def read_loop(path: Path, start: int, samples: int) -> Sound:
    """`samples` samples of a loop that has been going round for `start` samples, or will begin a round in −`start`.

    Raises:
        MediaError: the file is broken (code `broken_file`).
    """
    parts: list[bytes] = []
    try:
        with path.open("rb") as raw, wave.open(raw, "rb") as file:
            length = file.getnframes()
            at, left = start % length, samples
            while left:
                file.setpos(at)
                parts.append(file.readframes(here := min(length - at, left)))
                at, left = 0, left - here
    except (OSError, EOFError, wave.Error, ZeroDivisionError) as error:
        raise MediaError("The file of a loop is broken.", code="broken_file") from error
    heard = np.frombuffer(b"".join(parts), "<i2").reshape(-1, 2).T
    return np.multiply(heard, np.float32(1 / _FULL), dtype=np.float32)
