"""Project: a story on its way to becoming a film, and the choices that hold for all its shots."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from storyreel.domain.film import Aspect
from storyreel.domain.storyboard import Character

MAX_STORY_CHARACTERS = 200_000
MAX_TITLE_CHARACTERS = 200
DELETED_IS_KEPT = timedelta(days=30)
"""How long a deleted project or shot can be brought back."""


class Style(StrEnum):
    """The look of every picture of a film."""

    CINEMATIC = "Cinematic"
    ANIME = "Anime"
    REALISTIC = "Realistic"


class Language(StrEnum):
    """The language a story is told in; `AUTO` is resolved when the storyboard is made."""

    AUTO = "auto"
    ENGLISH = "en"
    CHINESE = "zh"


class ProjectStatus(StrEnum):
    """PENDING: nothing begun. RUNNING: work under way. SUCCESS: has a film. FAILED: last film or storyboard failed."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """Choices that hold for the whole project.

    `seed` fixes every random choice (0 … 2³¹−1). `voice` None is the language's default voice.
    `resolution` (see `canvas_for`) is the size of pictures, and of films that do not ask for another; so is `fps`.
    `engines` maps a kind (story, image, speech, video) to an engine id; a missing kind uses the server's default.
    """

    aspect: Aspect = Aspect.WIDE
    language: Language = Language.AUTO
    voice: str | None = None
    seed: int = 0
    resolution: str = "720p"
    fps: int = 24
    engines: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Project:
    """`revision` counts edits, for If-Match. `film` is the artifact key of the last finished film.

    `language` is en or zh once the storyboard is made.
    """

    id: str
    owner_id: str
    title: str
    story_text: str
    style: Style
    settings: ProjectSettings
    created_at: datetime
    status: ProjectStatus = ProjectStatus.PENDING
    language: str | None = None
    characters: tuple[Character, ...] = ()
    cover: str | None = None
    film: str | None = None
    revision: int = 1
