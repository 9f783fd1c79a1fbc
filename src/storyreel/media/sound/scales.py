"""The music's material, as `music.json` has it: bars, keys, chords, instruments, and what each mood makes of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

EIGHTHS = 8
"""To a bar: four quarters, in every mood, so that one tempo carries the whole film."""
_MIDDLE_C = 60


@dataclass(frozen=True, slots=True)
class Instrument:
    """`partials`: multiple of the pitch, level, and seconds in which it falls to a third (0: it is held).

    `rise` and `fade` in seconds; `chorus`: by what share of the pitch two more players stray, to both sides.
    """

    partials: tuple[tuple[float, float, float], ...]
    level: float
    rise: float
    fade: float
    chorus: float


@dataclass(frozen=True, slots=True)
class Mood:
    """What music of a mood is made of.

    `mode`: its scale; `keys`: semitones from the film's key to choose from; `tones`: a chord, in steps of the scale
    above its root; `bars` to a chord; `progressions` and `cadence`: roots, as degrees; `pattern`: for each eighth of a
    bar, which tone of the chord is plucked, −1 none; `rhythms`: beginnings and lengths, in eighths of two bars;
    `phrases` of two bars each: equal letters are equal in rhythm, “-” is a rest.
    """

    mode: str
    keys: tuple[int, ...]
    tones: tuple[int, ...]
    bars: int
    cadence: int
    progressions: tuple[tuple[int, ...], ...]
    pad: str
    plucked: str
    pattern: tuple[int, ...]
    lead: str
    rhythms: tuple[tuple[tuple[int, int], ...], ...]
    phrases: str


def _tuples(value: Any) -> Any:
    """Lists as tuples, all the way down."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in cast(list[Any], value))
    if isinstance(value, dict):
        return {name: _tuples(item) for name, item in cast(dict[str, Any], value).items()}
    return value


_BOOK: dict[str, Any] = _tuples(json.loads(Path(__file__).with_name("music.json").read_bytes()))
_BARS: tuple[int, ...] = _BOOK["bars"]
"""The lengths of a bar to choose from, in samples at 48 kHz."""
_HOMES: tuple[int, ...] = _BOOK["homes"]
"""The keys to choose from, in semitones from middle C."""
_MODES: dict[str, tuple[int, ...]] = _BOOK["modes"]
MOODS = {name: Mood(**told) for name, told in _BOOK["moods"].items()}
"""Every mood that has music."""
INSTRUMENTS = {name: Instrument(**told) for name, told in _BOOK["instruments"].items()}


@dataclass(frozen=True, slots=True)
class Key:
    """A scale of seven notes on a tonic (MIDI number, 55 … 66)."""

    tonic: int
    mode: tuple[int, ...]

    def pitch(self, step: int) -> int:
        """The MIDI number of a step above the tonic; 7 is the tonic's octave."""
        octave, step = divmod(step, len(self.mode))
        return self.tonic + 12 * octave + self.mode[step]

    def classes(self, degree: int, tones: tuple[int, ...]) -> tuple[int, ...]:
        """The pitch classes, 0 … 11, of the chord on a degree (1 is the tonic), root first."""
        return tuple(self.pitch(degree - 1 + tone) % 12 for tone in tones)


def bar_of(seed: int) -> int:
    """Samples to a bar at 48 kHz, the same all through a film; a whole number of hops."""
    return int(np.random.default_rng((seed, 1)).choice(_BARS))


def key_of(mood: str, seed: int) -> Key:
    """The key of a mood in a film: one of those related to the film's own (its fifths, its relative, its parallel)."""
    home = int(np.random.default_rng((seed, 2)).choice(_HOMES))
    offset = int(np.random.default_rng((seed, 3, list(MOODS).index(mood))).choice(MOODS[mood].keys))
    return Key(_MIDDLE_C + (home + offset + 5) % 12 - 5, _MODES[MOODS[mood].mode])
