"""Where each shot is: the likeliest place, given all ways through the places that a story speaks of; learnt weights."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.passages import Passage

Floats = NDArray[np.float64]
MOVES = ("stay in", "stay out", "in to in", "in to out", "out to in", "out to out")

_CERTAIN = 100.0
_HARDLY = 1e-9
_CHANGE = 0.5
"""So much likelier must another place be than the one before: a sixth as many stories go there and back in one shot."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of clue counts, each turn for each kind of move, and a word for a place by itself.

    All are natural logarithms of odds. benchmarks/learning/places.py learns them from annotated stories, as the weights
    of a linear-chain conditional random field (Lafferty, McCallum, Pereira, 2001).
    """

    clues: Mapping[str, float]
    turns: Mapping[str, Mapping[str, float]]
    words: Mapping[str, Mapping[str, float]]


@lru_cache(maxsize=2)
def weights(language: str) -> Weights:
    """Those of a language: en or zh."""
    learnt: dict[str, Any] = json.loads(Path(__file__).with_name("route.json").read_text("utf-8"))[language]
    return Weights(learnt["clues"], learnt["turns"], learnt["words"])


def likeliest_places(passages: Sequence[Passage], known: Weights) -> list[str]:
    """The place of each shot, by the odds of all ways of the story that lead through it; in doubt it stays."""
    places = sorted(passages[0].clues)
    kinds = moves(places)
    speaks = np.array([[_speaks_for(passage, place, known) for place in places] for passage in passages])
    going = np.array([[_goes(passage, kind, known) for kind in MOVES] for passage in passages])[:, kinds]
    for row, passage in zip(speaks, passages, strict=True):
        if passage.sure is not None:
            row[places.index(passage.sure)] += _CERTAIN
    there, _ = likelihood(speaks, going)
    return [places[at] for at in steadily(np.log(there + _HARDLY))]


def _speaks_for(passage: Passage, place: str, known: Weights) -> float:
    told = sum(known.clues.get(kind, 0.0) * strength for kind, strength in passage.clues[place].items())
    return told + sum(known.words.get(word, {}).get(place, 0.0) for word in passage.words)


def _goes(passage: Passage, kind: str, known: Weights) -> float:
    return sum(known.turns.get(turn, {}).get(kind, 0.0) for turn in ("", *passage.turns))


def moves(places: Sequence[str]) -> NDArray[np.int64]:
    """Of which of the MOVES it is to go from each place to each, as an array (places, places)."""
    indoors = grammar().words("indoors")
    sides = ["in" if place in indoors else "out" for place in places]
    named = [
        [
            f"stay {before}" if one == other else f"{before} to {after}"
            for other, after in zip(places, sides, strict=True)
        ]
        for one, before in zip(places, sides, strict=True)
    ]
    return np.array([[MOVES.index(kind) for kind in row] for row in named])


def likelihood(speaks: Floats, going: Floats) -> tuple[Floats, Floats]:
    """How likely each shot is at each place, and each move to it is one from place to place (forward–backward).

    Args:
        speaks: log odds of each place by each shot's own clues; (shots, places).
        going: log odds of each move to a shot from the one before; (shots, places, places), the first unused.

    Returns:
        Probabilities: (shots, places) and (shots - 1, places, places).
    """
    forward, backward = [speaks[0]], [np.zeros_like(speaks[0])]
    for at in range(1, len(speaks)):
        forward.append(_log_sum(forward[-1][:, None] + going[at], 0) + speaks[at])
    for at in range(len(speaks) - 1, 0, -1):
        backward.append(_log_sum(going[at] + (speaks[at] + backward[-1])[None, :], 1))
    backward.reverse()
    all_ways = _log_sum(forward[-1], 0)
    there = np.exp(np.array(forward) + np.array(backward) - all_ways)
    moved = [
        np.exp(forward[at - 1][:, None] + going[at] + (speaks[at] + backward[at])[None, :] - all_ways)
        for at in range(1, len(speaks))
    ]
    return there, np.array(moved).reshape(len(moved), *going.shape[1:])


def steadily(odds: Floats) -> list[int]:
    """The likeliest way through the shots where each change costs `_CHANGE` (Viterbi), of log odds (shots, places)."""
    sums: Floats = odds[0]
    came: list[NDArray[np.int64]] = []
    for at in range(1, len(odds)):
        best = int(np.argmax(sums))
        leaving = float(sums[best]) - _CHANGE
        came.append(np.where(sums >= leaving, np.arange(len(sums)), best))
        sums = np.maximum(sums, leaving) + odds[at]
    way = [int(np.argmax(sums))]
    for before in reversed(came):
        way.append(int(before[way[-1]]))
    return way[::-1]


def _log_sum(values: Floats, axis: int) -> Floats:
    most = values.max(axis, keepdims=True)
    return (most + np.log(np.exp(values - most).sum(axis, keepdims=True))).squeeze(axis)
