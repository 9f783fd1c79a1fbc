"""What a server tells over its WebSocket while a job runs: how far it is, and that it ended."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import aiohttp
import orjson

from storyreel.engines.backends.comfyui.server import Comfy, items, mapping
from storyreel.errors import EngineError

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 3.0
_ENDS = ("execution_success", "execution_error", "execution_interrupted")


class News:
    """Follows one job. Without news one looks oneself, less and less often.

    Args:
        nodes: how many the workflow has; each is the same share of the whole.
        report: takes the fraction that is done, 0 … 1.
    """

    def __init__(self, prompt_id: str, nodes: int, report: Callable[[float], None]) -> None:
        self._id = prompt_id
        self._nodes = nodes
        self._report = report
        self._done: set[str] = set()
        self._at_work: str | None = None
        self._ended = asyncio.Event()
        self._pause = FIRST_PAUSE_SECONDS

    async def follow(self, server: Comfy) -> None:
        """Listen until the server falls silent; whoever cannot listen does without."""
        try:
            async with server.listen(self._id) as socket:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        self._take(mapping(orjson.loads(message.data)))
        except (aiohttp.ClientError, EngineError, OSError, TimeoutError, ValueError) as error:
            log.info("no news from ComfyUI at %s: %s", server.name, error)

    async def wait(self) -> None:
        """Wait until a look is worth while."""
        try:
            async with asyncio.timeout(self._pause):
                await self._ended.wait()
        except TimeoutError:
            self._pause = min(LONGEST_PAUSE_SECONDS, self._pause * 1.5)
        else:
            self._ended.clear()  # the record of the job follows in a moment
            self._pause = FIRST_PAUSE_SECONDS

    def _take(self, message: dict[str, Any]) -> None:
        kind, data = message.get("type"), mapping(message.get("data"))
        if data.get("prompt_id") != self._id:
            return
        part = 0.0
        if kind == "execution_cached":
            self._done |= {str(node) for node in items(data.get("nodes"))}
        elif kind == "executing":
            self._done |= {self._at_work} if self._at_work else set()
            self._at_work = data.get("node")
        elif kind == "progress":
            part = float(data.get("value", 0)) / max(1.0, float(data.get("max", 1)))
        if kind in _ENDS or (kind == "executing" and self._at_work is None):
            self._ended.set()
        self._report(min(1.0, (len(self._done) + part) / max(1, self._nodes)))
