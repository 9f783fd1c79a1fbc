"""One segment of the film: its shots' footage mixed, captioned, and encoded as a closed group of pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import repeat
from pathlib import Path

from storyreel.domain.film import Canvas, Footage
from storyreel.errors import MediaError
from storyreel.media.captions import CaptionArtist, Overlay, drawing_identity
from storyreel.media.encode import clip_writer
from storyreel.media.footage import Reel, open_footage
from storyreel.media.frames import Planes, black, blend
from storyreel.media.profile import EncodeProfile
from storyreel.media.subtitles import Cue
from storyreel.media.timeline import Blend, Body, Segment
from storyreel.offload import Report

_MIXING = 3
"""Raise whenever a segment of the same footage would look different."""


def segment_identity(
    segment: Segment, footage_keys: Sequence[str], cues: Sequence[Cue], profile: EncodeProfile
) -> dict[str, object]:
    """All that a segment shows, as JSON; where it stands in the film is not part of it.

    Args:
        footage_keys: what identifies the footage of `segment.shots`, in that order.
        cues: the captions burned into it, in seconds from its start; empty when none are.
    """
    if len(footage_keys) != len(segment.shots):
        raise MediaError(f"A segment of {len(segment.shots)} shots was given {len(footage_keys)}.")
    shown = asdict(segment)
    for place in ("at", "shot", "from_shot", "to_shot"):
        shown.pop(place, None)
    return {
        "segment": {"type": type(segment).__name__.lower(), **shown},
        "footage": list(footage_keys),
        "cues": [[str(cue.start), str(cue.end), cue.text, *map(str, cue.words)] for cue in cues],
        "captions": drawing_identity() if cues else None,
        "profile": profile.identity(),
        "mixing": _MIXING,
    }


@dataclass(frozen=True, slots=True)
class Rendering:
    """One segment to be rendered.

    Attributes:
        footage: of `segment.shots`, in that order; files must have been encoded with the film's profile.
        cues: the captions to burn in, in seconds from the segment's start.
        out: where it goes; the file appears there when it is whole.
    """

    segment: Segment
    footage: tuple[Footage, ...]
    cues: tuple[Cue, ...]
    out: Path


def render_segments(report: Report, renderings: Sequence[Rendering], profile: EncodeProfile) -> None:
    """Draw and encode segments, one after the other; each frame is drawn in the planes that the encoder reads.

    What is costly to set up serves neighbours too; of the last shots only: memory does not grow with their number.

    Raises:
        MediaError: footage is broken or too short, or a segment cannot be written; those before it are whole.
    """
    total = sum(rendering.segment.frames for rendering in renderings)
    done = 0
    for rendering in renderings:
        for _ in _rendered(rendering, profile):
            done += 1
            report(done / total)


def _rendered(rendering: Rendering, profile: EncodeProfile) -> Iterator[None]:
    segment, out = rendering.segment, rendering.out
    if len(rendering.footage) != len(segment.shots):
        raise MediaError(f"A segment of {len(segment.shots)} shots was given {len(rendering.footage)}.")
    captions = _Captions(rendering.cues, profile)
    reels = [open_footage(shot, profile) for shot in rendering.footage]
    part = out.with_name(f"{out.name}.part")
    with clip_writer(profile, part) as writer:
        for number, _ in enumerate(_played(segment, reels, profile.canvas, writer.planes)):
            captions.burn(writer.planes, number)
            writer.write()
            yield
    part.replace(out)


class _Captions:
    """Burns in what is due."""

    def __init__(self, cues: Sequence[Cue], profile: EncodeProfile) -> None:
        self._cues = cues
        self._profile = profile

    def burn(self, planes: Planes, number: int) -> None:
        time = Fraction(number) / self._profile.fps
        for cue in self._cues:
            if cue.start <= time < cue.end:
                word = cue.word_at(time)
                spoken = (word.first, word.end) if word else (0, 0)
                if overlay := _drawn(cue.text, self._profile.canvas, spoken):
                    overlay.blend(planes)


@lru_cache(maxsize=4)
def _drawn(text: str, canvas: Canvas, spoken: tuple[int, int]) -> Overlay | None:
    """Each caption is drawn once, though it goes on from one segment to the next."""
    return CaptionArtist(canvas).draw(text, spoken)


def _played(segment: Segment, reels: Sequence[Reel], canvas: Canvas, into: Planes) -> Iterator[None]:
    match segment:
        case Body(first=first, end=end):
            yield from reels[0].play(first, end, into)
        case Blend(kind=kind, first=first, frames=frames):
            before, after = black(canvas), black(canvas)
            outgoing = reels[0].play(first, first + frames, before)
            incoming = reels[1].play(0, frames, after) if len(reels) > 1 else repeat(None, frames)
            # The end of the film fades all the way down; between two shots the blend's end points are the shots' own.
            steps = frames + 1 if len(reels) > 1 else 2 * frames
            for number, _ in enumerate(zip(outgoing, incoming, strict=True), 1):
                blend(kind, before, after, number / steps, into)
                yield
