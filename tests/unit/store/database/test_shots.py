from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storyreel.domain.shot import Shot, ShotStatus, VersionKind
from storyreel.domain.storyboard import Camera, Framing, SceneSpec, Subject, Transition
from storyreel.domain.task import TaskStatus, TaskType
from storyreel.errors import StaleEditError
from storyreel.store.database import shots, tasks
from storyreel.store.database.connection import Database

Add = Callable[..., Any]
NOON = datetime(2026, 5, 1, 12, 0, 0, 123456, UTC)
SCENE = SceneSpec(
    "moon", "night", "clear", "wonder", Framing.CLOSE, Camera.RISE, (Subject("c1", holds="flag"),), ("rock",)
)


def test_what_goes_in_comes_out(database: Database, add_project: Add, add_shots: Add) -> None:
    add_project()
    whole = {"scene": SCENE, "transition": Transition.WIPE, "prompt_en": "A kid", "style": "Anime", "take": 3}
    (shot,) = add_shots(1, voice_name="en", image="i" * 64, image_for="j" * 64, **whole)
    with database.read() as connection:
        assert shots.get(connection, "s0") == shot
        assert shots.owned(connection, "s0", "u1") == shot
        assert shots.owned(connection, "s0", "u2") is None
        assert shots.get(connection, "s1") is None


def test_the_storyboard_keeps_its_order(database: Database, add_project: Add, add_shots: Add) -> None:
    add_project()
    add_shots(4)
    with database.write() as connection:
        shots.place(connection, ["s2", "s0", "s3", "s1"])
        board = shots.of_project(connection, "p1")
        assert [(shot.id, shot.order) for shot in board] == [("s2", 0), ("s0", 1), ("s3", 2), ("s1", 3)]
        shots.mark_deleted(connection, ["s0"], NOON)
        assert [shot.id for shot in shots.of_project(connection, "p1")] == ["s2", "s3", "s1"]
        assert shots.get(connection, "s0") is None
        assert shots.is_deleted(connection, "s0")
        assert shots.deleted_of_project(connection, "p1", NOON + timedelta(seconds=1)) == []
        (kept,) = shots.deleted_of_project(connection, "p1", NOON)
        assert (kept.id, kept.order) == ("s0", 1)
        shots.mark_deleted(connection, ["s0"], None)
        assert shots.get(connection, "s0") == kept


def test_an_edit_names_the_revision_it_read(database: Database, add_project: Add, add_shots: Add) -> None:
    add_project()
    (shot,) = add_shots()
    with database.write() as connection:
        shots.update(connection, "s0", {"narration": "Neu.", "order": 5}, 1)
        with pytest.raises(StaleEditError):
            shots.update(connection, "s0", {"narration": "Late."}, 1)
        shots.update(connection, "s0", {"image": "i" * 64})
        shots.update(connection, "s0", {})
        found = shots.get(connection, "s0")
        then = shots.state_at(connection, "s0", 1)
        assert shots.state_at(connection, "s0", 2) is None
    assert found == replace(shot, narration="Neu.", order=5, revision=2, image="i" * 64)
    assert then
    assert (then["narration"], then["image"]) == (shot.narration, None)


def test_of_edits_at_once_one_wins(
    database: Database, add_project: Add, add_shots: Add, threads: Callable[..., list[Any]]
) -> None:
    add_project()
    add_shots()

    def edit(number: int) -> int:
        with database.write() as connection:
            shots.update(connection, "s0", {"take": number}, 1)
        return number

    outcomes = threads(edit)
    (won,) = [outcome for outcome in outcomes if isinstance(outcome, int)]
    with database.read() as connection:
        found = shots.get(connection, "s0")
    assert found
    assert (found.take, found.revision) == (won, 2)


def test_versions_are_kept_once_and_for_ever(database: Database, add_project: Add, add_shots: Add) -> None:
    add_project()
    add_shots(2)
    with database.write() as connection:
        shots.add_version(connection, "s0", VersionKind.IMAGE, "a" * 64, {"prompt": "A", "scene": None})
        shots.add_version(connection, "s0", VersionKind.NARRATION, "a" * 64, {})
        shots.add_version(connection, "s0", VersionKind.IMAGE, "b" * 64, {})
        shots.add_version(connection, "s0", VersionKind.IMAGE, "a" * 64, {"prompt": "again"})
        shots.add_version(connection, "s1", VersionKind.IMAGE, "a" * 64, {})
        found = shots.versions_of(connection, "s0")
        assert [(version.number, version.kind, version.artifact[0]) for version in found] == [
            (3, VersionKind.IMAGE, "b"),
            (2, VersionKind.NARRATION, "a"),
            (1, VersionKind.IMAGE, "a"),
        ]
        assert found[-1].made_from == {"prompt": "A", "scene": None}
        assert shots.owner_uses(connection, "u1", "b" * 64)
        assert not shots.owner_uses(connection, "u2", "b" * 64)
        assert not shots.owner_uses(connection, "u1", "c" * 64)


def settled(database: Database) -> Shot:
    with database.write() as connection:
        shots.settle(connection, "s0")
        found = shots.get(connection, "s0")
    assert found
    return found


def test_the_status_follows_the_last_task_of_each_type(
    database: Database, add_project: Add, add_shots: Add, add_task: Add
) -> None:
    project = add_project()
    add_shots()
    assert settled(database).status is ShotStatus.PENDING

    def advance(task_id: str, **values: Any) -> None:
        with database.write() as connection:
            assert tasks.advance(connection, task_id, **values)

    def add(task_id: str, type_: TaskType, seconds: int) -> None:
        add_task(task_id, type_, shot_id="s0", created_at=project.created_at + timedelta(seconds=seconds))

    add("t1", TaskType.SD, 1)
    assert settled(database).status is ShotStatus.PENDING
    advance("t1", status=TaskStatus.RUNNING)
    assert settled(database).status is ShotStatus.RUNNING
    advance("t1", status=TaskStatus.FAILED, error="No paint.")
    assert (settled(database).status, settled(database).error) == (ShotStatus.FAILED, "No paint.")
    add("t2", TaskType.TTS, 2)
    advance("t2", status=TaskStatus.SUCCESS)
    assert settled(database).status is ShotStatus.FAILED, "a voice does not mend a picture"
    add("t3", TaskType.SD, 3)
    advance("t3", status=TaskStatus.SUCCESS)
    with database.write() as connection:
        shots.update(connection, "s0", {"image": "i" * 64})
    assert (settled(database).status, settled(database).error) == (ShotStatus.SUCCESS, None)
    add("t4", TaskType.SVD, 4)
    assert settled(database).status is ShotStatus.RUNNING
