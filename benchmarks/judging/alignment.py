"""Which shots narrate which sentences, by place in the text."""

import unicodedata
from dataclasses import dataclass

from judging.stories import Story
from storyreel.domain.storyboard import PlannedShot, Storyboard

MOST_POOLED = 3
"""Sentences that one shot may hold and still be judged for all of them together; a longer shot shows too little."""


@dataclass(frozen=True, slots=True)
class Narrated:
    """How one sentence is narrated.

    `shots` maps a shot's number to how many letters of the sentence it narrates. `pool` holds the numbers of the
    sentences (this one among them) that share its shots. `whole`: narrated from beginning to end, in its place.
    """

    shots: dict[int, int]
    pool: frozenset[int]
    whole: bool


def align(story: Story, board: Storyboard) -> tuple[list[Narrated], int]:
    """Each sentence's shots, and the number of shots whose narration is not there, or not in its place.

    White space does not count. A shot is sought from where the one before it ended, so each letter is narrated once.
    """
    text = _compact(story.text)
    places, astray = _places(text, board.shots)
    shots_of: list[dict[int, int]] = []
    covered: list[bool] = []
    begin = 0
    for sentence in story.sentences:
        end = begin + len(_compact(sentence.text))
        overlaps = {number: (max(begin, low), min(end, high)) for number, (low, high) in places.items()}
        letters = {number: _letters(text[low:high]) for number, (low, high) in overlaps.items() if low < high}
        shots_of.append({number: count for number, count in letters.items() if count})
        covered.append(sum(max(0, high - low) for low, high in overlaps.values()) == end - begin)
        begin = end
    held = {number: frozenset(s for s, shots in enumerate(shots_of) if number in shots) for number in places}
    narrated: list[Narrated] = []
    for number, (shots, whole) in enumerate(zip(shots_of, covered, strict=True)):
        shared = [held[shot] for shot in shots if len(held[shot]) <= MOST_POOLED]
        narrated.append(Narrated(shots, frozenset({number}).union(*shared), whole))
    return narrated, astray


def _places(text: str, shots: tuple[PlannedShot, ...]) -> tuple[dict[int, tuple[int, int]], int]:
    places: dict[int, tuple[int, int]] = {}
    astray = reached = 0
    for number, shot in enumerate(shots):
        narration = _compact(shot.narration)
        begin = text.find(narration, reached)
        if begin < 0:
            astray += 1
            continue
        reached = begin + len(narration)
        places[number] = begin, reached
    return places, astray


def _compact(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def _letters(text: str) -> int:
    return sum(letter.isalnum() for letter in text)
