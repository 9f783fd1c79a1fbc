from dataclasses import replace
from datetime import UTC, datetime

from storyreel.cli.watching import Made, made_of
from storyreel.domain.shot import Shot
from storyreel.domain.task import Task, TaskType

NEW = Shot("s1", "p", 0, "a meadow", "A kid walks.")
DONE = replace(NEW, id="s2", image="i", voice="v", clip="c")


def task(shot: Shot, type_: TaskType, progress: int) -> Task:
    return Task("t", "p", type_, {}, datetime.now(UTC), progress=progress, shot_id=shot.id)


def test_nothing_is_made_of_a_new_shot() -> None:
    assert made_of([NEW], []) == Made(0, 0, 0)


def test_what_is_there_counts_whole_and_what_is_under_way_by_its_progress() -> None:
    active = [task(NEW, TaskType.SD, 50), task(NEW, TaskType.TTS, 25)]
    assert made_of([NEW, DONE], active) == Made(1.5, 1.25, 1)


def test_a_shot_with_nothing_to_say_needs_no_voice() -> None:
    assert made_of([replace(NEW, narration=" ")], []) == Made(0, 1, 0)


def test_a_clip_whose_picture_is_made_again_does_not_count() -> None:
    assert made_of([DONE], [task(DONE, TaskType.SD, 0)]) == Made(0, 1, 0)
    assert made_of([DONE], [task(DONE, TaskType.SVD, 30)]) == Made(1, 1, 0.3)
