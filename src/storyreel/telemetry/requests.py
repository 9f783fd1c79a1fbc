"""Around every request: its id, its log context, its span, its time. Plain ASGI."""

import re
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any

from storyreel.telemetry import metrics, traces
from storyreel.telemetry.about import about, request_id

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADER = b"x-request-id"
_SANE = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


async def observed(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Pass a request on; its answer carries X-Request-ID, the client's own when that is a sane one."""
    if scope["type"] != "http":
        await app(scope, receive, send)
        return
    headers = dict(scope["headers"])
    asked = headers.get(HEADER, b"")
    id_ = asked.decode() if _SANE.fullmatch(asked) else uuid.uuid4().hex
    began = perf_counter()

    async def answering(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (HEADER, id_.encode())]}
            method = scope["method"] if scope["method"] in _METHODS else "other"
            took = perf_counter() - began
            metrics.REQUESTS.labels(method, template(scope), str(message["status"])).observe(took)
            span.answered(method, template(scope), message["status"])
        await send(message)

    with about(request_id, id_), traces.request(headers, id_) as span:
        await app(scope, receive, answering)


def template(scope: Scope) -> str:
    """The path as its route writes it, so that there are few; `none` when no route takes it."""
    nested = scope.get("fastapi", {}).get("effective_route_context")  # knows the prefixes, which the route does not
    return getattr(nested or scope.get("route"), "path", "none")
