"""What is done around every engine call, written once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from storyreel.engines.contracts.engine import Engine
from storyreel.errors import EngineError, MediaError
from storyreel.telemetry import traces
from storyreel.telemetry.metrics import engine_call

E = TypeVar("E")
T = TypeVar("T")

log = logging.getLogger(__name__)

ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 300.0
"""Who is told to wait for longer than this fails instead, and can be tried again by hand."""


async def with_retry(call: Callable[[], Awaitable[T]], first_pause: float = FIRST_PAUSE_SECONDS) -> T:
    """Call, and call again after growing pauses while the engine says that the same call may yet succeed.

    A pause is at least as long as the error's `retry_after`.

    Raises:
        EngineError: not retryable, or still failing at the last attempt.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await call()
        except EngineError as error:
            if not error.retryable or attempt == ATTEMPTS or error.retry_after > LONGEST_WAIT_SECONDS:
                raise
            pause = max(first_pause * 2 ** (attempt - 1), error.retry_after)
            log.warning("attempt %d failed, next in %.0f s: %s", attempt, pause, error.message)
            await asyncio.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


async def ask(engine: Engine, call: Callable[[], Awaitable[T]]) -> T:
    """Have an engine do something for a task, with retries; it is measured and traced."""
    kind, id_ = engine.info.kind, engine.info.id
    with traces.span(f"engine {kind}", engine=id_), engine_call(kind, id_):
        return await with_retry(call)


async def first_able(engines: Iterable[E], call: Callable[[E], Awaitable[T]]) -> T:
    """What comes of the first engine that does not fail for good.

    Raises:
        EngineError, MediaError: the last one fails too.
    """
    failed: EngineError | MediaError = EngineError("There is no engine to ask.")
    for place, engine in enumerate(engines):
        if place:
            log.warning("the next engine is used: %s", failed.message)
        try:
            return await call(engine)
        except (EngineError, MediaError) as error:
            failed = error
    raise failed


@dataclass(slots=True)
class Meter:
    """Counts what one engine call uses of a service that is paid for, and what that costs.

    Args:
        prices: what one of each unit costs, in whatever currency; a unit without a price is counted all the same.
    """

    prices: Mapping[str, float] = field(default_factory=dict[str, float])
    used: dict[str, float] = field(default_factory=dict[str, float])

    def add(self, unit: str, number: object) -> None:
        """Count so many of a unit: input_tokens, output_tokens, images, characters, seconds; nothing for no number."""
        if isinstance(number, int | float) and number:
            self.used[unit] = self.used.get(unit, 0) + number

    @property
    def cost(self) -> float:
        return sum(number * self.prices.get(unit, 0) for unit, number in self.used.items())

    def __str__(self) -> str:
        counted = ", ".join(f"{number:g} {unit}" for unit, number in self.used.items())
        return f"{counted or 'nothing'} (cost {self.cost:.6g})" if self.prices else counted or "nothing"
