"""What goes wrong between us and a server, and that its key goes nowhere else."""

import asyncio
import gzip
import logging
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web
from fake_openai import FakeOpenAI, fake_openai, fault, refused

from storyreel.engines.backends.openai_compatible.server import Connection, Server
from storyreel.engines.backends.openai_compatible.story import OpenAIStoryEngine
from storyreel.errors import EngineError, EngineUnavailableError

CANARY = "sk-canary-5f1e"


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as running:
        yield running


async def failure(url: str, *, timeout: float = 5.0, key: str = "", limit: int = 1000) -> EngineError:  # noqa: ASYNC109
    """How a POST to the server fails."""
    async with Server(url, key, timeout).connected() as connection:
        with pytest.raises(EngineError) as failed:
            (await connection.post("chat/completions", {"model": "tiny"}, limit=limit)).json()
    return failed.value


async def page(_request: web.Request) -> web.Response:
    return web.Response(text="<html><h1>Welcome to nginx</h1></html>", content_type="text/html")


async def hang(_request: web.Request) -> web.Response:
    await asyncio.sleep(30)
    raise AssertionError("nobody waits for so long")


async def break_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"choices": [')
    assert request.transport is not None
    request.transport.abort()
    return response


async def bomb(_request: web.Request) -> web.Response:
    return web.Response(body=gzip.compress(bytes(2**24)), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, "engine_failed", False),
        (401, "engine_key_refused", False),
        (402, "engine_busy", False),
        (403, "engine_key_refused", False),
        (404, "model_not_found", False),
        (408, "engine_failed", True),
        (429, "engine_busy", True),
        (500, "engine_failed", True),
        (503, "engine_failed", True),
        (529, "engine_failed", True),
    ],
)
async def test_an_error_says_what_the_server_says(server: FakeOpenAI, status: int, code: str, retryable: bool) -> None:
    server.faults.append(fault(status, "because of this\nand that"))
    error = await failure(server.url)
    assert (error.code, error.retryable) == (code, retryable)
    assert "because of this and that" in error.message
    assert error.hint


@pytest.mark.parametrize(("wait", "seconds"), [("7", 7), ("soon", 0), ("-1", 0)])
async def test_how_long_a_busy_server_wants_to_be_left_alone(server: FakeOpenAI, wait: str, seconds: float) -> None:
    server.faults.append(fault(429, "slow down", Retry_After=wait))
    error = await failure(server.url)
    assert error.retryable
    assert error.retry_after == seconds


async def test_a_busy_server_may_say_until_when(server: FakeOpenAI) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(hours=1))
    server.faults.append(fault(429, "slow down", Retry_After=until))
    assert 0 < (await failure(server.url)).retry_after <= 3600


async def test_an_account_without_credit_is_not_asked_again(server: FakeOpenAI) -> None:
    async def spent(_request: web.Request) -> web.Response:
        return refused(429, "You exceeded your current quota", "insufficient_quota")

    server.faults.append(spent)
    error = await failure(server.url)
    assert not error.retryable


@pytest.mark.parametrize(("misbehave", "code"), [(page, "engine_answer_unusable"), (bomb, "engine_answer_unusable")])
async def test_what_is_no_answer_is_not_believed(server: FakeOpenAI, misbehave: object, code: str) -> None:
    server.faults.append(misbehave)  # type: ignore[arg-type]
    error = await failure(server.url)
    assert (error.code, error.retryable) == (code, False)
    assert "nginx" not in error.message


async def test_an_answer_that_breaks_off_may_be_asked_for_again(server: FakeOpenAI) -> None:
    server.faults.append(break_off)
    assert (await failure(server.url)).retryable


async def test_a_server_that_hangs_is_given_up_in_time(server: FakeOpenAI) -> None:
    server.faults.append(hang)
    started = time.monotonic()
    error = await failure(server.url, timeout=0.2)
    assert time.monotonic() - started < 5
    assert (error.code, error.retryable) == ("engine_timeout", True)
    assert "STORYREEL_OPENAI_TIMEOUT" in error.hint


async def test_a_server_that_is_not_there(server: FakeOpenAI) -> None:
    error = await failure("http://127.0.0.1:9")
    assert (error.code, error.retryable) == ("engine_unreachable", True)


async def test_without_an_address_it_says_how_to_give_one() -> None:
    with pytest.raises(EngineUnavailableError) as failed:
        async with Server().connected():
            pass
    assert "STORYREEL_OPENAI_BASE_URL" in failed.value.hint


@pytest.mark.parametrize("way", ["", "/", "/v1", "/v1/"])
async def test_an_address_needs_no_path(server: FakeOpenAI, way: str) -> None:
    async with Server(server.url + way).connected() as connection:
        assert await connection.models() == ["nomic-embed-text", "tiny-chat"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_key_goes_to_no_other_server(server: FakeOpenAI, status: int) -> None:
    async with fake_openai() as elsewhere:

        async def redirect(_request: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": f"{elsewhere.url}/v1/chat/completions"})

        server.faults.append(redirect)
        error = await failure(server.url, key=CANARY)
        assert "redirect" in error.message
        assert elsewhere.asked == []


async def test_the_key_is_in_no_error_and_no_log(server: FakeOpenAI, caplog: pytest.LogCaptureFixture) -> None:
    """Also where the server repeats what it was sent."""
    caplog.set_level(logging.DEBUG)
    server.key = "another"
    server.faults.extend([fault(500, f"Bearer {CANARY}"), break_off, hang])
    for _ in range(3):
        error = await failure(server.url, key=CANARY, timeout=0.3)
        chain = [error, error.__cause__, error.__context__]
        told = " ".join(f"{one!s} {one!r} {vars(one) if one else ''}" for one in chain)
        log = logging.getLogger("test")
        log.error("failed", exc_info=error)
        assert CANARY not in told
    engine = OpenAIStoryEngine(base_url=server.url, api_key=CANARY, model="tiny")
    missing = " ".join(await engine.missing())
    assert "Incorrect API key" in missing
    assert CANARY not in missing + caplog.text + repr(engine.server) + repr(engine.info)
    assert server.asked[0].headers["Authorization"] == f"Bearer {CANARY}", "it was sent to the server itself"


async def test_a_cancelled_request_ends_at_once(server: FakeOpenAI) -> None:
    server.faults.append(hang)
    work = asyncio.ensure_future(failure(server.url, timeout=60))
    while not server.asked:  # noqa: ASYNC110 - the server is another task
        await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


async def test_what_is_fetched_into_a_file_has_a_limit_too(server: FakeOpenAI, tmp_path: Path) -> None:
    async def get(connection: Connection, limit: int) -> None:
        (await connection.get("videos/1/content", into=tmp_path / "clip", limit=limit)).check()

    async with Server(server.url).connected() as connection:
        await get(connection, 100)
        assert (tmp_path / "clip").read_bytes()[4:8] == b"ftyp"
        with pytest.raises(EngineError, match="larger than 10 bytes"):
            await get(connection, 10)
