"""Shot: one picture of the storyboard, what the user wants of it and which artifacts were chosen for it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from storyreel.domain.storyboard import SceneSpec, Transition

MAX_NARRATION_CHARACTERS = 4000


class ShotStatus(StrEnum):
    """PENDING: no picture yet. RUNNING: a task works on it. SUCCESS: has a picture. FAILED: its last task failed."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


class VersionKind(StrEnum):
    """What a version is a version of."""

    IMAGE = "image"
    NARRATION = "narration"
    CLIP = "clip"


@dataclass(frozen=True, slots=True)
class Shot:
    """`image`, `voice` and `clip` are artifact keys. `style` None is the project's; `take` varies the picture's seed.

    `image_for`, `voice_for` and `clip_for` are the keys of the requests that the chosen artifacts answer: once the shot
    as it stands asks for another key, the artifact is stale.

    `prompt_en` is what image models read; it is empty once the user has rewritten `prompt` by hand.
    `scene` is what the illustrator draws from.
    """

    id: str
    project_id: str
    order: int
    prompt: str
    narration: str
    transition: Transition = Transition.CUT
    prompt_en: str = ""
    scene: SceneSpec | None = None
    style: str | None = None
    voice_name: str | None = None
    take: int = 0
    image: str | None = None
    image_for: str | None = None
    voice: str | None = None
    voice_for: str | None = None
    clip: str | None = None
    clip_for: str | None = None
    status: ShotStatus = ShotStatus.PENDING
    task_id: str | None = None
    error: str | None = None
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Version:
    """One made thing of a shot, kept for ever; `made_from` holds the shot's fields it was made from."""

    shot_id: str
    number: int
    kind: VersionKind
    artifact: str
    made_from: dict[str, Any]
    created_at: datetime
