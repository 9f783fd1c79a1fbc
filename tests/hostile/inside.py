"""Fetches hostile addresses on a machine that is all addresses of the internet at once: nothing may be asked.

    unshare --net --map-root-user python inside.py

Within a network namespace of its own every address leads to this process, which listens on the ports of the web and a
few others, and writes down which address it was that somebody connected to. Prints `{"asked": n, "inside": […]}`: how
many addresses were fetched and posted to, and connections to what is not public.
"""

import asyncio
import json
import socket
import subprocess
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from addresses import HOSTILE, NAMES, Names
from aiohttp.abc import ResolveResult

from storyreel.errors import FetchError
from storyreel.pipeline.fetch import Fetcher

PORTS = (80, 443, 8080, 8443, 22, 6379, 5432)
PUBLIC = "93.184.216.34"
OUTSIDE = {PUBLIC, *NAMES["public_example"]}
"""All that may be connected to: told here once more, not asked of what is tried."""
TO = "http://there.example/?to="
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
reached: list[str] = []


class Changing(Names):
    """Answers with a public address first, and with this machine's own from then on."""

    def __init__(self) -> None:
        super().__init__(**NAMES, there_example=[PUBLIC])
        self._asked: set[str] = set()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if host.endswith("rebinding.example"):
            self.addresses[host] = ["127.0.0.1"] if host in self._asked else [PUBLIC]
            self._asked.add(host)
        return await super().resolve(host, port, family)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A redirect to what `to` says, or a picture."""
    reached.append(writer.get_extra_info("sockname")[0].removeprefix("::ffff:"))
    with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        to = parse_qs(urlsplit(head.split()[1]).query).get("to", [""])[0]
        place = f"HTTP/1.1 302 Found\r\nLocation: {to}\r\n" if to else "HTTP/1.1 200 OK\r\n"
        body = b"" if to else PNG
        writer.write(
            f"{place}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode("utf-8", "replace") + body
        )
        await writer.drain()
    writer.close()


def be_everywhere() -> None:
    """Have every address lead to this process; those of IPv6 where there are any."""
    for words in ("link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"):
        subprocess.run(["ip", *words.split()], check="-6" not in words, capture_output=True)


async def main() -> None:
    with ExitStack() as stack:
        for port in PORTS:
            for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):  # noqa: S104 - all of them
                with suppress(OSError):
                    door = stack.enter_context(socket.create_server((address, port), family=family))
                    await asyncio.start_server(answer, sock=door)
        asked = await ask(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "file")
    print(
        json.dumps({"asked": asked, "outside": len(reached), "inside": [one for one in reached if one not in OUTSIDE]})
    )


async def ask(into: Path) -> int:
    """Fetch each address by itself and by way of a redirect, and post to it; how many were asked for."""
    redirected = [f"{TO}{quote(url, safe='', errors='replace')}" for url in HOSTILE]
    rebinding = [f"http://{n}.rebinding.example/?to=http://{n}.rebinding.example/" for n in range(5)]
    every = [*HOSTILE, *redirected, *rebinding, f"http://{PUBLIC}/"]
    fetched: list[str] = []
    for url in every:
        fetcher = Fetcher(resolver=Changing(), total_seconds=5)
        with suppress(FetchError):
            await fetcher.fetch(url, into, max_bytes=1000, media_types=["image/png"])
            fetched.append(url)
        with suppress(FetchError):
            await fetcher.post(url, b"{}", {})
    assert f"http://{PUBLIC}/" in fetched, "what is public can be had here"
    assert not set(fetched) & set(HOSTILE)
    return len(every)


be_everywhere()
asyncio.run(main())
