"""Which engines the settings choose."""

import pytest

from storyreel.assembly import engine_registry
from storyreel.engines.registry import KINDS
from storyreel.settings import Settings

URL = "http://127.0.0.1:9/v1"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("STORYREEL_")]:
        monkeypatch.delenv(name)


def chosen() -> dict[str, str]:
    engines = engine_registry(Settings())
    return {kind: getattr(engines, kind)().info.id for kind in KINDS}


def test_nothing_set_is_built_in() -> None:
    assert set(chosen().values()) == {"builtin"}


def test_a_server_alone_plans_storyboards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYREEL_OPENAI_BASE_URL", URL)
    assert chosen() == dict.fromkeys(KINDS, "builtin") | {"story": "openai_compatible"}


@pytest.mark.parametrize("kind", ["image", "speech", "video"])
def test_a_named_model_is_used(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv(f"STORYREEL_OPENAI_{kind.upper()}_MODEL", "large")
    assert chosen()[kind] == "builtin", "there is no server yet"
    monkeypatch.setenv("STORYREEL_OPENAI_BASE_URL", URL)
    assert chosen()[kind] == "openai_compatible"
    assert getattr(engine_registry(Settings()), kind)().info.version == "1-large"


def test_what_is_chosen_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYREEL_OPENAI_BASE_URL", URL)
    monkeypatch.setenv("STORYREEL_STORY_ENGINE", "builtin")
    monkeypatch.setenv("STORYREEL_SPEECH_ENGINE", "openai_compatible,builtin")
    assert chosen() == dict.fromkeys(KINDS, "builtin") | {"speech": "openai_compatible"}


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8080", "ftp://host/v1", "http://user:secret@host/v1", "http://h/v1?key=1"]
)
def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("STORYREEL_OPENAI_BASE_URL", address)
    with pytest.raises(ValueError, match="openai_base_url"):
        Settings()


@pytest.mark.parametrize("kind", ["story", "image", "speech", "video"])
def test_a_model_to_run_here_is_used_before_a_server(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv("STORYREEL_OPENAI_BASE_URL", URL)
    monkeypatch.setenv(f"STORYREEL_OPENAI_{kind.upper()}_MODEL", "large")
    name = "SPEECH_MODELS" if kind == "speech" else f"{kind.upper()}_MODEL"
    monkeypatch.setenv(f"STORYREEL_DIFFUSERS_{name}", '{"en": "some/voice"}' if kind == "speech" else "some/model")
    assert chosen()[kind] == "diffusers_local"


def test_so_many_pictures_are_at_work_as_are_painted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYREEL_DIFFUSERS_IMAGE_MODEL", "some/model")
    monkeypatch.setenv("STORYREEL_DIFFUSERS_BATCH", "12")
    engines = engine_registry(Settings())
    assert [engines.at_once(kind) for kind in KINDS] == [0, 12, 0, 0]


@pytest.mark.parametrize("kind", ["image", "speech", "video"])
def test_a_workflow_that_is_named_is_used(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv("STORYREEL_COMFYUI_URLS", '["http://10.0.0.5:8188", "http://10.0.0.6:8188"]')
    monkeypatch.setenv(f"STORYREEL_COMFYUI_{kind.upper()}_WORKFLOW", "workflow.json")
    engines = engine_registry(Settings())
    assert {one for one in KINDS if chosen()[one] == "comfyui"} == {kind}
    assert engines.at_once(kind) == 4
    monkeypatch.setenv(f"STORYREEL_{kind.upper()}_ENGINE", "builtin")
    assert chosen()[kind] == "builtin"
