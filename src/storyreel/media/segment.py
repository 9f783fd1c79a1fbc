"""One segment of the film: decoded from its clips, mixed, captioned, and encoded as a closed group of pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

from storyreel.domain.film import Canvas
from storyreel.errors import MediaError
from storyreel.media.captions import CaptionArtist, Overlay, drawing_identity
from storyreel.media.encode import clip_writer
from storyreel.media.frames import Planes, black, blend
from storyreel.media.probe import read_clip
from storyreel.media.profile import EncodeProfile
from storyreel.media.subtitles import Cue
from storyreel.media.timeline import Blend, Body, Segment
from storyreel.offload import Report

_MIXING = 1
"""Raise whenever a segment of the same clips would look different."""


def segment_identity(
    segment: Segment, clip_keys: Sequence[str], cues: Sequence[Cue], profile: EncodeProfile
) -> dict[str, object]:
    """All that a segment shows, as JSON; where it stands in the film is not part of it.

    Args:
        clip_keys: what identifies the clips of `segment.shots`, in that order.
        cues: the captions burned into it, in seconds from its start; empty when none are.
    """
    if len(clip_keys) != len(segment.shots):
        raise MediaError(f"A segment of {len(segment.shots)} clips was given {len(clip_keys)}.")
    shown = asdict(segment)
    for place in ("at", "shot", "from_shot", "to_shot"):
        shown.pop(place, None)
    return {
        "segment": {"type": type(segment).__name__.lower(), **shown},
        "clips": list(clip_keys),
        "cues": [[str(cue.start), str(cue.end), cue.text] for cue in cues],
        "captions": drawing_identity() if cues else None,
        "profile": profile.identity(),
        "mixing": _MIXING,
    }


def is_whole_clip(segment: Segment, clip_frames: int, cues: Sequence[Cue] = ()) -> bool:
    """Whether the segment is its clip, unchanged, so that the clip's own file serves as it is."""
    return isinstance(segment, Body) and (segment.first, segment.end) == (0, clip_frames) and not cues


def render_segment(
    report: Report, segment: Segment, clips: Sequence[Path], cues: Sequence[Cue], profile: EncodeProfile, out: Path
) -> None:
    """Encode one segment.

    Args:
        clips: the files of `segment.shots`, in that order, each encoded with `profile`.
        cues: the captions to burn in, in seconds from the segment's start.

    Raises:
        MediaError: a clip is broken or too short, or the segment cannot be written.
    """
    if len(clips) != len(segment.shots):
        raise MediaError(f"A segment of {len(segment.shots)} clips was given {len(clips)}.")
    captions = _Captions(cues, profile)
    with clip_writer(profile, out) as write:
        for number, planes in enumerate(_pictures(segment, clips, profile.canvas)):
            captions.burn(planes, number)
            write(planes)
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


def _pictures(segment: Segment, clips: Sequence[Path], canvas: Canvas) -> Iterator[Planes]:
    match segment:
        case Body(first=first, end=end):
            yield from read_clip(clips[0], first, end)
        case Blend(kind=kind, first=first, frames=frames):
            outgoing = read_clip(clips[0], first, first + frames)
            dark = black(canvas)
            incoming = read_clip(clips[1], 0, frames) if len(clips) > 1 else (dark for _ in range(frames))
            # The end of the film fades all the way down; between two shots the blend's end points are the shots' own.
            steps = frames + 1 if len(clips) > 1 else 2 * frames
            for number, (before, after) in enumerate(zip(outgoing, incoming, strict=True), 1):
                yield blend(kind, before, after, number / steps)
