"""Weights that were learnt from annotated stories: what speaks for and against, by language."""

import json
import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from storyreel.domain.project import Language

FILE = Path(__file__).with_name("learnt.json")

Weights = Mapping[str, float]
"""What each trait adds to a sum, in natural logarithms of odds; a trait that is not listed adds nothing."""


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, dict[str, float]]]:
    """Read once per process; benchmarks/learning/people.py writes the file."""
    return json.loads(FILE.read_text("utf-8"))


def weights(question: str, language: Language) -> Weights:
    """The weights for a question (antecedent, presence) in a language."""
    return _tables().get(question, {}).get(language.value, {})


def write(tables: Mapping[str, Mapping[str, Weights]]) -> None:
    """Put other weights in the place of those that are there: by question, by language."""
    FILE.write_text(json.dumps(tables, ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")
    _tables.cache_clear()


def weigh(table: Weights, traits: Iterable[str]) -> float:
    """The sum of what the traits add: the same in whatever order they come."""
    return math.fsum(table.get(trait, 0.0) for trait in traits)
