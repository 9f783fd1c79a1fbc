"""Chance that depends on its seed alone."""

import random

Chance = random.Random


def dice(seed: int) -> Chance:
    """The same throws for the same seed, on every machine."""
    return Chance(seed)
