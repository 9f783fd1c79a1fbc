"""What remote nodes report."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from storyreel.api.context import ApiContext
from storyreel.api.dependencies import Context
from storyreel.api.fields import Body, Unicode, View, example
from storyreel.api.problems import documented
from storyreel.domain.film import WordTime
from storyreel.domain.task import TaskStatus
from storyreel.engines.contracts.engine import Report
from storyreel.errors import ForbiddenError, InvalidInputError, UnauthorizedError
from storyreel.pipeline import nodes

public = APIRouter(tags=["webhook"])

SIGNATURE_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Spoken(Body):
    """When one word of a narration is spoken: seconds from the start of the voice, and its place in the text."""

    start: float = Field(ge=0, le=86_400)
    end: float = Field(ge=0, le=86_400)
    offset: int = Field(ge=0, le=1_000_000)
    length: int = Field(ge=0, le=1_000_000)


class TaskReport(Body):
    model_config = example(task_id="t1", status="SUCCESS", result_url="https://node.example/results/t1.png")

    task_id: Annotated[str, Field(min_length=1, max_length=64), Unicode]
    status: TaskStatus
    result_url: Annotated[str, Field(min_length=1, max_length=4000), Unicode] | None = None
    error: Annotated[str, Field(max_length=4000), Unicode] | None = None
    words: list[Spoken] = Field(
        default_factory=list[Spoken], max_length=10_000, description="Of a voice: when each word is spoken."
    )


class Acknowledged(View):
    ok: bool = True


@public.post(
    "/webhook/task_complete",
    summary="Report a task's end",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
async def task_complete(body: TaskReport, request: Request, context: Context) -> Acknowledged:
    """A remote node reports how a task that it holds ended, signed with the node's secret.

    Signed as Standard Webhooks has it, by the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    Late, repeated and out-of-order reports are acknowledged and change nothing.
    """
    node = signer(context, await request.body(), request)
    report = Report(
        body.status,
        result_url=body.result_url,
        error=body.error or "",
        words=tuple(WordTime(word.start, word.end, word.offset, word.length) for word in body.words),
    )
    await asyncio.to_thread(nodes.take_report, context.pipeline, node, body.task_id, report)
    return Acknowledged()


def check_secret(node: str, secret: str) -> None:
    """Refuse to start with a secret that no report could be signed with.

    Raises:
        InvalidInputError: it is not `whsec_` and base64.
    """
    try:
        Webhook(secret)
    except (ValueError, EmptyWebhookSecretError) as error:
        raise InvalidInputError(
            f"The webhook secret of the node {node} is not usable.",
            code="invalid_node_secret",
            hint="Write whsec_ and 24 to 64 random bytes in base64.",
        ) from error


def signer(context: ApiContext, body: bytes, request: Request) -> str:
    """The node whose secret the body is signed with."""
    if not context.node_secrets:
        raise ForbiddenError(
            "The webhook is closed: no remote node is configured.",
            code="webhook_closed",
            hint="Set STORYREEL_NODES.",
        )
    headers = {name: request.headers.get(name, "") for name in SIGNATURE_HEADERS}
    for node, secret in context.node_secrets.items():
        try:
            Webhook(secret).verify(body, headers)
        except (WebhookVerificationError, ValueError):  # ValueError: a signature or a body that cannot be decoded
            continue
        return node
    raise UnauthorizedError("The signature fits no known node.", code="signature_invalid")
