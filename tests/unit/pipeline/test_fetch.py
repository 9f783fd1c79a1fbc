import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from addresses import HOSTILE, NAMES, Names
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from storyreel.errors import FetchError, InvalidInputError
from storyreel.pipeline.fetch import Fetcher, _redirected, is_public, sniff

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
IMAGES = ("image/png", "image/jpeg", "image/webp")
KIB = 1024


@pytest.fixture
async def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Where a socket was about to be connected to; nothing leaves the machine."""
    tried: list[Any] = []

    async def refuse(sock: socket.socket, address: Any) -> None:
        tried.append(address[0])
        raise ConnectionRefusedError("not in a test")

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", refuse)
    return tried


@pytest.fixture
async def site() -> AsyncIterator[Callable[..., Awaitable[TestServer]]]:
    """Starts web servers on 127.0.0.1 from their routes."""
    servers: list[TestServer] = []

    async def start(**routes: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> TestServer:
        app = web.Application()
        for name, handler in routes.items():
            app.router.add_get(f"/{name}", handler)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server()
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.close()


def _allowing(*servers: TestServer, **settings: Any) -> Fetcher:
    return Fetcher(frozenset(f"127.0.0.1:{server.port}" for server in servers), **settings)


def _answer(body: bytes = PNG, **settings: Any) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body, **settings)

    return handler


def _redirect(location: str, status: int = 302) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": location})

    return handler


async def _fails(fetcher: Fetcher, url: object, into: Path, **settings: Any) -> FetchError:
    options: dict[str, Any] = {"max_bytes": 100 * KIB, "media_types": IMAGES, **settings}
    with pytest.raises(FetchError) as failure:
        await fetcher.fetch(str(url), into, **options)
    assert not into.exists()
    return failure.value


# What is fetched


async def test_an_allowed_host_is_fetched_and_the_bytes_name_the_type(site: Any, tmp_path: Path) -> None:
    server = await site(picture=_answer(content_type="text/html"))
    into = tmp_path / "picture"
    media_type = await _allowing(server).fetch(
        str(server.make_url("/picture?x=a@b#part")), into, max_bytes=len(PNG), media_types=IMAGES
    )
    assert media_type == "image/png"
    assert into.read_bytes() == PNG


async def test_a_large_file_arrives_whole(site: Any, tmp_path: Path) -> None:
    body = PNG + bytes(3_000_000)
    server = await site(picture=_answer(body))
    into = tmp_path / "picture"
    await _allowing(server).fetch(
        str(server.make_url("/picture")), into, max_bytes=len(body), media_types=["image/png"]
    )
    assert into.read_bytes() == body


async def test_nothing_of_ours_is_sent(site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[web.Request] = []

    async def first(request: web.Request) -> web.Response:
        seen.append(request)
        response = web.Response(status=302, headers={"Location": "/second"})
        response.set_cookie("tracking", "1")
        return response

    async def second(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(body=PNG)

    server = await site(first=first, second=second)
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    await _allowing(server).fetch(
        str(server.make_url("/first")), tmp_path / "picture", max_bytes=KIB, media_types=IMAGES
    )
    assert [request.path for request in seen] == ["/first", "/second"]
    for request in seen:
        assert set(request.headers) == {"Host", "Connection", "Accept", "Accept-Encoding", "User-Agent"}
        assert request.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(site: Any, tmp_path: Path, status: int) -> None:
    there = await site(picture=_answer(JPEG))
    here = await site(start=_redirect(str(there.make_url("/picture")), status))
    fetcher = _allowing(here, there)
    url = str(here.make_url("/start"))
    assert await fetcher.fetch(url, tmp_path / "p", max_bytes=KIB, media_types=IMAGES) == "image/jpeg"


async def test_three_redirects_are_followed_and_not_four(site: Any, tmp_path: Path) -> None:
    server = await site(
        a=_redirect("/b"), b=_redirect("c"), c=_redirect("./d"), d=_redirect("?once=more"), picture=_answer()
    )
    routes = {"a": _redirect("/b"), "b": _redirect("c"), "c": _redirect("./picture"), "picture": _answer()}
    short = await site(**routes)
    fetcher = _allowing(server, short)
    await fetcher.fetch(str(short.make_url("/a")), tmp_path / "p", max_bytes=KIB, media_types=IMAGES)
    error = await _fails(fetcher, server.make_url("/a"), tmp_path / "q")
    assert error.code == "fetch_failed"
    assert "more than 3" in error.message


# What is refused before anything is sent


@pytest.mark.parametrize("url", HOSTILE, ids=ascii)
async def test_hostile_addresses_are_refused_before_a_connection(
    url: str, connections: list[Any], tmp_path: Path
) -> None:
    error = await _fails(Fetcher(resolver=Names(**NAMES)), url, tmp_path / "x")
    assert error.code == "fetch_refused"
    assert not error.retryable
    assert connections == []


@pytest.mark.parametrize(
    "url", ["http://8.8.8.8/", "https://public.example/", "http://[2606:4700::1]:8080/", "http://[64:ff9b::8.8.8.8]/"]
)
async def test_public_addresses_are_connected_to(url: str, connections: list[Any], tmp_path: Path) -> None:
    error = await _fails(Fetcher(resolver=Names(**NAMES)), url, tmp_path / "x")
    assert error.code == "fetch_failed"
    assert error.retryable
    assert len(connections) == 1


@pytest.mark.parametrize("url", ["http://localhost/", "http://0x7f.1/", "http://127.0.0.1/"])
async def test_the_operating_system_s_answers_are_judged_too(url: str, connections: list[Any], tmp_path: Path) -> None:
    assert (await _fails(Fetcher(), url, tmp_path / "x")).code == "fetch_refused"
    assert connections == []


async def test_of_several_addresses_only_public_ones_are_tried(connections: list[Any], tmp_path: Path) -> None:
    names = Names(mixed_example=["10.0.0.1", "8.8.8.8", "127.0.0.1"])
    await _fails(Fetcher(resolver=names), "http://mixed.example/", tmp_path / "x")
    assert set(connections) == {"8.8.8.8"}


async def test_a_name_that_changes_its_address_is_judged_by_the_address_in_use(
    connections: list[Any], tmp_path: Path
) -> None:
    names = Names(rebinding_example=["8.8.8.8"])
    fetcher = Fetcher(resolver=names)
    assert (await _fails(fetcher, "http://rebinding.example/", tmp_path / "x")).code == "fetch_failed"
    names.addresses["rebinding.example"] = ["127.0.0.1"]
    assert (await _fails(fetcher, "http://rebinding.example/", tmp_path / "x")).code == "fetch_refused"
    assert connections == ["8.8.8.8"]


@pytest.mark.parametrize(
    ("allowed", "url", "tried"),
    [
        ("studio.lan", "http://studio.lan/", True),
        ("Studio.LAN.", "http://STUDIO.lan:8080/", True),
        ("studio.lan", "http://studio.lan:9000/", False),
        ("studio.lan:9000", "http://studio.lan:9000/", True),
        ("studio.lan:9000", "http://studio.lan/", False),
        ("studio.lan:80", "http://studio.lan/", True),
        ("studio.lan", "http://other.studio.lan/", False),
        ("studio.lan", "http://10.0.0.7/", False),
        ("10.0.0.7", "http://10.0.0.7/", True),
        ("[fd00::7]:8188", "http://[fd00:0::7]:8188/", True),
        ("[fd00::7]", "http://[fd00::8]/", False),
    ],
)
async def test_hosts_are_allowed_exactly(
    allowed: str, url: str, tried: bool, connections: list[Any], tmp_path: Path
) -> None:
    names = Names(studio_lan=["10.0.0.7"], STUDIO_lan=["10.0.0.7"], other_studio_lan=["10.0.0.8"])
    fetcher = Fetcher(frozenset({allowed}), resolver=names)
    error = await _fails(fetcher, url, tmp_path / "x")
    assert error.code == ("fetch_failed" if tried else "fetch_refused")
    assert bool(connections) is tried


@pytest.mark.parametrize("entry", ["", "http://host", "host/path", "a b", "u:p@host", "host?x", "host:99999", "[::1"])
def test_a_wrong_entry_in_the_allowed_hosts_is_an_error(entry: str) -> None:
    with pytest.raises(InvalidInputError, match="neither a host"):
        Fetcher(frozenset({entry}))


# Redirects


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "//[::1]/",
        "file:///etc/passwd",
        "http://user@127.0.0.1/",
        "http://127.0.0.1:22/",
        "http://[::1",
    ],
)
async def test_redirects_are_judged_like_addresses(site: Any, tmp_path: Path, location: str) -> None:
    server = await site(start=_redirect(location))
    fetcher = _allowing(server, resolver=Names(**NAMES))
    error = await _fails(fetcher, server.make_url("/start"), tmp_path / "x")
    assert error.code == "fetch_refused"


async def test_a_redirect_to_another_port_of_an_allowed_host_sends_nothing(site: Any, tmp_path: Path) -> None:
    hits: list[str] = []

    async def inside(request: web.Request) -> web.Response:
        hits.append(request.path)
        return web.Response(body=PNG)

    secret = await site(picture=inside)
    server = await site(start=_redirect(str(secret.make_url("/picture"))))
    error = await _fails(_allowing(server), server.make_url("/start"), tmp_path / "x")
    assert error.code == "fetch_refused"
    assert hits == []


def test_redirects_never_give_encryption_up() -> None:
    here = URL("https://public.example/a")
    assert str(_redirected(here, "/b")) == "https://public.example/b"
    assert str(_redirected(URL("http://public.example/a"), "https://public.example/b")) == "https://public.example/b"
    with pytest.raises(FetchError, match="from https to http"):
        _redirected(here, "http://public.example/b")


async def test_a_redirect_without_an_address_fails(site: Any, tmp_path: Path) -> None:
    server = await site(start=_redirect(""))
    assert (await _fails(_allowing(server), server.make_url("/start"), tmp_path / "x")).code == "fetch_failed"


@pytest.mark.parametrize(
    ("origin", "tried"),
    [
        ("http://public.example", True),
        ("http://public.example:80/path", True),
        ("HTTP://Public.Example.", True),
        ("https://public.example", False),
        ("http://public.example:8080", False),
        ("http://example", False),
    ],
)
async def test_only_the_origin_may_be_fetched(origin: str, tried: bool, connections: list[Any], tmp_path: Path) -> None:
    error = await _fails(Fetcher(resolver=Names(**NAMES)), "http://public.example/x", tmp_path / "x", origin=origin)
    assert error.code == ("fetch_failed" if tried else "fetch_refused")
    assert bool(connections) is tried


async def test_redirects_stay_on_the_origin(site: Any, tmp_path: Path) -> None:
    other = await site(picture=_answer())
    server = await site(away=_redirect(str(other.make_url("/picture"))), home=_redirect("/picture"), picture=_answer())
    fetcher = _allowing(server, other)
    origin = str(server.make_url("/"))
    await fetcher.fetch(str(server.make_url("/home")), tmp_path / "p", max_bytes=KIB, media_types=IMAGES, origin=origin)
    error = await _fails(fetcher, server.make_url("/away"), tmp_path / "x", origin=origin)
    assert error.code == "fetch_refused"


# What comes back


async def test_a_declared_size_over_the_limit_is_refused_before_it_comes(site: Any, tmp_path: Path) -> None:
    over = asyncio.Event()

    async def promising(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1001"})
        await response.prepare(request)
        await over.wait()
        return response

    server = await site(picture=promising)
    error = await _fails(_allowing(server), server.make_url("/picture"), tmp_path / "x", max_bytes=1000)
    over.set()
    assert error.code == "fetch_too_large"


async def test_an_undeclared_size_is_counted(site: Any, tmp_path: Path) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(PNG)
        while sent < 200_000_000:
            await response.write(bytes(65536))
            sent += 65536
        return response

    server = await site(picture=endless)
    error = await _fails(_allowing(server), server.make_url("/picture"), tmp_path / "x", max_bytes=1_000_000)
    assert error.code == "fetch_too_large"
    assert sent < 50_000_000


@pytest.mark.parametrize(
    "body",
    [b"", b"\x89PN", b"<html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"#EXTM3U\n", b"ffconcat version 1.0\n"],
)
async def test_other_types_are_refused_whatever_the_server_says(site: Any, tmp_path: Path, body: bytes) -> None:
    server = await site(picture=_answer(body, content_type="image/png"))
    assert (await _fails(_allowing(server), server.make_url("/picture"), tmp_path / "x")).code == "fetch_wrong_type"


async def test_a_type_that_was_not_asked_for_is_refused(site: Any, tmp_path: Path) -> None:
    server = await site(picture=_answer())
    error = await _fails(_allowing(server), server.make_url("/picture"), tmp_path / "x", media_types=["video/mp4"])
    assert error.code == "fetch_wrong_type"
    assert "image/png, not video/mp4" in error.message


async def test_compressed_answers_are_not_unpacked(site: Any, tmp_path: Path) -> None:
    bomb = gzip.compress(PNG + bytes(5_000_000))
    server = await site(picture=_answer(bomb, headers={"Content-Encoding": "gzip"}))
    assert (await _fails(_allowing(server), server.make_url("/picture"), tmp_path / "x")).code == "fetch_wrong_type"


@pytest.mark.parametrize(("status", "retryable"), [(204, False), (404, False), (403, False), (429, True), (503, True)])
async def test_other_statuses_fail(site: Any, tmp_path: Path, status: int, retryable: bool) -> None:
    server = await site(picture=_answer(PNG if status != 204 else b"", status=status))
    error = await _fails(_allowing(server), server.make_url("/picture"), tmp_path / "x")
    assert (error.code, error.retryable) == ("fetch_failed", retryable)
    assert str(status) in error.message


async def test_a_connection_that_breaks_off_fails_and_leaves_nothing(site: Any, tmp_path: Path) -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "90000"})
        await response.prepare(request)
        await response.write(PNG)
        assert request.transport is not None
        request.transport.close()
        return response

    server = await site(picture=broken)
    error = await _fails(_allowing(server), server.make_url("/picture"), tmp_path / "x")
    assert (error.code, error.retryable) == ("fetch_failed", True)


@pytest.mark.parametrize("limit", ["idle_seconds", "total_seconds"])
async def test_a_server_that_falls_silent_times_out(site: Any, tmp_path: Path, limit: str) -> None:
    over = asyncio.Event()

    async def silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(PNG)
        await over.wait()
        return response

    server = await site(picture=silent)
    error = await _fails(_allowing(server, **{limit: 0.2}), server.make_url("/picture"), tmp_path / "x")
    over.set()
    assert (error.code, error.retryable) == ("fetch_timeout", True)


async def test_a_server_that_trickles_runs_into_the_total_time(site: Any, tmp_path: Path) -> None:
    over = asyncio.Event()

    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(PNG)
        while not over.is_set():
            await response.write(b"x")
            await asyncio.sleep(0.02)
        return response

    server = await site(picture=trickle)
    fetcher = _allowing(server, total_seconds=0.4, idle_seconds=10)
    error = await _fails(fetcher, server.make_url("/picture"), tmp_path / "x")
    over.set()
    assert error.code == "fetch_timeout"


async def test_cancelling_leaves_nothing(site: Any, tmp_path: Path) -> None:
    over = asyncio.Event()

    async def silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(PNG)
        await over.wait()
        return response

    server = await site(picture=silent)
    into = tmp_path / "x"
    fetching = asyncio.create_task(
        _allowing(server).fetch(str(server.make_url("/picture")), into, max_bytes=KIB, media_types=IMAGES)
    )
    while not into.exists():  # noqa: ASYNC110 - only the folder can tell
        await asyncio.sleep(0.01)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    over.set()
    assert not into.exists()


async def test_an_unknown_name_fails_plainly(tmp_path: Path) -> None:
    error = await _fails(Fetcher(resolver=Names()), "http://nowhere.example/", tmp_path / "x")
    assert (error.code, error.retryable) == ("fetch_failed", True)
    assert "no such host" in error.message


# The two judges on their own


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address", ["", "localhost", "8.8.8", "2606:4700::1111%eth0", "3fff::1", "5f00::1", "192.88.99.1"]
)
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\n\0\0\0WAVEfmt ", "audio/wav"),
        (b"GIF89a", "image/gif"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2", "video/mp4"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4"),
        (b"\0\0\0\x20ftypavif", None),
        (
            b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm",
            "video/webm",
        ),
        (b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska", None),
        (b"ID3\x04\0\0", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xfe<\0h\0", None),
        (b"OggS\0\2", "audio/ogg"),
        (b"fLaC\0\0", "audio/flac"),
        (b"MZ\x90\0", None),
        (b"", None),
    ],
)
def test_sniffing(head: bytes, media_type: str | None) -> None:
    assert sniff(head) == media_type
