from importlib.metadata import EntryPoint
from typing import Any

import pytest

from storyreel.domain.project import ProjectSettings
from storyreel.engines import registry
from storyreel.engines.registry import KINDS, EngineRegistry, identity
from storyreel.engines.testing import FakeImageEngine
from storyreel.errors import EngineUnavailableError, InvalidInputError

FAKE = "storyreel.engines.testing:FakeImageEngine"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three image engines from somebody's packages: one works, two cannot be loaded."""
    others = [
        EntryPoint("image.other", FAKE, registry.GROUP),
        EntryPoint("image.no-package", "no_such_package.engine:Engine", registry.GROUP),
        EntryPoint("image.no-class", "storyreel.engines.testing:NoSuchEngine", registry.GROUP),
    ]
    real = registry.entry_points

    def entry_points(**wanted: Any) -> list[EntryPoint]:
        return [*real(**wanted), *(each for each in others if wanted.get("name") in (None, each.name))]

    monkeypatch.setattr(registry, "entry_points", entry_points)


def test_every_kind_has_its_builtin_engine() -> None:
    engines = EngineRegistry()
    for kind in KINDS:
        assert "builtin" in engines.ids(kind)
        info = getattr(engines, kind)().info
        assert (info.id, info.kind) == ("builtin", kind)
        assert identity(info) == f"builtin@{info.version}"


def test_an_engine_is_loaded_once() -> None:
    engines = EngineRegistry()
    assert engines.image() is engines.image()
    assert engines.image() is not EngineRegistry().image()


@pytest.mark.usefixtures("installed")
def test_a_project_may_choose_what_is_installed() -> None:
    engines = EngineRegistry({"image": "builtin"})
    assert {"builtin", "no-class", "no-package", "other"} < set(engines.ids("image"))
    assert engines.ids("image") == sorted(engines.ids("image"))
    assert isinstance(engines.image(ProjectSettings(engines={"image": "other"})), FakeImageEngine)
    assert engines.image(ProjectSettings(engines={"speech": "other"})).info.id == "builtin"
    engines.check({"image": "other", "story": "builtin"})


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("choice", "hint"),
    [
        ({"image": "nobody"}, "no-class, no-package, openai_compatible, other, remote_node"),
        ({"picture": "builtin"}, "story, image, speech, video"),
        ({"video": "other"}, "Choose one of: builtin, comfyui, diffusers_local, openai_compatible, remote_node."),
        ({"image": FAKE}, "builtin"),
    ],
)
def test_a_choice_that_is_not_there_is_refused(choice: dict[str, str], hint: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        EngineRegistry().check(choice)
    assert refused.value.code == "unknown_engine"
    assert hint in refused.value.hint


def test_only_the_operator_may_give_an_import_path() -> None:
    engines = EngineRegistry({"image": FAKE})
    assert isinstance(engines.image(), FakeImageEngine)
    engines.check({"image": FAKE})
    with pytest.raises(EngineUnavailableError):
        EngineRegistry().image(ProjectSettings(engines={"image": FAKE}))
    with pytest.raises(EngineUnavailableError):
        engines.speech(ProjectSettings(engines={"speech": FAKE}))


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", ["no-package", "no-class", "nobody"])
def test_what_cannot_be_loaded_is_unavailable(name: str) -> None:
    with pytest.raises(EngineUnavailableError, match=name):
        EngineRegistry({"image": name}).image()


@pytest.mark.usefixtures("installed")
def test_engines_in_turn_without_those_that_cannot_be_loaded() -> None:
    engines = EngineRegistry({"image": f"no-package, {FAKE},other"})
    assert [type(engine) for engine in engines.images()] == [FakeImageEngine, FakeImageEngine]
    assert engines.image().info.id == "fake"
    chosen = ProjectSettings(engines={"image": "no-class,builtin"})
    engines.check(chosen.engines)
    assert [engine.info.id for engine in engines.images(chosen)] == ["builtin"]
    with pytest.raises(InvalidInputError):
        engines.check({"image": "builtin,nobody"})


def test_an_engine_is_built_with_its_options() -> None:
    options = {"image.openai_compatible": {"base_url": "http://127.0.0.1:9", "model": "sd"}}
    engines = EngineRegistry({"image": "openai_compatible"}, options)
    assert engines.image().info.version == "1-sd"
    assert engines.story().info.id == "builtin"


@pytest.mark.usefixtures("installed")
async def test_the_overview_lists_also_what_is_broken() -> None:
    overview = await EngineRegistry({"image": "other", "video": "storyreel.engines.testing:FakeVideoEngine"}).overview()
    found = {(info.kind, info.id): (default, missing) for info, default, missing in overview}
    assert found["image", "fake"] == (True, [])
    assert found["image", "builtin"] == (False, [])
    assert found["video", "fake"] == (True, [])
    assert found["video", "builtin"][0] is False
    for name in ("no-package", "no-class"):
        default, missing = found["image", name]
        assert not default
        assert "cannot be loaded" in missing[0]
    assert [info.kind for info, _, _ in overview] == sorted((info.kind for info, _, _ in overview), key=KINDS.index)
