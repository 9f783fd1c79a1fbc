"""What is heard when: voices levelled, music and places under them, one loudness; cut into parts of a fixed grid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

import numpy as np

from storyreel.errors import MediaError
from storyreel.media.probe import SAMPLE_RATE
from storyreel.media.sound import aac
from storyreel.media.sound.ambience import AMBIENCES
from storyreel.media.sound.loops import LOUDNESS as LOOP_LOUDNESS
from storyreel.media.sound.loops import Loop
from storyreel.media.sound.loudness import HOP, Curve, Levels, gain_for, integrated, smoothed
from storyreel.media.sound.scales import bar_of
from storyreel.media.sound.sections import Felt, Section, sections_of
from storyreel.media.sound.voices import Measured

LOUDNESS = -16.0
"""LUFS: what players and phones expect of spoken films (AES TD1008 asks for −16 … −20 for streams)."""
CEILING = -2.5
"""Highest true peak before encoding, in dB full scale: AAC may add a little, and −1.5 must hold after it."""
MUSIC_DUCKING, AMBIENCE_DUCKING = -10.0, -3.0
"""How much quieter music and places are under a voice, in dB: music then lies about 18 dB below."""
PART = 720
"""Packets to a part: 15.36 s."""
MARGIN = 15
"""Frames that a part knows of its neighbours: both hops and frames begin where it does, as 15 frames are 64 hops."""
GLIDE = 50
"""Hops over which sound under a voice gives way, to each side."""

_MIXING = 5
"""Raise whenever the same score would sound different."""
_SPOKEN = 10 ** (-40 / 20)
"""Level above which a voice counts as speaking, full scale."""
_MOST_LIFT = 24.0
"""Decibels by which a faint voice is raised at most: beyond, it is only noise."""
_LOOK_AHEAD, _HOLD = 60, 120
"""Hops: what lies under a voice takes 0.5 s to give way, is low when speech begins, and stays low for 0.6 s."""
_FADE_IN = 3 * SAMPLE_RATE // 2
"""Samples over which the film's music comes in; in short films, a third of the film."""
_UNSEEN = 2 * HOP
"""Samples that a layer begins before a part, and ends after it, at least: its first and last hops are heard in full."""
_CROSSFADE = SAMPLE_RATE
"""Samples over which one place gives way to another."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A voice file, what identifies it, and the second of the film at which it begins."""

    key: str
    path: Path
    start: Fraction


@dataclass(frozen=True, slots=True)
class Place:
    """What is heard of a place, one of AMBIENCES, and from when to when, in seconds."""

    kind: str
    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class Score:
    """All that is heard in `duration` seconds of film; places may overlap. `moods` are the music's: none, no music."""

    voices: tuple[Spoken, ...]
    places: tuple[Place, ...]
    moods: tuple[Felt, ...]
    seed: int
    duration: Fraction

    def identity(self) -> dict[str, object]:
        """All that the sound track is made from, as JSON."""
        return {
            "voices": [[voice.key, str(voice.start)] for voice in self.voices],
            "places": [[place.kind, str(place.start), str(place.end)] for place in self.places],
            "music": [[section.loop.identity(), section.start, section.end] for section in self.music],
            "duration": str(self.duration),
            "loops": [loop.identity() for loop in self.loops],
            "part": [PART, MARGIN],
        } | _handwork()

    @property
    def music(self) -> tuple[Section, ...]:
        """The sections of the film's music."""
        return sections_of(self.moods, self.seed)

    @property
    def loops(self) -> dict[Loop, Fraction]:
        """The loops that it needs, in the order in which they are first heard, and in which second."""
        first = {_take(place.kind): place.start for place in reversed(self.places)}
        first |= {section.loop: Fraction(section.start, SAMPLE_RATE) for section in reversed(self.music)}
        return dict(sorted(first.items(), key=lambda heard: heard[1]))


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice on the film's sample clock, raised by `gain` decibels."""

    key: str
    path: Path
    start: int
    end: int
    gain: float


@dataclass(frozen=True, slots=True)
class Layer:
    """A loop from one sample of the film to another; at the sample `origin` it begins a round.

    It rises and falls within so many samples; it is raised by `gain` decibels, and by `ducking` more under a voice.
    """

    loop: Loop
    origin: int
    start: int
    end: int
    rise: int
    fall: int
    gain: float
    ducking: float

    def identity(self) -> list[object]:
        """All that is heard of it, as JSON."""
        times = self.origin, self.start, self.end, self.rise, self.fall
        return [self.loop.identity(), *times, self.gain, self.ducking]

    def seen_from(self, start: int, end: int) -> "Layer":
        """The same between two samples; of what is farther away, how it rises and falls there, it does not tell."""
        seen = self
        if self.start + self.rise <= start:
            seen = replace(seen, start=start - _UNSEEN, rise=_UNSEEN)
        if self.end - self.fall >= end:
            seen = replace(seen, end=end + _UNSEEN, fall=_UNSEEN)
        return seen

    def heard(self, start: int, hops: int, spoken: Sequence[tuple[int, int]]) -> Curve:
        """How much of the loop is heard in each of `hops` hops from the film's sample `start`, a multiple of HOP.

        Of two layers that give way to each other the powers add up to 1.
        """
        middle = start + (np.arange(hops) + 0.5) * HOP
        share = np.clip(np.minimum((middle - self.start) / self.rise, (self.end - middle) / self.fall), 0, 1)
        level = 10 ** (self.gain / 20) * np.sin(np.pi / 2 * share)
        return level * ducked(spoken, start // HOP, hops, self.ducking)


@dataclass(frozen=True, slots=True)
class SoundPart:
    """Packets `first` … `first` + `packets` − 1 of the sound track, and all that is heard in them; times in samples.

    `start` … `end` is what must be mixed to encode them: they, and MARGIN more on both sides, as far as the film goes.
    `spoken` are the spans, in hops, in which what lies under the voices is low.
    """

    first: int
    packets: int
    start: int
    end: int
    voices: tuple[Voice, ...]
    layers: tuple[Layer, ...]
    spoken: tuple[tuple[int, int], ...]

    def identity(self) -> dict[str, object]:
        """All that its packets are made from, as JSON: of the rest of the film, nothing."""
        return {
            "packets": [self.first, self.packets],
            "mixed": [self.start, self.end],
            "voices": [[voice.key, voice.start, voice.end, voice.gain] for voice in self.voices],
            "layers": [layer.identity() for layer in self.layers],
            "spoken": [list(span) for span in self.spoken],
        } | _handwork()


def plan_soundtrack(score: Score, measured: Sequence[Measured]) -> tuple[SoundPart, ...]:
    """The parts of the sound track, in order: −16 LUFS in all, each voice as loud as the others.

    A change to the film changes no part that lies wholly before it, unless the film's loudness takes another step.

    Args:
        measured: what `measure_voices` found out, for each of the score's voices.

    Raises:
        MediaError: a voice would not end before the film does.
    """
    total = round(score.duration * SAMPLE_RATE)
    hops = -(-total // HOP)
    heard = Levels(np.zeros(hops), np.zeros(hops))
    voices = [
        _placed(number, voice, known, total, heard)
        for number, (voice, known) in enumerate(zip(score.voices, measured, strict=True), 1)
    ]
    spoken = _spoken_spans(heard)
    music = _music(score)
    for layer in music:
        here = slice(layer.start // HOP, -(-layer.end // HOP))
        level = layer.heard(layer.start // HOP * HOP, heard.energy[here].size, spoken)
        heard.energy[here] += 10 ** ((LOOP_LOUDNESS + 0.691) / 10) * level**2
    gain = gain_for(heard, LOUDNESS, CEILING)
    voices = [replace(voice, gain=round(voice.gain + gain, 2)) for voice in voices]
    layers = [*(replace(layer, gain=gain) for layer in music), *_places(score, total)]
    frames = -(-total // aac.FRAME)
    return tuple(
        _part(first, min(PART, frames + 1 - first), total, voices, layers, spoken)
        for first in range(0, frames + 1, PART)
    )


def _handwork() -> dict[str, object]:
    return {
        "levels": [LOUDNESS, CEILING, MUSIC_DUCKING, AMBIENCE_DUCKING],
        "encoder": aac.OPTIONS,
        "mixing": _MIXING,
        "av": version("av"),
    }


def _placed(number: int, voice: Spoken, known: Measured, total: int, heard: Levels) -> Voice:
    """Say where a voice stands, and add its levels to those of all."""
    start = round(voice.start * SAMPLE_RATE)
    end = start + known.samples
    if start < 0 or end > total + SAMPLE_RATE // 100:
        raise MediaError(f"Voice {number} would be cut off: it ends {(end - total) / SAMPLE_RATE:.2f} s too late.")
    loudness = integrated(known.levels.energy * 2)  # it will be heard from both channels
    gain = min(LOUDNESS - loudness, _MOST_LIFT) if np.isfinite(loudness) else 0.0
    scale = 10 ** (gain / 20)
    here = slice(start // HOP, start // HOP + known.levels.energy.size)
    fits = heard.energy[here].size
    heard.energy[here] += 2 * scale**2 * known.levels.energy[:fits]
    heard.peak[here] += scale * known.levels.peak[:fits]
    return Voice(voice.key, voice.path, start, min(end, total), gain)


def _spoken_spans(heard: Levels) -> list[tuple[int, int]]:
    """First and last hop of each stretch in which somebody speaks, is about to, or just did."""
    speaking = np.flatnonzero(heard.energy > 2 * _SPOKEN**2)
    if not speaking.size:
        return []
    pauses = np.flatnonzero(np.diff(speaking) > _LOOK_AHEAD + _HOLD + 1)
    first = speaking[np.append(0, pauses + 1)] - _LOOK_AHEAD
    last = speaking[np.append(pauses, speaking.size - 1)] + _HOLD
    return list(zip(first.tolist(), last.tolist(), strict=True))


def ducked(spans: Sequence[tuple[int, int]], start: int, hops: int, ducking: float) -> Curve:
    """How much of what lies under the voices is heard, for `hops` hops from `start`: 1, and less by `ducking` dB."""
    low = np.zeros(hops + 2 * GLIDE)
    for first, last in spans:
        low[max(first - start + GLIDE, 0) : max(last + 1 - start + GLIDE, 0)] = ducking
    return 10 ** (smoothed(low, GLIDE)[GLIDE:-GLIDE] / 20)


def _music(score: Score) -> list[Layer]:
    """A layer for each section.

    Half a bar before a section begins, what its own last bar holds, which leads into its first, takes the place of what
    was there; the cadence has a whole bar. The ending dies away from its first moment to the film's last.
    """
    bar, sections = bar_of(score.seed), score.music
    leads = [bar if section is sections[-1] else bar // 2 for section in sections]
    layers: list[Layer] = []
    for number, (section, lead) in enumerate(zip(sections, leads, strict=True), 1):
        start = max(section.start - lead, 0)
        rise = lead if start else min(_FADE_IN, section.end // 3)
        fall = leads[number] if number < len(sections) else section.end - section.start
        layers.append(Layer(section.loop, section.start, start, section.end, rise, fall, 0.0, MUSIC_DUCKING))
    return layers


def _take(kind: str) -> Loop:
    """Each place has one take, so that films share it."""
    return Loop(kind, 0)


def _places(score: Score, total: int) -> list[Layer]:
    """A layer for each span of a kind; those that touch are one."""
    layers: list[Layer] = []
    for place in sorted(score.places, key=lambda place: (place.kind, place.start)):
        start = max(round(place.start * SAMPLE_RATE) - _CROSSFADE // 2, 0)
        end = min(round(place.end * SAMPLE_RATE) + _CROSSFADE // 2, total)
        loop = _take(place.kind)
        if layers and layers[-1].loop == loop and layers[-1].end >= start:
            layers[-1] = replace(layers[-1], end=max(end, layers[-1].end))
        else:
            gain = AMBIENCES[place.kind].loudness - LOOP_LOUDNESS
            layers.append(Layer(loop, 0, start, end, _CROSSFADE, _CROSSFADE, gain, AMBIENCE_DUCKING))
    return layers


def _part(
    packet: int,
    packets: int,
    total: int,
    voices: Sequence[Voice],
    layers: Sequence[Layer],
    spoken: Sequence[tuple[int, int]],
) -> SoundPart:
    start = max(packet - MARGIN, 0) * aac.FRAME
    end = min((packet + packets + MARGIN) * aac.FRAME, total)
    low, high = start // HOP - GLIDE, -(-end // HOP) + GLIDE
    spans = [(max(first, low), min(last, high)) for first, last in spoken if last >= low and first <= high]
    return SoundPart(
        packet,
        packets,
        start,
        end,
        tuple(voice for voice in voices if voice.start < end and voice.end > start),
        tuple(layer.seen_from(start, end) for layer in layers if layer.start < end and layer.end > start),
        tuple(spans),
    )
