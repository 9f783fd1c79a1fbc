from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storyreel.domain.film import Aspect
from storyreel.domain.project import Language, Project, ProjectSettings, ProjectStatus, Style
from storyreel.domain.serialize import as_json
from storyreel.domain.storyboard import Character
from storyreel.domain.task import TaskStatus, TaskType
from storyreel.domain.user import User
from storyreel.errors import StaleEditError
from storyreel.store.database import projects, shots, tasks, users
from storyreel.store.database.connection import Database

Add = Callable[..., Any]


def titles(database: Database, q: str = "", order: str = "title", page: int = 1, size: int = 100) -> list[str]:
    with database.read() as connection:
        return [one.project.title for one in projects.page(connection, "u1", q, order, page, size).items]


def test_what_goes_in_comes_out(database: Database, add_project: Add) -> None:
    settings = ProjectSettings(Aspect.TALL, Language.CHINESE, "v", 7, "1080p", 30, {"image": "x"})
    cast = (Character("c1", "嫦娥", "woman", "white robe", 3),)
    project = add_project(
        title="嫦娥奔月", story_text="从前。\nNew line.", style=Style.REALISTIC, settings=settings, characters=cast,
        language="zh", cover="c" * 64, film="f" * 64,
    )  # fmt: skip
    with database.read() as connection:
        assert projects.get(connection, "p1") == project
        assert projects.owned(connection, "p1", "u1") == project
        assert projects.owned(connection, "p1", "u2") is None
        assert projects.get(connection, "p2") is None


@pytest.mark.parametrize(
    ("title", "q"),
    [
        ("Moon Walk", "moon w"),
        ("moon walk", "MOON"),
        ("嫦娥奔月", "奔月"),
        ("Прогулка по Луне", "ЛУНЕ"),
        ("STRASSE", "straße"),
        ("Straße", "STRASS"),
        ("ｆｕｌｌ width", "FULL"),
        ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
        ("café", "CAFE\u0301"),
        ("100% of_it\\x", "0% of_it\\"),
        ("🚀 go", "🚀"),
    ],
)
def test_search_finds_titles_in_any_script_and_case(database: Database, add_project: Add, title: str, q: str) -> None:
    add_project("p1", title=title)
    add_project("p2", title="Another one")
    assert titles(database, q) == [title]


@pytest.mark.parametrize("q", ["%", "_", "\\", "A%e"])
def test_search_takes_wildcards_literally(database: Database, add_project: Add, q: str) -> None:
    add_project(title="Another one")
    assert titles(database, q) == []


def test_orders(database: Database, add_project: Add) -> None:
    named = ["banana", "Apple", "cherry", "Älter", "中文", "éclair"]
    first = add_project("p0", title="Zebra")
    for number, title in enumerate(named, 1):
        add_project(f"p{number}", title=title, created_at=first.created_at + timedelta(seconds=number))
    assert titles(database, order="created_at") == [*reversed(named), "Zebra"]
    assert titles(database, order="created_at_asc") == ["Zebra", *named]
    assert titles(database, order="title") == ["Apple", "banana", "cherry", "Zebra", "Älter", "éclair", "中文"]


def test_pages_are_whole_and_stable_though_all_is_equal(database: Database, add_project: Add) -> None:
    for number in range(7):
        add_project(f"p{number}", title="Same")
    with database.write() as connection:
        users.add(connection, User("u2", "Noa", projects.get(connection, "p1").created_at), "")  # type: ignore[union-attr]
    add_project("other", owner_id="u2", title="Same")
    for order in projects.ORDERS:
        with database.read() as connection:
            pages = [projects.page(connection, "u1", "same", order, number, 3) for number in (1, 2, 3, 4)]
        assert [len(page.items) for page in pages] == [3, 3, 1, 0]
        assert {page.total for page in pages} == {7}
        assert sorted(one.project.id for page in pages for one in page.items) == [f"p{n}" for n in range(7)]


def test_an_edit_names_the_revision_it_read(database: Database, add_project: Add) -> None:
    add_project()
    with database.write() as connection:
        projects.update(connection, "p1", {"title": "Neu"}, 1)
        with pytest.raises(StaleEditError):
            projects.update(connection, "p1", {"title": "Late"}, 1)
        projects.update(connection, "p1", {"cover": "c" * 64})  # not a person's edit
        found = projects.get(connection, "p1")
    assert found
    assert (found.title, found.revision, found.cover) == ("Neu", 2, "c" * 64)
    assert titles(database, "neu") == ["Neu"]


def test_of_edits_at_once_one_wins(database: Database, add_project: Add, threads: Callable[..., list[Any]]) -> None:
    add_project()

    def edit(number: int) -> str:
        with database.write() as connection:
            projects.update(connection, "p1", {"title": f"Title {number}"}, 1)
        return f"Title {number}"

    outcomes = threads(edit)
    won = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert len(won) == 1
    assert all(isinstance(outcome, StaleEditError) for outcome in outcomes if outcome not in won)
    assert titles(database) == won


def test_settings_are_kept_whole(database: Database, add_project: Add) -> None:
    project: Project = add_project()
    changed = replace(project.settings, seed=2**31 - 1, engines={"video": "v"})
    with database.write() as connection:
        projects.update(connection, "p1", {"settings": as_json(changed)}, 1)
        found = projects.get(connection, "p1")
    assert found
    assert found.settings == changed


def status_of(database: Database) -> ProjectStatus:
    with database.write() as connection:
        projects.settle(connection, "p1")
        found = projects.get(connection, "p1")
    assert found
    return found.status


def test_the_status_follows_the_tasks(database: Database, add_project: Add, add_task: Add) -> None:
    project = add_project()
    assert status_of(database) is ProjectStatus.PENDING

    def end(task_id: str, status: TaskStatus) -> None:
        with database.write() as connection:
            tasks.advance(connection, task_id, status=status)

    def later(seconds: int) -> dict[str, Any]:
        return {"created_at": project.created_at + timedelta(seconds=seconds)}

    add_task("t1", TaskType.LLM)
    assert status_of(database) is ProjectStatus.RUNNING
    end("t1", TaskStatus.SUCCESS)
    assert status_of(database) is ProjectStatus.PENDING
    add_task("t2", TaskType.FILM, **later(1))
    end("t2", TaskStatus.FAILED)
    assert status_of(database) is ProjectStatus.FAILED
    add_task("t3", TaskType.FILM, **later(2))
    assert status_of(database) is ProjectStatus.RUNNING
    end("t3", TaskStatus.SUCCESS)
    with database.write() as connection:
        projects.update(connection, "p1", {"film": "f" * 64})
    assert status_of(database) is ProjectStatus.SUCCESS
    add_task("t4", TaskType.SD, **later(3))
    end("t4", TaskStatus.FAILED)
    assert status_of(database) is ProjectStatus.SUCCESS, "a shot that failed leaves the film as it is"


def test_a_deleted_project_is_kept_out_of_sight(
    database: Database, add_project: Add, add_shots: Add, add_task: Add
) -> None:
    project = add_project()
    add_shots(2)
    add_task("t1", shot_id="s0")
    with database.write() as connection:
        deleted = datetime(2026, 5, 2, tzinfo=UTC)
        projects.mark_deleted(connection, "p1", deleted)
        assert projects.get(connection, "p1") is None
        assert projects.is_deleted(connection, "p1")
        assert tasks.select(connection, owner_id="u1") == []
        assert shots.owned(connection, "s0", "u1") is None
        assert projects.owns_deleted(connection, "p1", "u1", deleted)
        assert not projects.owns_deleted(connection, "p1", "u2", deleted)
        assert not projects.owns_deleted(connection, "p1", "u1", deleted + timedelta(seconds=1))
        projects.mark_deleted(connection, "p1", None)
        assert projects.get(connection, "p1") == project
