"""Sound tracks as artifacts: an edit makes only the parts that it is heard in, and all that follow."""

import asyncio
import wave
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from storyreel.domain.artifact import Artifact
from storyreel.domain.project import Project
from storyreel.domain.storyboard import SceneSpec
from storyreel.errors import MediaError
from storyreel.media.mp4 import SOUND, read_track
from storyreel.media.sound.ambience import AMBIENCES
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.soundtrack import make_soundtrack, moods_of, sounds_of

SEA, FOREST = SceneSpec("sea", mood="sad"), SceneSpec("forest", mood="sad")
LENGTHS = [2.0, 3.0, 2.5, 3.5] * 4
HEARD: list[tuple[str, ...]] = []
"""The parts that were told to be made."""


@pytest.fixture(autouse=True)
def silence() -> None:
    HEARD.clear()


@pytest.fixture
def project(studio: Any) -> Project:
    studio.open()
    begun, task = studio.begin("A kid walks.")
    studio.ended(task)
    return studio.current(begun)


def voice(studio: Any, seconds: float) -> Artifact:
    """Somebody humming, as an artifact."""

    async def produce(work: Path) -> Made:
        time = np.arange(round(seconds * 24_000)) / 24_000
        hum = sum(np.sin(2 * np.pi * 150 * part * time) / part for part in range(1, 6)) * 0.2
        with wave.open(str(work / "voice.wav"), "wb") as file:
            file.setparams((1, 2, 24_000, 0, "NONE", ""))
            file.writeframes((hum * 32767).astype("<i2").tobytes())
        return Made(work / "voice.wav", "audio/wav", {"duration": seconds})

    return asyncio.run(studio.pipeline.artifacts.make({"kind": "voice", "seconds": seconds}, produce))


def sound(
    studio: Any, project: Project, lengths: Sequence[float], music: bool = True, moods: Sequence[str] = ()
) -> Artifact:
    """The sound track of voices of these lengths, half a second apart; the first half is in the forest, all sad."""
    spoken: list[tuple[Artifact, Fraction]] = []
    scenes: list[tuple[SceneSpec | None, Fraction, Fraction]] = []
    now = Fraction(0)
    for number, length in enumerate(lengths):
        end = now + Fraction(length) + Fraction(1, 2)
        spoken.append((voice(studio, length), now))
        scene = FOREST if number < len(lengths) / 2 else SEA
        scenes.append((replace(scene, mood=moods[number]) if moods else scene, now, end))
        now = end
    return asyncio.run(make_soundtrack(studio.pipeline, project, spoken, scenes, now, music, HEARD.append))


def test_an_edit_makes_only_the_parts_from_it_on(studio: Any, project: Project) -> None:
    before = sound(studio, project, LENGTHS)
    made = studio.kinds()
    assert (made["loop"], made["sound_part"], made["soundtrack"]) == (4, 4, 1), "two places, music and its ending"
    levels = made["voice_levels"]
    assert 1 < levels < len(LENGTHS)
    track = read_track(studio.path(before.key), SOUND)
    assert Fraction(int(track.samples.durations.sum()) - track.before, track.timescale) == sum(LENGTHS) + 8

    whole = HEARD[-1]
    assert len(whole) == 4
    assert all(told == whole[: len(told)] for told in HEARD), "from the first on, in order"
    HEARD.clear()
    assert sound(studio, project, LENGTHS) == before
    assert studio.kinds() == made, "what is there is found"
    assert HEARD.pop() == whole
    assert not HEARD

    voice(studio, 2.25)
    made = studio.kinds()
    after = sound(studio, project, [*LENGTHS[:12], 2.25, *LENGTHS[13:]])
    assert after != before
    new = studio.kinds() - made
    assert 1 <= new.pop("voice_levels") < levels, "of few voices it is measured anew how loud they are"
    assert new == {"sound_part": 2, "soundtrack": 1}, "of four, those from the edit on"


def test_a_mood_that_changes_leaves_the_parts_before_it(studio: Any, project: Project) -> None:
    lengths = [*LENGTHS, *(length + 0.25 for length in LENGTHS)]
    before = sound(studio, project, lengths)
    made = studio.kinds()
    parts = HEARD[-1]
    after = sound(studio, project, lengths, moods=("sad",) * 24 + ("happy",) * 8)
    new = studio.kinds() - made
    assert new == {"loop": 2, "sound_part": 3, "soundtrack": 1}, "happy music, its ending, and where they are heard"
    assert HEARD[-1][:5] == parts[:5]
    assert after != before


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (["calm", "calm", "sad"], [("calm", 0, 2), ("sad", 2, 3)]),
        ([None, "sad", None, "happy", None], [("sad", 0, 3), ("happy", 3, 5)]),
        (["furious", None], [("calm", 0, 2)]),
        ([], []),
    ],
)
def test_moods_follow_the_scenes(told: list[str | None], expected: list[tuple[str, int, int]]) -> None:
    scenes = [
        (None if mood is None else SceneSpec("room", mood=mood), Fraction(number), Fraction(number + 1))
        for number, mood in enumerate(told)
    ]
    assert [(mood.mood, mood.start, mood.end) for mood in moods_of(scenes)] == expected


def test_a_part_that_was_lost_is_made_again_just_as_it_was(studio: Any, project: Project) -> None:
    before = sound(studio, project, LENGTHS, music=False)
    assert studio.kinds()["loop"] == 2, "places alone"
    track = studio.path(before.key)
    whole = track.read_bytes()
    track.unlink()
    next((studio.folder / "data").rglob("*.m4a")).unlink()
    again = sound(studio, project, LENGTHS, music=False)
    assert studio.path(again.key).read_bytes() == whole


def test_what_is_wrong_with_a_voice_is_told_as_it_is(studio: Any, project: Project) -> None:
    spoken = [(voice(studio, 2.0), Fraction(1))]
    with pytest.raises(MediaError, match="Voice 1 would be cut off"):
        asyncio.run(make_soundtrack(studio.pipeline, project, spoken, [], Fraction(2), False, HEARD.append))
    studio.path(spoken[0][0].key).write_bytes(b"not a sound")
    with pytest.raises(MediaError, match="not WAV"):
        asyncio.run(make_soundtrack(studio.pipeline, project, spoken, [], Fraction(4), False, HEARD.append))


@pytest.mark.parametrize(
    ("scene", "expected"),
    [
        (None, ()),
        (SceneSpec("forest"), ("forest",)),
        (SceneSpec("forest", "night"), ("night",)),
        (SceneSpec("forest", "night", "rain"), ("rain",)),
        (SceneSpec("sea", weather="storm"), ("sea", "storm")),
        (SceneSpec("meadow", "night", props=("campfire", "log")), ("night", "fire")),
        (SceneSpec("bedroom", weather="fog"), ("room",)),
        (SceneSpec("moon", weather="wind"), ()),
        (SceneSpec("castle hall", weather="cloudy"), ("room",)),
        (SceneSpec("harbour", "night"), ("sea",)),
        (SceneSpec("somewhere else"), ()),
    ],
)
def test_scenes_have_the_sound_of_their_place_and_weather(scene: SceneSpec | None, expected: tuple[str, ...]) -> None:
    assert sounds_of(scene) == expected
    assert all(kind in AMBIENCES for kind in expected)
