"""Presets, codecs, sizes and rates: whatever is chosen, every frame arrives once, in order, in one film."""

import logging
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from storyreel.domain.film import FRAME_RATES, Aspect, Canvas, Codec, Preset, canvas_for
from storyreel.errors import InvalidInputError
from storyreel.media.clips import encode_clip
from storyreel.media.encode import encoder_for
from storyreel.media.frames import Planes
from storyreel.media.join import Piece, join_film
from storyreel.media.live import FRAGMENT_SECONDS, codec_name, picture_fragments
from storyreel.media.mp4 import VIDEO, read_track
from storyreel.media.probe import SAMPLE_RATE, VideoFacts, probe_video, read_clip
from storyreel.media.profile import HARDWARE, SOFTWARE, EncodeProfile, named_profile
from storyreel.media.sound.aac import encode_aac
from storyreel.media.sound.splice import join_parts, write_part
from storyreel.media.timeline import cut_points

CANVAS = Canvas(160, 90)
LENGTHS = (1, 2, 70)


def ignore(_: float) -> None:
    pass


def film_of(lengths: tuple[int, ...], profile: EncodeProfile, counter: type, folder: Path) -> tuple[Path, list[Path]]:
    segments = [folder / f"segment-{shot}" for shot in range(len(lengths))]
    for shot, (length, segment) in enumerate(zip(lengths, segments, strict=True)):
        encode_clip(ignore, counter(shot, length, profile.canvas, profile.fps), profile, segment)
    seconds = sum(lengths) / profile.fps
    write_part(*encode_aac(np.zeros((2, round(seconds * SAMPLE_RATE)), np.float32)), folder / "part")
    join_parts(ignore, [folder / "part"], seconds, folder / "sound")
    join_film(ignore, [*map(Piece, segments)], folder / "sound", None, profile, "", "en", folder / "film.mp4")
    return folder / "film.mp4", segments


def facts_of(film: Path) -> tuple[int, int, Fraction, int, float]:
    facts: VideoFacts = probe_video(film)
    return facts.width, facts.height, facts.fps, facts.frames, facts.duration


@pytest.mark.parametrize("preset", Preset)
@pytest.mark.parametrize("codec", Codec)
def test_every_preset_of_every_codec_joins_to_the_frame(
    tmp_path: Path, counter: type, read_number: Callable[[Planes], int], codec: Codec, preset: Preset
) -> None:
    profile = named_profile(CANVAS, Fraction(24), preset, encoder_for(codec))
    film, segments = film_of(LENGTHS, profile, counter, tmp_path)
    assert facts_of(film) == (160, 90, 24, sum(LENGTHS), pytest.approx(sum(LENGTHS) / 24))
    shown = [read_number(planes) for planes in read_clip(film, 0, sum(LENGTHS))]
    assert shown == [number for length in LENGTHS for number in range(length)]
    names = {"h264": r"avc1\.[0-9a-f]{6}", "hevc": r"hvc1\.1\.6\.L\d+(\.[0-9A-F]+)*", "av1": r"av01\.0\.\d\dM\.08"}
    assert re.fullmatch(names[codec], codec_name(read_track(film, VIDEO).description))
    assert sum(part.end - part.first for part in picture_fragments([*map(Piece, segments)], profile)) == sum(LENGTHS)


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("aspect", Aspect)
def test_every_aspect_and_rate(tmp_path: Path, counter: type, aspect: Aspect, fps: int) -> None:
    whole = canvas_for("480p", aspect)
    canvas = Canvas(whole.width // 8 * 2, whole.height // 8 * 2)
    film, _ = film_of((3, 1, 20), EncodeProfile(canvas, Fraction(fps)), counter, tmp_path)
    assert facts_of(film) == (canvas.width, canvas.height, fps, 24, pytest.approx(24 / fps))


@pytest.mark.parametrize("resolution", ["480p", "720p", "1080p", "1440p", "2160p"])
def test_every_resolution(tmp_path: Path, counter: type, resolution: str) -> None:
    canvas = canvas_for(resolution, Aspect.WIDE)
    film, _ = film_of((2, 1), EncodeProfile(canvas, Fraction(24)), counter, tmp_path)
    assert facts_of(film) == (canvas.width, canvas.height, 24, 3, pytest.approx(3 / 24))


def test_grain_seldom_beats_in_a_draft(tmp_path: Path, counter: type) -> None:
    """It keeps the grain of the latest key frame until the next."""
    profile = named_profile(CANVAS, Fraction(24), Preset.DRAFT)
    encode_clip(ignore, counter(0, 96, CANVAS, Fraction(24)), profile, tmp_path / "clip")
    keys = np.flatnonzero(read_track(tmp_path / "clip", VIDEO).samples.keys)
    assert {0, *keys.tolist()} == {0, *cut_points(96, Fraction(24))}, "only where a transition may be cut"
    assert profile.keyframe_seconds <= FRAGMENT_SECONDS, "or fragments for live viewing would be too long"


def test_the_standard_preset_is_the_default() -> None:
    profile = EncodeProfile(CANVAS, Fraction(24))
    assert named_profile(CANVAS, Fraction(24), Preset.STANDARD) == profile
    assert profile.identity()["x264"] == "mbtree=1:rc-lookahead=20"
    identities = [
        str(named_profile(CANVAS, Fraction(24), preset, encoder).identity())
        for preset in Preset
        for encoder in (*SOFTWARE.values(), *(name for names in HARDWARE.values() for name in names))
    ]
    assert len(set(identities)) == len(identities)


def test_hardware_is_used_where_it_is_and_its_lack_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    encoder_for.cache_clear()
    with caplog.at_level(logging.WARNING):
        chosen = {encoder_for(Codec.H264, hardware=True) for _ in range(3)}
    told = [record for record in caplog.records if "software" in record.message]
    assert (chosen <= set(HARDWARE[Codec.H264]), len(told)) in ((True, 0), (False, 1))
    assert chosen <= {*HARDWARE[Codec.H264], "libx264"}


def test_unknown_encoders_are_refused() -> None:
    for encoder in ("divx", "h264_magic"):
        with pytest.raises(InvalidInputError):
            named_profile(CANVAS, Fraction(24), encoder=encoder)
