"""Holds a language model to a JSON schema, token by token, by llguidance."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from storyreel.engines.backends.diffusers_local.libraries import library
from storyreel.errors import EngineError


def tokens_of(tokenizer: Any, number: int) -> Any:
    """A fast tokenizer as llguidance reads it, which takes a second; `number` is how many tokens the model scores."""
    return library("llguidance.hf").from_tokenizer(tokenizer, n_vocab=number)


class JsonOnly:
    """A logits processor for one answer: nothing can be chosen that does not go on with JSON of the schema."""

    def __init__(self, tokens: Any, schema: Mapping[str, Any], asked: int) -> None:
        """`asked` is how many tokens the question has, which `generate` hands over with the answer's."""
        matcher = library("llguidance").LLMatcher
        # Without spaces to choose, a model does not fill the page with them.
        compact = {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":"}
        self._matcher: Any = matcher(tokens, matcher.grammar_from_json_schema(json.dumps(schema), overrides=compact))
        if self._matcher.is_error():
            raise EngineError(f"The grammar cannot be built: {self._matcher.get_error()[:200]}")
        self._asked = asked

    def __call__(self, ids: Any, scores: Any) -> Any:
        torch = library("torch")
        if ids.shape[1] > self._asked:
            self._matcher.consume_token(int(ids[0, -1]))
        allowed = np.unpackbits(np.frombuffer(self._matcher.compute_bitmask(), np.uint8), bitorder="little")
        mask = torch.zeros(scores.shape[1], dtype=torch.bool)
        mask[: len(allowed)] = torch.from_numpy(allowed[: scores.shape[1]].astype(bool))
        return scores.masked_fill(~mask.to(scores.device), float("-inf"))
