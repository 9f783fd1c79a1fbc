"""How loud voices are: measured once, a few voices at a time, and kept as a file."""

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np

from storyreel.errors import MediaError
from storyreel.media.probe import read_pieces
from storyreel.media.sound.blocks import Sound
from storyreel.media.sound.loudness import HOP, Levels, measure
from storyreel.offload import Report

_MEASURING = 1
"""Raise whenever the same voice would measure otherwise."""
_FEWEST, _MOST = 4, 12
"""Voices to a batch. Measured: to publish an artifact takes 3.5 ms of processor time, to measure a voice 5 ms."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a voice file: how many samples it has at 48 kHz, and how loud they are."""

    samples: int
    levels: Levels


def levels_identity(keys: Sequence[str]) -> dict[str, object]:
    """All that the levels of voices are made from, as JSON."""
    return {"voices": list(keys), "measuring": _MEASURING, "hop": HOP, "av": version("av")}


def batched(keys: Sequence[str]) -> list[slice]:
    """Voices, known by the digests that are their keys, in batches of eight or so.

    Where a batch ends is told by the keys in it alone; so of the batches before a voice that is changed, added or taken
    away all stay as they are, and soon after it they are the same again.
    """
    ends = [0]
    for number, key in enumerate(keys, 1):
        size = number - ends[-1]
        if size == _MOST or (size >= _FEWEST and int(key[-2:], 16) % 4 == 0):
            ends.append(number)
    if ends[-1] < len(keys):
        ends.append(len(keys))
    return [slice(start, end) for start, end in pairwise(ends)]


def measure_voices(report: Report, voices: Sequence[Path]) -> list[Measured]:
    """Decode and measure voice files.

    Raises:
        MediaError: one is broken.
    """
    measured: list[Measured] = []
    for path in voices:
        samples = 0

        def pieces(path: Path = path) -> Iterable[Sound]:
            nonlocal samples
            for piece in read_pieces(path, "mono"):
                samples += piece.shape[1]
                yield piece

        levels = measure(pieces())
        measured.append(Measured(samples, levels))
        report(len(measured) / len(voices))
    return measured


def write_levels(report: Report, voices: Sequence[Path], out: Path) -> None:
    """Measure voice files, and keep what was measured: an NPZ of `samples`, and per hop `energy` and `peak`.

    Raises:
        MediaError: a voice is broken, or it cannot be written (code `encode_failed`).
    """
    measured = measure_voices(report, voices)
    levels = [known.levels for known in measured]
    try:
        np.savez(
            out,
            samples=[known.samples for known in measured],
            energy=np.concatenate([level.energy for level in levels]).astype(np.float32),
            peak=np.concatenate([level.peak for level in levels]).astype(np.float32),
        )
    except OSError as error:
        raise MediaError(f"The levels cannot be written: {error.strerror}.", code="encode_failed") from error


def read_levels(path: Path) -> list[Measured]:
    """What `write_levels` kept.

    Raises:
        MediaError: the file is broken (code `broken_file`).
    """
    try:
        with np.load(path) as kept:
            samples, energy, peak = (kept[name] for name in ("samples", "energy", "peak"))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise MediaError("The file of voices' levels is broken.", code="broken_file") from error
    hops = -(-samples // HOP)
    ends = np.cumsum(hops)
    return [
        Measured(int(count), Levels(energy[end - size : end].astype(np.float64), peak[end - size : end].astype(float)))
        for count, size, end in zip(samples, hops, ends, strict=True)
    ]
