"""The music's form, from the moods of a story."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import pytest

from storyreel.media.sound.loops import Loop
from storyreel.media.sound.scales import bar_of
from storyreel.media.sound.sections import LAST_CHORD, SHORTEST, Felt, lasting, sections_of

RATE = 48_000


def felt(*moods: tuple[str, float]) -> tuple[Felt, ...]:
    """Moods that follow each other, each for so many seconds."""
    told: list[Felt] = []
    now = Fraction(0)
    for mood, seconds in moods:
        told.append(Felt(mood, now, now + Fraction(seconds)))
        now = told[-1].end
    return tuple(told)


@pytest.mark.parametrize(
    ("moods", "expected"),
    [
        ([("calm", 5)], [("calm", 0)]),
        ([("calm", 20), ("sad", 20)], [("calm", 0), ("sad", 20)]),
        ([("calm", 20), ("tense", 4), ("calm", 20)], [("calm", 0)]),
        ([("wonder", 2), ("calm", 30)], [("calm", 0)]),
        ([("calm", 30), ("sad", 5)], [("calm", 0)]),
        ([("calm", 20), ("tense", 13), ("calm", 20)], [("calm", 0), ("tense", 20), ("calm", 33)]),
        ([("calm", 20), ("tense", 4), ("sad", 20)], [("calm", 0), ("sad", 20)]),
        ([("calm", 8), ("happy", 30)], [("calm", 0), ("happy", 12)]),
        ([("calm", 20), ("tense", 7), ("calm", 30)], [("calm", 0), ("tense", 20), ("calm", 32)]),
        ([("calm", 3), ("happy", 3)] * 10, [("calm", 0)]),
    ],
)
def test_moods_that_last_are_kept_and_others_absorbed(
    moods: list[tuple[str, float]], expected: list[tuple[str, float]]
) -> None:
    story = felt(*moods)
    kept = lasting(story)
    assert [(mood.mood, mood.start) for mood in kept] == expected
    assert kept[-1].end == story[-1].end
    assert all(one.end == other.start for one, other in pairwise(kept))
    assert len(kept) == 1 or min(mood.end - mood.start for mood in kept) >= SHORTEST


def test_sections_begin_at_bar_lines_and_the_last_chord_is_the_films_end() -> None:
    story = felt(("calm", 31.3), ("sad", 25.1), ("happy", 44.77))
    for seed in range(6):
        bar = bar_of(seed)
        sections = sections_of(story, seed)
        names = ["calm", "sad", "happy", "happy ending"]
        assert [section.loop for section in sections] == [Loop(name, seed) for name in names]
        assert sections[0].start == 0
        assert all(section.start % bar == 0 for section in sections)
        assert all(one.end == other.start for one, other in pairwise(sections))
        near = [abs(section.start - mood.start * RATE) for section, mood in zip(sections, story, strict=False)]
        assert max(near) <= bar / 2
        ending = sections[-1]
        assert ending.end == round(story[-1].end * RATE)
        assert LAST_CHORD * RATE <= ending.end - ending.start < LAST_CHORD * RATE + bar


def test_music_before_an_edit_is_the_same() -> None:
    """Whether what comes later is longer, shorter or in another mood: sections before it begin where they did."""
    moods: list[tuple[str, float]] = [("calm", 30), ("tense", 20), ("calm", 25), ("sad", 40), ("wonder", 30)]
    before = sections_of(felt(*moods), 3)
    others: Sequence[list[tuple[str, float]]] = (
        [*moods[:3], ("sad", 43.5), ("wonder", 30)],
        [*moods[:3], ("sad", 40), ("happy", 30)],
        [*moods, ("tense", 20)],
    )
    for other in others:
        after = sections_of(felt(*other), 3)
        assert after[:3] == before[:3]
        assert after[3].loop == before[3].loop
        assert after[3].start == before[3].start
        assert after != before


@pytest.mark.parametrize("seconds", [0.1, 2, 4, 5, 7, 11])
def test_short_films_have_an_ending_at_least(seconds: float) -> None:
    *first, ending = sections_of(felt(("calm", seconds)), 1)
    assert ending.loop == Loop("calm ending", 1)
    assert ending.end == round(Fraction(seconds) * RATE)
    assert [(section.start, section.end) for section in first] == ([(0, ending.start)] if ending.start else [])


def test_where_nothing_is_felt_no_music_plays() -> None:
    assert sections_of((), 1) == ()
