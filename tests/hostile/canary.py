"""A film that nobody may see, on a server that nobody may ask, and all files that try to get at it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from bad_files import hostile_files, hostile_lines

SECRET = b"canary-that-must-not-sing"


class Canary:
    """`asked` are the requests that came to its server: none may."""

    def __init__(self, folder: Path) -> None:
        self.film, self._mark = folder / "secret.mp4", folder / "ran"
        self.asked: list[str] = []
        _write(self.film)
        self._web = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._web.daemon_threads = True
        threading.Thread(target=self._web.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self._url = f"http://127.0.0.1:{self._web.server_port}/secret.mp4"

    def close(self) -> None:
        self._web.shutdown()
        self._web.server_close()

    def files(self) -> dict[str, bytes]:
        return hostile_files(str(self.film), self._url, self.film.read_bytes(), str(self._mark))

    def lines(self) -> list[str]:
        return hostile_lines(str(self.film), self._url)

    def check(self, *made: bytes) -> None:
        """Nobody asked, nothing ran, and nothing of the secret is in what was made."""
        assert self.asked == []
        assert not self._mark.exists()
        assert not any(SECRET in content for content in made)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        canary = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                canary.asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "video/mp4")
                self.end_headers()
                self.wfile.write(canary.film.read_bytes())

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


def _write(file: Path) -> None:
    with av.open(str(file), "w", format="mp4") as out:
        out.metadata["comment"] = SECRET.decode()
        stream = out.add_stream("mpeg4", rate=24)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for _ in range(24):
            out.mux(
                stream.encode(VideoFrame.from_ndarray(np.full((90, 160, 3), (255, 0, 255), np.uint8), format="rgb24"))
            )
        out.mux(stream.encode(None))
