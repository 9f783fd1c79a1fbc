"""Connections whose clients keep the server waiting: for how long, how many at once, and how long a head may be."""

import socket
import struct
from collections.abc import Iterable
from math import inf
from typing import Any

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from storyreel.api.problems import problem

LONGEST_HEAD = 64 * 1024
"""Bytes of a request's line and headers."""
HEAD_SECONDS = 20.0
"""How long the next request's head may be in coming, and an idle connection is kept. Longer than the 15 s between the
signs of life of an event stream."""
BODY_SECONDS, BODY_BYTES = 20.0, 20 * 1024
"""So many bytes of a body must come in so long, or its end."""
TAKING_SECONDS = 60.0
"""How long a client may take over the next 64 KiB of what is sent to it; as long as nginx gives it."""
MOST_CONNECTIONS = 800
"""At once. A process may have 1024 files open on most systems, and work needs some, too."""


class Connection(HttpToolsProtocol):
    """Cut off when its client keeps it waiting. While a request is being answered there is no deadline."""

    _came = 0
    """Bytes of the next head; or of a body, since the deadline was last put off."""
    _in_body = False
    _sends_by = inf
    _takes_by = inf

    @property
    def until(self) -> float:
        """When the client's time is over, by the event loop's clock."""
        return min(self._sends_by, self._takes_by)

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._sends_by = self.loop.time() + HEAD_SECONDS
        if len(self.connections) > MOST_CONNECTIONS:
            slowest = min(_own(self.connections), key=lambda one: one.until)
            slowest.transport.abort()

    def data_received(self, data: bytes) -> None:
        self._came += len(data)
        super().data_received(data)
        if self._in_body:
            if self._came >= BODY_BYTES:
                self._may_send(BODY_SECONDS)
        elif self._came > LONGEST_HEAD:
            detail = f"The request's line and headers have more than {LONGEST_HEAD} bytes."
            self._refuse(problem(431, "head_too_large", detail))

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._in_body = True
        self._may_send(BODY_SECONDS)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_body = False
        self._may_send(inf)

    def on_response_complete(self) -> None:
        was_last = not self.pipeline
        super().on_response_complete()
        if was_last and not self._in_body:
            self._may_send(HEAD_SECONDS)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._takes_by = self.loop.time() + TAKING_SECONDS

    def resume_writing(self) -> None:
        super().resume_writing()
        self._takes_by = inf

    def check(self, now: float) -> None:
        """Cut it off if the client's time is over."""
        if self._in_body and self.flow.read_paused:  # it is not the client who is slow
            self._may_send(BODY_SECONDS)
        if now > self._takes_by:
            self._drop()
        elif now > self._sends_by and not (self._came or self._in_body):
            self.transport.close()  # without a word, which might be taken for the answer to what comes just now
        elif now > self._sends_by:
            self._refuse(problem(408, "request_too_slow", "The request came too slowly."))

    def _may_send(self, seconds: float) -> None:
        self._came = 0
        self._sends_by = self.loop.time() + seconds

    def _drop(self) -> None:
        """End it at once; the system, too, keeps nothing for it, which else would wait for it to be taken."""
        line = self.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _refuse(self, answer: Response) -> None:
        """Answer so, if nothing else was answered yet, and end the connection."""
        answering = self.cycle and self.cycle.response_started and not self.cycle.response_complete
        if answering or self.transport.is_closing():
            self._drop()
            return
        head = b"".join(b"%s: %s\r\n" % header for header in answer.raw_headers)
        self.transport.write(STATUS_LINE[answer.status_code] + head + b"connection: close\r\n\r\n" + bytes(answer.body))
        self.transport.close()


def cut_off(connections: Iterable[object], now: float) -> None:
    """End those whose clients are too slow. To be called every second."""
    for connection in _own(connections):
        connection.check(now)


def _own(connections: Iterable[object]) -> list[Connection]:
    return [connection for connection in connections if isinstance(connection, Connection)]
