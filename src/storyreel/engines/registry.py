"""Finds engines by entry point, loads the one that is asked for, and says which there are."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Protocol, cast

from storyreel.engines.contracts.engine import Engine, EngineInfo
from storyreel.engines.contracts.image import ImageEngine
from storyreel.engines.contracts.speech import SpeechEngine
from storyreel.engines.contracts.story import StoryEngine
from storyreel.engines.contracts.video import VideoEngine
from storyreel.errors import EngineUnavailableError, InvalidInputError

log = logging.getLogger(__name__)

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
            installed as an entry point; or several with commas between them, of which each is used where those before
            it cannot be had. Kinds left out use `builtin`.
        options: `kind.id` → the keyword arguments that the engine is built with; an engine reads no settings itself.
    """

    def __init__(
        self, defaults: Mapping[str, str] | None = None, options: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        chosen = defaults or {}
        self._defaults = {kind: _names(chosen.get(kind) or "builtin") for kind in KINDS}
        self._options = options or {}
        self._loaded: dict[tuple[str, str], Engine] = {}
        self._left_out: set[tuple[str, str]] = set()

    def ids(self, kind: str) -> list[str]:
        """The installed engines of a kind."""
        names = (point.name.split(".", 1) for point in entry_points(group=GROUP))
        return sorted(name for of_kind, name in names if of_kind == kind)

    def check(self, choice: Mapping[str, str]) -> None:
        """Refuse a choice that names a kind or an engine which is not there.

        Raises:
            InvalidInputError: with the list of those that are.
        """
        for kind, names in choice.items():
            if kind not in KINDS:
                raise InvalidInputError(
                    f"'{kind}' is not a kind of engine.", code="unknown_engine", hint=_one_of(KINDS)
                )
            for name in _names(names):
                if name not in self._defaults[kind] and name not in self.ids(kind):
                    raise InvalidInputError(
                        f"There is no {kind} engine '{name}'.", code="unknown_engine", hint=_one_of(self.ids(kind))
                    )

    def story(self, choice: EngineChoice | None = None) -> StoryEngine:
        return next(self.stories(choice))

    def image(self, choice: EngineChoice | None = None) -> ImageEngine:
        return next(self.images(choice))

    def speech(self, choice: EngineChoice | None = None) -> SpeechEngine:
        return next(self.speeches(choice))

    def video(self, choice: EngineChoice | None = None) -> VideoEngine:
        return next(self.videos(choice))

    def stories(self, choice: EngineChoice | None = None) -> Iterator[StoryEngine]:
        return cast(Iterator[StoryEngine], self._in_turn("story", choice))

    def images(self, choice: EngineChoice | None = None) -> Iterator[ImageEngine]:
        return cast(Iterator[ImageEngine], self._in_turn("image", choice))

    def speeches(self, choice: EngineChoice | None = None) -> Iterator[SpeechEngine]:
        return cast(Iterator[SpeechEngine], self._in_turn("speech", choice))

    def videos(self, choice: EngineChoice | None = None) -> Iterator[VideoEngine]:
        return cast(Iterator[VideoEngine], self._in_turn("video", choice))

    def at_once(self, kind: str) -> int:
        """How many calls a kind's default engine wants to be at work at once; 0 when it does not say."""
        try:
            return self._load(kind, self._defaults[kind][0]).info.at_once
        except EngineUnavailableError:
            return 0

    async def overview(self) -> list[tuple[EngineInfo, bool, list[str]]]:
        """Every installed engine: who it is, whether it is its kind's default, and what it lacks to run here."""
        asked = [(kind, name) for kind in KINDS for name in sorted({*self.ids(kind), *self._defaults[kind]})]
        return list(await asyncio.gather(*(self._health(kind, name) for kind, name in asked)))

    async def _health(self, kind: str, name: str) -> tuple[EngineInfo, bool, list[str]]:
        try:
            engine = self._load(kind, name)
            info, missing = engine.info, list(await engine.missing())
        except EngineUnavailableError as error:
            lacking = f"{error.message} {error.hint}".strip()
            info, missing = EngineInfo(id=name, kind=kind, version="", title=name), [lacking]
        return info, name == self._defaults[kind][0], missing

    def _in_turn(self, kind: str, choice: EngineChoice | None) -> Iterator[Engine]:
        """The engines of a choice, each loaded when it is asked for; those that cannot be are left out but the last."""
        chosen = choice.engines.get(kind) if choice else None
        *others, last = _names(chosen) if chosen else self._defaults[kind]
        for name in others:
            if (kind, name) not in self._left_out:
                try:
                    engine = self._load(kind, name)
                except EngineUnavailableError as error:
                    log.warning("%s The next one is used.", error.message)
                    self._left_out.add((kind, name))
                else:
                    yield engine
        yield self._load(kind, last)

    def _load(self, kind: str, name: str) -> Engine:
        if (kind, name) not in self._loaded:
            options = self._options.get(f"{kind}.{name}", {})
            self._loaded[kind, name] = cast(Engine, self._class_of(kind, name)(**options))
        return self._loaded[kind, name]

    def _class_of(self, kind: str, name: str) -> Any:
        try:
            if ":" in name and name in self._defaults[kind]:  # an import path is the operator's to give, not a user's
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


def _names(choice: str) -> tuple[str, ...]:
    """The engines that a choice names, in order."""
    return tuple(name for part in choice.split(",") if (name := part.strip())) or ("builtin",)


def _one_of(names: Iterable[str]) -> str:
    return f"Choose one of: {', '.join(names)}."
