"""Tiny models, built once per run and shared by its processes; one thread, as more only wait for each other."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tiny_models
import torch


def pytest_itemcollected(item: pytest.Item) -> None:
    """What other people's libraries are warned of by each other is no fault of ours."""
    item.add_marker(pytest.mark.filterwarnings(r"ignore:::(diffusers|transformers|torch)\..*"))


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of the tiny model of that name, see tiny_models.py."""
    root = tmp_path_factory.mktemp("models")
    made: dict[str, Path] = {}

    def model(name: str) -> Path:
        if name not in made:
            made[name] = getattr(tiny_models, f"{name}_model")(root / name)
        return made[name]

    return model
