"""Voice leading: chords laid out so that every voice moves little, and no two move together in fifths or octaves.

The rules are those of four-part writing (W. Piston, Harmony, chapters 2 and 3): common tones stay, the other voices go
to the nearest tone, parallel fifths and octaves are avoided, the bass has the root.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise, product

import numpy as np
from numpy.typing import NDArray

Voicing = tuple[int, ...]
"""MIDI numbers of four voices, lowest first."""

_BASS = 38
"""The lowest note of the bass, D2, 73 Hz: small loudspeakers still have its octave."""
_LOWEST, _HIGHEST = 53, 74
"""The upper voices' range, F3 … D5: above the mud, below the melody."""
_PARALLEL, _LEAP = 60, 4
"""What a parallel fifth or octave costs, and each semitone of an upper voice beyond a fourth; a semitone costs 1."""
_FOURTH = 5
_NEAREST, _WIDEST = 2, 9
"""Semitones between neighbours of the upper voices: never a semitone, which beats."""


def led(chords: Sequence[tuple[int, ...]]) -> list[Voicing]:
    """A voicing of each chord (pitch classes, root first), the last leading back to the first: the smoothest of all."""
    choices = [_voicings(chord) for chord in chords]
    steps = [_costs(here, next_) for here, next_ in zip(choices, [*choices[1:], choices[0]], strict=True)]
    best: tuple[float, list[int]] = (np.inf, [])
    for first in range(len(choices[0])):
        total, route = _cheapest(steps, first)
        best = min(best, (total, route))
    return [voicings[which] for voicings, which in zip(choices, best[1], strict=True)]


def parallels(here: Voicing, next_: Voicing) -> int:
    """How many pairs of voices go on to the same fifth or octave that they come from."""
    pairs = combinations(zip(here, next_, strict=True), 2)
    return sum(
        (to_high - to_low) % 12 == (high - low) % 12 in (0, 7) and low != to_low and high != to_high
        for (low, to_low), (high, to_high) in pairs
    )


def _voicings(chord: tuple[int, ...]) -> list[Voicing]:
    """The root in the bass; above it the other tones, and in a triad the root again, in close or open position."""
    bass = _BASS + (chord[0] - _BASS) % 12
    upper = chord if len(chord) == 3 else chord[1:]
    places = [[note for note in range(_LOWEST, _HIGHEST + 1) if note % 12 == tone] for tone in upper]
    stacks = {tuple(sorted(notes)) for notes in product(*places)}
    near = [notes for notes in stacks if all(_NEAREST <= b - a <= _WIDEST for a, b in pairwise(notes))]
    return [(bass, *notes) for notes in sorted(near or stacks)]


def _costs(here: Sequence[Voicing], next_: Sequence[Voicing]) -> NDArray[np.float64]:
    return np.array([[_cost(one, other) for other in next_] for one in here], float)


def _cost(here: Voicing, next_: Voicing) -> float:
    moves = [abs(to - note) for note, to in zip(here[1:], next_[1:], strict=True)]
    leaps = sum(max(move - _FOURTH, 0) for move in moves)
    return sum(moves) + _LEAP * leaps + _PARALLEL * parallels(here, next_)


def _cheapest(steps: Sequence[NDArray[np.float64]], first: int) -> tuple[float, list[int]]:
    """The cheapest way round from a voicing of the first chord and back to it: what it costs, and where it leads."""
    total = steps[0][first]
    came: list[NDArray[np.intp]] = []
    for step in steps[1:]:
        sums = total[:, np.newaxis] + step
        came.append(sums.argmin(axis=0))
        total = sums.min(axis=0)
    if not came:
        return float(total[first]), [first]
    route = [first]
    for back in reversed(came):
        route.append(int(back[route[-1]]))
    return float(total[first]), [first, *reversed(route[1:])]
