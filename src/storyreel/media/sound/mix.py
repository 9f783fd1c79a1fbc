"""A part of the sound track, mixed and encoded: voices to the sample, what lies under them, no peak too high."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from storyreel.media.probe import SAMPLE_RATE, read_pieces
from storyreel.media.sound.aac import FRAME, encode_aac
from storyreel.media.sound.blocks import Sound, evenly
from storyreel.media.sound.loops import Loop, read_loop
from storyreel.media.sound.loudness import HOP, limited, sampled, true_peaks
from storyreel.media.sound.peaks import peaks_of
from storyreel.media.sound.score import CEILING, SoundPart, Voice
from storyreel.media.sound.splice import write_part
from storyreel.offload import Report

_RUN_UP = 8
"""Frames that the encoder is given before those that count. Measured on speech over music and rain: with two, the sound
at a cut is as near to the wave as elsewhere; with one, up to 36 dB farther."""
_EDGE = 240
"""Samples over which a voice file fades at both ends, so that none clicks."""


def render_part(report: Report, part: SoundPart, loops: Mapping[Loop, Path], out: Path) -> list[int]:
    """Mix and encode one part; the peaks of what lies under its voices, from its start on, for those who draw it.

    Args:
        loops: the files of all loops that it needs.

    Raises:
        MediaError: a file is broken or cannot be written.
    """
    sound = _beneath(part, loops)
    peaks = peaks_of(sound)
    _voice_over(part, sound)
    report(0.5)
    sound *= sampled(limited(true_peaks(sound), CEILING), 0, sound.shape[1])
    skipped = part.start // FRAME
    begin = max(part.first - 1 - _RUN_UP, skipped)
    setup, packets = encode_aac(sound[:, (begin - skipped) * FRAME : (part.first + part.packets + 1 - skipped) * FRAME])
    last = min(FRAME, part.end - (part.first + part.packets - 2) * FRAME)
    write_part(setup, packets[part.first - begin :][: part.packets], out, last)
    report(1.0)
    return peaks


def mixed(part: SoundPart, loops: Mapping[Loop, Path]) -> Sound:
    """What is heard from the part's start to its end, before peaks are limited."""
    sound = _beneath(part, loops)
    _voice_over(part, sound)
    return sound


def _beneath(part: SoundPart, loops: Mapping[Loop, Path]) -> Sound:
    """Music and places alone."""
    sound = np.zeros((2, part.end - part.start), np.float32)
    for layer in part.layers:
        first, end = max(layer.start, part.start), min(layer.end, part.end)
        heard = read_loop(loops[layer.loop], first - layer.origin, end - first)
        level = layer.heard(part.start, -(-sound.shape[1] // HOP), part.spoken)
        heard *= sampled(level, first - part.start, end - first)
        sound[:, first - part.start : end - part.start] += heard
    return sound


def _voice_over(part: SoundPart, sound: Sound) -> None:
    for voice in part.voices:
        _speak(voice, sound, part.start)


def _speak(voice: Voice, sound: Sound, start: int) -> None:
    """Mix in what of a voice falls into sound that begins at the film's sample `start`."""
    at = voice.start
    for piece in _pieces(voice):
        first, end = max(at, start), min(at + piece.shape[1], start + sound.shape[1])
        if first < end:
            sound[:, first - start : end - start] += piece[:, first - at : end - at]
        at += piece.shape[1]
        if at >= start + sound.shape[1]:
            break


def _pieces(voice: Voice) -> Iterator[Sound]:
    """The voice as it is heard, piece by piece."""
    length = voice.end - voice.start
    edge = max(min(_EDGE, length // 2), 1)
    scale = np.float32(10 ** (voice.gain / 20))
    done = 0
    for piece in evenly(read_pieces(voice.path, "mono"), SAMPLE_RATE):
        heard = piece[:, : length - done] * scale
        places = np.arange(done, done + heard.shape[1], dtype=np.float32)
        heard *= np.clip(np.minimum(places, length - 1 - places) / edge, 0, 1)
        yield heard
        done += piece.shape[1]
