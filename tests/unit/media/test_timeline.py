import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyreel.domain.film import FRAME_RATES, LEAD, TAIL, TRANSITION
from storyreel.domain.storyboard import Transition
from storyreel.errors import InvalidInputError
from storyreel.media.timeline import Blend, Body, ShotTiming, build_timeline, clip_frames

shots_of_all_kinds = st.lists(
    st.builds(
        ShotTiming,
        shot_id=st.just("s"),
        narration=st.sampled_from(
            ["", "Run!", "The moon came down the stairs and nobody saw it. " * 4, "月亮走下楼梯。" * 9]
        ),
        words=st.just(()),
        voice_duration=st.none() | st.floats(0, 20),
        transition=st.sampled_from(Transition),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize(("voice", "fps", "frames"), [(None, 24, 72), (1.0, 24, 44), (1.0, 25, 45), (0.0, 30, 24)])
def test_a_clip_holds_its_voice_with_lead_and_tail_rounded_up(voice: float | None, fps: int, frames: int) -> None:
    assert clip_frames(voice, fps) == frames


@pytest.mark.parametrize("voice", [-1.0, math.nan, math.inf])
def test_a_voice_of_no_real_length_is_refused(voice: float) -> None:
    with pytest.raises(InvalidInputError):
        clip_frames(voice, 24)


@settings(deadline=None)
@given(shots_of_all_kinds, st.sampled_from(FRAME_RATES))
def test_segments_show_every_frame_of_every_clip_once_in_order(shots: list[ShotTiming], fps: int) -> None:
    timeline = build_timeline(shots, fps)
    at = 0
    shown: list[list[int]] = [[] for _ in shots]
    for segment in timeline.segments:
        assert segment.at == at
        assert segment.frames >= 1
        at += segment.frames
        match segment:
            case Body(shot=shot, first=first, end=end):
                shown[shot] += range(first, end)
            case Blend(from_shot=before, to_shot=after, first=first, frames=frames):
                assert after in (before + 1, None)
                shown[before] += range(first, first + frames)
                if after is not None:
                    shown[after] += range(frames)
    lengths = [clip_frames(shot.voice_duration, fps) for shot in shots]
    assert shown == [list(range(length)) for length in lengths]
    between = sum(s.frames for s in timeline.segments if isinstance(s, Blend) and s.to_shot is not None)
    assert at == timeline.total_frames == sum(lengths) - between
    assert timeline.duration == Fraction(timeline.total_frames, fps)
    assert sum(isinstance(segment, Body) for segment in timeline.segments) == len(shots)


@settings(deadline=None)
@given(shots_of_all_kinds, st.sampled_from(FRAME_RATES))
def test_no_voice_is_cut_off_or_heard_over_another(shots: list[ShotTiming], fps: int) -> None:
    timeline = build_timeline(shots, fps)
    free = Fraction(0)
    for shot, start in zip(shots, timeline.voice_starts, strict=True):
        assert start >= free
        end = start + Fraction(shot.voice_duration or 0)
        free = end + LEAD + TAIL - TRANSITION - Fraction(1, fps)
    assert end + TAIL <= timeline.duration + Fraction(1, 1000)
    for blend in (s for s in timeline.segments if isinstance(s, Blend)):
        voice_end = timeline.voice_starts[blend.from_shot] + Fraction(shots[blend.from_shot].voice_duration or 0)
        rounding = Fraction(1, 1_000_000)  # a float of 1.1 s is a little more than that
        assert voice_end <= Fraction(blend.at, fps) + rounding, "the outgoing shot still speaks when it begins to go"


@settings(deadline=None)
@given(shots_of_all_kinds, st.sampled_from(FRAME_RATES))
def test_cues_follow_each_other_inside_the_film(shots: list[ShotTiming], fps: int) -> None:
    timeline = build_timeline(shots, fps)
    last = Fraction(0)
    for cue in timeline.cues:
        assert last <= cue.start < cue.end <= timeline.duration
        last = cue.end
    seen = sum((cue.end - cue.start for segment in timeline.segments for cue in timeline.cues_in(segment)), Fraction(0))
    assert seen == sum((cue.end - cue.start for cue in timeline.cues), Fraction(0))


def test_what_one_shot_shows_does_not_depend_on_shots_further_off() -> None:
    def segments(first_voice: float) -> list[object]:
        shots = [ShotTiming("s", "Words.", (), voice, Transition.WIPE) for voice in (first_voice, 2.0, 3.0, 1.5)]
        timeline = build_timeline(shots, 24)
        later = [s for s in timeline.segments if min(s.shots) >= 1]
        return [(type(s), s.shots, s.frames, getattr(s, "first", 0), timeline.cues_in(s)) for s in later]

    assert segments(1.0) == segments(7.77)


@pytest.mark.parametrize(("last", "fades"), [(Transition.FADE_BLACK, True), (Transition.SLIDE, False)])
def test_only_a_fade_to_black_ends_the_film(last: Transition, fades: bool) -> None:
    segments = build_timeline([ShotTiming("a", "", (), 2.0, last)], 24).segments
    assert [segment.frames for segment in segments] == ([56, 12] if fades else [68])


def test_a_film_without_shots_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        build_timeline([], 24)
