"""Who is served when, in a queue of which workers take the lowest priority first and of equal ones the oldest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storyreel.domain.task import Task, TaskStatus, TaskType
from storyreel.domain.user import User
from storyreel.store.database import tasks, turns, users
from storyreel.store.database.connection import Database


class Queue:
    """Pictures of users, each named after whose it is, and so many workers that take them."""

    def __init__(self, database: Database, at: Any) -> None:
        self.database, self.at = database, at
        self.asked = 0
        self.at_work: list[str] = []

    def ask(self, user: str, number: int = 1, *, batch: bool = False) -> None:
        with self.database.write() as connection:
            for _ in range(number):
                self.asked += 1
                name, at = f"{user}{self.asked}", self.at + timedelta(milliseconds=self.asked)
                task = Task(name, f"of-{user}", TaskType.SD, {}, at, batch=batch)
                tasks.add(connection, replace(task, turn=turns.turn_of(connection, task)))

    def begin(self) -> str:
        """Whose turn it is; theirs is at work then."""
        with self.database.write() as connection:
            waiting = tasks.select(connection, types=[TaskType.SD], statuses=[TaskStatus.PENDING])
            first = min(waiting, key=lambda task: (task.priority, task.created_at))
            tasks.advance(connection, first.id, status=TaskStatus.RUNNING)
        self.at_work.append(first.id)
        return first.id.rstrip("0123456789")

    def end(self, which: int = 0) -> None:
        """One of those at work is done, the oldest unless told otherwise."""
        with self.database.write() as connection:
            tasks.advance(connection, self.at_work.pop(which), status=TaskStatus.SUCCESS)

    def serve(self, number: int) -> str:
        """Whose turn it is, one after the other, as one worker takes them."""
        served = ""
        for _ in range(number):
            served += self.begin()
            self.end()
        return served


@pytest.fixture
def queue(database: Database, add_project: Callable[..., Any]) -> Queue:
    first = add_project("of-a")
    for user in "bc":
        with database.write() as connection:
            users.add(connection, User(user, user, first.created_at), "")
        add_project(f"of-{user}", owner_id=user)
    return Queue(database, first.created_at)


def test_who_comes_new_is_next_however_much_another_has_waiting(queue: Queue) -> None:
    queue.ask("a", 40)
    assert queue.serve(3) == "aaa"
    assert [queue.begin(), queue.begin()] == ["a", "a"]
    queue.ask("b")
    queue.ask("c")
    queue.end()
    assert queue.begin() + queue.begin() + queue.begin() == "bca"


def test_who_has_much_waiting_gets_every_other_turn(queue: Queue) -> None:
    queue.ask("a", 20, batch=True)
    queue.begin()
    queue.ask("b", 4, batch=True)
    queue.ask("c", 2, batch=True)
    assert queue.serve(14) == "bcabcababaaaaa"


def test_who_comes_again_and_again_keeps_nobody_waiting(queue: Queue) -> None:
    queue.ask("a", 8)
    served = ""
    for _ in range(8):
        queue.ask("b")
        served += queue.serve(1)
    assert served.count("a") >= 3


def test_what_began_long_ago_is_no_measure(queue: Queue) -> None:
    queue.ask("a", 30)
    for _ in range(10):
        queue.begin()
        if len(queue.at_work) > 1:
            queue.end(1)  # the first one takes long
    queue.ask("b", 5)
    assert queue.serve(6) == "abababa"[:6]


def test_what_is_asked_for_by_itself_passes_batches(queue: Queue) -> None:
    queue.ask("a", 10, batch=True)
    queue.ask("b", 10, batch=True)
    queue.begin()
    queue.ask("a", 1)
    asked_for = queue.asked
    queue.begin()
    assert queue.at_work[-1] == f"a{asked_for}"
    queue.ask("a", 3)
    served = queue.serve(9)
    assert served.count("b") >= 3, "clicks keep no batch of others waiting"


def test_ones_own_are_served_in_order(queue: Queue) -> None:
    queue.ask("a", 3, batch=True)
    queue.begin()
    queue.ask("b", 3, batch=True)
    queue.ask("a", 3, batch=True)
    while queue.asked > len(queue.at_work):
        queue.begin()
    assert [name for name in queue.at_work if name[0] == "a"] == ["a1", "a2", "a3", "a7", "a8", "a9"]


def test_an_empty_queue_begins_anew(queue: Queue) -> None:
    queue.ask("a", 5)
    queue.serve(5)
    queue.ask("b")
    with queue.database.read() as connection:
        assert [task.turn for task in tasks.select(connection, statuses=[TaskStatus.PENDING])] == [0]


def test_who_waits_is_counted_for_their_user(queue: Queue, add_task: Callable[..., Any]) -> None:
    queue.ask("a", 3)
    queue.ask("b", 2)
    queue.begin()
    add_task("child", project_id="of-a", parent_id="film")
    with queue.database.read() as connection:
        assert [turns.waiting(connection, f"of-{user}") for user in "abc"] == [2, 2, 0]
