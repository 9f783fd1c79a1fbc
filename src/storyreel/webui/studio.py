"""Serves the built studio: its files as they are, its page for every other path that is nobody else's."""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
OTHERS = ("/api", "/docs")
"""What is not there under these paths is not there: it is no page of the studio."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ASSET_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Storyreel</title>
<h1>The studio is not built yet</h1>
<p>The API works: try it at <a href="/docs">/docs</a>. To have the studio here, run <code>make web</code>
in the source folder, or install Storyreel from a wheel, and load this page again.</p></html>"""
_COMPRESSED = ("text/", "application/json", "image/svg+xml")


def install(app: FastAPI, folder: Path = STATIC) -> None:
    """Answer with the studio whatever no route of the application answers.

    Args:
        folder: what `make web` made; looked into at each request, so that a build needs no restart.
    """
    missing = app.router.default
    studio = _Studio(folder)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        theirs = scope["type"] != "http" or scope["method"] not in ("GET", "HEAD")
        if theirs or any(path == other or path.startswith(f"{other}/") for other in OTHERS):
            await missing(scope, receive, send)
            return
        response = studio.answer(path, Headers(scope=scope))
        await (response(scope, receive, send) if response else missing(scope, receive, send))

    app.router.default = answer


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    compressed: bytes | None
    media_type: str


class _Studio:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def answer(self, path: str, asked: Headers) -> Response | None:
        """The file at this path; None for a file that is not there, the page for a path that names no file."""
        name = path.lstrip("/")
        file = self._folder / name
        if _is_file(file, self._folder) and file.name != "index.html":
            headers = ASSET_HEADERS if name.startswith("assets/") else {"Cache-Control": "no-cache"}
            return _respond(file, headers, asked)
        if "." in name.rpartition("/")[2]:
            return None
        page = self._folder / "index.html"
        if not page.is_file():
            return HTMLResponse(NOT_BUILT, headers=PAGE_HEADERS)
        return _respond(page, PAGE_HEADERS, asked)


def _is_file(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError):  # longer than names may be, or with a NUL
        return False


def _respond(path: Path, headers: dict[str, str], asked: Headers) -> Response:
    file = _read(path, path.stat().st_mtime_ns)
    if file.compressed is not None and "gzip" in asked.get("accept-encoding", ""):
        encoding = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(file.compressed, media_type=file.media_type, headers=headers | encoding)
    return Response(file.body, media_type=file.media_type, headers=headers)


@lru_cache(maxsize=200)
def _read(path: Path, _changed: int) -> _File:
    """The few hundred kilobytes of the studio stay in memory, compressed once."""
    body = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compress = media_type.startswith(_COMPRESSED)
    return _File(body, gzip.compress(body, 9, mtime=0) if compress else None, media_type)
