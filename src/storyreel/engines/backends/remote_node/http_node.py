"""A node that is reached over HTTP: jobs are posted to it, it is asked how they are, results come from its origin."""

import asyncio
import base64
import binascii
import json
from collections.abc import AsyncGenerator, Awaitable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import aiohttp
import anyio

from storyreel.domain.film import WordTime
from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.storyboard import SceneSpec
from storyreel.engines.backends.remote_node.shape import Shape, picked
from storyreel.engines.contracts.engine import Report
from storyreel.engines.contracts.node import Submission
from storyreel.engines.contracts.story import StoryRequest
from storyreel.errors import EngineError, EngineUnavailableError

MAX_ANSWER_BYTES = 512 * 2**20
MAX_STATUS_BYTES = 8 * 2**20
MAX_ID_CHARACTERS = 300
CONNECT_SECONDS = 15.0
PROBE_SECONDS = 5.0
_CHUNK_BYTES = 1 << 18
_GONE = frozenset({404, 410})
_BUSY = frozenset({429, 503})
_PASSING = frozenset({408, 425, 500, 502, 504})


class Fetch(Protocol):
    """Fetches a file from an address that a node named, and from no other origin than this."""

    def __call__(
        self, url: str, into: Path, *, max_bytes: int, media_types: Collection[str], origin: str
    ) -> Awaitable[str]:
        """Raises FetchError."""
        ...


@dataclass(frozen=True, slots=True)
class HttpNode:
    """See `RemoteNode`.

    Args:
        url: its address; results may come from the same scheme, host and port only.
        secret: sent as a bearer token; none when empty.
        headers: sent with every request, for nodes that want something else.
        timeout: seconds that one answer may take.
        callback_url: where it reports to.
    """

    name: str
    url: str
    kinds: Collection[str]
    fetch_from: Fetch
    callback_url: str
    secret: str = field(default="", repr=False)
    model: str = "default"
    voices: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    shape: Shape = field(default_factory=Shape)
    heartbeat: float = 10.0
    patience: float = 300.0
    timeout: float = 900.0

    @property
    def references(self) -> bool:
        return self.shape.native or "{references}" in json.dumps(self.shape.send)

    async def missing(self) -> str:
        try:
            async with asyncio.timeout(PROBE_SECONDS), self._asked("GET", self._at("none")) as response:
                refused = response.status in (401, 403)
        except TimeoutError:
            return f"The node {self.name} does not answer: start it, or correct its url."
        except EngineError as error:
            return f"{error.message} {error.hint}"
        return f"The node {self.name} refuses its secret: correct it in STORYREEL_NODES." if refused else ""

    async def submit(self, submission: Submission, into: Path) -> Report:
        body = self.shape.body(submission, self.callback_url, self.model)
        async with self._asked("POST", self._at(), json=body) as response:
            if response.status >= 300:
                raise await self._failure(response)
            if response.content_type == "application/json":
                return await self._answer(response, submission.ticket, into)
            async with await anyio.open_file(into, "wb") as file:
                async for chunk in _chunks(response, MAX_ANSWER_BYTES):
                    await file.write(chunk)
        return Report("SUCCESS")

    async def _answer(self, response: aiohttp.ClientResponse, ticket: str, into: Path) -> Report:
        found = await self._json(response, MAX_ANSWER_BYTES)
        if self.shape.failed(found):
            raise EngineError(f"The node {self.name} failed: {self._reason(found)}", code="node_failed")
        content, url = picked(found, self.shape.b64), picked(found, self.shape.url)
        if isinstance(content, str) and content:
            await asyncio.to_thread(_save, content, into)
            return Report("SUCCESS")
        if isinstance(url, str) and url.startswith("data:"):
            await asyncio.to_thread(_save, url.partition(",")[2], into)
            return Report("SUCCESS")
        if isinstance(url, str) and url:
            return Report("SUCCESS", result_url=urljoin(self.url, url), words=_words(found))
        id_ = str(picked(found, self.shape.id) or ticket)
        if response.status == 202 and len(id_) <= MAX_ID_CHARACTERS:
            return Report("RUNNING", job_id=id_)
        raise EngineError(
            f"The node {self.name} answered, but with no result.",
            code="engine_answer_unusable",
            hint="Say in STORYREEL_NODES where its answers hold it: `answer`.",
        )

    async def look(self, job_id: str) -> Report:
        async with self._asked("GET", self._at(job_id)) as response:
            if response.status in _GONE:
                return Report("LOST", job_id)
            if response.status >= 300:
                raise await self._failure(response)
            found = await self._json(response, MAX_STATUS_BYTES)
        status, url, progress = found.get("status"), found.get("result_url"), found.get("progress")
        if status not in ("PENDING", "RUNNING", "SUCCESS", "FAILED"):
            raise EngineError(f"The node {self.name} does not say how the job is.", code="engine_answer_unusable")
        return Report(
            status,
            job_id,
            urljoin(self.url, url) if isinstance(url, str) else None,
            str(found.get("error") or ""),
            _words(found),
            min(1.0, max(0.0, progress / 100)) if isinstance(progress, int | float) else 0.0,
        )

    async def release(self, job_id: str) -> None:
        if self.shape.native:
            async with self._asked("DELETE", self._at(job_id)):
                pass

    async def fetch(self, url: str, into: Path, *, max_bytes: int, media_types: Collection[str]) -> None:
        at = urlsplit(self.url)
        origin = f"{at.scheme}://{at.netloc}"
        await self.fetch_from(url, into, max_bytes=max_bytes, media_types=media_types, origin=origin)

    async def read_scene(self, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec | None:
        if not self.shape.native:
            return None
        body = {"prompt": prompt, "scene": as_json(scene) if scene else None, "request": as_json(request)}
        async with self._asked("POST", f"{self.url.rstrip('/')}/scenes", json=body) as response:
            if response.status >= 300:
                raise await self._failure(response)
            try:
                return from_json(SceneSpec, await self._json(response, MAX_STATUS_BYTES))
            except ValueError as error:
                raise EngineError(f"The node {self.name} answered with no scene.") from error

    def _at(self, *more: str) -> str:
        return "/".join([self.url.rstrip("/"), self.shape.path.strip("/"), *more])

    @asynccontextmanager
    async def _asked(self, method: str, url: str, **sent: Any) -> AsyncGenerator[aiohttp.ClientResponse]:
        """One request. No redirect is followed: the secret would go along."""
        headers = {"User-Agent": "storyreel", **self.headers}
        if self.secret:
            headers["Authorization"] = f"Bearer {self.secret}"
        limits = aiohttp.ClientTimeout(total=self.timeout, sock_connect=CONNECT_SECONDS)
        # What aiohttp raises can hold the request with its headers, so nothing of it is chained to what leaves here.
        try:
            async with (
                aiohttp.ClientSession(timeout=limits, headers=headers, cookie_jar=aiohttp.DummyCookieJar()) as session,
                session.request(method, url, allow_redirects=False, **sent) as response,
            ):
                yield response
        except aiohttp.ClientConnectorError:
            raise EngineError(
                f"The node {self.name} cannot be reached.",
                code="engine_unreachable",
                retryable=True,
                hint="Start it, or correct its url in STORYREEL_NODES.",
            ) from None
        except TimeoutError:
            raise EngineError(
                f"The node {self.name} did not answer in time.",
                code="engine_timeout",
                retryable=True,
                hint="A slow one needs a larger timeout in STORYREEL_NODES.",
            ) from None
        except (aiohttp.ClientError, ConnectionError):
            raise EngineError(f"The connection to the node {self.name} broke off.", retryable=True) from None

    async def _json(self, response: aiohttp.ClientResponse, limit: int) -> dict[str, Any]:
        body = b"".join([chunk async for chunk in _chunks(response, limit)])
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise EngineError(f"The node {self.name} answered with no JSON.", code="engine_answer_unusable")
        return found  # pyright: ignore[reportUnknownVariableType]

    async def _failure(self, response: aiohttp.ClientResponse) -> EngineError:
        try:
            told = self._reason(await self._json(response, MAX_STATUS_BYTES))
        except EngineError:
            told = ""
        said = f"The node {self.name} answered {response.status}{f': {told}' if told else ''}."
        if response.status in (401, 403):
            return EngineUnavailableError(said, code="engine_key_refused", hint="Check its secret in STORYREEL_NODES.")
        if response.status in _BUSY:
            error = EngineError(said, code="engine_busy", retryable=True, hint="Try again later.")
            wait = response.headers.get("Retry-After", "")
            error.retry_after = float(wait) if wait.isdigit() else 0.0
            return error
        return EngineError(said, code="node_failed", retryable=response.status in _PASSING)

    def _reason(self, answer: Any) -> str:
        told = picked(answer, self.shape.error)
        return " ".join(str(told or "It gave no reason.").split())[:300].rstrip(".")


async def _chunks(response: aiohttp.ClientResponse, limit: int) -> AsyncGenerator[bytes]:
    """The body in pieces.

    Raises:
        EngineError: it is larger than `limit` bytes, or says so.
    """
    size = response.content_length or 0
    if size <= limit:
        size = 0
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            size += len(chunk)
            if size > limit:
                break
            yield chunk
    if size > limit:
        raise EngineError(f"The node's answer is larger than {limit} bytes.", code="engine_answer_unusable")


def _save(text: str, file: Path) -> None:
    try:
        file.write_bytes(base64.b64decode(text, validate=True))
    except binascii.Error as error:
        raise EngineError("The node's result is not base64.", code="engine_answer_unusable") from error


def _words(answer: Mapping[str, Any]) -> tuple[WordTime, ...]:
    """When each word is spoken, if the node says so, and as it should."""
    try:
        return from_json(tuple[WordTime, ...], answer.get("words") or ())
    except ValueError:
        return ()
