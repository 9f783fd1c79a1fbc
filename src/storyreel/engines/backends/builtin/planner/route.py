"""Where each shot is: the likeliest place, given all ways through the places that a story speaks of; learnt weights."""

from collections.abc import Sequence

import numpy as np

from storyreel.engines.backends.builtin.planner.chain import Kinds, Step, likeliest, weights
from storyreel.engines.backends.builtin.planner.grammar import grammar

MOVES = ("stay in", "stay out", "in to in", "in to out", "out to in", "out to out")
WEIGHTS = "route.json"


def likeliest_places(passages: Sequence[Step], language: str) -> list[str]:
    """The place of each shot of a story in that language: en or zh."""
    return likeliest(passages, weights(WEIGHTS, language), MOVES, moves(sorted(passages[0].clues)))


def moves(places: Sequence[str]) -> Kinds:
    """Of which of the MOVES it is to go from each place to each; (places, places)."""
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
