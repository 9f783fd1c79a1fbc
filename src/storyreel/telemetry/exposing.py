"""The figures of a process that has no API, over HTTP from a thread of its own."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from storyreel.telemetry.metrics import MEDIA_TYPE, exposition, may_read


@contextmanager
def exposed(door: socket.socket, token: str) -> Generator[None]:
    """Answer `/metrics` meanwhile.

    Args:
        door: listens already.
        token: what readers must send as a bearer token; anybody may read when it is empty.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            sent = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if self.path != "/metrics":
                self._answer(404, b"")
            elif token and not may_read(token, sent):
                self._answer(401, b"")
            else:
                self._answer(200, exposition())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", MEDIA_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Scrapes are no news."""

    with ThreadingHTTPServer(door.getsockname(), Handler, bind_and_activate=False) as server:
        server.socket.close()
        server.socket = door
        thread = threading.Thread(target=server.serve_forever, name="storyreel-metrics", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
