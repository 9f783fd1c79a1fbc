"""One segment of the film: its shots' footage mixed, captioned, and encoded as a closed group of pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction
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

_MIXING = 2
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
        "cues": [[str(cue.start), str(cue.end), cue.text] for cue in cues],
        "captions": drawing_identity() if cues else None,
        "profile": profile.identity(),
        "mixing": _MIXING,
    }


def render_segment(
    report: Report,
    segment: Segment,
    footage: Sequence[Footage],
    cues: Sequence[Cue],
    profile: EncodeProfile,
    out: Path,
) -> None:
    """Draw and encode one segment; each of its frames is drawn in the planes that the encoder reads.

    Args:
        footage: of `segment.shots`, in that order; files must have been encoded with `profile`.
        cues: the captions to burn in, in seconds from the segment's start.

    Raises:
        MediaError: footage is broken or too short, or the segment cannot be written.
    """
    if len(footage) != len(segment.shots):
        raise MediaError(f"A segment of {len(segment.shots)} shots was given {len(footage)}.")
    captions = _Captions(cues, profile)
    reels = [open_footage(shot, profile) for shot in footage]
    with clip_writer(profile, out) as writer:
        for number, _ in enumerate(_played(segment, reels, profile.canvas, writer.planes)):
            captions.burn(writer.planes, number)
            writer.write()
            report((number + 1) / segment.frames)


class _Captions:
    """Each caption is drawn once, when it is first seen."""

    def __init__(self, cues: Sequence[Cue], profile: EncodeProfile) -> None:
        self._cues = cues
        self._fps = profile.fps
        self._artist = CaptionArtist(profile.canvas)
        self._drawn: dict[str, Overlay | None] = {}

    def burn(self, planes: Planes, number: int) -> None:
        time = Fraction(number) / self._fps
        for cue in self._cues:
            if cue.start <= time < cue.end:
                if cue.text not in self._drawn:
                    self._drawn[cue.text] = self._artist.draw(cue.text)
                if overlay := self._drawn[cue.text]:
                    overlay.blend(planes)


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
