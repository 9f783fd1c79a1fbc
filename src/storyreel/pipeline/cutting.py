"""The cut of a film: segments are rendered as their shots get ready, first ones first, with the sound beside them."""

import asyncio
import logging
import os
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from storyreel.domain.artifact import Artifact
from storyreel.domain.film import CutPiece, FilmOptions
from storyreel.domain.project import Project
from storyreel.domain.shot import Shot
from storyreel.domain.storyboard import SceneSpec
from storyreel.errors import StoryreelError
from storyreel.media.captions import line_width
from storyreel.media.join import Piece, can_be_cut
from storyreel.media.profile import EncodeProfile
from storyreel.media.segment import segment_identity
from storyreel.media.timeline import Body, Segment, ShotTiming, Timeline, build_timeline
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.narration import word_times
from storyreel.pipeline.orders import video_facts
from storyreel.pipeline.rendering import Run, Shown
from storyreel.pipeline.soundtrack import make_soundtrack
from storyreel.pipeline.takes import Take
from storyreel.pipeline.tasks import describe

log = logging.getLogger(__name__)

CORES = os.cpu_count() or 1
"""Runs of segments that are in the making at most: the film's first ones are finished first."""
LONGEST_RUN = 8
"""Segments: about four shots, of which only one is set up in two processes."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """All that the sound track is made from."""

    spoken: tuple[tuple[Artifact, Fraction], ...]
    scenes: tuple[tuple[SceneSpec | None, Fraction, Fraction], ...]
    duration: Fraction


@dataclass(frozen=True, slots=True)
class FinishedCut:
    """A whole film before it is joined, and the takes that it shows."""

    takes: tuple[Take, ...]
    timeline: Timeline
    pieces: tuple[CutPiece, ...]
    sound: Artifact


class CuttingRoom:
    """Cuts one film. Tell it of the takes with `follow`, let it `work`, until it has `finished`; then `close` it."""

    def __init__(self, pipeline: Pipeline, project: Project, options: FilmOptions, profile: EncodeProfile) -> None:
        self._pipeline = pipeline
        self._project = project
        self._options = options
        self._profile = profile
        self._takes: list[Take] = []
        self._timings: list[ShotTiming] = []
        self.timeline: Timeline | None = None
        """The film's plan; there is one from when every voice is there."""
        self._shown: list[Shown | None] = []
        self._to_make: deque[Shown] = deque()
        self._made: dict[str, CutPiece] = {}
        self._making: dict[str, asyncio.Task[CutPiece]] = {}
        self._runs: list[Run] = []
        self._heard: _Heard | None = None
        self._sound: asyncio.Task[Artifact] | None = None
        self._parts: tuple[str, ...] = ()
        self._audible: asyncio.Future[None] | None = None

    def follow(self, takes: Sequence[Take]) -> None:
        """Take in how far the shots are now, and what was changed since. Work on what is no longer wanted ends."""
        if not all(take.voiced for take in takes) or self._same(takes):
            return
        timings = [_timing(take) for take in takes]
        if timings != self._timings or self.timeline is None:
            self._timings = timings
            wide = line_width(self._profile.canvas)
            fps, pointing = self._options.fps, self._options.highlight
            self.timeline = build_timeline(timings, fps, line_width=wide, pointing=pointing)
        self._takes = list(takes)
        self._shown = [self._show(self.timeline, segment) for segment in self.timeline.segments]
        wanted = {shown.key: shown for shown in self._shown if shown}
        for key in self._making.keys() - wanted.keys():
            self._making.pop(key).cancel()
        self._to_make = deque(
            shown for key, shown in wanted.items() if key not in self._made and key not in self._making
        )
        self._listen(self.timeline)

    async def work(self, seconds: float) -> None:
        """Render for so long, or until there is something to watch, or until the cut gets finished.

        Raises:
            StoryreelError: a segment or the sound could not be made; the message names the shot.
        """
        stage = self._stage()
        self._collect()  # what ended since the last time
        until = time.monotonic() + seconds
        while self._stage() == stage and (left := until - time.monotonic()) > 0:
            self._begin()
            busy = {job for job in (*self._making.values(), self._sound, self._audible) if job and not job.done()}
            if busy:
                await asyncio.wait(busy, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            else:
                await asyncio.sleep(left)
            self._collect()

    def pieces(self) -> tuple[CutPiece, ...]:
        """What is finished of the film from its start, without a gap."""
        found: list[CutPiece] = []
        for shown in self._shown:
            piece = self._made.get(shown.key) if shown else None
            if piece is None:
                break
            found.append(piece)
        return tuple(found)

    def parts(self) -> tuple[str, ...]:
        """The artifacts of the sound track's parts that are made, from the film's start."""
        return self._parts

    def sound(self) -> Artifact | None:
        """The sound track, once it is made."""
        return self._sound.result() if self._sound and self._sound.done() else None

    def finished(self) -> FinishedCut | None:
        """The whole cut, once every segment and the sound are made."""
        sound = self.sound()
        if self.timeline is None or sound is None or self._to_make or self._making or None in self._shown:
            return None
        return FinishedCut(tuple(self._takes), self.timeline, self.pieces(), sound)

    def progress(self) -> float:
        """How much of the pictures is encoded, 0 … 1."""
        if self.timeline is None:
            return 0.0
        made = sum(shown.segment.frames for shown in self._shown if shown and shown.key in self._made)
        return min(1.0, (made + sum(run.frames() for run in self._runs)) / self.timeline.total_frames)

    async def close(self) -> None:
        """End all work that is under way."""
        busy: list[asyncio.Task[Any]] = [*self._making.values()]
        if self._sound is not None:
            busy.append(self._sound)
        for job in busy:
            job.cancel()
        await asyncio.gather(*busy, return_exceptions=True)

    def _same(self, takes: Sequence[Take]) -> bool:
        return len(takes) == len(self._takes) and all(a is b for a, b in zip(takes, self._takes, strict=True))

    def _show(self, timeline: Timeline, segment: Segment) -> Shown | None:
        """What a segment shows; None while one of its shots is not ready."""
        seen = [self._takes[shot] for shot in segment.shots]
        footage = tuple(take.footage for take in seen if take.footage is not None)
        if len(footage) < len(seen):
            return None
        cues = timeline.cues_in(segment) if self._options.subtitles.burned else ()
        identity = segment_identity(segment, [shown.key for shown in footage], cues, self._profile)
        made_from = {"kind": "segment"} | identity
        key = self._pipeline.artifacts.key(made_from)
        return Shown(segment, tuple(take.shot for take in seen), footage, cues, made_from, key)

    def _listen(self, timeline: Timeline) -> None:
        """Begin the sound track, anew if another one is wanted now."""
        spoken = zip(self._takes, timeline.voice_starts, strict=True)
        edges = [Fraction(at, timeline.fps) for at in (*timeline.shot_starts, timeline.total_frames)]
        scenes = zip(self._takes, pairwise(edges), strict=True)
        heard = _Heard(
            tuple((take.voice, at) for take, at in spoken if take.voice),
            tuple((take.shot.scene, start, end) for take, (start, end) in scenes),
            timeline.duration,
        )
        if heard != self._heard:
            if self._sound is not None:
                self._sound.cancel()
            self._heard, self._parts = heard, ()
            self._audible = asyncio.get_running_loop().create_future()
            self._sound = asyncio.create_task(self._make_sound(heard, self._audible))

    async def _make_sound(self, heard: _Heard, audible: asyncio.Future[None]) -> Artifact:
        def report(parts: tuple[str, ...]) -> None:
            if heard is self._heard:
                self._parts = parts
                if parts and not audible.done():
                    audible.set_result(None)

        music = self._options.music
        return await make_soundtrack(
            self._pipeline, self._project, heard.spoken, heard.scenes, heard.duration, music, report
        )

    def _stage(self) -> tuple[bool, bool]:
        """Whether there is something to watch, and whether that is all."""
        return bool(self._parts and self.pieces()), self.finished() is not None

    def _begin(self) -> None:
        self._runs = [run for run in self._runs if not run.over]
        if not self._parts:
            # Nothing can be watched without sound: until some is there, the processes are left to it, but for the
            # film's first segment.
            if self._to_make and not self._made and not self._making:
                self._start([self._to_make.popleft()])
            return
        while self._to_make and len(self._runs) < CORES:
            self._start(self._next_run())

    def _start(self, members: Sequence[Shown]) -> None:
        run = Run(self._pipeline, self._project, self._profile, members)
        self._runs.append(run)
        for shown in members:
            self._making[shown.key] = asyncio.create_task(self._make(shown, run))

    def _next_run(self) -> list[Shown]:
        """The film's first segments that are to be made, as far as they follow each other: fewer towards the end."""
        members = [self._to_make.popleft()]
        longest = min(LONGEST_RUN, len(self._to_make) // (2 * CORES))
        while len(members) < longest and self._to_make:
            last, following = members[-1].segment, self._to_make[0].segment
            if following.at != last.at + last.frames:
                break
            members.append(self._to_make.popleft())
        return members

    def _collect(self) -> None:
        for key, job in list(self._making.items()):
            if job.done():
                del self._making[key]
                self._made[key] = job.result()
        self.sound()  # raises what went wrong with it

    async def _make(self, shown: Shown, run: Run) -> CutPiece:
        try:
            return await self._copied(shown) or await self._encoded(shown, run)
        except Exception as error:
            if not isinstance(error, StoryreelError):
                log.exception("a segment of %s failed unexpectedly", _named(shown.shots))
            told = describe(error)
            message = f"{_named(shown.shots)}: {told['message']}"
            raise StoryreelError(message, code=told["code"], hint=told["hint"]) from error
        finally:
            run.leave(shown.key)

    async def _copied(self, shown: Shown) -> CutPiece | None:
        """A part of a clip, where nothing touches it."""
        segment, footage = shown.segment, shown.footage[0]
        if isinstance(segment, Body) and isinstance(footage, Artifact) and not shown.cues:
            piece = Piece(self._pipeline.artifacts.path(footage), segment.first, segment.end)
            if await asyncio.to_thread(can_be_cut, piece, self._profile):
                return CutPiece(footage.key, segment.first, segment.end)
        return None

    async def _encoded(self, shown: Shown, run: Run) -> CutPiece:
        async def produce(folder: Path) -> Made:
            out = folder / "segment.mp4"
            await run.render(shown.key, out)
            return Made(out, "video/mp4", video_facts(self._profile, shown.segment.frames))

        artifact = await self._pipeline.artifacts.make(shown.made_from, produce)
        return CutPiece(artifact.key, 0, shown.segment.frames)


def _named(shots: Sequence[Shot]) -> str:
    numbers = " and ".join(str(shot.order + 1) for shot in shots)
    return f"Shot{'s' if len(shots) > 1 else ''} {numbers}"


def _timing(take: Take) -> ShotTiming:
    return ShotTiming(
        shot_id=take.shot.id,
        narration=take.shot.narration,
        words=word_times(take.voice),
        voice_duration=take.voice.facts["duration"] if take.voice else None,
        transition=take.shot.transition,
    )
