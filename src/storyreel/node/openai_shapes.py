"""The node in the shapes of the OpenAI API: pictures, voices and clips for any client that speaks it."""

import asyncio
import base64
import tempfile
import time
import uuid
from dataclasses import replace
from email.parser import BytesParser
from email.policy import HTTP
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, Field, ValidationError

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.serialize import as_json
from storyreel.domain.task import TaskType
from storyreel.engines.contracts.engine import Deferred
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.speech import SpeechRequest
from storyreel.engines.contracts.story import StoryRequest
from storyreel.errors import EngineError
from storyreel.node.jobs import NodeJob
from storyreel.node.service import NodeService
from storyreel.pipeline.progress import UnwatchedJob

FPS = 24
MAX_SIDE = 4096
_STATES = {"PENDING": "queued", "RUNNING": "in_progress", "SUCCESS": "completed", "FAILED": "failed"}
Size = Annotated[str, Field(pattern=r"^(auto|\d{2,4}x\d{2,4})$")]


class ImageQuestion(BaseModel):
    """Fields that we do not know are left aside, as other servers do."""

    prompt: str = Field(min_length=1, max_length=20_000)
    size: Size = "1024x1024"
    n: int = Field(default=1, ge=1, le=4)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    style: str = ""


class SpeechQuestion(BaseModel):
    input: str = Field(min_length=1, max_length=20_000)
    voice: str = ""
    speed: float = Field(default=1.0, ge=0.25, le=4.0)
    language: str = ""


class VideoQuestion(BaseModel):
    """`input_reference` is the picture, in base64."""

    prompt: str = Field(min_length=1, max_length=20_000)
    input_reference: str = Field(min_length=1)
    seconds: float = Field(default=4, gt=0, le=60)
    size: Size = "1280x720"
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


def openai_routes(service: NodeService) -> APIRouter:
    """The routes under /v1."""
    router = APIRouter(prefix="/v1")

    @router.get("/models")
    def models() -> dict[str, Any]:
        rows = [{"id": f"storyreel-{type_.lower()}", "object": "model"} for type_ in service.worker.types]
        return {"object": "list", "data": rows}

    @router.post("/images/generations")
    async def image(body: ImageQuestion) -> dict[str, Any]:
        request = await _understood(service, body)
        jobs = [_begun(service, TaskType.SD, as_json(request) | {"seed": body.seed + more}) for more in range(body.n)]
        content = [await asyncio.to_thread(_content, service, await _ended(service, job)) for job in jobs]
        return {"created": int(time.time()), "data": [{"b64_json": one} for one in content]}

    @router.post("/audio/speech")
    async def speech(body: SpeechQuestion) -> FileResponse:
        voices = {voice.id: voice.language for voice in await service.engines.speech().voices()}
        language = body.language or voices.get(body.voice) or ("en" if body.input.isascii() else "zh")
        voice = body.voice if body.voice in voices else None  # the names of other servers' voices mean nothing here
        request = SpeechRequest(body.input, language, voice, body.speed)
        job = await _ended(service, _begun(service, TaskType.TTS, as_json(request)))
        return _file(service, job)

    @router.post("/videos")
    async def video(request: Request) -> dict[str, Any]:
        body = await _form(request)
        wanted = {
            "image": body.input_reference,
            "prompt": body.prompt,
            "canvas": as_json(_canvas(body.size, 1280, 720)),
            "frames": max(1, round(body.seconds * FPS)),
            "fps": as_json(Fraction(FPS)),
            "seed": body.seed,
        }
        return _video(_begun(service, TaskType.SVD, wanted))

    @router.get("/videos/{job_id}")
    def look(job_id: str) -> dict[str, Any]:
        return _video(_known(service, job_id))

    @router.get("/videos/{job_id}/content")
    def content(job_id: str) -> FileResponse:
        return _file(service, _known(service, job_id))

    @router.delete("/videos/{job_id}")
    async def delete(job_id: str) -> JSONResponse:
        await service.worker.release(_known(service, job_id))
        return JSONResponse({"id": job_id, "object": "video.deleted", "deleted": True})

    return router


async def _understood(service: NodeService, body: ImageQuestion) -> ImageRequest:
    """What is to be drawn; with the scene that the story engine reads in the prompt, for engines that draw from one."""
    style = _style(body.style)
    request = ImageRequest(body.prompt, style, _canvas(body.size, 1024, 1024), body.seed)
    with tempfile.TemporaryDirectory(prefix="storyreel-") as folder:
        told = StoryRequest(body.prompt, "", style, seed=body.seed)
        planned = await service.engines.story().plan(told, UnwatchedJob("picture", Path(folder)))
    if isinstance(planned, Deferred):
        return request
    scene = planned.shots[0].scene
    seen = {subject.character for subject in scene.subjects}
    cast = tuple(member for member in planned.characters if member.id in seen)
    return replace(request, scene=scene, characters=cast)


async def _form(request: Request) -> VideoQuestion:
    """A multipart form; the standard library reads it as the mail that it looks like."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    mail = await asyncio.to_thread(BytesParser(policy=HTTP).parsebytes, head + await request.body())
    fields: dict[str, str] = {}
    for part in mail.iter_parts() if mail.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields[name] = base64.b64encode(content).decode() if part.get_filename() else content.decode()
    try:
        return VideoQuestion.model_validate(fields)
    except ValidationError as error:
        raise HTTPException(400, f"The form lacks something: {error.errors()[0]['loc']}.") from error


def _begun(service: NodeService, type_: TaskType, request: dict[str, Any]) -> NodeJob:
    if type_ not in service.worker.types:
        raise HTTPException(404, f"This node does no tasks of type {type_}.")
    job = service.jobs.take(f"v1-{uuid.uuid4()}", type_, request, "", "")
    service.worker.look()
    return job


async def _ended(service: NodeService, job: NodeJob) -> NodeJob:
    """The job once it has succeeded; stopped, if the client does not wait."""
    try:
        while True:
            current = await asyncio.to_thread(service.jobs.get, job.id)
            if current is None or current.status == "FAILED":
                raise EngineError(current.error if current else "The job was cancelled.")
            if current.ended:
                return current
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        await service.worker.release(job)
        raise


def _content(service: NodeService, job: NodeJob) -> str:
    found = service.jobs.result(job.result or "")
    return base64.b64encode(found[0].read_bytes()).decode() if found else ""


def _file(service: NodeService, job: NodeJob) -> FileResponse:
    found = service.jobs.result(job.result or "")
    if found is None:
        raise HTTPException(404, "There is no result yet.")
    return FileResponse(found[0], media_type=found[1])


def _known(service: NodeService, job_id: str) -> NodeJob:
    job = service.jobs.get(job_id)
    if job is None or job.type is not TaskType.SVD:
        raise HTTPException(404, "There is no such video.")
    return job


def _video(job: NodeJob) -> dict[str, Any]:
    error = {"code": EngineError.code, "message": job.error} if job.error else None
    return {
        "id": job.id,
        "object": "video",
        "model": "storyreel-svd",
        "status": _STATES[job.status],
        "progress": job.progress,
        "created_at": int(time.time()),
        "error": error,
    }


def _style(name: str) -> Style:
    return next((style for style in Style if style.value.lower() == name.lower()), Style.CINEMATIC)


def _canvas(size: str, *otherwise: int) -> Canvas:
    width, height = otherwise if size == "auto" else map(int, size.split("x"))
    if max(width, height) > MAX_SIDE:
        raise HTTPException(400, f"At most {MAX_SIDE} pixels a side.")
    return Canvas(width, height)
