"""Runs of segments: neighbours are rendered one after the other in one process, which sets up each shot once."""

import asyncio
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storyreel import offload
from storyreel.domain.artifact import Artifact
from storyreel.domain.project import Project
from storyreel.domain.shot import Shot
from storyreel.media.profile import EncodeProfile
from storyreel.media.segment import Rendering, render_segments
from storyreel.media.timeline import Cue, Segment
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.footage import Drawn, Lettered, footage_of


@dataclass(frozen=True, slots=True)
class Shown:
    """All that one segment shows: equal ones share a rendering. `key` is that of `made_from`."""

    segment: Segment
    shots: tuple[Shot, ...]
    footage: tuple[Artifact | Drawn | Lettered, ...]
    cues: tuple[Cue, ...]
    made_from: dict[str, Any]
    key: str


class Run:
    """Renders those of its members that turn out to be needed: each asks for its file, and leaves in the end.

    The process starts when every member has asked or left, and is stopped when all have left.
    """

    def __init__(self, pipeline: Pipeline, project: Project, profile: EncodeProfile, members: Sequence[Shown]) -> None:
        self._pipeline = pipeline
        self._project = project
        self._profile = profile
        self._members = {member.key: member for member in members}
        self._present = set(self._members)
        self._asked: dict[str, Path] = {}
        self._whole: dict[str, asyncio.Future[None]] = {}
        self._left = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._frames = 0.0

    @property
    def over(self) -> bool:
        """Whether every member has left."""
        return not self._present

    async def render(self, key: str, out: Path) -> None:
        """Wait until the member's segment lies at `out`, whole.

        Raises:
            StoryreelError: it cannot be rendered.
        """
        self._asked[key] = out
        self._whole[key] = asyncio.get_running_loop().create_future()
        self._begin_if_due()
        await self._whole[key]

    def leave(self, key: str) -> None:
        """The member has its file, or needs none any more."""
        self._present.discard(key)
        self._left.set()
        self._begin_if_due()
        if not self._present and self._work is not None:
            self._work.cancel()

    def frames(self) -> float:
        """How many frames are encoded of members that have not left yet."""
        gone = sum(self._members[key].segment.frames for key in self._asked if key not in self._present)
        return max(0.0, self._frames - gone)

    def _begin_if_due(self) -> None:
        if self._work is None and self._asked and self._present <= self._asked.keys():
            self._work = asyncio.create_task(self._render_all())

    async def _render_all(self) -> None:
        asked = [member for key, member in self._members.items() if key in self._asked]
        total = sum(member.segment.frames for member in asked)

        def report(fraction: float) -> None:
            self._frames = fraction * total
            self._hand_over()

        try:
            jobs = [await self._job(member) for member in asked]
            await offload.run(render_segments, report, jobs, self._profile)
            report(1.0)
        except Exception as error:  # noqa: BLE001 - told to every member that waits for its file
            self._hand_over()
            await self._gone({key for key, whole in self._whole.items() if whole.done()})  # published before the end
            for member in asked:
                if not self._whole[member.key].done():
                    self._whole[member.key].set_exception(error)
                    await self._gone({member.key})  # the first to fail names the film's failure, and was the one

    async def _gone(self, keys: Set[str]) -> None:
        """Wait until these members have left."""
        while self._present & keys:
            self._left.clear()
            await self._left.wait()

    def _hand_over(self) -> None:
        """Let those go on whose files are whole."""
        for key, out in self._asked.items():
            if out.exists() and not self._whole[key].done():
                self._whole[key].set_result(None)

    async def _job(self, member: Shown) -> Rendering:
        footage = [await footage_of(self._pipeline, self._project, shown, self._profile) for shown in member.footage]
        return Rendering(member.segment, tuple(footage), member.cues, self._asked[member.key])
