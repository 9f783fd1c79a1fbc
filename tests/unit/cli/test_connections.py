import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from storyreel.cli import connections
from storyreel.cli.serve import listening, web_server
from storyreel.cli.stopping import StopRequest

HELLO = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PATIENCE = 30
ESTABLISHED = 1
"""How the system tells that neither side has ended a connection."""
Connect = Callable[..., socket.socket]


async def hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def sized(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def endless(_: Request) -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield bytes(65536)
            await asyncio.sleep(0)  # so that it can be cancelled

    return StreamingResponse(pieces())


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Opens connections to a server that has little patience, and sends what it is given."""
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "TAKING_SECONDS"):
        monkeypatch.setattr(connections, name, 1.0)
    app = Starlette(routes=[Route("/", hello), Route("/", sized, methods=["POST"]), Route("/endless", endless)])
    stop = StopRequest()
    with ExitStack() as stack:
        door = stack.enter_context(listening("127.0.0.1", 0))
        server = web_server(app, stop)  # pyright: ignore[reportArgumentType] - any application will do
        serving = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        serving.start()

        def opened(sent: bytes = b"") -> socket.socket:
            line = stack.enter_context(socket.create_connection(door.getsockname(), timeout=PATIENCE))
            line.sendall(sent)
            return line

        yield opened
        server.should_exit = True
        stack.close()
        serving.join(PATIENCE)
        assert not serving.is_alive()


def answer(line: socket.socket) -> bytes:
    """All that comes until the server ends the connection; no system keeps 64 MiB of it."""
    got = bytearray()
    with suppress(ConnectionResetError):
        while len(got) < 1 << 26 and (piece := line.recv(1 << 20)):
            got += piece
    assert len(got) < 1 << 26, "it goes on"
    return bytes(got)


def answered(line: socket.socket) -> bool:
    line.sendall(HELLO)
    return line.recv(65536).endswith(b"hello")


def received(line: socket.socket) -> bytes | None:
    """What came; None for nothing yet."""
    line.settimeout(0.05)
    try:
        return line.recv(65536)
    except TimeoutError:
        return None


SLOW = {
    "nothing": b"",
    "a line": b"GET /",
    "a head": b"GET / HTTP/1.1\r\nHost: x\r\nX-",
    "a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nfew",
    "a second request": HELLO + b"GET /",
}


def test_who_keeps_the_server_waiting_is_cut_off(connect: Connect) -> None:
    """Also when a byte comes now and then."""
    slow = {what: connect(sent) for what, sent in SLOW.items()}
    quiet, idle = connect(SLOW["a head"]), connect(HELLO)
    end = time.monotonic() + PATIENCE
    while slow:
        assert time.monotonic() < end, slow.keys()
        for what, line in list(slow.items()):
            with suppress(ConnectionResetError, BrokenPipeError):
                if received(line) != b"":
                    line.sendall(b"x" if SLOW[what] else b"")
                    continue
            del slow[what]
    told = answer(quiet)
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in told
    assert b"request_too_slow" in told
    assert answer(idle).endswith(b"hello"), "that might be taken for the answer to what comes next"
    assert answered(connect())


def test_who_takes_nothing_is_cut_off(connect: Connect) -> None:
    line = connect(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
    end = time.monotonic() + PATIENCE
    while line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == ESTABLISHED:
        assert time.monotonic() < end
        time.sleep(0.1)
    answer(line)


def test_who_takes_and_sends_steadily_is_served(connect: Connect) -> None:
    taking = connect(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
    sending = connect(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n")
    for _ in range(20):
        sending.sendall(bytes(10_000))
        assert taking.recv(1 << 20)
        time.sleep(0.08)
    assert sending.recv(65536).endswith(b"200000")


def test_a_head_without_end_is_refused(connect: Connect) -> None:
    line = connect(b"GET / HTTP/1.1\r\nHost: x\r\n")
    got = b""
    try:
        for _ in range(100):
            line.sendall(b"X: " + b"y" * 65_000 + b"\r\n")
        got = answer(line)
    except (BrokenPipeError, ConnectionResetError):
        pass
    assert not got or got.startswith(b"HTTP/1.1 431 ")
    assert answered(connect())


def test_a_head_that_is_long_is_told_so(connect: Connect) -> None:
    got = answer(connect(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 66_000))
    assert got.startswith(b"HTTP/1.1 431 ")
    assert b"head_too_large" in got


def test_of_too_many_the_slowest_goes(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 3)
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "TAKING_SECONDS"):
        monkeypatch.setattr(connections, name, 60.0)
    first, busy = connect(), connect(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
    assert busy.recv(10)
    others = [connect(), connect()]
    assert all(map(answered, others))
    assert answer(first) == b""
    assert busy.recv(10)
