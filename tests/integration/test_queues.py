"""Users share the queues: turns, double clicks, and how much one user may have waiting."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from storyreel.domain.film import FilmOptions
from storyreel.domain.project import Project
from storyreel.domain.shot import Shot
from storyreel.domain.task import Task, TaskStatus, TaskType
from storyreel.errors import ConflictError, TooManyRequestsError
from storyreel.pipeline import asking, duplicating, editing, film
from storyreel.pipeline.image import image_task
from storyreel.pipeline.orders import image_order
from storyreel.pipeline.tasks import cancel, record
from storyreel.store.database import projects
from storyreel.store.database.rows import now

BOTH = pytest.mark.parametrize("rows_on", ["sqlite", "postgresql"], indirect=True)
IDLE: list[str] = []
"""The queues of a process that does no work."""


def pictures(studio: Any, project: Project, shot: Shot, number: int) -> list[Task]:
    """Tasks for as many different pictures of a shot."""
    order = image_order(studio.pipeline.engines, project, shot)
    orders = [order | {"request": order["request"] | {"seed": seed}} for seed in range(number)]
    return [image_task(each, shot) for each in orders]


@BOTH
def test_anothers_next_job_waits_for_one_of_many_at_most(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYREEL_FAKE_SECONDS", "0.1")
    studio.open(concurrency=2)
    (project, (shot, *_)), (others, theirs) = studio.board("u1"), studio.board("u2")
    many = asking.begin(studio.pipeline, pictures(studio, project, shot, 40), named=False)
    studio.wait_for(lambda: len(studio.calls("end")) > 2)
    for each in theirs[:2]:
        task = asyncio.run(editing.generate_image(studio.pipeline, others, each, {"style": "Realistic"}))
        begun = len(studio.calls())
        studio.done(task)
        theirs_began = [key for _, key in studio.calls()].index(key_of(studio, task))
        assert theirs_began <= begun + 2, "after one of each of two workers"
    left = studio.tasks(project_id=project.id, statuses=[TaskStatus.PENDING])
    assert len(left) > len(many) / 3
    studio.pipeline.durable.cancel([one.id for one in left])


def key_of(studio: Any, task: Task) -> str:
    """The key of the picture that the task makes."""
    return studio.pipeline.artifacts.key(task.request["order"])


@BOTH
def test_a_double_click_is_one_task(studio: Any) -> None:
    studio.open(listen=IDLE)
    project, (shot, *_) = studio.board()

    def click(**changes: Any) -> Task:
        return asyncio.run(editing.generate_image(studio.pipeline, project, shot, changes))

    first = click()
    assert click().id == first.id
    assert click(prompt="Another").id != first.id
    batch = asyncio.run(editing.generate_all(studio.pipeline, project, only_missing=True))
    again = asyncio.run(editing.generate_all(studio.pipeline, project, only_missing=True))
    assert [task.id for task in again] == [task.id for task in batch]
    assert len(studio.tasks(project_id=project.id)) == len({task.id for task in batch} | {first.id}) == 10
    options = FilmOptions("256x144", 24)
    assert len({film.begin_film(studio.pipeline, project, options).id for _ in range(2)}) == 1


def test_a_click_passes_the_batch_that_has_the_same(studio: Any) -> None:
    studio.open(listen=IDLE)
    project, planned = studio.board(number=5)
    batch = asyncio.run(editing.generate_all(studio.pipeline, project, only_missing=True))
    click = asyncio.run(editing.generate_image(studio.pipeline, project, planned[-1], {}))
    assert click.id not in {task.id for task in batch}
    first = min(studio.tasks(types=[TaskType.SD]), key=lambda task: task.priority)
    assert first == studio.task(click)
    queued = studio.runs("SELECT workflow_uuid FROM workflow_status WHERE queue_name = 'SD' ORDER BY priority")
    assert queued[0] == (click.id,)


@BOTH
def test_who_has_too_much_waiting_is_refused_and_nothing_is_changed(studio: Any) -> None:
    studio.open(listen=IDLE, max_waiting=8)
    (project, planned), (others, (theirs, *_)) = studio.board("u1"), studio.board("u2")

    def click(project: Project, shot: Shot, name: str | None = None, **changes: Any) -> Task:
        return asyncio.run(editing.generate_image(studio.pipeline, project, shot, changes, name))

    def all_() -> list[Task]:
        return asyncio.run(editing.generate_all(studio.pipeline, project, only_missing=True))

    for refused in (all_, all_):
        with pytest.raises(TooManyRequestsError) as refusal:
            refused()
        assert refusal.value.code == "too_many_waiting"
        assert studio.tasks() == []
    begun = asking.begin(studio.pipeline, pictures(studio, project, planned[0], 8), named=False)
    before = studio.shots(project)
    with pytest.raises(TooManyRequestsError):
        click(project, planned[1], prompt="Another")
    with pytest.raises(TooManyRequestsError):
        studio.begin()
    assert studio.shots(project) == before
    assert len(studio.tasks()) == 8
    assert click(project, planned[0], begun[0].id).id == begun[0].id, "nothing new is asked for"
    assert click(others, theirs).status is TaskStatus.PENDING
    with studio.pipeline.database.write() as connection:
        record(connection, replace(pictures(studio, project, planned[1], 9)[-1], parent_id="film"))
    cancel(studio.pipeline, begun[3])
    assert click(project, planned[1], prompt="Another").turn > 0
    assert studio.shots(project)[1].prompt == "Another"


def test_who_has_as_many_projects_as_they_may_is_refused(studio: Any) -> None:
    studio.open(listen=IDLE, max_projects=2)
    project, _ = studio.board()
    studio.board("u2")
    known, _ = studio.begin()
    for refused in (
        studio.begin,
        lambda: asyncio.run(duplicating.duplicate_project(studio.pipeline, project, None)),
    ):
        with pytest.raises(ConflictError) as refusal:
            refused()
        assert refusal.value.code == "too_many_projects"
    with studio.pipeline.database.write() as connection:
        projects.mark_deleted(connection, known.id, now())
    assert asyncio.run(duplicating.duplicate_project(studio.pipeline, project, None)).id != project.id
