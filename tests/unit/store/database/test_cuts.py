from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from storyreel.domain.film import Cut, CutPiece
from storyreel.domain.task import TaskStatus, TaskType
from storyreel.store.database import cuts, tasks
from storyreel.store.database.connection import Database

Add = Callable[..., Any]

FIRST = Cut("film", "p1", {"width": 256}, (CutPiece("a", 0, 50),), ("sound",), whole=False)
MORE = replace(FIRST, pieces=(*FIRST.pieces, CutPiece("b", 0, 48)))


@pytest.mark.parametrize("end", [TaskStatus.SUCCESS, TaskStatus.FAILED])
def test_a_cut_grows_until_its_task_ends(database: Database, add_project: Add, add_task: Add, end: TaskStatus) -> None:
    add_project()
    add_task("film", TaskType.FILM)
    with database.write() as connection:
        for cut in (FIRST, MORE):
            cuts.put(connection, cut)
            assert cuts.of_task(connection, "film") == cuts.newest(connection, "p1") == cut
        tasks.advance(connection, "film", status=end)
        cuts.put(connection, replace(MORE, pieces=(*MORE.pieces, CutPiece("c", 0, 50))))
        assert cuts.newest(connection, "p1") == MORE, "players were told that no more would come"


def test_a_task_that_is_gone_leaves_no_cut(database: Database, add_project: Add) -> None:
    add_project()
    with database.write() as connection:
        cuts.put(connection, FIRST)
        assert cuts.newest(connection, "p1") is None
