"""One HTTP conversation with a server of the OpenAI shape: the only place that sends its key."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import anyio
from yarl import URL

from storyreel.engines.backends.openai_compatible.answers import Answer, items, mapping
from storyreel.errors import EngineError, EngineUnavailableError

CONNECT_SECONDS = 15.0
DEFAULT_TIMEOUT = 900.0
MAX_JSON_BYTES = 8 * 2**20
_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Server:
    """Where the models are.

    Args:
        base_url: http(s) address that `/chat/completions` and its like are under; `/v1` is meant when it has no path.
        api_key: sent as a bearer token; none when empty.
        timeout: seconds that one answer may take.
    """

    base_url: str = ""
    api_key: str = field(default="", repr=False)
    timeout: float = DEFAULT_TIMEOUT

    @asynccontextmanager
    async def connected(self) -> AsyncGenerator["Connection"]:
        """A connection for the calls of one task, closed at its end.

        Raises:
            EngineUnavailableError: there is no address.
        """
        root = self._root()
        headers = {"User-Agent": "storyreel"} | (
            {"Authorization": f"Bearer {key}"} if (key := self.api_key.strip()) else {}
        )
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self.timeout, sock_connect=CONNECT_SECONDS),
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session:
            yield Connection(session, root, key)

    def _root(self) -> URL:
        if not self.base_url:
            raise EngineUnavailableError(
                "No OpenAI-compatible server is configured.",
                hint="Set STORYREEL_OPENAI_BASE_URL, for example to http://127.0.0.1:8080/v1.",
            )
        root = URL(self.base_url)
        return root / "v1" if root.path == "/" else root


class Connection:
    """Sends requests to the one server. No redirect is followed: the key would go along."""

    def __init__(self, session: aiohttp.ClientSession, root: URL, api_key: str) -> None:
        self._session = session
        self._root = root
        self._key = api_key

    async def post(
        self,
        path: str,
        body: Mapping[str, Any] | aiohttp.FormData,
        *,
        key: str = "",
        limit: int = MAX_JSON_BYTES,
    ) -> Answer:
        """POST a JSON body or a form; `key` is the idempotency key, `limit` the most bytes that are taken.

        Raises:
            EngineError: no answer came. One with an error status is returned, for the caller to look at.
        """
        sent = {"data": body} if isinstance(body, aiohttp.FormData) else {"json": body}
        return await self._send("POST", path, limit, None, headers={"Idempotency-Key": key} if key else {}, **sent)

    async def get(self, path: str, *, into: Path | None = None, limit: int = MAX_JSON_BYTES) -> Answer:
        """GET; the body of a good answer goes `into` a file, if one is given."""
        return await self._send("GET", path, limit, into)

    async def delete(self, path: str) -> Answer:
        """DELETE."""
        return await self._send("DELETE", path, MAX_JSON_BYTES, None)

    async def models(self) -> list[str]:
        """The ids of the models that the server has, in its own order.

        Raises:
            EngineError: the server does not say.
        """
        listed = map(mapping, items((await self.get("models")).json().get("data")))
        return [str(row["id"]) for row in listed if row.get("id")]

    async def _send(self, method: str, path: str, limit: int, into: Path | None, **sent: Any) -> Answer:
        where = f"{self._root.host}:{self._root.port}"
        # What aiohttp raises can hold the request with its headers, so nothing of it is chained to what leaves here.
        try:
            async with self._session.request(method, self._url(path), allow_redirects=False, **sent) as response:
                saved = into if response.status == 200 else None
                body = await _read(response, limit, saved)
                if self._key:
                    body = body.replace(self._key.encode(), b"...")  # some servers repeat it when it is wrong
                return Answer(where, response.status, response.headers, body)
        except TimeoutError:
            raise EngineError(
                f"The server at {where} did not answer in time.",
                code="engine_timeout",
                retryable=True,
                hint="A slow model needs a larger STORYREEL_OPENAI_TIMEOUT.",
            ) from None
        except aiohttp.ClientConnectorError:
            raise EngineError(
                f"The server at {where} cannot be reached.",
                code="engine_unreachable",
                retryable=True,
                hint="Start it, or correct STORYREEL_OPENAI_BASE_URL.",
            ) from None
        except (aiohttp.ClientError, ConnectionError):
            raise EngineError(f"The connection to {where} broke off.", retryable=True) from None

    def _url(self, path: str) -> URL:
        return self._root.joinpath(*path.split("/"))


async def _read(response: aiohttp.ClientResponse, limit: int, into: Path | None) -> bytes:
    """The body; nothing when it went into a file."""
    if into is None:
        return b"".join([chunk async for chunk in _chunks(response, limit)])
    async with await anyio.open_file(into, "wb") as file:
        async for chunk in _chunks(response, limit):
            await file.write(chunk)
    return b""


async def _chunks(response: aiohttp.ClientResponse, limit: int) -> AsyncGenerator[bytes]:
    """The body in pieces.

    Raises:
        EngineError: it is larger than `limit` bytes.
    """
    size = 0
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        size += len(chunk)
        if size > limit:
            raise EngineError(f"The server's answer is larger than {limit} bytes.", code="engine_answer_unusable")
        yield chunk
