from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from storyreel.domain.task import Task, TaskStatus, TaskType
from storyreel.store.database import tasks
from storyreel.store.database.connection import Database

Add = Callable[..., Any]


def test_what_goes_in_comes_out(database: Database, add_project: Add, add_shots: Add, add_task: Add) -> None:
    add_project()
    add_shots()
    task: Task = add_task(shot_id="s0", parent_id="film", node="n", progress=7)
    with database.read() as connection:
        found = tasks.get(connection, "t1")
        assert found == tasks.owned(connection, "t1", "u1")
        assert tasks.owned(connection, "t1", "u2") is None
        assert tasks.get(connection, "t2") is None
    assert found
    assert (found.request, found.shot_id, found.parent_id, found.node) == (task.request, "s0", "film", "n")
    assert found.created_at == found.updated_at == task.created_at
    assert (found.status, found.result, found.error) == (TaskStatus.PENDING, None, None)


def test_an_id_is_recorded_once(
    database: Database, add_project: Add, add_task: Add, threads: Callable[..., list[Any]]
) -> None:
    add_project()
    task = add_task()

    def add(identifier: str) -> bool:
        with database.write() as connection:
            return tasks.add(connection, Task(identifier, "p1", TaskType.TTS, {}, task.created_at))

    assert not add("t1")
    assert sorted(threads(lambda _: add("t2"))) == [False] * 11 + [True]
    with database.read() as connection:
        found = tasks.get(connection, "t1")
    assert found
    assert found.type is TaskType.SD, "the first one stays"


@pytest.mark.parametrize("end", [TaskStatus.SUCCESS, TaskStatus.FAILED])
def test_a_terminal_status_never_changes(database: Database, add_project: Add, add_task: Add, end: TaskStatus) -> None:
    add_project()
    add_task()
    with database.write() as connection:
        assert tasks.advance(connection, "t1", status=TaskStatus.RUNNING, progress=40)
        assert tasks.advance(connection, "t1", status=end, result={"image": "x"}, error="e", error_code="c")
        ended = tasks.get(connection, "t1")
        for status in TaskStatus:
            assert not tasks.advance(connection, "t1", status=status, progress=1, result=None)
        assert not tasks.advance(connection, "t1", progress=1)
        assert tasks.get(connection, "t1") == ended
        assert not tasks.advance(connection, "none", progress=1)
    assert ended
    assert (ended.status, ended.result, ended.error, ended.error_code) == (end, {"image": "x"}, "e", "c")


def test_of_ends_at_once_one_counts(
    database: Database, add_project: Add, add_task: Add, threads: Callable[..., list[Any]]
) -> None:
    add_project()
    add_task()

    def end(number: int) -> bool:
        with database.write() as connection:
            status = TaskStatus.FAILED if number % 2 else TaskStatus.SUCCESS
            return tasks.advance(connection, "t1", status=status, error=str(number))

    outcomes = threads(end)
    assert sorted(outcomes) == [False] * 11 + [True]
    with database.read() as connection:
        found = tasks.get(connection, "t1")
    assert found
    assert found.error == str(outcomes.index(True))


def test_select_fits_every_condition(database: Database, add_project: Add, add_shots: Add, add_task: Add) -> None:
    project = add_project()
    add_shots(2)
    for number, (type_, shot, parent) in enumerate(
        [(TaskType.LLM, None, None), (TaskType.FILM, None, None), (TaskType.SD, "s0", "t1"), (TaskType.SD, "s1", "t1")]
    ):
        at = project.created_at + timedelta(seconds=number)
        add_task(f"t{number}", type_, shot_id=shot, parent_id=parent, created_at=at)
    with database.write() as connection:
        tasks.advance(connection, "t2", status=TaskStatus.SUCCESS)

    def select(**conditions: Any) -> list[str]:
        with database.read() as connection:
            return [task.id for task in tasks.select(connection, **conditions)]

    assert select() == ["t3", "t2", "t1", "t0"]
    assert select(limit=2) == ["t3", "t2"]
    assert select(parent_id="t1") == ["t3", "t2"]
    assert select(parent_id="t1", statuses=tasks.ACTIVE) == ["t3"]
    assert select(shot_id="s0") == ["t2"]
    assert select(types=[TaskType.LLM, TaskType.FILM]) == ["t1", "t0"]
    assert select(owner_id="u1", project_id="p1", statuses=[TaskStatus.SUCCESS]) == ["t2"]
    assert select(owner_id="u2") == select(project_id="p2") == []
