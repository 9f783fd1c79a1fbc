"""How films are cut: what is encoded, what is copied, what can be watched before the end."""

import asyncio
import time
from fractions import Fraction
from typing import Any

import pytest

from storyreel.domain.film import Codec, FilmOptions, Preset, Subtitles
from storyreel.domain.storyboard import Transition
from storyreel.domain.task import TaskType
from storyreel.media.probe import probe_video, read_clip
from storyreel.pipeline import film
from storyreel.pipeline.cutting import CuttingRoom
from storyreel.pipeline.orders import encoding, film_profile
from storyreel.pipeline.takes import Takes
from storyreel.store.database import cuts, projects

pytestmark = pytest.mark.slow

IMMEDIATE = "storyreel.engines.testing:FakeImmediateVideoEngine"
FOUR = "One one one. Two two two. Three three three. Four four four."


def crossfaded(studio: Any) -> Any:
    """A project of four shots with a crossfade between any two."""
    project = studio.project(FOUR)
    for shot in studio.shots(project):
        studio.edit(shot, transition=Transition.CROSSFADE)
    return project


def test_an_immediate_engine_draws_straight_into_the_film(studio: Any) -> None:
    studio.open(video_engine=IMMEDIATE)
    project = crossfaded(studio)
    task = studio.done(studio.film(project, Subtitles.BURNED))
    made = studio.kinds()
    assert (made["image"], made["clip"], made["segment"], made["film"]) == (4, 0, 7, 1)
    assert studio.tasks(types=[TaskType.SVD]) == []
    assert probe_video(studio.path(studio.current(project).film)).frames == task.result["frames"]

    second = studio.shots(project)[1]
    studio.edit(second, prompt="Something else", prompt_en="Something else")
    studio.done(studio.film(project, Subtitles.BURNED))
    assert studio.kinds() - made == {"image": 1, "segment": 3, "film": 1}, "a body and its two transitions"


def test_the_same_frames_with_and_without_a_clip_between(studio: Any) -> None:
    studio.open(video_engine=IMMEDIATE)
    project = studio.project("One one one.")
    studio.done(studio.film(project))
    drawn = studio.path(studio.current(project).film)
    studio.open()
    studio.done(studio.film(project))
    encoded = studio.path(studio.current(project).film)
    pairs = zip(read_clip(drawn, 0, 40), read_clip(encoded, 0, 40), strict=True)
    assert all(abs(a.y.astype(int) - b.y).mean() < 2 for a, b in pairs)


def test_clips_are_copied_where_nothing_touches_them(studio: Any) -> None:
    studio.open()
    project = crossfaded(studio)
    task = studio.done(studio.film(project))
    assert studio.kinds()["segment"] == 3, "the crossfades alone"
    with studio.pipeline.database.read() as connection:
        cut = cuts.newest(connection, project.id)
    assert cut is not None
    assert cut.task_id == task.id
    assert cut.whole
    clips = [shot.clip for shot in studio.shots(project)]
    assert [piece.artifact for piece in cut.pieces if piece.artifact in clips] == clips
    assert probe_video(studio.path(studio.current(project).film)).frames == task.result["frames"]


def test_a_text_track_encodes_nothing(studio: Any) -> None:
    studio.open(video_engine=IMMEDIATE)
    project = crossfaded(studio)
    studio.done(studio.film(project))
    made = studio.kinds()
    studio.done(studio.film(project, Subtitles.TRACK))
    assert studio.kinds() - made == {"film": 1}


def test_the_film_can_be_watched_while_it_is_made(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures come one by one: each makes what can be watched longer."""
    studio.open(video_engine=IMMEDIATE)
    project = crossfaded(studio)
    monkeypatch.setenv("STORYREEL_FAKE_SECONDS", "1")
    task = studio.film(project)
    seen: list[int] = []
    while not studio.task(task).status.terminal:
        with studio.pipeline.database.read() as connection:
            cut = cuts.newest(connection, project.id)
        if cut is not None and len(cut.pieces) not in seen:
            assert cut.sound, "pictures alone cannot be watched"
            seen.append(len(cut.pieces))
        time.sleep(0.05)
    studio.done(task)
    assert seen == sorted(seen)
    assert len(seen) > 1
    assert seen[0] < 7


def test_presets_and_codecs_are_the_film_s(studio: Any) -> None:
    studio.open(video_engine=IMMEDIATE)
    project = studio.project("One one one.")
    sizes = {}
    for preset in Preset:
        options = FilmOptions("256x144", 24, Subtitles.NONE, music=False, cards=False, preset=preset)
        studio.done(film.begin_film(studio.pipeline, project, options))
        sizes[preset] = studio.artifact(studio.current(project).film).size
    assert len(set(sizes.values())) == len(Preset), "each preset is encoded in its own way"
    options = FilmOptions("256x144", 24, Subtitles.NONE, music=False, cards=False, codec=Codec.HEVC, hardware=True)
    studio.done(film.begin_film(studio.pipeline, project, options))
    facts = probe_video(studio.path(studio.current(project).film))
    assert (facts.video_codec, facts.fps) == ("hevc", Fraction(24))


def test_cards_stand_at_both_ends(studio: Any) -> None:
    studio.open(video_engine=IMMEDIATE)
    project = studio.project("One one one. Two two.")
    bare = studio.done(studio.film(project)).result["frames"]
    options = FilmOptions("256x144", 24, Subtitles.NONE, music=False)

    made = studio.kinds()
    carded = studio.done(film.begin_film(studio.pipeline, studio.current(project), options))
    assert carded.result["frames"] == bare + 2 * (72 - 12), "each three seconds, half a second of them shared"
    assert (studio.kinds() - made)["card"] == 2
    assert not (studio.kinds() - made)["image"]

    made = studio.kinds()
    with studio.pipeline.database.write() as connection:
        projects.update(connection, project.id, {"title": "Another name"})
    studio.done(film.begin_film(studio.pipeline, studio.current(project), options))
    again = studio.kinds() - made
    assert (again["card"], again["segment"], again["film"]) == (1, 2, 1), "the title, and where it gives way"


def test_what_ends_while_nobody_works_is_taken_in(studio: Any) -> None:
    """The shots are looked at between two rounds of work, and that may take longer than all that is under way."""
    studio.open(video_engine=IMMEDIATE)
    project = studio.project("One one one. Two two.")
    task = studio.done(studio.film(project))
    project = studio.current(project)
    options = FilmOptions("256x144", 25, Subtitles.NONE, music=False, cards=False)
    encoded = encoding(options)
    takes = Takes(studio.pipeline, task, encoded).look()

    async def cut() -> bool:
        room = CuttingRoom(studio.pipeline, project, options, film_profile(project, encoded))
        room.follow(takes)
        for _ in range(20):
            await room.work(0.05)
            others = asyncio.all_tasks() - {asyncio.current_task()}
            if others:
                await asyncio.wait(others)
        await room.close()
        return room.finished() is not None

    assert asyncio.run(cut())
