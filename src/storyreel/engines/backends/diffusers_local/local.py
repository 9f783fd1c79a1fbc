"""What the engines of all kinds have in common: who they are, and what they lack."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from storyreel.engines.backends.diffusers_local import ID
from storyreel.engines.backends.diffusers_local.card import Card, card
from storyreel.engines.backends.diffusers_local.libraries import HOW, lacking
from storyreel.engines.backends.diffusers_local.weights import Weights
from storyreel.engines.contracts.engine import EngineInfo
from storyreel.errors import EngineUnavailableError


class LocalEngine:
    """An engine of one kind, by a model on this machine.

    Args:
        model: the folder of its weights, or their id on the hub.
        device: as torch names it; the best there is when empty.
        download: whether weights of the hub may be downloaded.
        options: passed on to the model with every call.
    """

    kind: ClassVar[str]
    what: ClassVar[str]
    setting: ClassVar[str]
    """Which one names its model."""
    number: ClassVar[str] = "1"
    """Of the engine itself: grows when the same model would be asked in another way."""
    needs: ClassVar[tuple[str, ...]] = ("torch", "transformers", "safetensors")

    def __init__(
        self,
        *,
        model: str = "",
        device: str = "",
        download: bool = False,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.weights = Weights(model, download)
        self.device = device
        self.options = options or {}

    @property
    def languages(self) -> tuple[str, ...]:
        return ()

    @property
    def max_batch(self) -> int:
        return 1

    @property
    def references(self) -> bool:
        return False

    @property
    def made_with(self) -> Sequence[Weights]:
        """Whatever has weights that the result depends on."""
        return (self.weights,)

    @property
    def info(self) -> EngineInfo:
        """Other weights or options give other results, so both are part of the version; the device is not."""
        made_with = json.dumps([self.options, *(one.name and one.digest() for one in self.made_with)], sort_keys=True)
        return EngineInfo(
            id=ID,
            kind=self.kind,
            version=f"{self.number}-{hashlib.sha256(made_with.encode()).hexdigest()[:12]}",
            title=f"{self.what} by {self.weights.name or 'a model on this machine'}",
            languages=self.languages,
            max_batch=self.max_batch,
            at_once=self.max_batch if self.max_batch > 1 else 0,
            references=self.references,
        )

    async def missing(self) -> Sequence[str]:
        if not all(weights.name for weights in self.made_with):
            return [f"A model: set {self.setting}."]
        if lack := lacking(self.needs):
            return [f"The packages {', '.join(lack)}: {HOW}."]
        return await asyncio.to_thread(self._missing_weights)

    async def card(self) -> Card:
        """The card to work on, once the weights are on this machine.

        They are fetched outside of the card's own thread, so that others go on with their work meanwhile.

        Raises:
            EngineUnavailableError: no model is named, or it is not here, or a library is not.
        """
        if not all(weights.name for weights in self.made_with):
            raise EngineUnavailableError("No model is named.", code="model_not_found", hint=f"Set {self.setting}.")
        for weights in self.made_with:
            await asyncio.to_thread(weights.folder)
        return await asyncio.to_thread(card, self.device)

    def _missing_weights(self) -> list[str]:
        found: list[str] = []
        for weights in self.made_with:
            try:
                weights.here()
            except EngineUnavailableError as error:
                found.append(f"{error.message} {error.hint}".strip())
        return found
