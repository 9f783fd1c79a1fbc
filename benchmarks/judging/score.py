"""The figures: how far a storyboard agrees with an annotated story."""

from collections import Counter
from dataclasses import dataclass, field

from judging.alignment import Narrated, align
from judging.casting import CROWD, characters, match, on_stage
from judging.names import same_thing
from judging.stories import Sentence, Story
from storyreel.domain.storyboard import PlannedShot, Storyboard

TOLD = ("setting", "time", "weather", "season")
SHARES = ("exact", *TOLD, "speaker", "kinds", "things", "narrated")


@dataclass(slots=True)
class Share:
    """How many of how many are right; 1.0 when there was nothing to get right."""

    right: int = 0
    of: int = 0

    def add(self, right: bool) -> None:
        self.right += right
        self.of += 1

    @property
    def value(self) -> float:
        return self.right / self.of if self.of else 1.0


@dataclass(slots=True)
class Score:
    """What one story, or several, were judged at.

    `hits`, `extra` and `missing` count persons over sentences. `junk` are things shown that the sentence speaks of
    in name only; `elsewhere` are things shown that the story's annotation names nowhere. `said` tells each
    disagreement in words.
    """

    hits: int = 0
    extra: int = 0
    missing: int = 0
    shares: dict[str, Share] = field(default_factory=lambda: {name: Share() for name in SHARES})
    junk: int = 0
    elsewhere: Counter[str] = field(default_factory=Counter[str])
    said: list[str] = field(default_factory=list[str])

    @property
    def cast_f1(self) -> float:
        total = 2 * self.hits + self.extra + self.missing
        return 2 * self.hits / total if total else 1.0

    def __iadd__(self, other: "Score") -> "Score":
        self.hits += other.hits
        self.extra += other.extra
        self.missing += other.missing
        for name, share in other.shares.items():
            self.shares[name].right += share.right
            self.shares[name].of += share.of
        self.junk += other.junk
        self.elsewhere.update(other.elsewhere)
        self.said += other.said
        return self

    def figures(self) -> dict[str, float]:
        """All that is reported, by name: shares 0 … 1, and counts."""
        shares = {name: round(share.value, 4) for name, share in self.shares.items()}
        counts = {"junk": self.junk, "elsewhere": self.elsewhere.total(), "sentences": self.shares["exact"].of}
        return {"cast_f1": round(self.cast_f1, 4), **shares, **counts}


def judge(story: Story, board: Storyboard) -> Score:
    """Judge a storyboard by the story's annotation; see tests/golden/stories/README.md for the rules."""
    return _Judge(story, board).score()


class _Judge:
    def __init__(self, story: Story, board: Storyboard) -> None:
        self._story, self._board = story, board
        self._narrated, self._astray = align(story, board)
        self._planned = characters(board)
        self._who = match(story, board, self._narrated)
        self._score = Score()
        self._junk: set[tuple[int, str]] = set()

    def score(self) -> Score:
        for number, (sentence, told) in enumerate(zip(self._story.sentences, self._narrated, strict=True)):
            self._score.shares["narrated"].add(told.whole)
            pool = [self._story.sentences[other] for other in sorted(told.pool)]
            self._judge_cast(number, told, pool)
            self._judge_place(number, sentence, told)
            self._judge_speaker(number, sentence, told)
            self._judge_things(number, sentence, told, pool)
        for _ in range(self._astray):
            self._score.shares["narrated"].add(False)
        for id_, name in self._who.items():
            kind = self._planned[id_].kind.lower()
            self._score.shares["kinds"].add(kind in self._story.cast[name].kinds)
            if kind not in self._story.cast[name].kinds:
                self._score.said.append(f"{self._story.name}: {name} is a {kind}")
        self._score.junk = len(self._junk)
        annotated = [thing for sentence in self._story.sentences for thing in sentence.things]
        for shot in self._board.shots:
            strange = [thing for thing in self._held(shot) if not any(same_thing(known, thing) for known in annotated)]
            self._score.elsewhere.update(strange)
        return self._score

    def _judge_cast(self, number: int, told: Narrated, pool: list[Sentence]) -> None:
        expected = self._story.persons(name for sentence in pool for name in sentence.cast)
        allowed = self._story.persons(name for sentence in pool for name in sentence.may)
        things = [thing for sentence in pool for thing in sentence.things]
        shown: set[str] = set()
        for id_ in {id_ for shot in told.shots for id_ in on_stage(self._board.shots[shot])}:
            if id_ in self._who:
                shown |= self._story.persons([self._who[id_]])
            elif id_ not in self._planned or not self._is_thing(id_, things):
                shown.add(f"?{self._planned[id_].name if id_ in self._planned else id_}")
        extra, missing = shown - expected - allowed, expected - shown
        self._score.hits += len(shown & expected)
        self._score.extra += len(extra)
        self._score.missing += len(missing)
        self._score.shares["exact"].add(not extra and not missing)
        if missing:
            self._say(number, f"not on stage: {', '.join(sorted(missing))}")
        if extra:
            self._say(number, f"should not be on stage: {', '.join(sorted(extra))}")

    def _is_thing(self, id_: str, things: list[str]) -> bool:
        return any(same_thing(thing, self._seen_as(id_)) for thing in things)

    def _seen_as(self, id_: str) -> str:
        return id_ if id_.startswith(CROWD) else self._planned[id_].kind

    def _judge_place(self, number: int, sentence: Sentence, told: Narrated) -> None:
        for aspect in TOLD:
            accepted: tuple[str, ...] = getattr(sentence, aspect)
            if not accepted:
                continue
            letters = Counter[str]()
            for shot, count in told.shots.items():
                letters[getattr(self._board.shots[shot].scene, aspect)] += count
            right = bool(letters) and 2 * sum(letters[value] for value in accepted) >= letters.total()
            self._score.shares[aspect].add(right)
            if not right:
                self._say(number, f"{aspect} {', '.join(letters)}, not {' or '.join(accepted)}")

    def _judge_speaker(self, number: int, sentence: Sentence, told: Narrated) -> None:
        if sentence.speaker is None:
            return
        ids = [self._board.shots[shot].scene.speaker for shot in told.shots]
        speakers = {self._who.get(id_, f"?{id_}") for id_ in ids if id_}
        self._score.shares["speaker"].add(sentence.speaker in speakers)
        if sentence.speaker not in speakers:
            self._say(number, f"speaker {', '.join(sorted(speakers)) or 'nobody'}, not {sentence.speaker}")

    def _judge_things(self, number: int, sentence: Sentence, told: Narrated, pool: list[Sentence]) -> None:
        real = [thing for other in pool for thing in other.things]
        shown: set[str] = set()
        for shot in told.shots:
            who = {self._seen_as(id_) for id_ in on_stage(self._board.shots[shot]) if id_ in self._planned}
            seen = {*self._held(self._board.shots[shot]), *who}
            shown |= {*seen, self._board.shots[shot].scene.setting}
            for thing in sorted(seen):
                junk = any(same_thing(word, thing) for word in sentence.never)
                if junk and not any(same_thing(word, thing) for word in real):
                    self._junk.add((shot, thing))
                    self._say(number, f"junk: {thing}")
        for thing in sentence.things:
            self._score.shares["things"].add(any(same_thing(thing, seen) for seen in shown))

    def _held(self, shot: PlannedShot) -> set[str]:
        """All inanimate things that a shot shows."""
        held = {subject.holds for subject in shot.scene.subjects}
        toward = {subject.toward for subject in shot.scene.subjects if subject.toward not in self._planned}
        return {thing for thing in {*shot.scene.props, *held, *toward} if thing}

    def _say(self, number: int, what: str) -> None:
        self._score.said.append(
            f"{self._story.name} {number + 1}: {what} | {self._story.sentences[number].text.strip()}"
        )
