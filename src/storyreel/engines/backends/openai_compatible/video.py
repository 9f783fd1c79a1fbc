"""The video engine: clips by the /videos job shape: submit, poll, fetch the content."""

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from storyreel.domain.film import Canvas
from storyreel.engines.backends.openai_compatible.answers import Answer, mapping
from storyreel.engines.backends.openai_compatible.served import ServedEngine, idempotency_key, media_type
from storyreel.engines.backends.openai_compatible.server import Connection
from storyreel.engines.contracts.engine import Job
from storyreel.engines.contracts.video import VideoRequest, VideoResult
from storyreel.engines.wrappers import Meter, with_retry
from storyreel.errors import EngineError

log = logging.getLogger(__name__)

MAX_VIDEO_BYTES = 2 * 2**30
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
HOSTED_SECONDS = (4, 8, 12)
HOSTED_SIZES = (Canvas(1280, 720), Canvas(720, 1280))
"""What hosted models make; they refuse other lengths and sizes."""
_STEP = 16
_CANCEL_SECONDS = 2.0


class OpenAIVideoEngine(ServedEngine):
    """Moves pictures by a video model, in as long as the server needs. It counts seconds."""

    kind = "video"
    what = "Clips"

    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult]:
        """See `VideoEngine.animate`. Called again for the same job, it goes on with what it submitted before.

        Raises:
            EngineError: the server fails; retryable when the same call may yet succeed.
        """
        meter = Meter(self.prices)
        async with self.server.connected() as connection:
            (request,) = requests
            made = await self._made(connection, request, job, meter)
        log.info("clip %s used %s", job.key, meter)
        return [VideoResult(made)]

    async def _made(self, connection: Connection, request: VideoRequest, job: Job, meter: Meter) -> Path:
        known = await asyncio.to_thread(job.remembered)
        id_ = known or await self._submitted(connection, request, job)
        if not known:
            await asyncio.to_thread(job.remember, id_)
            meter.add("seconds", request.frames / float(request.fps))
        try:
            await _finished(connection, id_, job)
        except asyncio.CancelledError:
            if not await asyncio.to_thread(job.wanted):
                await _given_up(connection, id_)
            raise
        except EngineError as error:
            if not error.retryable:
                await asyncio.to_thread(job.remember, "")
            if known and error.code == "model_not_found":
                raise EngineError("The server has forgotten the job that it took.", retryable=True) from error
            raise
        file = job.folder / "clip.mp4"

        async def content() -> None:
            (await connection.get(f"videos/{id_}/content", into=file, limit=MAX_VIDEO_BYTES)).check()

        await with_retry(content)
        return file

    async def _submitted(self, connection: Connection, request: VideoRequest, job: Job) -> str:
        """The server's id of the job."""
        asked = {"model": self.named_model(), "prompt": request.prompt}

        async def send(form: dict[str, Any]) -> Answer:
            sent = await asyncio.to_thread(_form_with, asked | form, request.image)
            return await connection.post("videos", sent, key=idempotency_key(job, form))

        id_ = (await self.ladder.send(_forms(request), send)).json().get("id")
        if not isinstance(id_, str) or not id_ or "/" in id_:
            raise EngineError("The server took the job, but gave it no id.", code="engine_answer_unusable")
        return id_


async def _finished(connection: Connection, id_: str, job: Job) -> None:
    """Wait until the job is done.

    Raises:
        EngineError: it failed, or the server does not know it any more.
    """

    async def look() -> dict[str, Any]:
        return (await connection.get(f"videos/{id_}")).json()

    pause = FIRST_PAUSE_SECONDS
    while True:
        state = await with_retry(look)
        status, progress = state.get("status"), state.get("progress")
        if status in ("completed", "succeeded"):
            return
        if status not in ("queued", "in_progress", "processing", "running", "pending"):
            raise EngineError(f"The server's video job is {status}. {_reason(state)}".strip())
        if isinstance(progress, int | float):
            job.progress(min(1.0, max(0.0, progress / 100)))
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE_SECONDS, pause * 1.5)


async def _given_up(connection: Connection, id_: str) -> None:
    """Tell the server that nobody waits any more; it need not listen."""
    try:
        async with asyncio.timeout(_CANCEL_SECONDS):
            await connection.delete(f"videos/{id_}")
    except (EngineError, TimeoutError) as error:
        log.warning("video job %s was not cancelled at the server: %s", id_, error)


def _reason(state: dict[str, Any]) -> str:
    error = state.get("error")
    told = mapping(error).get("message") or error
    return str(told)[:300] if told else ""


def _forms(request: VideoRequest) -> list[dict[str, Any]]:
    """Fields of the request, most telling first: for servers of open models, and for hosted ones."""
    seconds = math.ceil(request.frames / request.fps)
    wide = request.canvas.width / request.canvas.height
    fitting = [length for length in HOSTED_SECONDS if length >= seconds] or [HOSTED_SECONDS[-1]]
    size = min(HOSTED_SIZES, key=lambda one: abs(one.width / one.height - wide))
    exact = Canvas(*(max(_STEP, round(side / _STEP) * _STEP) for side in (request.canvas.width, request.canvas.height)))
    return [
        {"seconds": seconds, "size": str(exact), "seed": request.seed},
        {"seconds": fitting[0], "size": str(size)},
    ]


def _form_with(fields: Mapping[str, Any], image: Path) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, str(value))
    form.add_field("input_reference", image.read_bytes(), filename=image.name, content_type=media_type(image))
    return form
