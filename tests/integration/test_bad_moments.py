"""What goes wrong while a film is cut, or ends it half way: nothing half-done is left, and it can be made after all."""

import errno
import logging
import random
import resource
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from storyreel.domain.film import FilmOptions, StillMove, Subtitles, View
from storyreel.domain.project import Project
from storyreel.domain.storyboard import Transition
from storyreel.domain.task import TaskStatus
from storyreel.engines.contracts.engine import EngineInfo, Job
from storyreel.engines.contracts.video import VideoRequest, VideoResult
from storyreel.engines.testing.fakes import DriftingColours, FakeVideoEngine
from storyreel.media.probe import probe_video
from storyreel.pipeline import film as films
from storyreel.pipeline import tasks
from storyreel.pipeline.tasks import describe

pytestmark = pytest.mark.slow

STORY = "One one. Two two. Three three."
BUGS: set[str] = set()
"""Prompts of which the engine here draws no frames."""


class StillVideoEngine(FakeVideoEngine):
    """Shows the picture as it is, as long as it is asked to."""

    @property
    def info(self) -> EngineInfo:
        return replace(super().info, id="still", immediate=True)

    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult]:
        (request,) = requests
        if request.prompt in BUGS:
            return [VideoResult(DriftingColours(request.canvas, request.fps, request.frames, "no number"))]
        return [VideoResult(StillMove(request.image, request.canvas, request.fps, request.frames, View(), View()))]


STILLS = {"video_engine": f"{__name__}:StillVideoEngine"}


@pytest.fixture(autouse=True)
def no_bugs() -> Iterator[None]:
    BUGS.clear()
    yield
    BUGS.clear()


def test_broken_footage_names_its_shots(studio: Any) -> None:
    studio.open(**STILLS)
    project = studio.project(STORY)
    studio.done(studio.film(project))
    first, second, _ = studio.shots(project)
    picture = studio.path(second.image)
    whole = picture.read_bytes()
    picture.write_bytes(b"not a picture")
    studio.edit(second, narration="Two two two.")
    made = studio.kinds()
    task = studio.ended(studio.film(project))
    assert task.error.startswith("Shot 2: ")
    assert "is not a picture that can be read" in task.error
    studio.edit(first, transition=Transition.CROSSFADE)
    task = studio.ended(studio.film(project))
    assert task.error.startswith(("Shots 1 and 2: ", "Shot 2: "))
    picture.write_bytes(whole)
    studio.settled(project)
    studio.done(studio.film(project))
    assert (studio.kinds() - made)["image"] == 0


@pytest.mark.long
def test_a_bug_in_drawing_names_its_shot_and_keeps_the_others(studio: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Also where many segments are made one after the other in one process."""
    studio.open(**STILLS)
    project = studio.project(" ".join(f"Nr{number}." for number in range(20)))
    studio.done(studio.film(project))
    made = studio.kinds()
    BUGS.add("Shot 3")
    options = FilmOptions("256x144", 25, Subtitles.NONE, music=False, cards=False)
    task = studio.ended(films.begin_film(studio.pipeline, project, options))
    assert task.error.startswith("Shot 3: Something went wrong inside Storyreel: TypeError.")
    assert "TypeError" in caplog.text
    studio.settled(project)
    kept = (studio.kinds() - made)["segment"]
    assert kept >= 2
    BUGS.clear()
    caplog.set_level(logging.DEBUG, "storyreel.milestones")
    caplog.clear()
    studio.done(films.begin_film(studio.pipeline, project, options))
    begun = [record for record in caplog.records if record.getMessage().startswith("artifact.begun segment")]
    assert len(begun) == made["segment"] - kept


def test_a_full_disk_is_told_and_made_good(studio: Any) -> None:
    """Whatever a child process writes beyond 1,500 bytes fails, as on a full disk."""
    studio.open(**STILLS)
    project = studio.project(STORY)
    over = threading.Event()

    def fill() -> None:
        while not over.wait(0.005):
            for child in studio.children():
                limit(child, 1500)

    def limit(child: int, size: int) -> None:
        try:
            resource.prlimit(child, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        except ProcessLookupError:
            return

    filling = threading.Thread(target=fill)
    filling.start()
    try:
        task = studio.ended(studio.film(project))
        studio.settled(project)
    finally:
        over.set()
        filling.join()
        for child in studio.children():
            limit(child, resource.RLIM_INFINITY)
    assert (task.status, "File too large" in task.error) == (TaskStatus.FAILED, True), task.error
    calls = len(studio.calls())
    studio.done(studio.film(project))
    studio.settled(project)
    assert studio.calls()[calls:] == [], "pictures and voices were kept"


def test_the_system_s_words_are_told_without_the_path() -> None:
    told = describe(OSError(errno.ENOSPC, "No space left on device", "/home/mia/secret"))
    assert told["message"].endswith(": No space left on device.")
    assert "secret" not in str(told)


# Cancelled at any time


def cancel(studio: Any, project: Project, due: Callable[[], bool]) -> bool:
    """Begin the film and cancel it when that is due; whether it had not ended before."""
    film = studio.film(project, Subtitles.BURNED)
    studio.wait_for(lambda: due() or studio.task(film).status.terminal)
    if studio.task(film).status.terminal:
        return False
    tasks.cancel(studio.pipeline, film)
    return True


@pytest.mark.parametrize("engines", [pytest.param({}, marks=pytest.mark.long), STILLS], ids=["clips", "stills"])
def test_a_film_cancelled_at_any_moment_leaves_nothing_half_done(
    studio: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, engines: dict[str, str]
) -> None:
    caplog.set_level(logging.DEBUG, "storyreel.milestones")
    chance = random.Random(len(engines))  # noqa: S311 - the same moments in every run
    studio.open(**engines)
    project = studio.project(STORY)
    monkeypatch.setenv("STORYREEL_FAKE_SECONDS", "0.1")
    cancelled = 0
    for turn in range(6):
        for shot in studio.shots(project):
            changes = {"transition": Transition.CROSSFADE, "prompt": f"Take {turn}", "prompt_en": f"Take {turn}"}
            studio.edit(shot, **changes, narration=f"{shot.narration} And.")
        moment = len(caplog.records) + chance.randrange(1, 90)
        cancelled += cancel(studio, project, lambda moment=moment: len(caplog.records) >= moment)
        studio.settled(project)
    assert cancelled >= 3, "else the moments are badly chosen"
    monkeypatch.delenv("STORYREEL_FAKE_SECONDS")
    task = studio.done(studio.film(project, Subtitles.BURNED))
    studio.settled(project)
    assert probe_video(studio.path(task.result["film"])).frames == task.result["frames"]
    messages = (record.getMessage() for record in caplog.records)
    published = Counter(message for message in messages if message.startswith("artifact.published "))
    assert published
    assert set(published.values()) == {1}, "each was made once"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
