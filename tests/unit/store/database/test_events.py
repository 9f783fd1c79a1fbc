from collections.abc import Callable
from typing import Any

from storyreel.store.database import events
from storyreel.store.database.connection import Database

Add = Callable[..., Any]


def test_events_come_in_order_after_the_last_one_seen(database: Database, add_project: Add) -> None:
    add_project("p1")
    add_project("p2")
    with database.write() as connection:
        assert events.last_id(connection, "p1") == 0
        for number in range(6):
            events.add(connection, f"p{1 + number % 2}", "shot", {"id": str(number), "text": "好"})
        mine = events.after(connection, "p1", 0)
        assert [event.data["id"] for event in mine] == ["0", "2", "4"]
        assert mine[0].kind == "shot"
        assert mine[0].data == {"id": "0", "text": "好"}
        assert events.after(connection, "p1", mine[0].id) == mine[1:]
        assert events.after(connection, "p1", mine[0].id, limit=1) == mine[1:2]
        assert events.last_id(connection, "p1") == mine[-1].id
        assert events.after(connection, "p1", mine[-1].id) == []
