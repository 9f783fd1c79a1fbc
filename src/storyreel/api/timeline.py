"""A film as data: what is seen and said when, and how it sounds; all that a client needs to draw its timeline."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from storyreel.api.dependencies import Context, OwnProject
from storyreel.api.fields import NO_NUL, Body, View
from storyreel.api.links import Links, MediaLinks
from storyreel.api.problems import documented
from storyreel.domain.storyboard import Transition
from storyreel.media.sound.peaks import FULL, PER_SECOND
from storyreel.pipeline.review import Reviewed, lanes, review

router = APIRouter(tags=["films"])


class TimelineQuery(Body):
    cut: str | SkipJsonSchema[None] = Field(
        default=None,
        max_length=64,
        pattern=NO_NUL,
        description="The id of a cut; left out: the film that the chosen takes would make.",
    )


class WordView(View):
    """One word; its place in the narration is in Unicode characters."""

    start: float = Field(description="Seconds from the film's start.")
    end: float = Field(description="Seconds from the film's start.")
    offset: int
    length: int


class ClipView(View):
    """One shot as the film shows it, or a card. All times in seconds."""

    shot_id: str = Field(description="Of a card: that of the shot beside it, whose picture it shows.")
    card: str | None = Field(description="What a card says; null for a shot.")
    start: float = Field(description="From the film's start.")
    length: float = Field(description="With what the transitions at both ends take of it.")
    transition: Transition = Field(description="How it gives way to the next one.")
    overlap: float = Field(description="How long that takes: so much earlier the next one starts. 0 for a cut.")
    image_url: str | None = Field(description="Its picture; with `&w=160`, a thumbnail.")
    video_url: str | None = Field(description="Its clip, if there is one as a file.")
    narration: str
    narration_url: str | None
    guessed: bool = Field(description="It has something to say that is not spoken yet: the length is a guess.")
    voice_start: float = Field(description="From the film's start.")
    voice_length: float | None
    words: list[WordView]


class CueView(View):
    """A caption: one or two lines. Times in seconds from the film's start."""

    start: float
    end: float
    text: str


class TimelineView(View):
    """What is seen and said when."""

    cut_id: str | None
    fps: int
    frames: int
    duration: float = Field(description="Seconds.")
    clips: list[ClipView]
    cues: list[CueView]


class PeaksView(View):
    """How the film sounds, to be drawn: the highest swing in each little while."""

    per_second: int = Field(description="Peaks for each second, from the film's start.", examples=[PER_SECOND])
    full: int = Field(description="What stands for full scale; the least is 0.", examples=[FULL])
    voice: list[int]
    music: list[int] | None = Field(description="Music and places. null without a cut: they are made for a film.")


@router.get("/projects/{project_id}/timeline", summary="Read the timeline", responses=documented(401, 404, 409, 422))
def read_timeline(
    project: OwnProject, context: Context, links: MediaLinks, wanted: Annotated[TimelineQuery, Query()]
) -> TimelineView:
    """What is seen and said when: in a finished cut, or in the film that the chosen takes would make now."""
    found = review(context.pipeline, project, wanted.cut)
    timeline = found.timeline
    return TimelineView(
        cut_id=wanted.cut,
        fps=timeline.fps,
        frames=timeline.total_frames,
        duration=float(timeline.duration),
        clips=[_clip_view(clip, timeline.fps, links) for clip in found.clips],
        cues=[CueView(start=float(cue.start), end=float(cue.end), text=cue.text) for cue in timeline.cues],
    )


@router.get(
    "/projects/{project_id}/timeline/peaks",
    summary="Read how the film sounds",
    responses=documented(401, 404, 409, 422),
)
async def read_peaks(project: OwnProject, context: Context, wanted: Annotated[TimelineQuery, Query()]) -> PeaksView:
    """Waveforms of the voices, and of what lies beneath them. Measured once, when somebody first looks."""
    found = await asyncio.to_thread(review, context.pipeline, project, wanted.cut)
    heard = await lanes(context.pipeline, found)
    return PeaksView(per_second=PER_SECOND, full=FULL, voice=heard.voice, music=heard.music)


def _clip_view(clip: Reviewed, fps: int, links: Links) -> ClipView:
    shown = clip.clip
    words = [WordView(start=word.start, end=word.end, offset=word.offset, length=word.length) for word in clip.words]
    return ClipView(
        shot_id=shown.shot_id,
        card=shown.card,
        start=clip.start / fps,
        length=clip.frames / fps,
        transition=shown.transition,
        overlap=clip.overlap / fps,
        image_url=links.to(shown.image),
        video_url=links.to(clip.file),
        narration=shown.narration,
        narration_url=links.to(shown.voice),
        guessed=bool(shown.narration.strip()) and clip.voice is None,
        voice_start=float(clip.voice_start),
        voice_length=clip.voice.facts["duration"] if clip.voice else None,
        words=words,
    )
