"""Learns from annotated stories the weights of what is told shot by shot, be it places or times of day.

A linear-chain conditional random field (Lafferty et al., 2001), trained by Adagrad on the likelihood of all ways that
the annotation allows. See places.py and times.py.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from judging.alignment import align
from judging.shelves import FOLDER, load_folder
from judging.stories import Sentence, Story

from storyreel.domain.project import Style
from storyreel.engines.backends.builtin.planner import chain
from storyreel.engines.backends.builtin.planner.plan import plan
from storyreel.engines.contracts.story import StoryRequest

Floats = chain.Floats
EPOCHS = 16
FEWEST = 4
"""A clue is learnt if so many stories have it."""
MOST_WORD = 0.3
"""Words that more of the stories have than these tell nothing."""
DOUBT = 5
"""So many more shots of a label are taken to have no other one."""
FOLDS = 5
IMPOSSIBLE = -1e4


@dataclass
class Lesson:
    """A story as it is learnt from: what its shots tell, and which labels the annotation allows each shot.

    `judged` are the sentences of which something is told: what is allowed, and how many letters are in which shot.
    """

    language: str
    steps: list[chain.Step]
    allowed: list[set[str]]
    judged: list[tuple[set[str], Mapping[int, int]]] = field(default_factory=list[tuple[set[str], Mapping[int, int]]])

    @property
    def labels(self) -> list[str]:
        return sorted(self.steps[0].clues)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is learnt: from what shots tell (`steps`), and what the annotation of a sentence allows.

    `file` is where the planner reads the weights, `kinds` and `moves` are those of `chain.likeliest`. `rate` is the
    size of a step, `firm` how strongly weights are drawn to zero in each; those of a word by `word_firm` over the root
    of how many shots have it. `fewest` is how many stories must have a word, `always` what is learnt beside the stories
    that are annotated.
    """

    file: str
    kinds: Sequence[str]
    moves: Callable[[Sequence[str]], chain.Kinds]
    steps: Callable[[StoryRequest], list[chain.Step]]
    allows: Callable[[Sentence], tuple[str, ...]]
    rate: float
    firm: float
    word_firm: float
    fewest: int
    always: Sequence[Lesson] = ()

    def lesson(self, story: Story) -> Lesson:
        request = StoryRequest(story.text, story.title, Style.CINEMATIC)
        steps = self.steps(request)
        narrated, _ = align(story, plan(lambda _: None, request))
        most: list[tuple[int, set[str]]] = [(0, set()) for _ in steps]
        judged: list[tuple[set[str], Mapping[int, int]]] = []
        for sentence, told in zip(story.sentences, narrated, strict=True):
            allowed = set(self.allows(sentence))
            judged += [(allowed, told.shots)] if allowed else []
            for shot, letters in told.shots.items():
                if letters > most[shot][0]:
                    most[shot] = (letters, allowed)
        return Lesson(story.language, steps, [allowed for _, allowed in most], judged)

    def right(self, one: Lesson, known: chain.Weights) -> tuple[int, int]:
        """Of how many sentences the label is told right, by at least half of their letters; and of how many at all."""
        way = chain.likeliest(one.steps, known, self.kinds, self.moves(one.labels))
        good = (
            2 * sum(n for shot, n in shots.items() if way[shot] in allowed) >= sum(shots.values())
            for allowed, shots in one.judged
        )
        return sum(good), len(one.judged)


@dataclass(frozen=True, slots=True)
class _Arrays:
    """A lesson as arrays; see chain.likeliest. `words` are the places of each shot's words among all."""

    clues: Floats  # shots, labels, clues
    turns: Floats  # shots, turns
    moves: chain.Kinds
    words: list[NDArray[np.int64]]
    columns: NDArray[np.int64]  # of the labels among all
    allowed: NDArray[np.bool_]  # shots, labels


class Learner:
    """Weights as arrays, and their gradients."""

    def __init__(self, lessons: Sequence[Lesson], subject: Subject) -> None:
        self.subject = subject
        clues = Counter(
            kind
            for one in lessons
            for kind in {clue for shot in one.steps for told in shot.clues.values() for clue in told}
        )
        turns = Counter(turn for one in lessons for turn in {turn for shot in one.steps for turn in shot.turns})
        words = Counter(word for one in lessons for word in {word for shot in one.steps for word in shot.words})
        said = Counter(word for one in lessons for shot in one.steps for word in shot.words)
        self.clues = [clue for clue in sorted(clues) if clues[clue] >= FEWEST]
        self.turns = ["", *(turn for turn in sorted(turns) if turns[turn] >= FEWEST)]
        most = MOST_WORD * len(lessons)
        self.words = [word for word in sorted(words) if subject.fewest <= words[word] <= most]
        self.labels = sorted({label for one in lessons for label in one.labels})
        self.clue_at = {clue: at for at, clue in enumerate(self.clues)}
        self.turn_at = {turn: at for at, turn in enumerate(self.turns)}
        self.word_at = {word: at for at, word in enumerate(self.words)}
        self.values = [
            np.zeros(len(self.clues)),
            np.zeros((len(self.turns), len(subject.kinds))),
            np.zeros((len(self.words) + 1, len(self.labels))),
        ]
        self.word_firm = subject.word_firm / np.sqrt([*(said[word] for word in self.words), 1])[:, None]
        stays = [kind.startswith("stay") for kind in subject.kinds]
        self.values[1][0, stays] = 3.0  # a story rather stays where it is

    def learn(self, lessons: Sequence[Lesson]) -> chain.Weights:
        """The weights, averaged over the second half of all steps."""
        steps = [self._arrays(one) for one in lessons]
        squares = [np.full_like(value, 1e-2) for value in self.values]
        sums = [np.zeros_like(value) for value in self.values]
        order, taken, chance = list(range(len(steps))), 0, random.Random(0)  # noqa: S311 - for shuffling
        for epoch in range(EPOCHS):
            chance.shuffle(order)
            for at in order:
                for value, square, slope in zip(self.values, squares, self._slopes(steps[at]), strict=True):
                    square += slope * slope
                    value -= self.subject.rate * slope / np.sqrt(square)
                if epoch >= EPOCHS // 2:
                    taken += 1
                    for total, value in zip(sums, self.values, strict=True):
                        total += value
        return self._weights([total / taken for total in sums], _alike(lessons))

    def _arrays(self, one: Lesson) -> _Arrays:
        labels = one.labels
        clues = np.zeros((len(one.steps), len(labels), len(self.clues)))
        turns = np.zeros((len(one.steps), len(self.turns)))
        allowed = np.ones((len(one.steps), len(labels)), bool)
        for at, step in enumerate(one.steps):
            for column, label in enumerate(labels):
                for clue, strength in step.clues[label].items():
                    if clue in self.clue_at:
                        clues[at, column, self.clue_at[clue]] = strength
            turns[at, [self.turn_at[turn] for turn in ("", *step.turns) if turn in self.turn_at]] = at > 0
            right = [label in one.allowed[at] for label in labels]
            allowed[at] = right if any(right) else True
        words = [
            np.array([self.word_at[word] for word in step.words if word in self.word_at], int) for step in one.steps
        ]
        columns = np.array([self.labels.index(label) for label in labels])
        return _Arrays(clues, turns, self.subject.moves(labels), words, columns, allowed)

    def _slopes(self, one: _Arrays) -> list[Floats]:
        by_clue, by_turn, by_word = self.values
        speaks = one.clues @ by_clue + np.stack([by_word[listed][:, one.columns].sum(0) for listed in one.words])
        going = (one.turns @ by_turn)[:, one.moves]
        any_way, any_move = chain.likelihood(speaks, going)
        right_way, right_move = chain.likelihood(np.where(one.allowed, speaks, IMPOSSIBLE), going)
        wrong, wrong_move = any_way - right_way, any_move - right_move
        kinds = np.zeros((len(one.turns), len(self.subject.kinds)))
        for kind in range(len(self.subject.kinds)):
            kinds[1:, kind] = wrong_move[:, one.moves == kind].sum(1)
        word_slope = np.zeros_like(by_word)
        for at, listed in enumerate(one.words):
            if len(listed):
                cells = np.ix_(listed, one.columns)
                word_slope[cells] += wrong[at] + self.word_firm[listed] * by_word[cells]
        return [
            np.einsum("sp,spc->c", wrong, one.clues) + self.subject.firm * by_clue,
            one.turns.T @ kinds + self.subject.firm * by_turn,
            word_slope,
        ]

    def _weights(self, values: Sequence[Floats], alike: Mapping[str, Mapping[str, float]]) -> chain.Weights:
        by_clue, by_turn, by_word = values
        by_label = (
            {
                label: round(float(weight), 2)
                for label, weight in zip(self.labels, row, strict=True)
                if abs(weight) >= 0.1
            }
            for row in by_word
        )
        return chain.Weights(
            {clue: round(float(weight), 3) for clue, weight in zip(self.clues, by_clue, strict=True)},
            {
                turn: {kind: round(float(weight), 3) for kind, weight in zip(self.subject.kinds, row, strict=True)}
                for turn, row in zip(self.turns, by_turn, strict=True)
            },
            {word: found for word, found in zip(self.words, by_label, strict=False) if found},
            alike,
        )


def _alike(lessons: Sequence[Lesson]) -> dict[str, dict[str, float]]:
    """For each label the share of its shots that may have each other one."""
    allowed = [labels for one in lessons for labels in one.allowed]
    counts = Counter(label for labels in allowed for label in labels)
    both = Counter((one, other) for labels in allowed for one in labels for other in labels - {one})
    shares = {(one, other): round(count / (counts[one] + DOUBT), 2) for (one, other), count in both.items()}
    return {
        label: {other: share for (one, other), share in sorted(shares.items()) if one == label and share}
        for label in sorted(counts)
    }


def _written(learnt: Mapping[str, chain.Weights], about: str) -> str:
    """The weights as JSON, a clue, a turn or a word in a line."""
    parts = [f'"about": "{about}"']
    for language, known in learnt.items():
        listed = {"clues": known.clues, "turns": known.turns, "words": known.words, "alike": known.alike}
        tables = (f'"{name}": {{\n{_lines(table)}\n}}' for name, table in listed.items())
        parts.append(f'"{language}": {{\n{",".join(tables)}\n}}')
    return f"{{\n{f',{chr(10)}'.join(parts)}\n}}\n"


def _lines(table: Mapping[str, object]) -> str:
    return ",\n".join(f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(value)}" for key, value in table.items())


def command(subject: Subject, about: str, doc: str) -> None:
    """The command of a module that learns a subject: `about` says in the weights' file where they come from."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="learn from four fifths and judge by the last, five times")
    parser.add_argument(
        "folders", nargs="*", type=Path, default=[FOLDER / "open", FOLDER / "taught"], help="of stories"
    )
    wanted = parser.parse_args()
    lessons = [subject.lesson(story) for folder in wanted.folders for story in load_folder(folder)]
    learnt: dict[str, chain.Weights] = {}
    for language in ("en", "zh"):
        mine, always = ([one for one in listed if one.language == language] for listed in (lessons, subject.always))
        if wanted.check:
            right, judged = _check(subject, mine, always)
            print(f"{language}: {right / judged:.3f} of {judged} sentences")
        else:
            learnt[language] = Learner([*mine, *always], subject).learn([*mine, *always])
    if learnt:
        Path(chain.__file__).with_name(subject.file).write_text(_written(learnt, about), "utf-8")


def _check(subject: Subject, lessons: list[Lesson], always: Sequence[Lesson]) -> tuple[int, int]:
    """Of how many sentences what is learnt is right, in stories that it was not learnt from; and of how many at all."""
    random.Random(1).shuffle(lessons)  # noqa: S311 - for shuffling
    told: list[tuple[int, int]] = []
    for fold in range(FOLDS):
        rest = [*(one for at, one in enumerate(lessons) if at % FOLDS != fold), *always]
        known = Learner(rest, subject).learn(rest)
        told += [subject.right(one, known) for one in lessons[fold::FOLDS]]
    return sum(right for right, _ in told), sum(judged for _, judged in told)
