"""A fake of a remote node: real HTTP on 127.0.0.1, it counts what it is asked, and misbehaves as it is told.

It makes nothing: whoever tests puts files at its addresses and reports in its name.
"""

import io
import json
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from PIL import Image
from standardwebhooks.webhooks import Webhook

NAME, SECRET = "fake-node", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

Answer = tuple[int, dict[str, str], bytes]


def as_json(code: int, /, **body: Any) -> Answer:
    return code, {"Content-Type": "application/json"}, json.dumps(body).encode()


def png(width: int = 320, height: int = 180, colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


class FakeNode:
    """`submitted` are the bodies of POST /jobs, in order; `headers` those of the last one. `known` says how jobs are.

    `take` answers a POST: 202 with an id of its own, unless a test puts another function there. A path in `files` is
    (content type, bytes); its length is said to be as in `lengths`, if it is there.
    """

    def __init__(self) -> None:
        self.submitted: list[dict[str, Any]] = []
        self.headers: dict[str, str] = {}
        self.cancelled: list[str] = []
        self.looks: list[str] = []
        self.known: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.lengths: dict[str, int] = {}
        self.take: Callable[[dict[str, Any]], Answer] = self.taken
        self.web = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.web.daemon_threads = True
        self.host = f"127.0.0.1:{self.web.server_port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self.web.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.web.shutdown()
        self.web.server_close()

    def settings(self, **more: Any) -> dict[str, Any]:
        """As STORYREEL_NODES has it."""
        return {NAME: {"url": self.url, "secret": SECRET, "kinds": ["image"], "heartbeat": 0} | more}

    def put(self, path: str, content: bytes, kind: str = "image/png") -> str:
        """The address of the file from now on."""
        self.files[path] = (kind, content)
        return f"{self.url}{path}"

    @property
    def tickets(self) -> list[str]:
        return [job["task_id"] for job in self.submitted]

    def taken(self, body: dict[str, Any]) -> Answer:
        """202, with the node's own id."""
        id_ = f"n-{body['task_id']}"
        self.known.setdefault(id_, {"status": "RUNNING", "progress": 10})
        return as_json(202, id=id_)

    def report(self, job: dict[str, Any], *, wait: float = 60, **fields: Any) -> httpx.Response:
        """Call back, signed."""
        content, headers = sign({"task_id": job["task_id"], **fields})
        return httpx.post(job["callback_url"], content=content, headers=headers, timeout=wait)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        node = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                node.headers = dict(self.headers)
                node.submitted.append(body)
                self._send(node.take(body))

            def do_GET(self) -> None:
                kind, content = node.files.get(self.path, ("", b""))
                job = self.path.removeprefix("/jobs/")
                if kind:
                    length = node.lengths.get(self.path, len(content))
                    self._send((200, {"Content-Type": kind, "Content-Length": str(length)}, content))
                elif job in node.known:
                    node.looks.append(job)
                    self._send(as_json(200, **node.known[job]))
                else:
                    node.looks.append(job)
                    self._send(as_json(404, error="There is no such thing."))

            def do_DELETE(self) -> None:
                node.cancelled.append(self.path.removeprefix("/jobs/"))
                self._send(as_json(200))

            def _send(self, answer: Answer) -> None:
                status, headers, content = answer
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(content))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
                if int(headers.get("Content-Length", len(content))) != len(content):
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


def sign(report: dict[str, Any], *, secret: str = SECRET, message: str = "", age: float = 0) -> Any:
    """The report's bytes and the headers to send with them."""
    content = json.dumps(report)
    message = message or f"msg_{secrets.token_hex(8)}"
    at = datetime.now(UTC) - timedelta(seconds=age)
    headers = {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message, at, content),
        "content-type": "application/json",
    }
    return content, headers
