"""The film as pure data in rational time: which frames of which shot are seen when, what is said and written."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from storyreel.domain.film import LEAD, SILENT_SHOT, TAIL, TRANSITION, WordTime
from storyreel.domain.storyboard import Transition
from storyreel.errors import InvalidInputError
from storyreel.media.phrasing import LINE_WIDTH, is_wide
from storyreel.media.subtitles import Cue, cues_of


@dataclass(frozen=True, slots=True)
class ShotTiming:
    """What the timeline needs to know of a shot. `voice_duration` is in seconds, None for a shot without a voice.

    `transition` leads to the next shot. `words` are timed from the start of the voice.
    """

    shot_id: str
    narration: str
    words: tuple[WordTime, ...]
    voice_duration: float | None
    transition: Transition = Transition.CUT


@dataclass(frozen=True, slots=True)
class Body:
    """Frames `first` … `end`−1 of the clip of one shot, as they are. `at` is the film frame where they begin."""

    at: int
    shot: int
    first: int
    end: int

    @property
    def frames(self) -> int:
        return self.end - self.first

    @property
    def shots(self) -> tuple[int, ...]:
        """Indexes of the shots whose clips are seen, in order."""
        return (self.shot,)


@dataclass(frozen=True, slots=True)
class Blend:
    """The last `frames` frames of one clip, from its frame `first`, mixed with the first ones of the next.

    `to_shot` None: the film's end, where the picture fades to black.
    """

    at: int
    from_shot: int
    to_shot: int | None
    kind: Transition
    first: int
    frames: int

    @property
    def shots(self) -> tuple[int, ...]:
        """Indexes of the shots whose clips are seen, in order."""
        return (self.from_shot,) if self.to_shot is None else (self.from_shot, self.to_shot)


Segment = Body | Blend


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole film. `segments` follow each other without a gap and hold `total_frames` frames.

    `voice_starts` are the seconds, from the film's start, where the voice file of each shot begins (also of those that
    have none). `cues` are the captions of the whole film. `shot_starts` are the film frames where the clips begin.
    """

    fps: int
    total_frames: int
    segments: tuple[Segment, ...]
    shot_starts: tuple[int, ...]
    voice_starts: tuple[Fraction, ...]
    cues: tuple[Cue, ...]

    @property
    def duration(self) -> Fraction:
        """Seconds."""
        return Fraction(self.total_frames, self.fps)

    def cues_in(self, segment: Segment) -> tuple[Cue, ...]:
        """The captions seen during a segment, in seconds from its start, cut to it: what is burned into it."""
        start = Fraction(segment.at, self.fps)
        length = Fraction(segment.frames, self.fps)
        first = bisect_right(self.cues, start, key=lambda cue: cue.end)
        end = bisect_left(self.cues, start + length, key=lambda cue: cue.start)
        relative = (cue.shifted(-start) for cue in self.cues[first:end])
        return tuple(replace(cue, start=max(cue.start, Fraction(0)), end=min(cue.end, length)) for cue in relative)


def clip_frames(voice_duration: float | None, fps: int) -> int:
    """How many frames the clip of a shot must have: its voice with LEAD before and TAIL after, rounded up."""
    if voice_duration is None:
        return math.ceil(SILENT_SHOT * fps)
    if not 0 <= voice_duration < math.inf:
        raise InvalidInputError(f"A voice cannot last {voice_duration} seconds.")
    return math.ceil((LEAD + _milliseconds(voice_duration) + TAIL) * fps)


def guessed_voice(narration: str) -> float:
    """Seconds that a voice will take, about: 150 words or 250 Chinese characters a minute, as the built-in one does."""
    wide = sum(map(is_wide, narration))
    return wide / (250 / 60) + (len(narration.strip()) - wide) / (150 * 6 / 60)


def cut_points(frames: int, fps: Fraction) -> tuple[int, ...]:
    """Where transitions would part a clip of so many frames into what they mix and what is shown as it is."""
    overlap = _longest_overlap(frames, fps)
    return (overlap, frames - overlap) if overlap else ()


def build_timeline(
    shots: Sequence[ShotTiming], fps: int, *, line_width: float = LINE_WIDTH, pointing: bool = False
) -> Timeline:
    """Lay the shots out; captions have lines of `line_width`, and `pointing` says whether they know their words' times.

    A transition overlaps the end of one clip with the start of the next, so the film is shorter than its clips by the
    frames of its transitions. It takes TRANSITION seconds, less where a clip is too short to keep a frame of its own.
    Two voices never overlap: at least LEAD + TAIL − TRANSITION seconds lie between them.

    Raises:
        InvalidInputError: there are no shots.
    """
    if not shots:
        raise InvalidInputError("A film needs at least one shot.", code="no_shots")
    lengths = [clip_frames(shot.voice_duration, fps) for shot in shots]
    overlaps = _overlaps(shots, lengths, fps)
    starts = [0]
    for length, overlap in zip(lengths[:-1], overlaps[:-1], strict=True):
        starts.append(starts[-1] + length - overlap)
    voice_starts = tuple(Fraction(start, fps) + LEAD for start in starts)
    cues = [
        cue for shot, start in zip(shots, voice_starts, strict=True) for cue in _cues(shot, start, line_width, pointing)
    ]
    return Timeline(
        fps=fps,
        total_frames=starts[-1] + lengths[-1],
        segments=tuple(_segments(shots, lengths, overlaps, starts)),
        shot_starts=tuple(starts),
        voice_starts=voice_starts,
        cues=tuple(cues),
    )


def _overlaps(shots: Sequence[ShotTiming], lengths: Sequence[int], fps: int) -> list[int]:
    """Frames that the transition after each shot takes from it (and from the next, after all but the last).

    Each looks only at the two clips that it joins, so an edit elsewhere never changes it.
    """
    overlaps: list[int] = []
    for index, (shot, length) in enumerate(zip(shots, lengths, strict=True)):
        last = index == len(shots) - 1
        if shot.transition is Transition.CUT or (last and shot.transition is not Transition.FADE_BLACK):
            overlaps.append(0)
        else:
            shortest = length if last else min(length, lengths[index + 1])
            overlaps.append(_longest_overlap(shortest, Fraction(fps)))
    return overlaps


def _longest_overlap(frames: int, fps: Fraction) -> int:
    """Frames that a transition takes from a clip of so many: it leaves at least one, also with another at its end."""
    return min(round(TRANSITION * fps), (frames - 1) // 2)


def _segments(
    shots: Sequence[ShotTiming], lengths: Sequence[int], overlaps: Sequence[int], starts: Sequence[int]
) -> list[Segment]:
    segments: list[Segment] = []
    before = 0
    for index, (shot, length, overlap, start) in enumerate(zip(shots, lengths, overlaps, starts, strict=True)):
        segments.append(Body(start + before, index, before, length - overlap))
        last = index == len(shots) - 1
        if overlap:
            to_shot = None if last else index + 1
            segments.append(Blend(start + length - overlap, index, to_shot, shot.transition, length - overlap, overlap))
        before = overlap
    return segments


def _cues(shot: ShotTiming, voice_start: Fraction, line_width: float, pointing: bool) -> list[Cue]:
    spoken = SILENT_SHOT - LEAD - TAIL if shot.voice_duration is None else _milliseconds(shot.voice_duration)
    return cues_of(shot.narration, shot.words, voice_start, spoken, line_width=line_width, pointing=pointing)


def _milliseconds(seconds: float) -> Fraction:
    """Rational and never shorter, so that clips and cues are exact and no voice is cut."""
    return Fraction(math.ceil(round(seconds * 1000, 6)), 1000)
