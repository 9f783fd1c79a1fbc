"""One ComfyUI server over HTTP: what it is asked, and which of our errors its answers are."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import aiohttp
import anyio
import orjson
from yarl import URL

from storyreel.errors import EngineError

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 60.0
"""How long an answer may pause; a server at work answers late, but it does."""
MAX_JSON_BYTES = 64 * 2**20
_CHUNK_BYTES = 1 << 18
_TOLD_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class File:
    """A file at the server; `kind` is the folder that it lies in: input, output or temp."""

    name: str
    subfolder: str = ""
    kind: str = "output"


@dataclass(slots=True)
class Queue:
    """Ids of jobs: `running` at work, `pending` in line."""

    running: list[str] = field(default_factory=list[str])
    pending: list[str] = field(default_factory=list[str])

    def __len__(self) -> int:
        return len(self.running) + len(self.pending)


class Comfy:
    """The conversation with one server."""

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self.address = address
        self._root = URL(address)
        self._session = session

    @property
    def name(self) -> str:
        return f"{self._root.host}:{self._root.port}"

    async def upload(self, picture: Path, name: str) -> str:
        """Send a picture; what a node that loads pictures calls it."""
        form = aiohttp.FormData({"type": "input", "subfolder": "storyreel", "overwrite": "true"})
        content = await asyncio.to_thread(picture.read_bytes)
        form.add_field("image", content, filename=name, content_type="application/octet-stream")
        sent = await self._json("POST", "upload/image", data=form)
        return "/".join(part for part in (str(sent.get("subfolder", "")), str(sent.get("name", ""))) if part)

    async def submit(self, nodes: Mapping[str, Any], client_id: str, prompt_id: str) -> tuple[int, dict[str, Any]]:
        """Hand in a job under that id; the status of the answer, and the answer."""
        asked = {"prompt": nodes, "client_id": client_id, "prompt_id": prompt_id}
        return await self._send("POST", "prompt", json=asked)

    async def history(self, prompt_id: str) -> dict[str, Any] | None:
        """What came of a job; None while it has not ended, and of one that the server does not know."""
        found = (await self._json("GET", f"history/{prompt_id}")).get(prompt_id)
        return mapping(found) if found else None

    async def queue(self) -> Queue:
        """The jobs that have not ended."""
        found = await self._json("GET", "queue")
        return Queue(*([str(job[1]) for job in items(found.get(f"queue_{state}"))] for state in ("running", "pending")))

    async def cancel(self, prompt_id: str) -> None:
        """Take a job out of the line, or stop it; another one that is at work goes on."""
        await self._send("POST", "queue", json={"delete": [prompt_id]})
        if prompt_id in (await self.queue()).running:  # older servers stop whatever is at work
            await self._send("POST", "interrupt", json={"prompt_id": prompt_id})

    async def fetch(self, file: File, into: Path, limit: int) -> None:
        """Save a file that the server made.

        Raises:
            EngineError: it is larger than `limit` bytes, or cannot be had.
        """
        query = {"filename": file.name, "subfolder": file.subfolder, "type": file.kind}
        async with self._asked("GET", "view", params=query) as response:
            if response.status != 200:
                raise self._failure(response.status, "")
            size = 0
            async with await anyio.open_file(into, "wb") as out:
                async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                    size += len(chunk)
                    if size > limit:
                        raise self.unusable(f"sends a file of more than {limit} bytes")
                    await out.write(chunk)

    def listen(self, client_id: str) -> Any:
        """A WebSocket that tells how the jobs of this client get on; to be entered."""
        url = self._root.joinpath("ws").with_query(clientId=client_id)
        return self._session.ws_connect(url, max_msg_size=MAX_JSON_BYTES, heartbeat=20)

    def unusable(self, what: str) -> EngineError:
        """An error that says of the server that it does so."""
        return EngineError(f"ComfyUI at {self.name} {what}.", code="engine_answer_unusable")

    async def _json(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        status, found = await self._send(method, path, **sent)
        if status != 200:
            raise self._failure(status, told(found))
        return found

    async def _send(self, method: str, path: str, **sent: Any) -> tuple[int, dict[str, Any]]:
        """The status, and the JSON object of the answer; an empty one when it holds none.

        Raises:
            EngineError: no answer came, or none that ComfyUI gives; or it is too busy.
        """
        async with self._asked(method, path, **sent) as response:
            body = b""
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                body += chunk
                if len(body) > MAX_JSON_BYTES:
                    raise self.unusable("answers without end")
            status = response.status
            if status in (429, 502, 503, 504):
                raise self._busy(status, response.headers.get("Retry-After", ""))
        if not body:
            return status, {}
        try:
            return status, mapping(orjson.loads(body))
        except orjson.JSONDecodeError:
            if status == 200:
                raise self.unusable("does not answer as ComfyUI does") from None
            return status, {}

    @asynccontextmanager
    async def _asked(self, method: str, path: str, **sent: Any) -> AsyncGenerator[aiohttp.ClientResponse]:
        try:
            async with self._session.request(
                method, self._root.joinpath(*path.split("/")), allow_redirects=False, **sent
            ) as response:
                yield response
        except (aiohttp.ClientConnectorError, TimeoutError) as error:
            raise EngineError(
                f"ComfyUI at {self.name} does not answer.",
                code="engine_unreachable",
                retryable=True,
                hint="Start it, or correct STORYREEL_COMFYUI_URLS.",
            ) from error
        except (aiohttp.ClientError, ConnectionError) as error:
            raise EngineError(
                f"The connection to ComfyUI at {self.name} broke off.", code="engine_unreachable", retryable=True
            ) from error

    def _failure(self, status: int, said: str) -> EngineError:
        return EngineError(
            f"ComfyUI at {self.name} answered {status}{f': {said}' if said else ''}.", hint="Look at its own log."
        )

    def _busy(self, status: int, wait: str) -> EngineError:
        error = EngineError(f"ComfyUI at {self.name} takes no more ({status}).", code="engine_busy", retryable=True)
        error.retry_after = float(wait) if wait.isdigit() else 0.0
        return error


@asynccontextmanager
async def connected() -> AsyncGenerator[aiohttp.ClientSession]:
    """A session for the calls of one task."""
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object as it is; an empty one for anything else."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """A JSON array as it is; an empty one for anything else."""
    return cast(list[Any], value) if isinstance(value, list) else []


def told(found: Mapping[str, Any]) -> str:
    """What an answer says is wrong, on one line."""
    error = found.get("error")
    return brief(mapping(error).get("message"), mapping(error).get("details")) or brief(error)


def brief(*said: object) -> str:
    """The texts among what a server says, shortened, on one line."""
    text = ": ".join(one for one in said if isinstance(one, str) and one)
    return " ".join(text.split())[:_TOLD_CHARACTERS].rstrip(". ")
