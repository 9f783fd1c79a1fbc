"""Sound as it is drawn: how far it swings in each little while."""

import json
from pathlib import Path

import numpy as np

from storyreel.media.probe import SAMPLE_RATE, read_pieces
from storyreel.media.sound.blocks import Sound, evenly
from storyreel.offload import Report

PER_SECOND = 25
"""Peaks for each second of sound: at the widest that a timeline is drawn, two pixels each."""
SAMPLES = SAMPLE_RATE // PER_SECOND
FULL = 255
"""What stands for full scale."""


def peaks_of(sound: Sound) -> list[int]:
    """The highest swing in each 1/25 s, 0 … 255; the last may be of less."""
    swing = np.abs(sound).max(axis=0, initial=0)
    padded = np.pad(swing, (0, -swing.size % SAMPLES)).reshape(-1, SAMPLES)
    return np.minimum(np.rint(padded.max(axis=1, initial=0) * FULL), FULL).astype(int).tolist()


def write_peaks(report: Report, file: Path, out: Path) -> None:
    """Write a sound file's peaks as JSON, a list.

    Raises:
        MediaError: the file is broken.
    """
    pieces = evenly(read_pieces(file, "mono"), SAMPLE_RATE)
    out.write_text(json.dumps([peak for piece in pieces for peak in peaks_of(piece)]))
    report(1.0)
