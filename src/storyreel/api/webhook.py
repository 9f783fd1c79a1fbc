"""What remote nodes report."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from storyreel.api.context import ApiContext
from storyreel.api.dependencies import Context
from storyreel.api.fields import Body, Unicode, View, example
from storyreel.api.problems import documented
from storyreel.domain.task import TaskStatus
from storyreel.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, UnauthorizedError
from storyreel.store.database import tasks

log = logging.getLogger(__name__)

public = APIRouter(tags=["webhook"])

SIGNATURE_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class TaskReport(Body):
    model_config = example(task_id="t1", status="SUCCESS", result_url="https://node.example/results/t1.png")

    task_id: Annotated[str, Field(min_length=1, max_length=64), Unicode]
    status: TaskStatus
    result_url: Annotated[str, Field(min_length=1, max_length=4000), Unicode] | None = None
    error: Annotated[str, Field(max_length=4000), Unicode] | None = None


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
    node = _signer(context, await request.body(), request)
    task = await context.pipeline.read(tasks.get, body.task_id)
    if task is None:
        raise NotFoundError("There is no such task.", code="task_not_found")
    if task.node != node:
        raise ConflictError(f"The node {node} does not hold this task.", code="task_not_held")
    if task.status.terminal or not body.status.terminal:
        return Acknowledged()
    if body.status is TaskStatus.SUCCESS and body.result_url is None:
        raise ConflictError("A finished task needs its result_url.", code="result_missing")
    message = {"status": body.status, "result_url": body.result_url, "error": body.error}
    key = request.headers["webhook-id"]
    await asyncio.to_thread(context.pipeline.durable.deliver, task.id, message, key)
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


def _signer(context: ApiContext, body: bytes, request: Request) -> str:
    """The node whose secret the body is signed with."""
    if not context.node_secrets:
        raise ForbiddenError(
            "The webhook is closed: no remote node is configured.",
            code="webhook_closed",
            hint="Set STORYREEL_NODE_SECRETS.",
        )
    headers = {name: request.headers.get(name, "") for name in SIGNATURE_HEADERS}
    for node, secret in context.node_secrets.items():
        try:
            Webhook(secret).verify(body, headers)
        except (WebhookVerificationError, ValueError):  # ValueError: a signature or a body that cannot be decoded
            continue
        return node
    raise UnauthorizedError("The signature fits no known node.", code="signature_invalid")
