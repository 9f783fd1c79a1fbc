"""The film's shape: canvas, frame rate, word times, and what the user may choose for the export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from storyreel.domain.storyboard import Transition
from storyreel.errors import InvalidInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAD = Fraction(3, 10)
"""Seconds of picture before a shot's narration starts."""
TAIL = Fraction(5, 10)
"""Seconds of picture after a shot's narration ends. LEAD + TAIL outlast TRANSITION, so no speech overlaps."""
TRANSITION = Fraction(5, 10)
"""Seconds that a transition other than a cut takes from each of the two shots that it joins."""
SILENT_SHOT = Fraction(3)
"""Seconds that a shot without narration is shown."""

FRAME_RATES = (24, 25, 30, 60)
MIN_SIDE, MAX_SIDE = 144, 5120


class Aspect(StrEnum):
    """Width to height."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"
    CLASSIC = "4:3"
    ULTRAWIDE = "21:9"

    @property
    def ratio(self) -> Fraction:
        width, height = self.value.split(":")
        return Fraction(int(width), int(height))


class Subtitles(StrEnum):
    """BURNED: drawn into the picture. TRACK: a text track the player may show. BOTH. NONE."""

    BURNED = "burned"
    TRACK = "track"
    BOTH = "both"
    NONE = "none"

    @property
    def burned(self) -> bool:
        return self in (Subtitles.BURNED, Subtitles.BOTH)

    @property
    def track(self) -> bool:
        return self in (Subtitles.TRACK, Subtitles.BOTH)


class Preset(StrEnum):
    """DRAFT: to look at soon. STANDARD: not told from the source at arm's length. HIGH: to keep, or to cut again.

    What each means in figures, by encoder, stands in docs/reference/presets.md; `benchmarks/presets.py` measures them.
    """

    DRAFT = "draft"
    STANDARD = "standard"
    HIGH = "high"


class Codec(StrEnum):
    """H264 plays everywhere. HEVC and AV1 need fewer bits and more time, and newer players."""

    H264 = "h264"
    HEVC = "hevc"
    AV1 = "av1"


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture size in pixels; both sides even, as 4:2:0 chroma needs."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class View:
    """What a camera over a still shows.

    `zoom` 1 fills the canvas with as much of the picture as fits, 2 shows half as much. `x` and `y` say where in what
    that leaves free: −1 at the left or top edge of the picture, 0 in the middle, 1 at the right or bottom edge.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class StillMove:
    """A camera that glides over the picture file `image` from `start` to `end` in `number` frames, eased."""

    image: Path
    canvas: Canvas
    fps: Fraction
    number: int
    start: View
    end: View

    def __len__(self) -> int:
        return self.number


class FrameSource(Protocol):
    """Frames that are drawn when they are asked for. Picklable: they are drawn in the process that encodes them."""

    @property
    def canvas(self) -> Canvas: ...

    @property
    def fps(self) -> Fraction: ...

    def __len__(self) -> int: ...

    def frames(self, first: int, end: int) -> "Iterator[NDArray[np.uint8]]":
        """Frames `first` … `end`−1 in order: height × width × 3, RGB, full range. The array may be reused for the next.

        A process asks for the pieces of a film one after another, so of what is costly to set up keep the latest two.
        """
        ...


Footage = FrameSource | StillMove | Path
"""A shot's moving picture: frames still to be drawn, a camera over a still, or a video file."""


@dataclass(frozen=True, slots=True)
class FilmOptions:
    """What one export looks and sounds like; see `canvas_for` for `resolution`, `FRAME_RATES` for `fps`.

    `hardware`: encode in graphics hardware if some machine at work has it. `cards`: the title before the first shot,
    and a word after the last one. `highlight`: in captions that are burned in, the word being said stands out.
    """

    resolution: str
    fps: int
    subtitles: Subtitles = Subtitles.BURNED
    music: bool = True
    preset: Preset = Preset.STANDARD
    codec: Codec = Codec.H264
    hardware: bool = False
    cards: bool = True
    highlight: bool = False


@dataclass(frozen=True, slots=True)
class CutPiece:
    """Frames `first` … `end`−1 of an artifact, as they stand in the film."""

    artifact: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Cut:
    """What a FILM task has cut so far: `pieces` follow each other from the film's start.

    Attributes:
        profile: how the pictures are encoded, as JSON.
        sound: artifacts of the sound track's parts, from the first on.
        whole: whether nothing is to come.
    """

    task_id: str
    project_id: str
    profile: dict[str, Any]
    pieces: tuple[CutPiece, ...]
    sound: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class FilmClip:
    """What a film shows of one shot, or of a card: `card` is what is written on it, None on a shot's clip.

    `image`, `voice` and `footage` are artifact keys; `footage` is that of the clip, or of what it is drawn from, or
    None as long as it is not made. `shot_id` of a card is that of the shot beside it, whose picture it shows.
    """

    shot_id: str
    card: str | None
    narration: str
    transition: Transition
    image: str | None
    voice: str | None
    footage: str | None


@dataclass(frozen=True, slots=True)
class Film:
    """A finished film: the file `artifact`, the `sound` track in it, and what it was cut from.

    `id` is that of the task that made it. `title` and `language` are what it says of itself.
    """

    id: str
    project_id: str
    artifact: str
    sound: str
    title: str
    language: str | None
    options: FilmOptions
    clips: tuple[FilmClip, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WordTime:
    """When one word of the narration is spoken: seconds from the start of the voice file, and its place in the text."""

    start: float
    end: float
    offset: int
    length: int


def canvas_for(resolution: str, aspect: Aspect) -> Canvas:
    """The canvas of a resolution in an aspect.

    `720p` names the shorter side for every aspect; `WxH` is taken as it is and overrides the aspect.

    Raises:
        InvalidInputError: not a known resolution, odd, or outside 144 … 5120 pixels.
    """
    named = {"480p": 480, "720p": 720, "1080p": 1080, "1440p": 1440, "2160p": 2160}
    if resolution in named:
        short = named[resolution]
        ratio = aspect.ratio
        long = round(short * max(ratio, 1 / ratio) / 2) * 2
        width, height = (long, short) if ratio >= 1 else (short, long)
    else:
        parts = resolution.lower().split("x")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) <= 5 for part in parts):
            raise InvalidInputError(
                f"'{resolution[:40]}' is not a resolution.",
                code="unknown_resolution",
                hint=f"Use one of {', '.join(named)}, or a size such as 1280x720.",
            )
        width, height = int(parts[0]), int(parts[1])
    if width % 2 or height % 2 or min(width, height) < MIN_SIDE or max(width, height) > MAX_SIDE:
        raise InvalidInputError(
            f"A picture of {width}x{height} cannot be encoded.",
            code="unknown_resolution",
            hint=f"Both sides must be even, at least {MIN_SIDE} and at most {MAX_SIDE} pixels.",
        )
    return Canvas(width, height)
