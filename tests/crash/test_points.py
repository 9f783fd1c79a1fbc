"""A film whose server is killed at every point that matters, each time at the next one."""

from collections.abc import Callable
from typing import Any

import pytest

from storyreel.domain.storyboard import Transition
from storyreel.media.probe import probe_video
from storyreel.media.timeline import ShotTiming, build_timeline

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

STORY = "A kid walks. A dog barks! They run. It rains. All laugh."
FPS = 24
CANCEL = "task.cancel_recorded FILM"
POINTS = [
    "task.recorded LLM",
    "task.started LLM",
    "artifact.produced storyboard",
    "artifact.published storyboard",
    "storyboard.laid_out LLM",
    "task.finished result",
    "task.recorded FILM",
    "task.started FILM",
    "task.running FILM",
    CANCEL,
    "task.recorded SD",
    "task.running SD",
    "artifact.begun image",
    "artifact.file_published image",
    "artifact.recorded image",
    "image.chosen SD",
    "task.made SD",
    "task.started TTS",
    "artifact.produced voice",
    "artifact.published voice",
    "voice.chosen TTS",
    "task.ending result",
    "task.recorded SVD",
    "task.running SVD",
    "artifact.begun clip",
    "artifact.produced clip",
    "artifact.recorded clip",
    "clip.chosen SVD",
    "artifact.file_published segment",
    "artifact.recorded segment",
    "artifact.produced soundtrack",
    "film.shown FILM",
    "film.cut FILM",
    "artifact.produced film",
    "artifact.published film",
    "film.chosen FILM",
    "task.made FILM",
]


def expected_frames() -> int:
    """Of the film of STORY, whose first and third shot are left by a crossfade and a wipe."""
    narrations = ["A kid walks.", "A dog barks!", "They run.", "It rains.", "All laugh."]
    transitions = [Transition.CROSSFADE, Transition.CUT, Transition.WIPE, Transition.CUT, Transition.CUT]
    shots = [
        ShotTiming(str(number), text, (), int((0.3 + 0.06 * len(text)) * 48_000) / 48_000, transition)
        for number, (text, transition) in enumerate(zip(narrations, transitions, strict=True))
    ]
    return build_timeline(shots, FPS).total_frames


def test_a_film_outlives_a_kill_at_every_point(house: Any, warm: Callable[..., Any], user: Callable[..., Any]) -> None:
    assert len(set(POINTS)) == len(POINTS) >= 20
    servers = warm(POINTS)
    mia = user(servers.revive)
    mia.sign_in()
    story = {"title": "Kid and dog", "story_text": STORY, "style": "Anime", "resolution": "256x144", "fps": FPS}
    created = mia.start("/projects/create", "the-project", story, Prefer="respond-async")
    project = created["project_id"]
    assert mia.ended(created["task_id"])["status"] == "SUCCESS"
    shots = mia.ok("GET", f"/projects/{project}/storyboard")["shots"]
    assert " ".join(shot["narration"] for shot in shots) == STORY
    for number, transition in ((0, "crossfade"), (2, "wipe")):
        mia.ok("POST", f"/shots/{shots[number]['id']}/update_prompt", json={"transition": transition})

    film = {"subtitles": "none", "music": False, "cards": False}
    unwanted: set[str] = set()
    while CANCEL not in servers.died_at and len(unwanted) < 5:  # it may have died at another point just before
        task = mia.start(f"/projects/{project}/make_film", f"unwanted-{len(unwanted)}", film)["task_id"]
        mia.ask("POST", f"/tasks/{task}/cancel")  # 409 the second time: the first was recorded before the kill
        assert mia.ended(task)["error_code"] == "cancelled"
        unwanted.add(task)
    mia.acknowledged -= unwanted
    wanted = mia.start(f"/projects/{project}/make_film", "wanted", film)["task_id"]
    ended = mia.ended(wanted)
    assert ended["status"] == "SUCCESS", ended

    assert sorted(set(POINTS) - set(servers.died_at)) == [], "never reached"
    assert len(servers.died_at) == len(POINTS) == len(house.deaths)
    house.check()
    assert len(mia.ok("GET", "/projects")["items"]) == 1
    assert len(mia.ok("GET", f"/projects/{project}/storyboard")["shots"]) == len(shots)
    tasks = {task["id"]: task for task in mia.ok("GET", "/tasks", params={"project_id": project})["items"]}
    assert mia.acknowledged <= tasks.keys()
    for task in tasks.values():
        if unwanted.isdisjoint((task["id"], task["parent_id"])):
            assert task["status"] == "SUCCESS", task
    facts = probe_video(house.film(project))
    assert facts.frames == expected_frames() == ended["result"]["frames"]
