"""Timelines for other programs: OpenTimelineIO, as its documented JSON, which editors read."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from storyreel.domain.storyboard import Transition

_DISSOLVES = (Transition.CROSSFADE, Transition.DISSOLVE)


@dataclass(frozen=True, slots=True)
class Cutting:
    """One clip of the film's pictures: `frames` of the media at `url`, beginning at the film's frame `start`.

    `overlap` is how many of its last frames are mixed with the next one's first ones, in the manner of `transition`.
    """

    name: str
    url: str | None
    start: int
    frames: int
    overlap: int
    transition: Transition
    notes: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Heard:
    """A sound of `frames` film frames that begins at the film's frame `start`."""

    name: str
    url: str | None
    start: int
    frames: int


def to_otio(
    title: str, fps: int, pictures: Sequence[Cutting], voices: Sequence[Heard], mix: Heard, notes: dict[str, Any]
) -> str:
    """The film as an OpenTimelineIO document: its pictures, its voices, and, muted, its finished sound."""
    clock = _Clock(fps)
    tracks = [
        clock.track("Pictures", "Video", clock.pictures(pictures)),
        clock.track("Voice", "Audio", clock.sounds(voices)),
        clock.track("Mix", "Audio", clock.sounds([mix]), enabled=False),
    ]
    stack = _object("Stack.1", name="tracks", source_range=None, children=tracks, **_ITEM)
    document = _object(
        "Timeline.1", name=title, metadata={"storyreel": notes}, global_start_time=clock.time(0), tracks=stack
    )
    return json.dumps(document, ensure_ascii=False, indent=1)


_ITEM: dict[str, Any] = {"effects": [], "markers": [], "enabled": True, "metadata": {}}


def _object(schema: str, **fields: Any) -> dict[str, Any]:
    return {"OTIO_SCHEMA": schema, **fields}


class _Clock:
    """Writes whatever has a time, in frames."""

    def __init__(self, fps: int) -> None:
        self._fps = float(fps)

    def time(self, frames: int) -> dict[str, Any]:
        return _object("RationalTime.1", rate=self._fps, value=float(frames))

    def span(self, first: int, frames: int) -> dict[str, Any]:
        return _object("TimeRange.1", start_time=self.time(first), duration=self.time(frames))

    def track(self, name: str, kind: str, children: Iterable[dict[str, Any]], *, enabled: bool = True) -> Any:
        of = {**_ITEM, "enabled": enabled}
        return _object("Track.1", name=name, kind=kind, source_range=None, children=list(children), **of)

    def pictures(self, cuttings: Sequence[Cutting]) -> Iterator[dict[str, Any]]:
        """Clips that meet in the middle of what they share; the transition between them says how far it reaches."""
        before = 0
        for cutting in cuttings:
            reach = cutting.overlap if cutting is cuttings[-1] else cutting.overlap // 2
            after = cutting.overlap - reach
            source = self.span(before, cutting.frames - before - after)
            yield self._clip(cutting.name, cutting.url, source, cutting.frames, cutting.notes)
            if cutting.overlap:
                yield _object(
                    "Transition.1",
                    name=cutting.transition,
                    transition_type="SMPTE_Dissolve" if cutting.transition in _DISSOLVES else "Custom_Transition",
                    in_offset=self.time(reach),
                    out_offset=self.time(after),
                    metadata={"storyreel": {"transition": cutting.transition}},
                )
            before = reach

    def sounds(self, sounds: Sequence[Heard]) -> Iterator[dict[str, Any]]:
        at = 0
        for sound in sounds:
            if sound.start > at:
                yield _object("Gap.1", name="", source_range=self.span(0, sound.start - at), **_ITEM)
            yield self._clip(sound.name, sound.url, self.span(0, sound.frames), sound.frames, {})
            at = sound.start + sound.frames

    def _clip(self, name: str, url: str | None, source: Any, frames: int, notes: dict[str, Any]) -> dict[str, Any]:
        whole = {"name": "", "metadata": {}, "available_range": self.span(0, frames), "available_image_bounds": None}
        media = _object("MissingReference.1", **whole) if url is None else _reference(url, whole)
        of = {**_ITEM, "metadata": {"storyreel": notes} if notes else {}}
        return _object(
            "Clip.2",
            name=name,
            source_range=source,
            media_references={"DEFAULT_MEDIA": media},
            active_media_reference_key="DEFAULT_MEDIA",
            **of,
        )


def _reference(url: str, whole: dict[str, Any]) -> dict[str, Any]:
    return _object("ExternalReference.1", target_url=url, **whole)
