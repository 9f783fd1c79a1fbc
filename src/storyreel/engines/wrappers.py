"""What is done around every engine call, written once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storyreel.errors import EngineError

T = TypeVar("T")

log = logging.getLogger(__name__)

ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 1.0


async def with_retry(call: Callable[[], Awaitable[T]], first_pause: float = FIRST_PAUSE_SECONDS) -> T:
    """Call, and call again after growing pauses while the engine says that the same call may yet succeed.

    Raises:
        EngineError: not retryable, or still failing at the last attempt.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await call()
        except EngineError as error:
            if not error.retryable or attempt == ATTEMPTS:
                raise
            pause = first_pause * 2 ** (attempt - 1)
            log.warning("attempt %d failed, next in %.0f s: %s", attempt, pause, error.message)
            await asyncio.sleep(pause)
    raise AssertionError("the last attempt returns or raises")
