"""What every request must pass before it reaches a route: size, host, origin; and the headers of every answer."""

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storyreel.api.problems import problem

_HARMLESS = ("GET", "HEAD")
MAX_UPLOAD_BYTES = 2 * 2**30
_UPLOAD = re.compile(r"/api/nodes/[^/]+/results/[^/]+")
"""Takes files, and reads nothing of them before it knows who sends them."""


class RequestLimits:
    """Refuses bodies over the limit, foreign Host headers (DNS rebinding) and posts from other origins' pages.

    Args:
        hosts: Host names without port that are answered.
        max_body_bytes: judged by Content-Length and again while the body arrives.
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], max_body_bytes: int) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._max = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if _host(headers.get("host", "")) not in self._hosts:
            await problem(400, "unknown_host", "This server does not answer to that Host.")(scope, receive, send)
            return
        if scope["method"] not in _HARMLESS and not self._same_site(headers.get("origin")):
            await problem(403, "foreign_origin", "Pages of other sites may not do that.")(scope, receive, send)
            return
        length = headers.get("content-length", "")
        limit = MAX_UPLOAD_BYTES if _UPLOAD.fullmatch(scope["path"]) else self._max
        if length.isdigit() and int(length) > limit:
            await self._too_large(scope, receive, send, limit)
            return
        await self._limited(scope, receive, send, limit)

    def _same_site(self, origin: str | None) -> bool:
        """Whether the page that sends the request is ours, or it is no page of a browser at all."""
        if origin is None:
            return True
        try:
            return _host(urlsplit(origin).netloc) in self._hosts
        except ValueError:
            return False

    async def _limited(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(
                    413, headers={"Connection": "close"}
                )  # the one exception that passes whoever reads the body
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Cache-Control", "no-store")
                headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
            await send(message)

        await self._app(scope, counted, guarded)

    async def _too_large(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        detail = f"The body has more than {limit} bytes."
        await problem(413, "body_too_large", detail, headers={"Connection": "close"})(scope, receive, send)


def _host(header: str) -> str:
    """The name in a Host header, without the port."""
    if header.startswith("["):
        return header.partition("]")[0].lower() + "]"
    return header.rpartition(":")[0].lower() if ":" in header else header.lower()
