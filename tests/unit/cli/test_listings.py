import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result


def test_engines(run: Callable[..., Result]) -> None:
    listed = json.loads(run("engines", "list", "--json").stdout)
    fakes = [engine for engine in listed if engine["id"] == "fake"]
    assert [engine["kind"] for engine in fakes] == ["story", "image", "speech", "video"]
    assert all(engine["default"] and not engine["missing"] for engine in fakes)
    assert any(engine["id"] == "builtin" and not engine["default"] for engine in listed)
    shown = run("engines", "list").stdout
    assert re.search(r"fake +used +Fake image · goes by pictures of characters", shown)
    assert re.search(r"builtin +ready +Built-in story planner · en, zh", shown)


@pytest.mark.parametrize("engine", ["nowhere:Engine", "storyreel.engines.testing:NoSuchEngine", "nonsense"])
def test_an_engine_that_is_not_there_is_listed_as_missing(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setenv("STORYREEL_IMAGE_ENGINE", engine)
    listed = json.loads(run("engines", "list", "--json").stdout)
    assert [bool(found["missing"]) for found in listed if found["id"] == engine] == [True]
    shown = " ".join(run("engines", "list").stdout.split())
    assert "not ready" in shown
    if engine == "nonsense":
        assert "Choose one of: builtin" in shown


def test_voices(run: Callable[..., Result]) -> None:
    listed = json.loads(run("voices", "list", "--json").stdout)
    assert [voice["id"] for voice in listed] == ["fake-en", "fake-zh"]
    assert "fake-zh" in run("voices", "list").stdout


def test_a_machine_in_good_order(run: Callable[..., Result]) -> None:
    result = run("doctor")
    assert result.exit_code == 0, result.stdout
    assert "problem" not in result.stdout
    for name in ("Python", "packages", "film encoder", "caption font", "espeak-ng", "data folder", "free space"):
        assert f"ok       {name}" in result.stdout


def test_what_is_missing_is_named_with_how_to_get_it(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STORYREEL_VIDEO_ENGINE", "nowhere:Engine")
    monkeypatch.setenv("STORYREEL_DATA_DIR", str(tmp_path / "file"))
    result = run("doctor")
    assert result.exit_code == 1
    assert "problem  data folder" in result.stdout
    assert "choose another with --data-dir" in result.stdout
    assert "problem  video engine" in result.stdout
