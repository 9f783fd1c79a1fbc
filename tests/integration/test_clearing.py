"""A round of clearing away in a whole installation."""

from datetime import timedelta
from typing import Any

import pytest

from storyreel.pipeline import clearing
from storyreel.store.database import artifacts, tables
from storyreel.store.database.rows import now


def grow_old(studio: Any) -> None:
    """As if it all had been made a year ago."""
    with studio.app.database.write() as connection:
        connection.execute(tables.artifacts.update().values(used_at=now() - timedelta(days=365)))


@pytest.mark.parametrize("rows_on", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
def test_a_film_outlives_it_and_what_nobody_points_at_does_not(studio: Any, monkeypatch: Any) -> None:
    studio.open()
    project = studio.project()
    task = studio.done(studio.film(project))
    film = studio.current(project).film
    kinds = studio.kinds()
    grow_old(studio)
    monkeypatch.setattr(clearing, "RUNS_ARE_KEPT", -timedelta(seconds=60))
    at_work = "SELECT count(*) FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED')"
    studio.wait_for(lambda: studio.runs(at_work) == [(0,)])  # a run ends soon after its task does
    assert studio.runs("SELECT count(*) FROM workflow_status")[0][0] > 1
    clearing.clear_away(studio.pipeline)
    assert studio.runs("SELECT count(*) FROM workflow_status") == [(0,)]
    assert studio.task(task) == task, "what came of it is still known"
    assert studio.path(film).stat().st_size
    left = studio.kinds()
    assert left["film"] == left["storyboard"] + 1 == 1, left
    assert {kind: left[kind] for kind in ("image", "voice")} == {kind: kinds[kind] for kind in ("image", "voice")}
    with studio.app.database.read() as connection:
        kept = artifacts.unused(connection, now() - timedelta(days=7))
    for name in (file.name for file in (studio.folder / "data" / "objects").rglob("*.meta")):
        assert name.partition(".")[0] in {*kept, film}, "nothing is left of what was cleared away"

    shot = studio.shots(project)[0]
    studio.edit(shot, narration="A kid runs home again.")
    studio.done(studio.film(project))
    assert studio.current(project).film != film
    studio.settled(project)
    studio.open()  # what was forgotten is not begun again
    assert not studio.tasks(statuses=("PENDING", "RUNNING"))
