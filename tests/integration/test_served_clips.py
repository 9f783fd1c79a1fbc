"""A clip that a server is at work on is paid once, whatever happens to us meanwhile."""

import asyncio
import io
import threading
from collections.abc import Iterator
from typing import Any

import av
import numpy as np
import pytest
from fake_openai import FakeOpenAI, fake_openai

from storyreel.domain.task import TaskStatus
from storyreel.pipeline.clip import clip_task
from storyreel.pipeline.orders import default_options, encoding
from storyreel.pipeline.tasks import cancel, record, retry, start


def moving() -> bytes:
    """A short video."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream: Any = container.add_stream("mpeg4", rate=24)
        stream.width, stream.height = 64, 36
        for number in range(12):
            picture = np.full((36, 64, 3), number * 20, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    return out.getvalue()


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    """A server in a thread of its own, whose jobs never end until they may."""
    ready, running, loop = threading.Event(), [], asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with fake_openai(steps=10**9, clip=moving()) as fake:
            running.append(fake)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait()
    yield running[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def begin(studio: Any) -> Any:
    """A clip at work at the server."""
    project = studio.project("A kid walks.")
    (shot,) = studio.shots(project)
    task = clip_task(shot, encoding(default_options(project)))
    with studio.pipeline.database.write() as connection:
        record(connection, task)
    start(studio.pipeline, task)
    return project, task


def options(server: FakeOpenAI) -> dict[str, str]:
    return {"video_engine": "openai_compatible", "openai_base_url": server.url, "openai_video_model": "svd"}


def test_a_restart_goes_on_with_the_job_that_was_submitted(studio: Any, server: FakeOpenAI) -> None:
    studio.open(**options(server))
    project, task = begin(studio)
    studio.wait_for(lambda: any(server.videos.values()))
    server.steps = 10**9
    studio.close()
    looks = sum(server.videos.values())
    server.steps = looks + 1
    studio.open(**options(server))
    studio.done(task)
    assert len(server.posts("/videos")) == 1
    (shot,) = studio.shots(project)
    assert studio.artifact(shot.clip).made_from["engine"] == "openai_compatible@1-svd"
    assert not list((studio.folder / "data").rglob("*.note"))


def test_a_job_that_was_cancelled_is_submitted_anew(studio: Any, server: FakeOpenAI) -> None:
    studio.open(**options(server))
    _, task = begin(studio)
    studio.wait_for(lambda: any(server.videos.values()))
    with studio.pipeline.database.read():
        cancel(studio.pipeline, studio.task(task))
    studio.wait_for(lambda: not server.videos)
    assert studio.ended(task).status is TaskStatus.FAILED
    server.steps = 1
    again = retry(studio.pipeline, studio.task(task))
    studio.done(again)
    assert len(server.posts("/videos")) == 2
