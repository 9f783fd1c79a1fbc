"""Finds engines by entry point, loads the one that is asked for, and says which there are."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Protocol, cast

from storyreel.engines.contracts.engine import Engine, EngineInfo
from storyreel.engines.contracts.image import ImageEngine
from storyreel.engines.contracts.speech import SpeechEngine
from storyreel.engines.contracts.story import StoryEngine
from storyreel.engines.contracts.video import VideoEngine
from storyreel.errors import EngineUnavailableError, InvalidInputError

GROUP = "storyreel.engines"
KINDS = ("story", "image", "speech", "video")


class EngineChoice(Protocol):
    """Whoever says which engine to use for a kind of work; a project does."""

    @property
    def engines(self) -> Mapping[str, str]: ...


class EngineRegistry:
    """Every installed engine; each is loaded once, when it is first used.

    Entry points of the group `storyreel.engines` are named `kind.id`, such as `image.builtin`.

    Args:
        defaults: kind → the engine to use where a project chooses none: an id, or `module:Class` for one that is not
            installed as an entry point. Kinds left out use `builtin`.
    """

    def __init__(self, defaults: Mapping[str, str] | None = None) -> None:
        chosen = defaults or {}
        self._defaults = {kind: chosen.get(kind) or "builtin" for kind in KINDS}
        self._loaded: dict[tuple[str, str], Engine] = {}

    def ids(self, kind: str) -> list[str]:
        """The installed engines of a kind."""
        names = (point.name.split(".", 1) for point in entry_points(group=GROUP))
        return sorted(name for of_kind, name in names if of_kind == kind)

    def check(self, choice: Mapping[str, str]) -> None:
        """Refuse a choice that names a kind or an engine which is not there.

        Raises:
            InvalidInputError: with the list of those that are.
        """
        for kind, name in choice.items():
            if kind not in KINDS:
                raise InvalidInputError(
                    f"'{kind}' is not a kind of engine.", code="unknown_engine", hint=_one_of(KINDS)
                )
            if name != self._defaults[kind] and name not in self.ids(kind):
                raise InvalidInputError(
                    f"There is no {kind} engine '{name}'.", code="unknown_engine", hint=_one_of(self.ids(kind))
                )

    def story(self, choice: EngineChoice | None = None) -> StoryEngine:
        return cast(StoryEngine, self._get("story", choice))

    def image(self, choice: EngineChoice | None = None) -> ImageEngine:
        return cast(ImageEngine, self._get("image", choice))

    def speech(self, choice: EngineChoice | None = None) -> SpeechEngine:
        return cast(SpeechEngine, self._get("speech", choice))

    def video(self, choice: EngineChoice | None = None) -> VideoEngine:
        return cast(VideoEngine, self._get("video", choice))

    async def overview(self) -> list[tuple[EngineInfo, bool, list[str]]]:
        """Every installed engine: who it is, whether it is its kind's default, and what it lacks to run here."""
        found: list[tuple[EngineInfo, bool, list[str]]] = []
        for kind in KINDS:
            default = self._defaults[kind]
            for name in sorted({*self.ids(kind), default}):
                try:
                    engine = self._load(kind, name)
                    info, missing = engine.info, list(await engine.missing())
                except EngineUnavailableError as error:
                    info, missing = EngineInfo(id=name, kind=kind, version="", title=name), [error.message]
                found.append((info, name == default, missing))
        return found

    def _get(self, kind: str, choice: EngineChoice | None) -> Engine:
        return self._load(kind, (choice.engines.get(kind) if choice else None) or self._defaults[kind])

    def _load(self, kind: str, name: str) -> Engine:
        if (kind, name) not in self._loaded:
            self._loaded[kind, name] = cast(Engine, self._class_of(kind, name)())
        return self._loaded[kind, name]

    def _class_of(self, kind: str, name: str) -> Any:
        try:
            if ":" in name and name == self._defaults[kind]:  # an import path is the operator's to give, not a user's
                module, _, attribute = name.partition(":")
                return getattr(import_module(module), attribute)
            for point in entry_points(group=GROUP, name=f"{kind}.{name}"):
                return point.load()
        except (ImportError, AttributeError) as error:
            raise EngineUnavailableError(f"The {kind} engine '{name}' cannot be loaded: {error}.") from error
        raise EngineUnavailableError(f"There is no {kind} engine '{name}'.", hint=_one_of(self.ids(kind)))


def identity(info: EngineInfo) -> str:
    """The engine as artifact keys name it."""
    return f"{info.id}@{info.version}"


def _one_of(names: Iterable[str]) -> str:
    return f"Choose one of: {', '.join(names)}."
