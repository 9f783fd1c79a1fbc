"""Who works with whom on a card, who leaves, and what becomes of those who do not fit."""

import asyncio
import threading
from collections.abc import Hashable, Sequence
from typing import Any

import pytest
import torch

from storyreel.engines.backends.diffusers_local.card import Card, Watch, card, making_room
from storyreel.errors import EngineError


class FakeModel:
    """Doubles numbers in three steps, up to `room` of them at once; each step waits until the gate is open."""

    title = "Fake"

    def __init__(self, max_batch: int = 8, room: int = 99, *, offloads: bool = False) -> None:
        self.max_batch = max_batch
        self.room = room
        self.fits: dict[Hashable, int] = {}
        self.batches: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.steps = 0
        self._offloads = offloads

    def load(self, card: Card) -> int:
        return 0

    def enter(self, card: Card) -> None: ...

    def leave(self) -> None: ...

    def offload(self, card: Card) -> bool:
        could, self._offloads = self._offloads, False
        self.room += could
        return could

    def make(self, requests: Sequence[int], watch: Watch) -> Sequence[Any]:
        self.batches.append(list(requests))
        for step in range(3):
            self.gate.wait(10)
            self.steps += 1
            watch.step(step / 3)
        if len(requests) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.\nAnd so on")
        if 13 in requests:
            raise ZeroDivisionError("13")
        return [2 * request for request in requests]


def asked(on: Card, model: FakeModel, *requests: int, shape: Hashable = "square") -> asyncio.Task[list[Any]]:
    return asyncio.ensure_future(on.make(model, shape, requests, lambda _fraction: None))


async def until(met: Any) -> None:
    async with asyncio.timeout(10):
        while not met():  # noqa: ASYNC110 - a thread fills it
            await asyncio.sleep(0.001)


async def test_calls_of_one_shape_are_made_together() -> None:
    on, model = Card("cpu"), FakeModel(max_batch=4)
    calls = [asked(on, model, number) for number in range(6)]
    assert await asyncio.gather(*calls) == [[2 * number] for number in range(6)]
    assert [len(batch) for batch in model.batches] == [4, 2]


async def test_other_shapes_and_models_wait_for_their_turn() -> None:
    on, one, other = Card("cpu"), FakeModel(), FakeModel()
    calls = [
        asked(on, one, 1),
        asked(on, one, 2, shape="wide"),
        asked(on, one, 3),
        asked(on, other, 4),
    ]
    assert await asyncio.gather(*calls) == [[2], [4], [6], [8]]
    assert (one.batches, other.batches) == ([[1, 3], [2]], [[4]])


async def test_who_is_cancelled_leaves_and_the_others_get_theirs() -> None:
    on, model = Card("cpu"), FakeModel()
    model.gate.clear()
    stays, leaves = asked(on, model, 1), asked(on, model, 2)
    await until(lambda: model.batches)
    late = asked(on, model, 3)
    leaves.cancel()
    late.cancel()
    await asyncio.sleep(0)
    model.gate.set()
    assert await stays == [2]
    assert leaves.cancelled()
    assert late.cancelled()
    assert await asked(on, model, 4) == [8]
    assert model.batches == [[1, 2], [4]], "who left before it began is not made"


async def test_when_all_are_gone_the_work_ends_at_its_next_step() -> None:
    on, model = Card("cpu"), FakeModel()
    model.gate.clear()
    calls = [asked(on, model, 1), asked(on, model, 2)]
    await until(lambda: model.batches)
    for call in calls:
        call.cancel()
    await asyncio.wait(calls)
    model.gate.set()
    assert await asked(on, model, 5) == [10]
    assert model.steps == 1 + 3


async def test_progress_is_told_by_step_and_never_falls() -> None:
    told: list[float] = []
    await Card("cpu").make(FakeModel(max_batch=1), None, [1, 2], told.append)
    assert told == sorted(told)
    assert len(told) == 6


async def test_an_error_is_told_to_all_who_wait_and_to_nobody_else() -> None:
    on, model = Card("cpu"), FakeModel()
    calls = [asked(on, model, 13), asked(on, model, 1)]
    assert all(isinstance(one, ZeroDivisionError) for one in await asyncio.gather(*calls, return_exceptions=True))
    assert await asked(on, model, 2) == [4]


async def test_what_does_not_fit_is_halved_and_the_next_batch_is_of_that_size() -> None:
    on, model = Card("cpu"), FakeModel(room=2)
    calls = [asked(on, model, number) for number in range(5)]
    assert await asyncio.gather(*calls) == [[2 * number] for number in range(5)]
    assert [len(batch) for batch in model.batches] == [5, 3, 2, 1, 2]
    model.batches.clear()
    await asyncio.gather(*(asked(on, model, number) for number in range(4)))
    assert [len(batch) for batch in model.batches] == [2, 2]


async def test_what_does_not_fit_alone_is_offloaded() -> None:
    model = FakeModel(room=0, offloads=True)
    assert await asked(Card("cpu"), model, 3) == [6]
    assert model.batches == [[3], [3]]


async def test_what_fits_in_no_way_fails_with_the_figures() -> None:
    with pytest.raises(
        EngineError, match=r"Fake does not fit into cpu \(.*\): CUDA out of memory.*20.00 GiB.$"
    ) as failed:
        await asked(Card("cpu"), FakeModel(room=0), 3)
    assert failed.value.code == "engine_out_of_memory"
    assert not failed.value.retryable


def test_two_share_a_card_if_they_fit_or_else_the_longest_idle_leaves() -> None:
    first, second = FakeModel(), FakeModel()
    assert making_room({first: 20, second: 20}, 20, memory=100) == []
    assert making_room({first: 20, second: 30}, 20, memory=100) == [first]
    assert making_room({first: 20, second: 30}, 50, memory=100) == [first, second]
    assert making_room({first: 20}, 90, memory=100) == [first], "who needs it all has it all"


def test_a_device_is_one_card_by_any_name() -> None:
    assert card("cuda") is card("cuda:0")
    assert card("cpu") is card("cpu")
    if not torch.cuda.is_available() and not torch.backends.mps.is_available():
        assert card() is card("cpu")
