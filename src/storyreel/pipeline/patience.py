"""Waits for what the work stands on, the database and the object store, when it is away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storyreel.errors import UnavailableError

log = logging.getLogger(__name__)

AWAY_SECONDS = 2.0
T = TypeVar("T")


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Does the work, again from its start as often as something was away: what a crash may interrupt anywhere."""
    while True:
        try:
            return await work()
        except UnavailableError as error:
            log.warning("work waits: %s", error)
            await asyncio.sleep(AWAY_SECONDS)
