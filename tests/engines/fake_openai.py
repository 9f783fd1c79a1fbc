"""A fake of an OpenAI-compatible server: real HTTP on 127.0.0.1, the shapes of the real ones, and their misbehaviour.

As a program it prints its address and serves until it is stopped: `python fake_openai.py [KEY]`.
"""

import asyncio
import base64
import io
import json
import math
import re
import struct
import sys
import wave
import zlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jsonschema
from aiohttp import web

Fault = Callable[[web.Request], Awaitable[web.StreamResponse]]
BODY = web.RequestKey("body", dict[str, Any])
CLIP = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"


@dataclass
class Asked:
    """One request: `body` is its JSON, or the fields of its form."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class FakeOpenAI:
    """What the server was asked, and how it behaves.

    `faults` answer the next POSTs, one each. `write` turns a chat request into the model's text. `refuses` are fields
    that are answered 400. `answers_by_url` says how pictures come, `edits` whether any are taken. `steps` is how often
    a video job is looked at until it is done; `sick_looks` of these fail first.
    """

    url: str = ""
    key: str = ""
    asked: list[Asked] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    refuses: set[str] = field(default_factory=set)
    forms: tuple[str, ...] = ("json_schema", "json_object")
    write: Callable[[dict[str, Any]], str] | None = None
    finish_reason: str = "stop"
    answers_by_url: bool = False
    edits: bool = True
    formats: tuple[str, ...] = ("wav", "mp3")
    steps: int = 1
    sick_looks: int = 0
    video_status: str = "completed"
    clip: bytes = CLIP
    videos: dict[str, int] = field(default_factory=dict)
    models: tuple[str, ...] = ("nomic-embed-text", "tiny-chat")

    def posts(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.method == "POST" and one.path.endswith(path)]


@asynccontextmanager
async def fake_openai(**how: Any) -> AsyncIterator[FakeOpenAI]:
    """A running server."""
    fake = FakeOpenAI(**how)
    app = web.Application(client_max_size=2**26, middlewares=[_middleware(fake)])
    handlers = _Handlers(fake)
    app.add_routes(
        [
            web.get("/v1/models", handlers.models),
            web.post("/v1/chat/completions", handlers.chat),
            web.post("/v1/images/{way:generations|edits}", handlers.image),
            web.get("/picture.png", handlers.picture),
            web.post("/v1/audio/speech", handlers.speech),
            web.post("/v1/videos", handlers.submit),
            web.get("/v1/videos/{id}", handlers.video),
            web.get("/v1/videos/{id}/content", handlers.content),
            web.delete("/v1/videos/{id}", handlers.delete),
        ]
    )
    runner = web.AppRunner(app, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()


def refused(status: int, message: str, code: str | None = None, **headers: str) -> web.Response:
    """An error as the API has them."""
    error = {"error": {"message": message, "type": "invalid_request_error", "code": code}}
    return web.json_response(error, status=status, headers={name.replace("_", "-"): at for name, at in headers.items()})


def fault(status: int, message: str = "no", **headers: str) -> Fault:
    """A fault that answers with an error."""

    async def answer(_request: web.Request) -> web.Response:
        return refused(status, message, **headers)

    return answer


def _middleware(fake: FakeOpenAI) -> Any:
    @web.middleware
    async def watch(request: web.Request, handler: Any) -> web.StreamResponse:
        body: dict[str, Any] = {}
        if request.content_type == "application/json" and request.can_read_body:
            body = await request.json()
        elif request.content_type == "multipart/form-data":
            body = {
                name: at.filename if isinstance(at, web.FileField) else at
                for name, at in (await request.post()).items()
            }
        fake.asked.append(Asked(request.method, request.path, dict(request.headers), body))
        request[BODY] = body
        if fake.key and request.headers.get("Authorization") != f"Bearer {fake.key}" and request.path != "/picture.png":
            return refused(
                401, f"Incorrect API key provided: {request.headers.get('Authorization')}", "invalid_api_key"
            )
        if request.method == "POST" and fake.faults:
            return await fake.faults.popleft()(request)
        for name in sorted(fake.refuses & body.keys()):
            return refused(400, f"Unsupported parameter: '{name}'")
        return await handler(request)

    return watch


class _Handlers:
    def __init__(self, fake: FakeOpenAI) -> None:
        self._fake = fake

    async def models(self, _request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": name} for name in self._fake.models]})

    async def chat(self, request: web.Request) -> web.Response:
        body = request[BODY]
        form = body.get("response_format", {})
        if form and form["type"] not in self._fake.forms:
            return refused(400, "response_format of this type is unavailable now")
        text = (self._fake.write or good_answer)(body)
        if form.get("type") == "json_schema" and self._fake.write is None:
            jsonschema.validate(json.loads(text), form["json_schema"]["schema"])  # as servers enforce it
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": text},
            "finish_reason": self._fake.finish_reason,
        }
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        return web.json_response({"object": "chat.completion", "choices": [choice], "usage": usage})

    async def image(self, request: web.Request) -> web.Response:
        body = request[BODY]
        if request.path.endswith("edits") and not self._fake.edits:
            raise web.HTTPNotFound
        if self._fake.answers_by_url and body.get("response_format") != "b64_json":
            return web.json_response({"created": 1, "data": [{"url": f"{self._fake.url}/picture.png"}]})
        width, height = map(int, body.get("size", "1024x1024").split("x"))
        picture = png(width, height, zlib.crc32(f"{body['prompt']}/{body.get('seed')}/{request.path}".encode()))
        return web.json_response({"created": 1, "data": [{"b64_json": base64.b64encode(picture).decode()}]})

    async def picture(self, _request: web.Request) -> web.Response:
        return web.Response(body=png(64, 64, 5), content_type="image/png")

    async def speech(self, request: web.Request) -> web.Response:
        body = request[BODY]
        if body["response_format"] not in self._fake.formats:
            return refused(400, "Unsupported response format")
        if body["response_format"] == "mp3":
            return web.Response(body=b"ID3\x04" + bytes(400), content_type="audio/mpeg")
        return web.Response(body=wav(0.06 * len(body["input"]) / body["speed"] + 0.3), content_type="audio/wav")

    async def submit(self, request: web.Request) -> web.Response:
        id_ = f"video_{len(self._fake.videos) + 1}"
        self._fake.videos[id_] = 0
        return web.json_response({"id": id_, "object": "video", "status": "queued", "progress": 0})

    async def video(self, request: web.Request) -> web.Response:
        id_ = request.match_info["id"]
        if id_ not in self._fake.videos:
            return refused(404, "no such video")
        if self._fake.sick_looks:
            self._fake.sick_looks -= 1
            return refused(503, "away")
        self._fake.videos[id_] += 1
        done = self._fake.videos[id_] >= self._fake.steps
        state: dict[str, Any] = {
            "id": id_,
            "status": self._fake.video_status if done else "in_progress",
            "progress": 40,
        }
        if done and self._fake.video_status == "failed":
            state["error"] = {"code": "bad", "message": "the model fell over"}
        return web.json_response(state)

    async def content(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._fake.clip, content_type="video/mp4")

    async def delete(self, request: web.Request) -> web.Response:
        self._fake.videos.pop(request.match_info["id"], None)
        return web.json_response({"deleted": True})


SCENE: dict[str, Any] = {
    "setting": "meadow",
    "time": "noon",
    "weather": "clear",
    "season": "",
    "mood": "calm",
    "framing": "wide",
    "camera": "push_in",
    "subjects": [
        {"character": "Mia", "pose": "walk", "expression": "happy", "facing": "right", "holds": "", "toward": ""}
    ],
    "props": ["tree"],
    "crowd": "",
    "speaker": "",
}
MIA = {"name": "Mia", "kind": "girl", "sex": "female", "looks": "little, red coat", "aliases": ["the girl"]}


def sentences(body: dict[str, Any]) -> dict[int, str]:
    """The numbered sentences of a question."""
    _, _, listed = body["messages"][1]["content"].partition("The sentences:\n")
    return {int(number): text for number, text in re.findall(r"^(\d+)\. (.*)$", listed, re.M)}


def good_answer(body: dict[str, Any]) -> str:
    """What a good model writes: a shot for each sentence; or the scene as it was, at night if that is asked for."""
    question = body["messages"][1]["content"]
    numbered = sentences(body)
    if not numbered:
        before = json.loads(re.findall(r"^The shot as it was: (.*)$", question, re.M)[0])
        time = "night" if "night" in question.partition("The new description:")[2] else before["time"]
        return json.dumps(SCENE | {"setting": before["setting"], "time": time})
    known = "Mia: girl" in question
    shots = [
        {
            "first_sentence": number,
            "prompt": f"Mia 走着：{text}",
            "prompt_en": f"Mia walks: {number}",
            "transition": "cut",
            "scene": SCENE,
        }
        for number, text in numbered.items()
    ]
    return json.dumps({"characters": [] if known else [MIA], "shots": shots}, ensure_ascii=False)


def png(width: int, height: int, seed: int) -> bytes:
    """A picture of one colour."""
    row = b"\x00" + bytes((seed & 255, seed >> 8 & 255, seed >> 16 & 255)) * width
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * height, 1)),
    )
    written = b"\x89PNG\r\n\x1a\n"
    for name, content in (*chunks, (b"IEND", b"")):
        written += struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return written


def wav(seconds: float) -> bytes:
    """A tone."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(24_000)
        count = int(seconds * 24_000)
        sound.writeframes(struct.pack(f"<{count}h", *(int(6000 * math.sin(at * 0.06)) for at in range(count))))
    return out.getvalue()


async def _serve(*key: str) -> None:
    async with fake_openai(key="".join(key)) as fake:
        print(fake.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
