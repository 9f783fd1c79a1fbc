"""Learns whom pronouns mean and who is on stage, from annotated stories, and writes the planner's learnt.json.

Run: .venv/bin/python benchmarks/learning/people.py [--check] [FOLDER ...]

Without folders it learns from tests/golden/stories/open. --check writes nothing: it learns from five sixths of the
stories at a time and tells how well the others are understood. Needs torch.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from judging.alignment import align
from judging.casting import CROWD, match
from judging.names import STRANGERS, likeness, same_thing
from judging.score import Score, judge
from judging.shelves import FOLDER, load_folder
from judging.stories import Story

from storyreel.domain.project import Style
from storyreel.engines.backends.builtin.planner import learnt
from storyreel.engines.backends.builtin.planner.antecedents import Choice
from storyreel.engines.backends.builtin.planner.cast import Member, called, kind_of
from storyreel.engines.backends.builtin.planner.deeds import singles
from storyreel.engines.backends.builtin.planner.mentions import OBJECT, SUBJECT
from storyreel.engines.backends.builtin.planner.plan import plan, understand
from storyreel.engines.backends.builtin.planner.presence import Presence
from storyreel.engines.contracts.story import StoryRequest

ROUNDS = 2  # what is learnt changes what is read, from which is learnt again
FOLDS = 6
SELDOM = 3  # a trait that is found less often says nothing
FIRM = {"antecedent": 60.0, "presence": 8.0}  # how strongly weights are drawn to zero
GENEROUS = 0.7  # who is doubtful is rather shown: in natural logarithms of odds, for the best mean of both errors
LANGUAGES = ("en", "zh")

Row = tuple[Sequence[Iterable[str]], list[bool]]
"""The traits of each of those to choose among, and who of them is right. For presence that is only one."""
Table = dict[str, float]


@dataclass(frozen=True, slots=True)
class Shot:
    """Who must and who may be on stage in a shot, and what things are to be seen there."""

    must: frozenset[str]
    may: frozenset[str]
    things: tuple[str, ...]


class Lesson:
    """An annotated story beside what is read of it now."""

    def __init__(self, story: Story) -> None:
        request = StoryRequest(story.text, story.title, Style.CINEMATIC)
        self.story, self.read, self.board = story, understand(_unwatched, request), plan(_unwatched, request)
        self._narrated, _ = align(story, self.board)
        self.shots = [self._shot(number) for number in range(len(self.board.shots))]
        self._who = match(story, self.board, self._narrated)
        self._seen: dict[str, list[int]] = {}
        for number, told in enumerate(self.read.told):
            for member in told.seen:
                self._seen.setdefault(member.id, []).append(number)

    def _shot(self, number: int) -> Shot:
        sentences = {other for told in self._narrated if number in told.shots for other in told.pool}
        here = [self.story.sentences[sentence] for sentence in sorted(sentences)]
        must = self.story.persons(name for sentence in here for name in sentence.cast)
        may = self.story.persons(name for sentence in here for name in sentence.may)
        return Shot(must, may, tuple(thing for sentence in here for thing in sentence.things))

    def persons(self, member: Member | None) -> frozenset[str]:
        """Which persons of the annotation somebody is, be it a second time; none for strangers."""
        if member is None:
            return frozenset()
        name = self._who.get(member.id) or self._of_crowd(member) or self._double(member)
        return self.story.persons([name]) if name else frozenset()

    def _of_crowd(self, member: Member) -> str | None:
        """Who a group is that is shown as a crowd."""
        crowds = [self.board.shots[number].scene.crowd for number in self._seen.get(member.id, [])]
        found = (self._who.get(f"{CROWD}{crowd}") for crowd in crowds if crowd and member.plural)
        return next((name for name in found if name), None)

    def _double(self, member: Member) -> str | None:
        """Who is taken for somebody else of the film: the person who is expected mostly where they are seen."""
        seen, found = self._seen.get(member.id, []), Counter[str]()
        for name, person in self.story.cast.items():
            alike = likeness(member.name or called(member), kind_of(member), (name, *person.aliases), person.kinds)
            there = sum(name in self.shots[number].must for number in seen)
            if alike > STRANGERS and there and 2 * there >= len(seen):
                found[name] = alike * len(self.shots) + there
        return max(found, key=lambda name: found[name], default=None)

    def choices(self) -> Iterator[Row]:
        """The pronouns of whom the annotation tells that somebody of those met must be meant, or nobody."""
        for shot, told in zip(self.shots, self.read.told, strict=True):
            named = {
                name
                for mention, members in told.meant
                if not mention.pronoun
                for group in members
                for member in singles(group)
                for name in self.persons(member)
            }
            for choice in told.choices:
                if choice.mention.role in (SUBJECT, OBJECT):
                    yield from self._choice(choice, shot, named)

    def _choice(self, choice: Choice, shot: Shot, named: set[str]) -> Iterator[Row]:
        """Who is there and not named in the same breath is rather meant."""
        rest = [bool(self.persons(member) & shot.must - named) for member in choice.members]
        right = rest if any(rest) else [bool(self.persons(member) & shot.must) for member in choice.members]
        if not any(right):
            right = [member is None for member in choice.members]
        if any(right) and not all(right):
            yield choice.traits, right

    def presences(self) -> Iterator[Row]:
        """Everybody who might be shown, and whether they must; those who may, or are things, tell nothing."""
        presence = Presence(self.read.told, self.read.language)
        for number, shot in enumerate(self.shots):
            for member in presence.possible(number):
                persons = self.persons(member) if member.id in self._who or member.plural else frozenset[str]()
                thing = any(same_thing(thing, kind_of(member)) for thing in shot.things)
                if persons & shot.must or not (thing or (persons and persons <= shot.may)):
                    yield [presence.traits(number, member)], [bool(persons & shot.must)]


def _unwatched(_: float) -> None:
    """Nobody waits."""


def learn(rows: Mapping[str, list[Row]], firm: float) -> dict[str, Table]:
    """The weights by language. What holds in both is learnt from both; each language adds what is its own."""
    counts = Counter(trait for some in rows.values() for traits, _ in some for one in traits for trait in one)
    listed = sorted(trait for trait, count in counts.items() if count >= SELDOM)
    places = {trait: place for place, trait in enumerate(listed)}
    found: dict[str, torch.Tensor] = {"": torch.zeros(len(listed), requires_grad=True)}
    found |= {language: torch.zeros(len(listed), requires_grad=True) for language in rows}
    lessons = {language: _Rows(some, places) for language, some in rows.items() if some}
    optimiser = torch.optim.LBFGS(list(found.values()), max_iter=80, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        total = torch.stack([one.loss(found[""] + found[language]) for language, one in lessons.items()]).sum()
        total = total + firm / 2 * torch.stack([(table * table).sum() for table in found.values()]).sum()
        total.backward()
        return total

    optimiser.step(loss)
    return {language: _table(listed, found[""] + found[language]) for language in rows}


def _table(traits: Sequence[str], weights: torch.Tensor) -> Table:
    rounded = ((trait, round(float(weight), 2)) for trait, weight in zip(traits, weights.detach(), strict=True))
    return {trait: weight for trait, weight in rounded if weight}


class _Rows:
    """Rows as tensors: which traits stand in which line, which lines belong to one choice, which are right."""

    def __init__(self, rows: Sequence[Row], places: Mapping[str, int]) -> None:
        lines = [(choice, one, right) for choice, row in enumerate(rows) for one, right in zip(*row, strict=True)]
        at = [
            (line, place)
            for line, (_, one, _) in enumerate(lines)
            for place in sorted({places[trait] for trait in one if trait in places})
        ]
        self.traits = torch.sparse_coo_tensor(
            torch.tensor(at).T, torch.ones(len(at)), (len(lines), len(places)), check_invariants=True
        )
        self.choice = torch.tensor([choice for choice, _, _ in lines])
        self.right = torch.tensor([float(right) for _, _, right in lines])
        self.alone = len(lines) == len(rows)
        self.count = len(rows)

    def loss(self, weights: torch.Tensor) -> torch.Tensor:
        """How improbable what is right is: one of several, or each by itself."""
        sums = torch.sparse.mm(self.traits, weights[:, None])[:, 0]
        if self.alone:
            return torch.nn.functional.binary_cross_entropy_with_logits(sums, self.right, reduction="sum")
        odds = torch.exp(sums - sums.detach().max())
        of_all = torch.zeros(self.count).index_add(0, self.choice, odds)
        of_right = torch.zeros(self.count).index_add(0, self.choice, odds * self.right)
        return (of_all.log() - of_right.log()).sum()


def teach(stories: Sequence[Story]) -> None:
    """Learn from the stories and write what was learnt; pronouns first, since presence goes by them."""
    learnt.write({})
    tables: dict[str, dict[str, Table]] = {}
    for _ in range(ROUNDS):
        tables["antecedent"] = learn(_rows(stories, Lesson.choices), FIRM["antecedent"])
        learnt.write({"antecedent": tables["antecedent"]})
    tables["presence"] = learn(_rows(stories, Lesson.presences), FIRM["presence"])
    for table in tables["presence"].values():
        table["any"] = round(table.get("any", 0.0) + GENEROUS, 2)
    learnt.write(tables)


def _rows(stories: Sequence[Story], ask: Callable[[Lesson], Iterator[Row]]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {language: [] for language in LANGUAGES}
    for story in stories:
        found[story.language] += ask(Lesson(story))
    return found


def check(stories: Sequence[Story]) -> dict[str, Score]:
    """How well stories are understood that nothing was learnt from, by folder and language."""
    found: dict[str, Score] = {}
    for fold in range(FOLDS):
        teach([story for place, story in enumerate(stories) if place % FOLDS != fold])
        for story in stories[fold::FOLDS]:
            request = StoryRequest(story.text, story.title, Style.CINEMATIC)
            found.setdefault(story.language, Score()).__iadd__(judge(story, plan(_unwatched, request)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[FOLDER / "open"], help="of annotated stories")
    parser.add_argument("--check", action="store_true", help="write nothing; judge by stories that were left out")
    wanted = parser.parse_args()
    stories = [story for folder in wanted.folders for story in load_folder(folder)]
    if not wanted.check:
        teach(stories)
        return
    before = learnt.FILE.read_text("utf-8")
    try:
        scores = check(stories)
    finally:
        learnt.FILE.write_text(before, "utf-8")
    for language, score in scores.items():
        print(
            language, f"cast F1 {score.cast_f1:.3f}: {score.hits} right, {score.extra} extra, {score.missing} missing"
        )


if __name__ == "__main__":
    main()
