from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from storyreel.store.database import events
from storyreel.store.database.connection import Database

Add = Callable[..., Any]
P1, P2 = events.of_project("p1"), events.of_project("p2")
MIA = events.of_owner("u1")


def test_events_come_in_order_after_the_last_one_seen(database: Database, add_project: Add) -> None:
    add_project("p1")
    add_project("p2")
    with database.write() as connection:
        assert events.last(connection, P1) is None
        for number in range(6):
            events.add(connection, f"p{1 + number % 2}", "shot", {"id": str(number), "text": "好"})
        mine = events.after(connection, P1, 0)
        assert [event.data["id"] for event in mine] == ["0", "2", "4"]
        assert mine[0].kind == "shot"
        assert mine[0].data == {"id": "0", "text": "好"}
        assert events.after(connection, P1, mine[0].id) == mine[1:]
        assert events.after(connection, P1, mine[0].id, limit=1) == mine[1:2]
        assert events.last(connection, P1) == mine[-1]
        assert events.after(connection, P1, mine[-1].id) == []
        assert [event.data["id"] for event in events.after(connection, MIA, mine[0].id)] == ["1", "2", "3", "4", "5"]
        assert events.after(connection, events.of_owner("u2"), 0) == []


def test_an_event_is_known_by_more_than_its_number(database: Database, add_project: Add) -> None:
    add_project("p1")
    with database.write() as connection:
        events.add(connection, "p1", "task", {"id": "1"})
        event = events.last(connection, P1)
        assert event
        assert events.marked(connection, P1, event.mark) == events.marked(connection, MIA, event.mark) == event
        assert events.marked(connection, P2, event.mark) is None
        of_another_database = replace(event, created_at=event.created_at + timedelta(microseconds=1))
        for mark in (of_another_database.mark, str(event.id), "", "x", f"{event.id}-", "9" * 40):
            assert events.marked(connection, P1, mark) is None


def test_the_last_of_each_thing_tells_all(database: Database, add_project: Add) -> None:
    add_project("p1")
    with database.write() as connection:
        for kind, name in (("shot", "1"), ("task", "1"), ("shot", "2"), ("shot", "1"), ("project", "p1")):
            events.add(connection, "p1", kind, {"id": name})
        told = events.latest(events.after(connection, P1, 0))
    assert [(event.kind, event.data["id"]) for event in told] == [
        ("task", "1"),
        ("shot", "2"),
        ("shot", "1"),
        ("project", "p1"),
    ]
