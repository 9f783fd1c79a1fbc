"""The likeliest label of each shot, be it a place or a part of the day, given all ways through the story."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kinds = NDArray[np.int64]

_CERTAIN = 100.0
_HARDLY = 1e-9
_CHANGE = 0.25
"""So much likelier must another label be than the one before: fewer stories go there and back in one shot."""
_ALIKE = 0.5
"""How much counts that where one label is right another may be, too."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one shot tells of its label.

    `clues` hold every label that any shot of the story may have, with what speaks for it here, by kind, and how much.
    `turns` is what may make the story change its label, `words` are the shot's nouns and verbs, each once. `sure` is
    the label that there is no doubt about.
    """

    clues: Mapping[str, Mapping[str, float]]
    turns: tuple[str, ...]
    words: tuple[str, ...]
    sure: str | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of clue counts, each turn for each kind of move, and a word for a label by itself.

    `alike` is the share of shots with a label that might as well have another one: a kitchen is a room. All others are
    natural logarithms of odds. benchmarks/learning learns them from annotated stories, as the weights of a linear-chain
    conditional random field (Lafferty, McCallum, Pereira, 2001).
    """

    clues: Mapping[str, float]
    turns: Mapping[str, Mapping[str, float]]
    words: Mapping[str, Mapping[str, float]]
    alike: Mapping[str, Mapping[str, float]]


@lru_cache(maxsize=4)
def weights(file: str, language: str) -> Weights:
    """Those of a file beside this one, in a language: en or zh."""
    learnt: dict[str, Any] = json.loads(Path(__file__).with_name(file).read_text("utf-8"))[language]
    return Weights(learnt["clues"], learnt["turns"], learnt["words"], learnt["alike"])


def likeliest(steps: Sequence[Step], known: Weights, kinds: Sequence[str], moves: Kinds) -> list[str]:
    """The label of each shot, by the odds of all ways of the story that lead through it; in doubt it stays.

    Taken is not the likeliest label but the one likeliest to be accepted (minimum Bayes risk): room, where it may be a
    room or a kitchen.

    Args:
        steps: what each shot tells.
        known: the weights.
        kinds: the kinds of moves that the weights tell apart.
        moves: of which kind it is to go from each label to each, both sorted; (labels, labels).
    """
    labels = sorted(steps[0].clues)
    speaks = np.array([[_speaks_for(step, label, known) for label in labels] for step in steps])
    going = np.array([[_goes(step, kind, known) for kind in kinds] for step in steps])[:, moves]
    for row, step in zip(speaks, steps, strict=True):
        if step.sure is not None:
            row[labels.index(step.sure)] += _CERTAIN
    there, _ = likelihood(speaks, going)
    accepted = there @ np.array([[_accepted(one, other, known) for other in labels] for one in labels])
    return [labels[at] for at in steadily(np.log(accepted + _HARDLY))]


def _accepted(one: str, other: str, known: Weights) -> float:
    """How much it is worth to say one label where another is right."""
    return 1.0 if one == other else _ALIKE * known.alike.get(one, {}).get(other, 0.0)


def _speaks_for(step: Step, label: str, known: Weights) -> float:
    told = sum(known.clues.get(kind, 0.0) * strength for kind, strength in step.clues[label].items())
    return told + sum(known.words.get(word, {}).get(label, 0.0) for word in step.words)


def _goes(step: Step, kind: str, known: Weights) -> float:
    return sum(known.turns.get(turn, {}).get(kind, 0.0) for turn in ("", *step.turns))


def likelihood(speaks: Floats, going: Floats) -> tuple[Floats, Floats]:
    """How likely each shot has each label, and each move to it is one from label to label (forward–backward).

    Args:
        speaks: log odds of each label by each shot's own clues; (shots, labels).
        going: log odds of each move to a shot from the one before; (shots, labels, labels), the first unused.

    Returns:
        Probabilities: (shots, labels) and (shots - 1, labels, labels).
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
    """The likeliest way through the shots where each change costs `_CHANGE` (Viterbi), of log odds (shots, labels)."""
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
