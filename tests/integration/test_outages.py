"""The database or the bucket goes away in the midst of a film: nothing is lost, fails, or is made twice."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import real_postgres
import real_s3

from storyreel.errors import UnavailableError
from storyreel.pipeline.durable import Durable

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

STORY = "A fox runs. It rests. It eats. It sleeps. It wakes. It runs again."
AWAY = 5.0
PATIENCE = 250
"""Seconds for a film, however busy the machine is."""


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real_postgres.Postgres]:
    """A PostgreSQL that nobody else uses: it may die."""
    with real_postgres.shared(tmp_path_factory.mktemp("own")) as own:
        yield own


def film_through(studio: Any, outage: Callable[[], None], **settings: Any) -> None:
    """A film, with an outage while its pictures and voices are made."""
    studio.open(**settings)
    project = studio.project(STORY)
    film = studio.film(project)
    studio.wait_for(lambda: len(studio.calls("end")) > 3, PATIENCE)
    outage()
    studio.wait_for(lambda: studio.task(film).status.terminal, PATIENCE)
    assert studio.done(film)
    assert not [task for task in studio.tasks(project_id=project.id) if task.error]
    assert max(Counter(studio.calls("end")).values()) == 1, "made twice"


def test_a_database_that_dies_and_comes_back(
    studio: Any, own_postgres: real_postgres.Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYREEL_FAKE_SECONDS", "0.5")

    def dies() -> None:
        own_postgres.stop("immediate")
        time.sleep(AWAY)
        own_postgres.start()
        time.sleep(1)

    film_through(studio, dies, database_url=own_postgres.url("postgres"))


def test_a_run_ends_whose_outcome_could_not_be_recorded_at_once(
    studio: Any, own_postgres: real_postgres.Postgres
) -> None:
    own_postgres.command("CREATE DATABASE runs")
    made: list[str] = []
    finished: list[str] = []
    go_on = threading.Event()

    async def make(task_id: str, _round: int) -> dict[str, Any]:
        made.append(task_id)
        await asyncio.to_thread(go_on.wait)
        return {"result": task_id}

    async def finish(task_id: str, _outcome: dict[str, Any]) -> None:
        finished.append(task_id)

    durable = Durable(own_postgres.url("runs"), "one")
    durable.launch(make, finish, queues={"SD": 1})
    durable.start("a", "SD")
    studio.wait_for(lambda: made)
    own_postgres.stop("immediate")
    go_on.set()
    asked = time.monotonic()
    with pytest.raises(UnavailableError):
        durable.state(["a"])
    assert time.monotonic() - asked < AWAY, "runs wait for the database, whoever asks of them does not"
    time.sleep(1)
    own_postgres.start()
    studio.wait_for(lambda: durable.state(["a"]) == {"a": True})
    assert (made, finished) == (["a"], ["a"])
    durable.close()


def test_a_bucket_that_is_out_of_reach(studio: Any, bucket: real_s3.Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYREEL_FAKE_SECONDS", "0.5")
    proxy = real_s3.Proxy(bucket.endpoint)

    def cut_off() -> None:
        proxy.up = lambda _piece: None
        time.sleep(AWAY)
        proxy.honest()

    film_through(studio, cut_off, objects_url=bucket.url, objects_endpoint=proxy.endpoint)
    studio.close()
    proxy.close()
