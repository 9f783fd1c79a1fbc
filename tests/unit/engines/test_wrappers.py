import asyncio
import time

import pytest

from storyreel.engines.wrappers import ATTEMPTS, LONGEST_WAIT_SECONDS, Meter, with_retry
from storyreel.errors import EngineError, EngineUnavailableError, InvalidInputError


class Calls:
    """An engine's call that fails with these errors, one after the other, and then succeeds."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.count = 0

    async def __call__(self) -> str:
        self.count += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def retryable() -> EngineError:
    return EngineError("busy", retryable=True)


async def test_what_works_is_called_once() -> None:
    call = Calls()
    assert await with_retry(call, 0) == "done"
    assert call.count == 1


async def test_what_may_yet_succeed_is_tried_again() -> None:
    call = Calls(*(retryable() for _ in range(ATTEMPTS - 1)))
    assert await with_retry(call, 0) == "done"
    assert call.count == ATTEMPTS


async def test_the_last_error_is_raised() -> None:
    errors = [retryable() for _ in range(ATTEMPTS + 1)]
    call = Calls(*errors)
    with pytest.raises(EngineError) as raised:
        await with_retry(call, 0)
    assert raised.value is errors[ATTEMPTS - 1]
    assert call.count == ATTEMPTS


@pytest.mark.parametrize(
    "error",
    [
        EngineError("no"),
        EngineUnavailableError("no key"),
        InvalidInputError("wrong", retryable=True),
        ValueError("a bug"),
        asyncio.CancelledError(),
    ],
)
async def test_what_will_not_succeed_is_not_tried_again(error: BaseException) -> None:
    call = Calls(error)
    with pytest.raises(type(error)):
        await with_retry(call, 0)
    assert call.count == 1


async def test_pauses_grow() -> None:
    times: list[float] = []

    async def call() -> None:
        times.append(time.monotonic())
        raise retryable()

    with pytest.raises(EngineError):
        await with_retry(call, 0.1)
    first, second = times[1] - times[0], times[2] - times[1]
    assert first >= 0.1
    assert second >= 0.2


async def test_a_pause_is_as_long_as_the_provider_wants_it() -> None:
    busy = retryable()
    busy.retry_after = 0.2
    started = time.monotonic()
    assert await with_retry(Calls(busy), 0) == "done"
    assert time.monotonic() - started >= 0.2


async def test_who_is_told_to_wait_for_very_long_fails() -> None:
    busy = retryable()
    busy.retry_after = LONGEST_WAIT_SECONDS + 1
    call = Calls(busy)
    with pytest.raises(EngineError):
        await with_retry(call, 0)
    assert call.count == 1


def test_a_meter_counts_what_is_used_and_what_that_costs() -> None:
    meter = Meter({"images": 0.04})
    assert str(Meter()) == "nothing"
    for number in (1, 2, None, "many"):
        meter.add("images", number)
    meter.add("input_tokens", 120)
    assert meter.used == {"images": 3, "input_tokens": 120}
    assert meter.cost == pytest.approx(0.12)
    assert str(meter) == "3 images, 120 input_tokens (cost 0.12)"


async def test_a_pause_can_be_cancelled() -> None:
    work = asyncio.create_task(with_retry(Calls(retryable()), 3600))
    await asyncio.sleep(0.05)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
