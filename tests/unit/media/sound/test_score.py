"""The plan of a sound track: parts that know all that is heard in them, and nothing else."""

import json
import pickle
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from storyreel.media.sound import score as scores
from storyreel.media.sound.aac import FRAME
from storyreel.media.sound.loops import Loop
from storyreel.media.sound.loudness import HOP, Levels
from storyreel.media.sound.scales import bar_of
from storyreel.media.sound.score import (
    GLIDE,
    MARGIN,
    PART,
    Place,
    Score,
    SoundPart,
    Spoken,
    ducked,
    plan_soundtrack,
)
from storyreel.media.sound.sections import Felt
from storyreel.media.sound.voices import Measured

RATE = 48_000


def voice_of(seconds: float, energy: float = 0.01) -> Measured:
    """Somebody who speaks all the time, as loud."""
    hops = round(seconds * RATE / HOP)
    return Measured(hops * HOP, Levels(np.full(hops, energy), np.full(hops, 0.4)))


def told(lengths: Sequence[float]) -> tuple[Score, list[Measured]]:
    """A film of voices of these lengths in seconds, one second apart, in two places, with music."""
    spoken: list[Spoken] = []
    now = Fraction(1, 2)
    for number, length in enumerate(lengths):
        spoken.append(Spoken(f"{number}:{length}", Path(f"{number}.wav"), now))
        now += Fraction(length) + 1
    places = (Place("forest", Fraction(0), Fraction(30)), Place("sea", Fraction(30), now))
    return Score(tuple(spoken), places, (Felt("calm", Fraction(0), now),), 7, now), [
        voice_of(length) for length in lengths
    ]


def identities(parts: Sequence[SoundPart]) -> list[str]:
    return [json.dumps(part.identity(), sort_keys=True) for part in parts]


def test_parts_tile_the_film() -> None:
    score, measured = told([3.0] * 20)
    parts = plan_soundtrack(score, measured)
    total = round(score.duration * RATE)
    packets = [packet for part in parts for packet in range(part.first, part.first + part.packets)]
    assert packets == list(range(-(-total // FRAME) + 1)), "one more than frames"
    for part in parts:
        assert part.first % PART == 0
        assert part.start == max(part.first - MARGIN, 0) * FRAME
        assert part.start % HOP == 0
        assert part.end == min((part.first + part.packets + MARGIN) * FRAME, total)
        heard = {voice.key for voice in part.voices}
        inside = {v.key for v in score.voices if v.start * RATE < part.end and (v.start + 3) * RATE > part.start}
        assert heard == inside
        assert pickle.loads(pickle.dumps(part)) == part  # noqa: S301 - our own


def test_an_edit_changes_no_part_before_it() -> None:
    lengths = [3.0] * 60
    score, measured = told(lengths)
    before = identities(plan_soundtrack(score, measured))
    assert len(before) >= 15
    for edited in (10, 30, 50):
        changed = [*lengths[:edited], 4.25, *lengths[edited + 1 :]]
        after = identities(plan_soundtrack(*told(changed)))
        start = score.voices[edited].start * RATE
        untouched = [n for n in range(len(before)) if (n * PART + PART + MARGIN) * FRAME < start - RATE]
        assert untouched
        assert [after[n] for n in untouched] == [before[n] for n in untouched]
        assert not set(after[untouched[-1] + 2 :]) & set(before), "all that follows is shifted"


def test_another_mood_changes_no_music_before_it() -> None:
    """Shots that come later are felt otherwise, or take longer: parts that end before them stay, music included."""
    score, measured = told([3.0] * 60)

    def felt(*moods: tuple[str, int]) -> tuple[Felt, ...]:
        starts = [start for _, start in moods]
        ends = [Fraction(end) for end in starts[1:]] + [score.duration]
        return tuple(Felt(mood, Fraction(start), end) for (mood, start), end in zip(moods, ends, strict=True))

    curve = (("calm", 0), ("tense", 60), ("calm", 90), ("sad", 150))
    before = identities(plan_soundtrack(replace(score, moods=felt(*curve)), measured))
    for moods, edited in (
        (felt(*curve[:3], ("wonder", 150)), 150),
        (felt(*curve, ("happy", 200)), 200),
        (felt(*curve[:2], ("calm", 100), ("sad", 160)), 90),
    ):
        after = identities(plan_soundtrack(replace(score, moods=moods), measured))
        early = int((edited * RATE / FRAME - 2 * RATE / FRAME) // PART)
        assert early >= 5
        assert after[:early] == before[:early]
        assert after[early + 1] != before[early + 1]
    longer = replace(
        score, duration=score.duration + 1, moods=(*felt(*curve)[:-1], Felt("sad", Fraction(150), score.duration + 1))
    )
    after = identities(plan_soundtrack(longer, measured))
    assert after[: len(before) - 2] == before[:-2], "where a film ends is known in its last parts alone"


def test_sections_cross_before_the_bar_line_and_the_ending_takes_all_that_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moods = Felt("calm", Fraction(0), Fraction(20)), Felt("sad", Fraction(20), Fraction(60))
    monkeypatch.setattr(scores, "PART", 15_000)
    (part,) = plan_soundtrack(Score((), (), moods, 4, Fraction(60)), [])
    layers = {layer.loop.name: layer for layer in part.layers}
    calm, sad, ending = (layers[name] for name in ("calm", "sad", "sad ending"))
    assert sad.origin == calm.end, "as one has ended, the other begins"
    assert calm.fall == sad.rise < bar_of(4)
    assert ending.end == 60 * RATE
    assert ending.fall == ending.end - ending.origin
    hops = 60 * RATE // HOP
    power = sum((layer.heard(0, hops, []) / 10 ** (layer.gain / 20)) ** 2 for layer in part.layers)
    assert power[400 : ending.origin // HOP] == pytest.approx(1, abs=1e-3), "always as loud"


def test_a_part_is_made_of_all_that_is_heard_in_it() -> None:
    score, measured = told([3.0] * 8)
    others = [
        replace(score, moods=(Felt("sad", Fraction(0), score.duration),)),
        replace(score, moods=()),
        replace(score, seed=8),
        replace(score, places=score.places[1:]),
        replace(score, places=(Place("rain", Fraction(0), Fraction(30)),)),
        replace(score, voices=(replace(score.voices[0], key="another"), *score.voices[1:])),
        replace(score, voices=(replace(score.voices[0], start=Fraction(0)), *score.voices[1:])),
    ]
    first = [identities(plan_soundtrack(other, measured))[0] for other in (score, *others)]
    assert len(set(first)) == len(first)
    louder = [voice_of(3.0, 0.04), *measured[1:]]
    assert identities(plan_soundtrack(score, louder))[0] != first[0]
    whole = [json.dumps(other.identity(), sort_keys=True) for other in (score, *others)]
    assert len(set(whole)) == len(whole)
    assert replace(score, moods=(), seed=1).identity() == replace(score, moods=(), seed=2).identity()


def test_places_that_touch_are_one_and_others_cross() -> None:
    places = (
        Place("rain", Fraction(0), Fraction(5)),
        Place("rain", Fraction(5), Fraction(9)),
        Place("sea", Fraction(9), Fraction(12)),
    )
    (part,) = plan_soundtrack(Score((), places, (), 0, Fraction(12)), [])
    rain, sea = part.layers
    assert (rain.loop, rain.start, rain.end) == (Loop("rain", 0), 0, round(9.5 * RATE))
    assert (sea.loop, sea.start, sea.end) == (Loop("sea", 0), round(8.5 * RATE), 12 * RATE)


def test_what_lies_under_a_voice_gives_way_smoothly_and_in_time() -> None:
    curve = ducked([(400, 600)], 0, 1000, -10.0)
    assert curve[400 + GLIDE : 600 - GLIDE] == pytest.approx(10 ** (-10 / 20))
    assert curve[: 400 - GLIDE] == pytest.approx(1)
    assert (np.diff(curve[300:500]) <= 1e-12).all()
    assert np.abs(np.diff(curve)).max() < 0.02
    later = ducked([(400, 600)], 350, 300, -10.0)
    assert later == pytest.approx(curve[350:650]), "every part sees the same"
    score, measured = told([3.0])
    (part,) = plan_soundtrack(score, measured)
    ((first, last),) = part.spoken
    assert (first + GLIDE) * HOP <= 0.5 * RATE, "low when speech begins"
    assert (last - GLIDE) * HOP >= 3.5 * RATE, "and until it has ended"
