"""`storyreel scene`: one sentence, drawn."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def artists(fakes: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in ones."""
    for kind in ("STORY", "IMAGE"):
        monkeypatch.setenv(f"STORYREEL_{kind}_ENGINE", "builtin")


def test_one_sentence_is_drawn_and_understood(run: Run, tmp_path: Path) -> None:
    pictures = {}
    for time in ("night", "noon"):
        out = tmp_path / f"{time}.png"
        told = run(
            "scene", f"A fox walks in the forest at {time}.", "-o", str(out), "--resolution", "256x144", "--json"
        )
        assert told.exit_code == 0, told.output
        found = json.loads(told.stdout)
        assert found["path"] == str(out)
        assert (found["scene"]["setting"], found["scene"]["time"]) == ("forest", time)
        assert "fox" in found["prompt"]
        with Image.open(out) as picture:
            assert picture.size == (256, 144)
            pictures[time] = float(np.asarray(picture).mean())
    assert pictures["night"] < pictures["noon"]


def test_what_cannot_be_drawn_is_said(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "scene.png"
    for arguments in (("  ",), ("A fox.", "--resolution", "7p")):
        told = run("scene", *arguments, "-o", str(out))
        assert told.exit_code == 2
        assert not out.exists()
