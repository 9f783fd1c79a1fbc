"""`storyreel doctor --server`: whether a server elsewhere is well, as a client of it can see."""

import email.utils
import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message
from typing import Any

import typer

from storyreel import __version__
from storyreel.cli.doctor import NEEDED_BYTES, Finding
from storyreel.cli.users import PASSWORD_VARIABLE
from storyreel.errors import StoryreelError

SECONDS = 15
CLOCKS_APART = 30
"""Seconds. Signed links and callbacks are judged by the clock."""
WAITED_LONG = 600
"""Seconds that the oldest task of a queue may have waited."""


class Refused(Exception):
    """The server did not answer as a Storyreel does; says how."""


def examine_server(url: str, user: str | None) -> Iterator[Finding]:
    """Every check's finding. Without a user, only what everybody may ask."""
    server = _Server(url.rstrip("/"))
    yield _tried("version", server.version, "is there a Storyreel at that address?")
    yield _tried("health", server.health, "look at the server's log, and at its database")
    yield _tried("clock", server.clock, "let both machines set their clocks by the network (NTP)")
    if user is None:
        yield Finding("queues, workers, disk, media", "not looked at", "add --user, the installation's owner", False)
        return
    server.sign_in(user, os.environ.get(PASSWORD_VARIABLE) or typer.prompt("Password", hide_input=True, err=True))
    try:
        yield _tried("queues", server.queues, "start workers for the types that wait, or more of them")
        yield _tried("workers", server.workers, "start `storyreel worker`, or `storyreel serve`")
        yield _tried("free space", server.free_space, "make room on the disk of the server's data folder")
        yield _tried("media", server.media, "a proxy in between must pass Range and the query on")
    finally:
        server.read("/api/auth/logout", {})


def _tried(name: str, check: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(name, check())
    except Refused as refusal:
        return Finding(name, str(refusal), remedy)


class _Server:
    """Asks a server; each check says what it saw, or raises Refused."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._token = ""

    def version(self) -> str:
        theirs = self.read("/api/openapi.json")["info"]["version"]
        if theirs != __version__:
            raise Refused(f"{theirs} there, {__version__} here")
        return theirs

    def health(self) -> str:
        self.read("/healthz")
        self.read("/readyz")
        return "it answers, and its database too"

    def clock(self) -> str:
        asked = time.time()
        _, headers, _ = self._ask("/healthz")
        told = email.utils.parsedate_to_datetime(headers["Date"]).timestamp() + 0.5  # it tells whole seconds
        apart = told - (asked + time.time()) / 2
        if abs(apart) > CLOCKS_APART:
            raise Refused(f"{apart:+.0f} s from ours")
        return f"{max(0.0, abs(apart) - 0.5):.0f} s from ours"

    def sign_in(self, user: str, password: str) -> None:
        """Raises StoryreelError when it is refused."""
        try:
            self._token = self.read("/api/auth/login", {"username": user, "password": password})["token"]
        except Refused as refusal:
            raise StoryreelError(f"The server lets {user} not in: {refusal}.", code="wrong_credentials") from refusal

    def queues(self) -> str:
        queues = self.read("/api/admin/queues")["items"]
        told = ", ".join(f"{one['type']} {one['waiting']}" for one in queues)
        oldest = max(queues, key=lambda one: one["oldest_seconds"])
        if oldest["oldest_seconds"] > WAITED_LONG:
            raise Refused(f"waiting: {told}; a task of {oldest['type']} for {oldest['oldest_seconds'] / 60:.0f} min")
        return f"waiting: {told}"

    def workers(self) -> str:
        workers = self.read("/api/admin/workers")["items"]
        alive = [one for one in workers if one["alive"]]
        at_work = sum(len(one["tasks"]) for one in workers)
        told = f"{len(alive)} alive, {len(workers) - len(alive)} gone, {at_work} tasks begun"
        if not alive:
            raise Refused(told)
        return told

    def free_space(self) -> str:
        free = self.read("/api/admin/queues")["free_bytes"]
        if free < NEEDED_BYTES:
            raise Refused(f"only {free / 1e9:.1f} GB, of which a film may need 1")
        return f"{free / 1e9:.0f} GB"

    def media(self) -> str:
        listed = self.read("/api/projects?page_size=50")["items"]
        link = next((one["cover_url"] for one in listed if one["cover_url"]), None)
        if link is None:
            return "there is none yet to try"
        status, headers, body = self._ask(link, headers={"Range": "bytes=0-9"})
        if status != 206 or len(body) != 10:
            raise Refused(f"asked for 10 bytes of a file: status {status}, {len(body)} bytes")
        return f"a part of a file comes alone ({headers['Content-Range']})"

    def read(self, path: str, body: Any = None) -> Any:
        """The JSON of an answer that is 200."""
        status, _, answer = self._ask(path, body)
        if status != 200:
            raise Refused(f"{path} answers with status {status}")
        try:
            return json.loads(answer)
        except ValueError as error:
            raise Refused(f"{path} answers with no JSON") from error

    def _ask(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Message, bytes]:
        url = path if path.startswith(("http://", "https://")) else self._url + path
        request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers or {})  # noqa: S310 - http(s), checked by the command
        request.add_header("Content-Type", "application/json")
        if url.startswith(f"{self._url}/") and self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - likewise
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()
        except (OSError, http.client.HTTPException) as error:
            raise Refused(f"no answer: {getattr(error, 'reason', error)}") from error
