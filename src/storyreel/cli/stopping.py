"""Ctrl-C and SIGTERM, remembered until the command has come to a point where it can stop in good order."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


class StopRequest:
    """Whether somebody asked to stop, and how."""

    def __init__(self) -> None:
        self._signal: int | None = None

    def __bool__(self) -> bool:
        return self._signal is not None

    @property
    def exit_code(self) -> int:
        """What a shell expects of a program that a signal ended: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + (self._signal or 0)

    def note(self, number: int, _frame: FrameType | None) -> None:
        self._signal = number
        signal.signal(number, signal.SIG_DFL)  # a second one ends the program at once; nothing is lost by that either


@contextmanager
def stop_requests() -> Generator[StopRequest]:
    """Remember signals instead of dying of them."""
    request = StopRequest()
    previous = {number: signal.signal(number, request.note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
