"""Learns the weights by which the built-in planner finds its way through a story's places, from annotated stories.

Run: .venv/bin/python benchmarks/learning/places.py [--check] [FOLDER …]

A linear-chain conditional random field (Lafferty et al., 2001), trained by Adagrad on the likelihood of all ways that
the annotation allows. --check trains five times on four fifths of the newest stories and of all others and says how
well the rest is told; without it the weights are written to the planner's route.json.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from judging.alignment import Narrated, align
from judging.shelves import FOLDER, load_folder
from judging.stories import Story

from storyreel.domain.project import Language, Style
from storyreel.engines.backends.builtin.planner import route
from storyreel.engines.backends.builtin.planner.language import is_han
from storyreel.engines.backends.builtin.planner.passages import Passage
from storyreel.engines.backends.builtin.planner.plan import passages_of, plan
from storyreel.engines.contracts.story import StoryRequest

Floats = route.Floats
ROOT = Path(__file__).parents[2]
PLAIN = ROOT / "tests" / "golden" / "places.json"
EPOCHS, RATE, DECAY, WORD_DECAY = 16, 0.05, 0.01, 0.03
FEWEST = 4
"""A clue is learnt if so many stories have it, a word if three do."""
FEWEST_WORD, MOST_WORD = 3, 0.3
FOLDS = 5
IMPOSSIBLE = -1e4


@dataclass
class Lesson:
    """A story as it is learnt from: what its shots tell, and which places the annotation allows each shot."""

    story: Story
    passages: list[Passage]
    narrated: list[Narrated]
    allowed: list[set[str]]
    places: list[str] = field(default_factory=list[str])


def lesson(story: Story) -> Lesson:
    request = StoryRequest(story.text, story.title, Style.CINEMATIC)
    passages = passages_of(request)
    narrated, _ = align(story, plan(lambda _: None, request))
    most: list[tuple[int, set[str]]] = [(0, set()) for _ in passages]
    for sentence, told in zip(story.sentences, narrated, strict=True):
        for shot, letters in told.shots.items():
            if letters > most[shot][0]:
                most[shot] = (letters, set(sentence.setting))
    return Lesson(story, passages, narrated, [allowed for _, allowed in most], sorted(passages[0].clues))


def plain_lessons() -> list[Lesson]:
    """The plain stories of which it is only said where they end."""
    listed: list[list[str]] = json.loads(PLAIN.read_text("utf-8"))["cases"]
    lessons: list[Lesson] = []
    for text, setting in listed:
        language = Language.CHINESE if any(is_han(letter) for letter in text) else Language.ENGLISH
        story = Story("", "", language.value, {}, ())
        told = passages_of(StoryRequest(text, "", Style.CINEMATIC))
        allowed = [set[str]() for _ in told[1:]]
        lessons.append(Lesson(story, told, [], [*allowed, {setting}], sorted(told[0].clues)))
    return lessons


class Learner:
    """Weights as arrays, and their gradients."""

    def __init__(self, lessons: list[Lesson]) -> None:
        clues = Counter(
            kind
            for one in lessons
            for kind in _each(clue for shot in one.passages for told in shot.clues.values() for clue in told)
        )
        turns = Counter(turn for one in lessons for turn in _each(turn for shot in one.passages for turn in shot.turns))
        words = Counter(word for one in lessons for word in _each(word for shot in one.passages for word in shot.words))
        self.clues = [clue for clue in sorted(clues) if clues[clue] >= FEWEST]
        self.turns = ["", *(turn for turn in sorted(turns) if turns[turn] >= FEWEST)]
        self.words = [word for word in sorted(words) if FEWEST_WORD <= words[word] <= MOST_WORD * len(lessons)]
        self.settings = sorted({place for one in lessons for place in one.places})
        self.clue_at = {clue: at for at, clue in enumerate(self.clues)}
        self.turn_at = {turn: at for at, turn in enumerate(self.turns)}
        self.word_at = {word: at for at, word in enumerate(self.words)}
        self.values = [
            np.zeros(len(self.clues)),
            np.zeros((len(self.turns), len(route.MOVES))),
            np.zeros((len(self.words) + 1, len(self.settings))),
        ]
        self.values[1][0, :2] = 3.0  # a story rather stays where it is

    def learn(self, lessons: list[Lesson]) -> route.Weights:
        """The weights, averaged over the second half of all steps."""
        steps = [self._arrays(one) for one in lessons if one.places]
        squares = [np.full_like(value, 1e-2) for value in self.values]
        sums = [np.zeros_like(value) for value in self.values]
        order, taken, chance = list(range(len(steps))), 0, random.Random(0)  # noqa: S311 - for shuffling
        for epoch in range(EPOCHS):
            chance.shuffle(order)
            for at in order:
                for value, square, slope in zip(self.values, squares, self._slopes(steps[at]), strict=True):
                    square += slope * slope
                    value -= RATE * slope / np.sqrt(square)
                if epoch >= EPOCHS // 2:
                    taken += 1
                    for total, value in zip(sums, self.values, strict=True):
                        total += value
        return self._weights([total / taken for total in sums])

    def _arrays(
        self, one: Lesson
    ) -> tuple[Floats, Floats, NDArray[np.int64], list[NDArray[np.int64]], list[int], NDArray[np.bool_]]:
        shots, places = len(one.passages), len(one.places)
        told = np.zeros((shots, places, len(self.clues)))
        turns = np.zeros((shots, len(self.turns)))
        allowed = np.ones((shots, places), bool)
        for at, passage in enumerate(one.passages):
            for column, place in enumerate(one.places):
                for clue, strength in passage.clues[place].items():
                    if clue in self.clue_at:
                        told[at, column, self.clue_at[clue]] = strength
            turns[at, [self.turn_at[turn] for turn in ("", *passage.turns) if turn in self.turn_at]] = at > 0
            right = [place in one.allowed[at] for place in one.places]
            allowed[at] = right if any(right) else True
        moves = route.moves(one.places)
        words = [
            np.array([self.word_at[word] for word in shot.words if word in self.word_at], int) for shot in one.passages
        ]
        return told, turns, moves, words, [self.settings.index(place) for place in one.places], allowed

    def _slopes(
        self, step: tuple[Floats, Floats, NDArray[np.int64], list[NDArray[np.int64]], list[int], NDArray[np.bool_]]
    ) -> list[Floats]:
        told, turns, moves, words, columns, allowed = step
        by_clue, by_turn, by_word = self.values
        speaks = told @ by_clue + np.stack([by_word[listed][:, columns].sum(0) for listed in words])
        going = (turns @ by_turn)[:, moves]
        any_way, any_move = route.likelihood(speaks, going)
        right_way, right_move = route.likelihood(np.where(allowed, speaks, IMPOSSIBLE), going)
        wrong, wrong_move = any_way - right_way, any_move - right_move
        kinds = np.zeros((len(turns), len(route.MOVES)))
        for kind in range(len(route.MOVES)):
            kinds[1:, kind] = wrong_move[:, moves == kind].sum(1)
        word_slope = np.zeros_like(by_word)
        for at, listed in enumerate(words):
            if len(listed):
                cells = np.ix_(listed, np.array(columns))
                word_slope[cells] += wrong[at] + WORD_DECAY * by_word[cells]
        return [
            np.einsum("sp,spc->c", wrong, told) + DECAY * by_clue,
            turns.T @ kinds + DECAY * by_turn,
            word_slope,
        ]

    def _weights(self, values: list[Floats]) -> route.Weights:
        by_clue, by_turn, by_word = values
        return route.Weights(
            {clue: round(float(by_clue[at]), 3) for at, clue in enumerate(self.clues)},
            {
                turn: {kind: round(float(by_turn[at, n]), 3) for n, kind in enumerate(route.MOVES)}
                for at, turn in enumerate(self.turns)
            },
            {
                word: found
                for at, word in enumerate(self.words)
                if (
                    found := {
                        place: round(float(by_word[at, n]), 2)
                        for n, place in enumerate(self.settings)
                        if abs(by_word[at, n]) >= 0.1
                    }
                )
            },
        )


def _each(found: object) -> set[str]:
    return set(found)  # type: ignore[arg-type]


def right(one: Lesson, known: route.Weights) -> tuple[int, int]:
    """Of how many sentences the place is told right, by at least half of their letters; and of how many at all."""
    way = route.likeliest_places(one.passages, known)
    told = [
        (sentence.setting, shots.shots)
        for sentence, shots in zip(one.story.sentences, one.narrated, strict=True)
        if sentence.setting
    ]
    good = (
        2 * sum(n for shot, n in shots.items() if way[shot] in settings) >= sum(shots.values())
        for settings, shots in told
    )
    return sum(good), len(told)


def written(learnt: dict[str, route.Weights]) -> str:
    """The weights as JSON, a clue, a turn or a word in a line."""
    parts: list[str] = ['"about": "Written by benchmarks/learning/places.py; see route.py."']
    for language, known in learnt.items():
        listed = {"clues": known.clues, "turns": known.turns, "words": known.words}
        tables = (f'"{name}": {{\n{_lines(table)}\n}}' for name, table in listed.items())
        parts.append(f'"{language}": {{\n{",".join(tables)}\n}}')
    return f"{{\n{f',{chr(10)}'.join(parts)}\n}}\n"


def _lines(table: Mapping[str, object]) -> str:
    return ",\n".join(f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(value)}" for key, value in table.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--check", action="store_true", help="learn from four fifths and judge by the last, five times")
    parser.add_argument(
        "folders",
        nargs="*",
        type=Path,
        default=[FOLDER / "open", FOLDER / "taught"],
        help="folders of annotated stories",
    )
    wanted = parser.parse_args()
    lessons = [lesson(story) for folder in wanted.folders for story in load_folder(folder)]
    plain = plain_lessons()
    learnt: dict[str, route.Weights] = {}
    for language in ("en", "zh"):
        mine, always = ([one for one in listed if one.story.language == language] for listed in (lessons, plain))
        if wanted.check:
            random.Random(1).shuffle(mine)  # noqa: S311 - for shuffling
            told = [0, 0]
            for fold in range(FOLDS):
                rest = [one for at, one in enumerate(mine) if at % FOLDS != fold] + always
                known = Learner(rest).learn(rest)
                for one in mine[fold::FOLDS]:
                    told = [sum(pair) for pair in zip(told, right(one, known), strict=True)]
            print(f"{language}: {told[0] / told[1]:.3f} of {told[1]} sentences")
        else:
            learnt[language] = Learner([*mine, *always]).learn([*mine, *always])
    if learnt:
        Path(route.__file__).with_name("route.json").write_text(written(learnt), "utf-8")


if __name__ == "__main__":
    main()
