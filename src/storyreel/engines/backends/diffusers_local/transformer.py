"""One model of transformers with its tokenizer, warm on a card."""

from pathlib import Path
from typing import Any

from storyreel.engines.backends.diffusers_local.card import Card
from storyreel.engines.backends.diffusers_local.weights import Weights


class WarmTransformer:
    """See `WarmModel`; subclasses make something by it."""

    max_batch = 1

    def __init__(self, weights: Weights) -> None:
        self.title = Path(weights.name).name
        self.fits: dict[Any, int] = {}
        self._weights = weights
        self.model: Any = None
        self.words: Any = None

    def read(self, folder: Path, card: Card) -> tuple[Any, Any]:
        """The model and its tokenizer, from these files."""
        raise NotImplementedError

    def load(self, card: Card) -> int:
        if self.model is None:
            model, self.words = self.read(self._weights.folder(), card)
            self.model = model.eval()
        return sum(one.numel() * one.element_size() for one in self.model.parameters())

    def enter(self, card: Card) -> None:
        self.model.to(card.name)

    def leave(self) -> None:
        self.model.to("cpu")

    def offload(self, card: Card) -> bool:
        return False
