"""One device: the thread that works on it, the models that are warm on it, and the orders that wait for it."""

import asyncio
import logging
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any, Protocol

from storyreel.engines.backends.diffusers_local.libraries import library
from storyreel.errors import EngineError

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.02
"""How long a batch waits for its next requests: a film starts its tasks a few milliseconds apart."""
WEIGHTS_SHARE = 0.6
"""How much of a card the weights of all warm models may take; the rest is for what they compute."""
_GIB = 2**30


class Abandoned(Exception):
    """Nobody waits for the results of the batch any more."""


@dataclass(eq=False, slots=True)
class Order:
    """One result that somebody waits for; cancelling `result` is leaving."""

    model: "WarmModel"
    shape: Hashable
    request: Any
    progress: Callable[[float], None]
    result: Future[Any] = field(default_factory=Future[Any])

    @property
    def wanted(self) -> bool:
        return not self.result.cancelled()

    def settle(self, outcome: Any) -> None:
        """Give the result, or the error that there is none, to whoever still waits."""
        try:
            if isinstance(outcome, BaseException):
                self.result.set_exception(outcome)
            else:
                self.result.set_result(outcome)
        except InvalidStateError:
            log.debug("a result came after its caller had left")


class Watch:
    """What a model reports to while it makes a batch."""

    def __init__(self, orders: Sequence[Order]) -> None:
        self._orders = orders

    def step(self, fraction: float) -> None:
        """Say how far the batch is, 0 … 1.

        Raises:
            Abandoned: nobody waits for any of it.
        """
        wanted = [order for order in self._orders if order.wanted]
        if not wanted:
            raise Abandoned
        for order in wanted:
            order.progress(fraction)


class WarmModel(Protocol):
    """A model that stays in memory. All but the attributes is called in the card's thread only."""

    title: str
    max_batch: int
    """How many requests of one shape it takes together."""
    fits: dict[Hashable, int]
    """Shape → how many requests turned out to fit into the card's memory."""

    def load(self, card: "Card") -> int:
        """Read the weights into main memory, if they are not there yet; how many bytes they are.

        Raises:
            EngineError: they cannot be loaded.
        """
        ...

    def enter(self, card: "Card") -> None:
        """Move onto the card; nothing if it is there."""
        ...

    def leave(self) -> None:
        """Move back to main memory."""
        ...

    def offload(self, card: "Card") -> bool:
        """From now on keep only the part at work on the card; whether that is new and possible."""
        ...

    def make(self, requests: Sequence[Any], watch: Watch) -> Sequence[Any]:
        """One result per request of one shape."""
        ...


class Card:
    """A device by its torch name: `cuda`, `cuda:1`, `mps`, `cpu`. One batch is at work on it at a time.

    Models stay warm side by side while their weights take at most `WEIGHTS_SHARE` of its memory; beyond that, whoever
    has been idle longest makes room.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"storyreel-{name}")
        self._lock = Lock()
        self._waiting: list[Order] = []
        self._warm: dict[WarmModel, int] = {}

    @property
    def memory(self) -> int | None:
        """Its own memory in bytes; None where it uses the machine's."""
        if not self.name.startswith("cuda"):
            return None
        return int(library("torch").cuda.get_device_properties(self.name).total_memory)

    async def make(
        self, model: WarmModel, shape: Hashable, requests: Sequence[Any], progress: Callable[[float], None]
    ) -> list[Any]:
        """One result per request. Requests of one shape, whoever asks, are made together.

        Raises:
            EngineError: the model fails, or one request does not fit into memory.
        """
        fractions = [0.0] * len(requests)

        def report(number: int, fraction: float) -> None:
            fractions[number] = fraction
            progress(min(1.0, sum(fractions) / len(fractions)))

        orders = [
            Order(model, shape, request, lambda fraction, number=number: report(number, fraction))
            for number, request in enumerate(requests)
        ]
        with self._lock:
            self._waiting += orders
        for _ in orders:
            self._thread.submit(self._serve)
        try:
            return await asyncio.gather(*(asyncio.wrap_future(order.result) for order in orders))
        finally:
            for order in orders:
                order.result.cancel()

    def _serve(self) -> None:
        """Make the next batch, if one is left to be made."""
        orders = self._next()
        if not orders:
            return
        log.debug("%s is to make %d together", orders[0].model.title, len(orders))
        try:
            for order, result in zip(orders, self._made(orders), strict=True):
                order.settle(result)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait hear of it
            for order in orders:
                order.settle(error)

    def _next(self) -> list[Order]:
        with self._lock:
            first = next((order for order in self._waiting if order.wanted), None)
        if first is not None and first.model.max_batch > 1:
            time.sleep(GATHER_SECONDS)
        with self._lock:
            self._waiting = [order for order in self._waiting if order.wanted]
            if not self._waiting:
                return []
            model, shape = self._waiting[0].model, self._waiting[0].shape
            most = min(model.max_batch, model.fits.get(shape, model.max_batch))
            alike = [order for order in self._waiting if order.model is model and order.shape == shape][:most]
            self._waiting = [order for order in self._waiting if order not in alike]
            return alike

    def _made(self, orders: Sequence[Order]) -> list[Any]:
        """The results; when memory does not suffice, in ever smaller steps."""
        model = orders[0].model
        self._admit(model)
        try:
            return list(model.make([order.request for order in orders], Watch(orders)))
        except Abandoned:
            return [None] * len(orders)
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
            said = str(error).partition("\n")[0]
        # Here and not above: while an error is handled, its traceback holds what was computed.
        return self._with_less(orders, said)

    def _with_less(self, orders: Sequence[Order], said: str) -> list[Any]:
        model = orders[0].model
        self._tidy()
        others = [other for other in self._warm if other is not model]
        if self.memory and others:
            log.warning("%s needs the whole of %s", model.title, self.name)
            self._send_away(others)
            return self._made(orders)
        if len(orders) > 1:
            half = (len(orders) + 1) // 2
            log.warning("%d at once do not fit into the memory of %s: %d", len(orders), self.name, half)
            model.fits[orders[0].shape] = half
            return [*self._made(orders[:half]), *self._made(orders[half:])]
        if model.offload(self):
            log.warning("%s is moved to %s part by part, which is slower", model.title, self.name)
            return self._made(orders)
        owned = f"{self.memory / _GIB:.1f} GiB" if self.memory else "the machine's memory"
        raise EngineError(
            f"{model.title} does not fit into {self.name} ({owned}; its weights are {self._size(model)}): {said}",
            code="engine_out_of_memory",
            hint="Use a smaller resolution or model, or a larger card.",
        )

    def _size(self, model: WarmModel) -> str:
        return f"{self._warm.get(model, 0) / _GIB:.1f} GiB"

    def _admit(self, model: WarmModel) -> None:
        size = model.load(self)
        self._warm.pop(model, None)
        if self.memory:
            self._send_away(making_room(self._warm, size, self.memory))
        self._warm[model] = size
        model.enter(self)

    def _send_away(self, models: Sequence[WarmModel]) -> None:
        for model in models:
            log.info("%s makes room on %s", model.title, self.name)
            del self._warm[model]
            model.leave()
        self._tidy()

    def _tidy(self) -> None:
        if self.memory:
            library("torch").cuda.empty_cache()


def making_room(warm: dict[WarmModel, int], newcomer: int, memory: int) -> list[WarmModel]:
    """Who has to leave a card, given each one's bytes, the longest idle first, for a newcomer to fit."""
    leaving: list[WarmModel] = []
    taken = sum(warm.values()) + newcomer
    for model, size in warm.items():
        if taken <= WEIGHTS_SHARE * memory:
            break
        leaving.append(model)
        taken -= size
    return leaving


@cache
def card(name: str = "") -> Card:
    """The one card of that name in this process; the best that the machine has when it is empty."""
    if name == "cuda":
        return card("cuda:0")
    if name:
        return Card(name)
    torch = library("torch")
    if torch.cuda.is_available():
        return card("cuda:0")
    return card("mps" if torch.backends.mps.is_available() else "cpu")


def _is_out_of_memory(error: BaseException) -> bool:
    """torch has an error of its own for cards only."""
    told = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in told or "can't allocate memory" in told
