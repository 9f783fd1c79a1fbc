"""What passes before any route: hosts, origins, sizes."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from storyreel.api import problems
from storyreel.api.limits import RequestLimits

HOSTS = ("localhost", "127.0.0.1", "[::1]", "Film.example")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    @app.post("/")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.get("/own")
    async def own() -> Any:
        return problems.problem(400, "x", "x", headers={"Cache-Control": "public"})

    app.add_middleware(RequestLimits, hosts=HOSTS, max_body_bytes=1000)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("film.example:443", 200),
        ("[::1]", 200),
        ("[::1]:8000", 200),
        ("", 400),
        (":8000", 400),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("evil.example@localhost", 400),
        ("[::2]:80", 400),
        ("::1", 400),
    ],
)
async def test_hosts(client: httpx.AsyncClient, host: str, status: int) -> None:
    answer = await client.get("/", headers={"Host": host})
    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "unknown_host"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://localhost:3000", 200),
        ("https://film.example", 200),
        ("http://[::1]:8000", 200),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
        ("", 403),
        ("http://[", 403),
    ],
)
async def test_origins(client: httpx.AsyncClient, origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"Origin": origin}
    answer = await client.post("/", headers=headers)
    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "foreign_origin"
    assert (await client.get("/", headers=headers)).status_code == 200, "reading tells other pages nothing"


async def test_bodies_up_to_the_limit(client: httpx.AsyncClient) -> None:
    async def chunks(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 100):
            yield b"x" * 100

    assert (await client.post("/", content=b"x" * 1000)).json() == 1000
    assert (await client.post("/", content=chunks(1000))).json() == 1000
    for content in (b"x" * 1001, chunks(1100)):
        answer = await client.post("/", content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert answer.headers["connection"] == "close"


async def test_every_answer_is_guarded_unless_it_says_otherwise(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (await client.get("/own")).headers["cache-control"] == "public"
