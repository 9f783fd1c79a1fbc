"""What nodes that cannot be reached ask for and bring."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from pydantic import BaseModel, Field, ValidationError

from storyreel.api.context import ApiContext
from storyreel.api.dependencies import Context
from storyreel.api.fields import Body, Unicode, View, example
from storyreel.api.limits import MAX_UPLOAD_BYTES
from storyreel.api.problems import documented
from storyreel.api.webhook import signer
from storyreel.domain.task import TaskType
from storyreel.errors import InvalidInputError, NotFoundError
from storyreel.pipeline.pulled import PulledNode

public = APIRouter(tags=["nodes"])

NodeName = Annotated[str, Path(min_length=1, max_length=100, description="As STORYREEL_NODES names it.")]
Ticket = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w-]+(\.[a-z]+)?$"), Unicode]


class Working(Body):
    task_id: Ticket
    progress: int = Field(default=0, ge=0, le=100)


class Claim(Body):
    model_config = example(types=["SD"], working=[], room=1)

    types: list[TaskType] = Field(max_length=10, description="What the node does.")
    working: list[Working] = Field(max_length=1000, description="What it has already. All else is offered again.")
    room: int = Field(ge=0, le=100, description="How many more it takes.")


class Offered(View):
    task_id: str
    type: TaskType
    request: dict[str, Any] = Field(description="The engine's request, files in base64.")


class Work(View):
    jobs: list[Offered]
    unwanted: list[str] = Field(description="Those at work that nobody waits for any more.")


class Kept(View):
    ok: bool = True


class Announced(BaseModel):
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0, le=MAX_UPLOAD_BYTES)]


@public.post("/nodes/{name}/claim", summary="Fetch work for a node", responses=documented(400, 401, 403, 404, 413, 422))
async def claim(name: NodeName, body: Claim, request: Request, context: Context) -> Work:
    """A node that cannot be reached asks what there is to do, again and again. Signed as its reports are."""
    node = _node(context, name, signer(context, await request.body(), request))
    working = {one.task_id: one.progress for one in body.working}
    found, unwanted = await asyncio.to_thread(node.claim, [str(type_) for type_ in body.types], working, body.room)
    return Work(jobs=[Offered(**one) for one in found], unwanted=unwanted)


@public.put(
    "/nodes/{name}/results/{ticket}",
    summary="Bring a node's result",
    responses=documented(401, 403, 404, 409, 413, 422),
    openapi_extra={"requestBody": {"content": {"application/octet-stream": {}}, "required": True}},
)
async def bring(
    name: NodeName,
    ticket: Annotated[str, Path(max_length=64, pattern=r"^[\w-]+(\.[a-z]+)?$", description="The job's `task_id`.")],
    request: Request,
    context: Context,
    announced: Annotated[
        str,
        Header(
            alias="X-Storyreel-Upload",
            max_length=200,
            description="The file's `{sha256, size}`, which is what is signed.",
        ),
    ],
) -> Kept:
    """What the node made, before it reports the job's end with this address as `result_url`."""
    node = _node(context, name, signer(context, announced.encode("latin-1", "replace"), request))
    try:
        told = Announced.model_validate_json(announced)
    except ValidationError as error:
        raise InvalidInputError("X-Storyreel-Upload does not describe a file.", code="upload_broken") from error
    await node.receive(ticket, request.stream(), size=told.size, sha256=told.sha256)
    return Kept()


def _node(context: ApiContext, name: str, signed_by: str) -> PulledNode:
    node = context.pipeline.nodes.get(name)
    if signed_by != name or not isinstance(node, PulledNode):
        raise NotFoundError("There is no such node that fetches its work.", code="node_not_found")
    return node
