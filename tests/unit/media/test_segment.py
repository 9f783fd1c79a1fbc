import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from storyreel.domain.film import Canvas, Footage
from storyreel.domain.storyboard import Transition
from storyreel.errors import MediaError
from storyreel.media.clips import encode_clip
from storyreel.media.frames import Planes, black, blend, from_rgb
from storyreel.media.probe import read_clip
from storyreel.media.profile import EncodeProfile
from storyreel.media.segment import Rendering, render_segments, segment_identity
from storyreel.media.subtitles import Cue, Spoken
from storyreel.media.timeline import Blend, Body, Segment

MakeFile = Callable[..., Path]


def ignore(_: float) -> None:
    pass


def render(
    report: Callable[[float], None],
    segment: Segment,
    footage: Sequence[Footage],
    cues: Sequence[Cue],
    profile: EncodeProfile,
    out: Path,
) -> None:
    render_segments(report, [Rendering(segment, tuple(footage), tuple(cues), out)], profile)


def test_a_body_is_its_part_of_the_clip(
    tmp_path: Path, clip: MakeFile, profile: EncodeProfile, read_number: Callable[[Planes], int]
) -> None:
    heard: list[float] = []
    render(heard.append, Body(99, 3, 12, 58), [clip(60)], (), profile, tmp_path / "out")
    shown = [read_number(planes) for planes in read_clip(tmp_path / "out", 0, 46)]
    assert shown == list(range(12, 58))
    assert heard[-1] == 1.0


@pytest.mark.parametrize("kind", [kind for kind in Transition if kind is not Transition.CUT])
def test_a_blend_mixes_the_right_frames(
    tmp_path: Path, clip: MakeFile, counter: type, profile: EncodeProfile, kind: Transition
) -> None:
    segment = Blend(0, 0, 1, kind, 18, 12)
    render(ignore, segment, [clip(30, 0), clip(40, 1)], (), profile, tmp_path / "out")
    outgoing = [from_rgb(picture) for picture in counter(0, 30).frames(18, 30)]
    incoming = [from_rgb(picture) for picture in counter(1, 40).frames(0, 12)]
    for number, (planes, before, after) in enumerate(
        zip(read_clip(tmp_path / "out", 0, 12), outgoing, incoming, strict=True), 1
    ):
        expected = black(profile.canvas)
        blend(kind, before, after, number / 13, expected)
        off = np.abs(planes.y.astype(int) - expected.y).mean()
        assert off < 6, f"frame {number} is {off} off"


def test_the_film_ends_in_black(tmp_path: Path, clip: MakeFile, profile: EncodeProfile) -> None:
    segment = Blend(0, 0, None, Transition.FADE_BLACK, 18, 12)
    render(ignore, segment, [clip(30)], (), profile, tmp_path / "out")
    luma = [planes.y.mean() for planes in read_clip(tmp_path / "out", 0, 12)]
    assert luma == sorted(luma, reverse=True)
    assert luma[0] > 80
    assert luma[-1] < 18


@pytest.mark.parametrize("text", ["The moon came down.", "月亮走下楼梯。"])
def test_captions_are_burned_while_they_are_due_and_only_below(tmp_path: Path, counter: type, text: str) -> None:
    profile = EncodeProfile(Canvas(320, 180), Fraction(24))
    source = counter(0, 24, canvas=profile.canvas)
    encode_clip(ignore, source, profile, tmp_path / "clip")
    cues = (Cue(Fraction(6, 24), Fraction(18, 24), text),)
    render(ignore, Body(0, 0, 0, 24), [tmp_path / "clip"], cues, profile, tmp_path / "with")
    render(ignore, Body(0, 0, 0, 24), [tmp_path / "clip"], (), profile, tmp_path / "without")
    pairs = zip(read_clip(tmp_path / "with", 0, 24), read_clip(tmp_path / "without", 0, 24), strict=True)
    for number, (captioned, bare) in enumerate(pairs):
        change = np.abs(captioned.y.astype(int) - bare.y)
        assert change[:120].mean() < 1
        assert (change[130:].max() > 80) == (6 <= number < 18)


def test_the_word_being_said_is_lit_while_it_is_said(tmp_path: Path, counter: type) -> None:
    profile = EncodeProfile(Canvas(320, 180), Fraction(24))
    encode_clip(ignore, counter(0, 24, canvas=profile.canvas), profile, tmp_path / "clip")
    cue = Cue(Fraction(0), Fraction(1), "so it is", (Spoken(Fraction(6, 24), 0, 2), Spoken(Fraction(18, 24), 6, 8)))
    render(ignore, Body(0, 0, 0, 24), [tmp_path / "clip"], [cue], profile, tmp_path / "pointing")
    render(ignore, Body(0, 0, 0, 24), [tmp_path / "clip"], [replace(cue, words=())], profile, tmp_path / "plain")
    pairs = zip(read_clip(tmp_path / "pointing", 0, 24), read_clip(tmp_path / "plain", 0, 24), strict=True)
    lit = [np.argwhere(pointing.u[65:].astype(int) < plain.u[65:] - 25)[:, 1] for pointing, plain in pairs]
    assert not any(columns.size for columns in lit[:6])
    assert all(columns.size and columns.max() < 80 for columns in lit[6:18]), "the first word, left of the middle"
    assert all(columns.size and columns.min() > 80 for columns in lit[18:]), "then the last"


def test_two_scripts_look_different(tmp_path: Path, clip: MakeFile, profile: EncodeProfile) -> None:
    pictures = []
    for text in ("moon", "月亮", ""):
        cues = (Cue(Fraction(0), Fraction(1), text),)
        render(ignore, Body(0, 0, 0, 2), [clip(2)], cues, profile, tmp_path / "out")
        pictures.append(next(read_clip(tmp_path / "out", 0, 2)).y[60:].astype(int))
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(pictures[one] - pictures[other]).max() > 60


def test_identity_is_what_is_shown_not_where(profile: EncodeProfile) -> None:
    cues = (Cue(Fraction(1, 3), Fraction(1), "text"),)
    same = segment_identity(Body(0, 0, 5, 40), ["clip"], cues, profile)
    assert segment_identity(Body(77, 8, 5, 40), ["clip"], cues, profile) == same
    others = [
        segment_identity(Body(0, 0, 6, 40), ["clip"], cues, profile),
        segment_identity(Body(0, 0, 5, 40), ["other"], cues, profile),
        segment_identity(Body(0, 0, 5, 40), ["clip"], (), profile),
        segment_identity(Body(0, 0, 5, 40), ["clip"], (replace(cues[0], words=(Spoken(Fraction(1), 0, 2),)),), profile),
        segment_identity(Blend(0, 0, None, Transition.FADE_BLACK, 5, 35), ["clip"], cues, profile),
        segment_identity(Blend(0, 0, 1, Transition.FADE_BLACK, 5, 35), ["clip", "b"], cues, profile),
        segment_identity(Blend(0, 0, 1, Transition.WIPE, 5, 35), ["clip", "b"], cues, profile),
    ]
    assert len({json.dumps(identity, sort_keys=True) for identity in [same, *others]}) == len(others) + 1


def test_frames_are_drawn_straight_into_the_segment(
    tmp_path: Path, counter: type, profile: EncodeProfile, read_number: Callable[[Planes], int]
) -> None:
    render(ignore, Body(0, 0, 7, 31), [counter(0, 40)], (), profile, tmp_path / "body")
    assert [read_number(planes) for planes in read_clip(tmp_path / "body", 0, 24)] == list(range(7, 31))
    sources = [counter(0, 30), counter(1, 40)]
    render(ignore, Blend(0, 0, 1, Transition.SLIDE, 18, 12), sources, (), profile, tmp_path / "blend")
    first, *_, last = read_clip(tmp_path / "blend", 0, 12)
    assert np.abs(first.y.astype(int) - next(map(from_rgb, sources[0].frames(18, 19))).y).mean() < 12
    assert np.abs(last.y.astype(int) - next(map(from_rgb, sources[1].frames(11, 12))).y).mean() < 12


def test_clips_that_do_not_fit_leave_no_file(tmp_path: Path, clip: MakeFile, profile: EncodeProfile) -> None:
    out = tmp_path / "out"
    with pytest.raises(MediaError, match="too early"):
        render(ignore, Body(0, 0, 0, 30), [clip(20)], (), profile, out)
    with pytest.raises(MediaError):
        render(ignore, Blend(0, 0, 1, Transition.WIPE, 0, 5), [clip(20)], (), profile, out)
    assert not out.exists()
