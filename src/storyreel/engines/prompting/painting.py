"""What an image model is asked for, in words."""

import json
from functools import cache
from importlib import resources

from storyreel.engines.contracts.image import ImageRequest


def prompt_of(request: ImageRequest) -> str:
    """The prompt with what every picture of the film has in common: the looks of its characters, and the style.

    Whoever has a description is described by the prompt already.
    """
    looks = [f"{one.name}: {one.kind}, {one.looks}" for one in request.characters if one.looks and not one.description]
    parts = [request.prompt, *looks, _styles()[request.style.value]]
    return ". ".join(part.strip().rstrip(".。") for part in parts if part.strip())


@cache
def _styles() -> dict[str, str]:
    return json.loads(resources.files(__name__.rpartition(".")[0]).joinpath("styles.json").read_text("utf-8"))
