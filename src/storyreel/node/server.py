"""The node's HTTP: jobs, results, scenes. Everything but a result of an unguessable name needs the node's secret."""

import hmac
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.storyboard import SceneSpec
from storyreel.domain.task import TaskType
from storyreel.engines.contracts.node import KINDS
from storyreel.engines.contracts.story import StoryRequest
from storyreel.errors import InvalidInputError, StoryreelError
from storyreel.node.jobs import NodeJob
from storyreel.node.openai_shapes import openai_routes
from storyreel.node.service import NodeService

MAX_BODY_BYTES = 256 * 2**20


class NewJob(BaseModel):
    """What a server submits."""

    model_config = ConfigDict(extra="forbid")

    task_id: str = Field(min_length=1, max_length=64, pattern=r"^[\w.:-]+$")
    type: TaskType
    request: dict[str, Any]
    callback_url: str = Field(max_length=2000, pattern=r"^(https?://.*)?$")


class SceneQuestion(BaseModel):
    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(max_length=20_000)
    scene: dict[str, Any] | None
    request: dict[str, Any]


def create_node_app(service: NodeService, secret: str) -> FastAPI:
    """The node's application.

    Args:
        secret: what callers show as their bearer token.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        service.start()
        yield
        await service.close()

    def only_with_secret(request: Request) -> None:
        shown = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(shown, f"Bearer {secret}".encode()):
            raise HTTPException(401, "The secret is missing or wrong.", {"WWW-Authenticate": "Bearer"})

    app = FastAPI(title="Storyreel node", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(StoryreelError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.include_router(_results(service))
    for router in (_jobs(service), openai_routes(service)):
        app.include_router(router, dependencies=[Depends(only_with_secret), Depends(_not_too_large)])
    return app


def _jobs(service: NodeService) -> APIRouter:
    router = APIRouter()

    @router.post("/jobs", status_code=202)
    def submit(body: NewJob, request: Request) -> dict[str, Any]:
        """Take a job; the same `task_id` again is the same job."""
        if body.type not in service.worker.types:
            kinds = ", ".join(kind for kind, type_ in KINDS.items() if type_ in service.worker.types)
            raise InvalidInputError(f"This node does {kinds}, not {body.type}.")
        job = service.jobs.take(body.task_id, body.type, body.request, body.callback_url, str(request.base_url))
        service.worker.look()
        return shown(job)

    @router.get("/jobs/{job_id}")
    def look(job_id: str) -> dict[str, Any]:
        """How the job is."""
        return shown(_known(service, job_id))

    @router.delete("/jobs/{job_id}")
    async def release(job_id: str) -> dict[str, Any]:
        """Nobody needs the job any more, nor its result."""
        await service.worker.release(_known(service, job_id))
        return {"id": job_id}

    @router.post("/scenes")
    async def scene(body: SceneQuestion) -> Any:
        """Read a prompt that a person rewrote."""
        try:
            known = from_json(SceneSpec, body.scene) if body.scene else None
            request = from_json(StoryRequest, body.request)
        except ValueError as error:
            raise InvalidInputError("That is no scene of a story.") from error
        return as_json(await service.engines.story().read_scene(body.prompt, known, request))

    return router


def _results(service: NodeService) -> APIRouter:
    router = APIRouter()

    @router.get("/results/{name}")
    def result(name: Annotated[str, Path(max_length=100)]) -> FileResponse:
        """What a job made. The name is the key: nobody can guess it."""
        found = service.jobs.result(name)
        if found is None:
            raise HTTPException(404, "There is no such result.")
        return FileResponse(found[0], media_type=found[1], headers={"Cache-Control": "no-store"})

    return router


def shown(job: NodeJob) -> dict[str, Any]:
    """A job as it is told."""
    return {
        "id": job.id,
        "task_id": job.ticket,
        "status": job.status,
        "progress": job.progress,
        "result_url": job.result_url,
        "error": job.error or None,
        "words": job.words,
    }


def _known(service: NodeService, job_id: str) -> NodeJob:
    job = service.jobs.get(job_id)
    if job is None:
        raise HTTPException(404, "There is no such job.")
    return job


def _not_too_large(request: Request) -> None:
    length = request.headers.get("content-length", "")
    if request.method in ("POST", "PUT") and (not length.isdigit() or int(length) > MAX_BODY_BYTES):
        raise HTTPException(413, f"A body needs a length, of at most {MAX_BODY_BYTES} bytes.")


async def _ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StoryreelError)  # noqa: S101 - registered for this class only
    status = 400 if isinstance(error, InvalidInputError) else 500
    return JSONResponse({"error": {"message": error.message, "code": error.code, "type": "error"}}, status)


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    body = {"error": {"message": error.detail, "type": "error"}}
    return JSONResponse(body, error.status_code, headers=error.headers)
