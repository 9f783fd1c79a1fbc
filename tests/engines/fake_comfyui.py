"""A fake of ComfyUI: real HTTP and WebSocket on 127.0.0.1, with the exchanges that its server documents.

It validates a workflow as ComfyUI does (known nodes, required inputs, files that are there), keeps a queue that one
worker takes from, a history, and tells its clients how their jobs get on; what comes out follows from what went in.
"""

import asyncio
import contextlib
import json
import zlib
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from fake_openai import CLIP, png, wav

REQUIRED = {
    "CheckpointLoaderSimple": ("ckpt_name",),
    "CLIPTextEncode": ("text", "clip"),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "KSampler": ("model", "seed", "steps", "positive", "negative", "latent_image"),
    "VAEDecode": ("samples", "vae"),
    "SaveImage": ("images", "filename_prefix"),
    "LoadImage": ("image",),
    "PreviewImage": ("images",),
    "IPAdapterUnifiedLoader": ("model", "preset"),
    "IPAdapter": ("model", "ipadapter", "image", "weight"),
    "ImageOnlyCheckpointLoader": ("ckpt_name",),
    "VideoLinearCFGGuidance": ("model", "min_cfg"),
    "CreateVideo": ("images", "fps"),
    "SVD_img2vid_Conditioning": ("init_image", "width", "height", "video_frames", "fps"),
    "SaveVideo": ("video", "filename_prefix"),
    "FakeTTS": ("text", "speaker", "speed"),
    "SaveAudio": ("audio", "filename_prefix"),
}
SAVES = ("SaveImage", "PreviewImage", "SaveVideo", "SaveAudio")


@dataclass
class Job:
    number: int
    id: str
    nodes: dict[str, Any]
    client: str
    stopped: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class FakeComfyUI:
    """What the server has, and how it behaves.

    `seconds` is how long the sampler takes, and `held` lets it not end. `clip` is what videos are. `fails_with` is what
    it says when it fails. `full` answers 429 to submissions. `loses_output` names files that are not there. `old`
    chooses ids itself, as before 2025. `silent` refuses the WebSocket.
    """

    url: str = ""
    seconds: float = 0.0
    held: bool = False
    clip: bytes = CLIP
    fails_with: str = ""
    full: bool = False
    loses_output: bool = False
    old: bool = False
    silent: bool = False
    uploads: dict[str, bytes] = field(default_factory=dict)
    submitted: list[Job] = field(default_factory=list)
    running: Job | None = None
    pending: deque[Job] = field(default_factory=deque)
    history: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    sockets: dict[str, web.WebSocketResponse] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    come: asyncio.Event = field(default_factory=asyncio.Event)

    def forget(self) -> None:
        """As a restart does."""
        self.history.clear()
        self.pending.clear()
        if self.running:
            self.running.stopped.set()
            self.running = None


@asynccontextmanager
async def fake_comfyui(port: int = 0, **how: Any) -> AsyncIterator[FakeComfyUI]:
    """A running server."""
    fake = FakeComfyUI(**how)
    handlers = _Handlers(fake)
    app = web.Application(client_max_size=2**26)
    app.add_routes(
        [
            web.get("/ws", handlers.socket),
            web.post("/prompt", handlers.submit),
            web.get("/queue", handlers.queue),
            web.post("/queue", handlers.change_queue),
            web.post("/interrupt", handlers.interrupt),
            web.get("/history/{id}", handlers.record),
            web.post("/upload/image", handlers.upload),
            web.get("/view", handlers.view),
        ]
    )
    runner = web.AppRunner(app, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    worker = asyncio.create_task(_work(fake))
    try:
        yield fake
    finally:
        worker.cancel()
        await asyncio.wait([worker])
        assert worker.cancelled(), worker.exception()
        await runner.cleanup()


class _Handlers:
    def __init__(self, fake: FakeComfyUI) -> None:
        self._fake = fake

    async def socket(self, request: web.Request) -> web.StreamResponse:
        if self._fake.silent:
            raise web.HTTPNotFound
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        client = request.query["clientId"]
        self._fake.sockets[client] = socket
        await socket.send_json(
            {
                "type": "status",
                "data": {"status": {"exec_info": {"queue_remaining": len(self._fake.pending)}}, "sid": client},
            }
        )
        async for _ in socket:
            pass
        self._fake.sockets.pop(client, None)
        return socket

    async def submit(self, request: web.Request) -> web.Response:
        if self._fake.full:
            return web.Response(status=429, text="queue is full", headers={"Retry-After": "7"})
        body = await request.json()
        faults = _faults(self._fake, body["prompt"])
        if faults:
            error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation"}
            refusal = {"error": error | {"details": "", "extra_info": {}}, "node_errors": faults}
            return web.json_response(refusal, status=400)
        number = len(self._fake.submitted)
        id_ = f"chosen-by-server-{number}" if self._fake.old else body["prompt_id"]
        job = Job(number, id_, body["prompt"], body["client_id"])
        self._fake.submitted.append(job)
        self._fake.pending.append(job)
        self._fake.come.set()
        return web.json_response({"prompt_id": id_, "number": number, "node_errors": {}})

    async def queue(self, _request: web.Request) -> web.Response:
        running = [self._fake.running] if self._fake.running else []
        listed = {"queue_running": running, "queue_pending": list(self._fake.pending)}
        return web.json_response(
            {state: [[job.number, job.id, job.nodes, {"client_id": job.client}, []] for job in jobs]
             for state, jobs in listed.items()}
        )  # fmt: skip

    async def change_queue(self, request: web.Request) -> web.Response:
        for id_ in (await request.json()).get("delete", []):
            self._fake.told.append(("delete", id_))
            self._fake.pending = deque(job for job in self._fake.pending if job.id != id_)
        return web.Response()

    async def interrupt(self, request: web.Request) -> web.Response:
        wanted = (await request.json()).get("prompt_id") if request.can_read_body else None
        self._fake.told.append(("interrupt", wanted))
        if self._fake.running and wanted in (None, self._fake.running.id):
            self._fake.running.stopped.set()
        return web.Response()

    async def record(self, request: web.Request) -> web.Response:
        id_ = request.match_info["id"]
        return web.json_response({id_: self._fake.history[id_]} if id_ in self._fake.history else {})

    async def upload(self, request: web.Request) -> web.Response:
        sent = await request.post()
        picture, folder = sent["image"], str(sent.get("subfolder", ""))
        assert isinstance(picture, web.FileField)
        self._fake.uploads[f"{folder}/{picture.filename}"] = picture.file.read()
        return web.json_response({"name": picture.filename, "subfolder": folder, "type": "input"})

    async def view(self, request: web.Request) -> web.Response:
        name = request.query["filename"]
        if name not in self._fake.files or self._fake.loses_output:
            raise web.HTTPNotFound
        return web.Response(body=self._fake.files[name])


def _faults(fake: FakeComfyUI, nodes: dict[str, Any]) -> dict[str, Any]:
    """What ComfyUI would say of each node that it does not take."""
    faults: dict[str, Any] = {}
    for id_, node in nodes.items():
        missing = [name for name in REQUIRED.get(node["class_type"], ()) if name not in node["inputs"]]
        errors = [
            {
                "type": "required_input_missing",
                "message": "Required input is missing",
                "details": name,
                "extra_info": {},
            }
            for name in missing
        ]
        if node["class_type"] not in REQUIRED:
            errors.append({"type": "missing_node_type", "message": "Node not found", "details": node["class_type"]})
        if node["class_type"] == "LoadImage" and node["inputs"]["image"] not in fake.uploads:
            details = f"image - Invalid image file: {node['inputs']['image']}"
            errors.append(
                {"type": "custom_validation_failed", "message": "Custom validation failed", "details": details}
            )
        if errors:
            faults[id_] = {"errors": errors, "dependent_outputs": [], "class_type": node["class_type"]}
    return faults


async def _work(fake: FakeComfyUI) -> None:
    while True:
        while not fake.pending:
            fake.come.clear()
            await fake.come.wait()
        job = fake.running = fake.pending.popleft()
        record = await _executed(fake, job)
        if fake.running is job:
            fake.history[job.id] = record
            fake.running = None


async def _executed(fake: FakeComfyUI, job: Job) -> dict[str, Any]:
    await _tell(fake, job, "execution_start")
    await _tell(fake, job, "execution_cached", nodes=[])
    outputs: dict[str, Any] = {}
    for id_, node in job.nodes.items():
        await _tell(fake, job, "executing", node=id_)
        if node["class_type"] == "CheckpointLoaderSimple":
            await asyncio.sleep(min(0.1, fake.seconds))  # time to listen, which weights take to load in earnest
        if node["class_type"] in ("KSampler", "FakeTTS"):
            for step in range(1, 5):
                await _tell(fake, job, "progress", node=id_, value=step, max=4)
                await _pause(job, fake.seconds / 4)
            while fake.held and not job.stopped.is_set():
                await _pause(job, 0.02)
            if job.stopped.is_set():
                return await _failed(fake, job, "execution_interrupted", id_)
            if fake.fails_with:
                return await _failed(fake, job, "execution_error", id_)
        if node["class_type"] in SAVES:
            outputs[id_] = _output(fake, job, id_, node)
    await _tell(fake, job, "executing", node=None)
    await _tell(fake, job, "execution_success")
    return {"outputs": outputs, "status": {"status_str": "success", "completed": True, "messages": []}}


async def _pause(job: Job, seconds: float) -> None:
    """So long, or until the job is stopped."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(job.stopped.wait(), seconds + 1e-6)


async def _failed(fake: FakeComfyUI, job: Job, kind: str, id_: str) -> dict[str, Any]:
    data = {
        "prompt_id": job.id,
        "node_id": id_,
        "node_type": job.nodes[id_]["class_type"],
        "exception_type": "torch.OutOfMemoryError",
        "exception_message": fake.fails_with,
    }
    await _tell(fake, job, kind, **data)
    return {"outputs": {}, "status": {"status_str": "error", "completed": False, "messages": [[kind, data]]}}


async def _tell(fake: FakeComfyUI, job: Job, kind: str, **data: Any) -> None:
    socket = fake.sockets.get(job.client)
    if socket is not None and not socket.closed:
        with contextlib.suppress(ConnectionError):  # whoever listened may be gone
            await socket.send_json({"type": kind, "data": {"prompt_id": job.id} | data})


def _output(fake: FakeComfyUI, job: Job, id_: str, node: dict[str, Any]) -> dict[str, Any]:
    """A file that follows from all that the workflow says, and from the pictures that it was given."""
    inputs = {at: one["inputs"] for at, one in job.nodes.items()}
    named = [one["image"] for one in inputs.values() if isinstance(one.get("image"), str)]
    given = [zlib.crc32(fake.uploads[name]) for name in named if name in fake.uploads]
    follows = json.dumps([{at: {name: value for name, value in one.items() if name != "image"}
                           for at, one in inputs.items()}, given], sort_keys=True)  # fmt: skip
    every = {name: value for one in inputs.values() for name, value in one.items()}
    kind, suffix, content = {
        "SaveVideo": ("images", "mp4", fake.clip),
        "SaveAudio": ("audio", "wav", wav(0.06 * len(str(every.get("text", ""))) / float(every.get("speed", 1)) + 0.3)),
    }.get(
        node["class_type"],
        ("images", "png", png(every.get("width", 64), every.get("height", 64), zlib.crc32(follows.encode()))),
    )
    name = f"{job.number:05}_{id_}.{suffix}"
    fake.files[name] = content
    folder = "temp" if node["class_type"] == "PreviewImage" else "output"
    return {kind: [{"filename": name, "subfolder": "", "type": folder}]} | (
        {"animated": [True]} if suffix == "mp4" else {}
    )
