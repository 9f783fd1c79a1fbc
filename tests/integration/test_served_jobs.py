"""What a server is at work on is asked for and paid once, whatever happens to us meanwhile."""

import asyncio
import io
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import av
import numpy as np
import pytest
from fake_comfyui import fake_comfyui
from fake_openai import FakeOpenAI, fake_openai

from storyreel.domain.task import TaskStatus
from storyreel.pipeline.asking import retry
from storyreel.pipeline.clip import clip_task
from storyreel.pipeline.orders import default_options, encoding
from storyreel.pipeline.tasks import cancel, record, start

Server = TypeVar("Server")
WORKFLOWS = Path(__file__).parents[2] / "examples" / "comfyui"
WORKFLOW_FILES = {"image": "picture", "video": "clip"}


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


@contextmanager
def in_a_thread(server: AbstractAsyncContextManager[Server]) -> Iterator[Server]:
    """The server, in a thread and a loop of its own: it goes on while we are away."""
    ready, running, loop = threading.Event(), list[Server](), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with server as fake:
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


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    """A server whose jobs never end until they may."""
    with in_a_thread(fake_openai(steps=10**9, clip=moving())) as running:
        yield running


def begin(studio: Any) -> Any:
    """A clip at work at the server."""
    project = studio.project("A kid walks.")
    (shot,) = studio.shots(project)
    task = clip_task(shot, encoding(default_options(project)))
    with studio.pipeline.database.write() as connection:
        task = record(connection, task)
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


def test_a_film_by_workflows_goes_on_with_the_pictures_that_were_submitted(studio: Any) -> None:
    with in_a_thread(fake_comfyui(held=True, clip=moving())) as comfy:
        workflows = {f"comfyui_{kind}_workflow": WORKFLOWS / f"{file}.json" for kind, file in WORKFLOW_FILES.items()}
        chosen = {"image_engine": "comfyui", "video_engine": "comfyui", "comfyui_urls": [comfy.url], **workflows}
        studio.open(**chosen)
        film = studio.film(studio.project("A kid walks. A dog barks!"))
        studio.wait_for(lambda: comfy.running and len(comfy.submitted) == 2)
        studio.close()
        comfy.held = False
        studio.open(**chosen)
        studio.done(film)
        saved = Counter([*job.nodes.values()][-1]["class_type"] for job in comfy.submitted)
        assert saved == {"SaveImage": 2, "SaveVideo": 2}, "each once"
        assert comfy.told == [], "nothing was cancelled there"
