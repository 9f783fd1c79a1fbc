"""HLS of growing films, decoded as a player would: what is played is what the joined film shows."""

import io
import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from storyreel.errors import MediaError
from storyreel.media.clips import encode_clip
from storyreel.media.join import Piece, join_film
from storyreel.media.live import (
    FRAGMENT_SECONDS,
    Fragment,
    codec_name,
    fragment_bytes,
    fragment_head,
    heard,
    master_playlist,
    media_playlist,
    picture_fragments,
    sound_fragments,
)
from storyreel.media.mp4 import VIDEO, read_track
from storyreel.media.profile import EncodeProfile
from storyreel.media.sound import score
from storyreel.media.sound.splice import join_parts

MakeFile = Callable[..., Path]
LENGTHS = (1, 13, 250, 2, 60)
TOTAL = sum(LENGTHS)


def ignore(_: float) -> None:
    pass


@pytest.fixture(params=[24, 30, 60])
def profile(request: pytest.FixtureRequest, profile: EncodeProfile) -> EncodeProfile:
    return EncodeProfile(profile.canvas, Fraction(request.param))


@pytest.fixture
def segments(tmp_path: Path, counter: type, profile: EncodeProfile) -> list[Path]:
    files = [tmp_path / f"segment-{shot}" for shot in range(len(LENGTHS))]
    for shot, (file, length) in enumerate(zip(files, LENGTHS, strict=True)):
        encode_clip(ignore, counter(shot, length, fps=profile.fps), profile, file)
    return files


@pytest.fixture
def parts(
    voice: MakeFile, sound_parts: Callable[..., list[Path]], profile: EncodeProfile, monkeypatch: pytest.MonkeyPatch
) -> list[Path]:
    """The parts of the film's sound, each about two seconds long."""
    monkeypatch.setattr(score, "PART", 100)
    spoken = voice(5.0, clicks=(0.1, 1.7, 4.05, 4.9), rate=48_000)
    return sound_parts([(spoken, Fraction(0))], TOTAL / profile.fps)


def played(fragments: list[Fragment], profile: EncodeProfile, kind: str) -> list[tuple[Fraction, np.ndarray]]:
    """Each decoded frame and the second at which it is shown or heard."""
    data = fragment_head(fragments[0], profile) + b"".join(fragment_bytes(part, profile) for part in fragments)
    with av.open(io.BytesIO(data), format="mov") as container:
        frames = list(container.decode(**{kind: 0}))
        return [(frame.pts * frame.time_base, frame.to_ndarray()) for frame in frames]


def decoded(film: Path, kind: str) -> list[tuple[Fraction, np.ndarray]]:
    with av.open(str(film)) as container:
        return [(frame.pts * frame.time_base, frame.to_ndarray()) for frame in container.decode(**{kind: 0})]


def test_fragments_play_as_the_film_does(
    tmp_path: Path, segments: list[Path], parts: list[Path], profile: EncodeProfile
) -> None:
    film, soundtrack = tmp_path / "film.mp4", tmp_path / "sound.m4a"
    join_parts(ignore, parts, TOTAL / profile.fps, soundtrack)
    join_film(ignore, [*map(Piece, segments)], soundtrack, None, profile, "", "en", film)
    pictures = picture_fragments([*map(Piece, segments)], profile)
    for (time, picture), (due, expected) in zip(
        played(pictures, profile, "video"), decoded(film, "video"), strict=True
    ):
        assert time == due
        assert np.array_equal(picture, expected)
    assert heard(pictures, parts, profile) == pictures
    sounds = played(sound_fragments(parts, pictures, profile), profile, "audio")
    for (time, sound), (due, expected) in zip(sounds, decoded(film, "audio"), strict=True):
        assert time == due
        size = expected.shape[1]  # the film's last frame may be cut short
        assert np.allclose(sound[:, :size], expected, atol=1e-6)


def test_fragments_are_short_and_begin_with_key_frames(segments: list[Path], profile: EncodeProfile) -> None:
    fragments = picture_fragments([*map(Piece, segments)], profile)
    assert len(fragments) > len(segments) or profile.fps == 60
    assert [part.number for part in fragments] == list(range(len(fragments)))
    assert all(0 < part.seconds <= FRAGMENT_SECONDS for part in fragments)
    for part, following in pairwise(fragments):
        assert part.start + (part.end - part.first) == following.start, "no gap, no overlap"
    assert sum(part.seconds for part in fragments) == TOTAL / profile.fps
    for part in fragments:  # each can be played without those before
        alone = played([part], profile, "video")
        assert [time for time, _ in alone] == [(part.start + k) / profile.fps for k in range(part.end - part.first)]


def test_sound_goes_as_far_as_the_pictures(segments: list[Path], parts: list[Path], profile: EncodeProfile) -> None:
    whole = picture_fragments([*map(Piece, segments)], profile)
    sound = sound_fragments(parts, whole, profile)
    packet = Fraction(1024, 48_000)
    for made in range(1, len(whole) + 1):
        growing = sound_fragments(parts, whole[:made], profile)
        assert growing == sound[: len(growing)]
        end = sum(part.seconds for part in whole[:made])
        assert end <= sum(part.seconds for part in growing) < end + packet or made == len(whole)
    assert sound[0].start == 0
    assert [part.number for part in sound] == list(range(len(sound)))
    assert all(0 < part.seconds <= FRAGMENT_SECONDS + packet for part in sound)
    assert sum(part.seconds for part in sound) == pytest.approx(float(TOTAL / profile.fps), abs=1 / 48_000)


def test_pictures_go_as_far_as_the_sound(segments: list[Path], parts: list[Path], profile: EncodeProfile) -> None:
    whole = picture_fragments([*map(Piece, segments)], profile)
    sound = sound_fragments(parts, whole, profile)
    assert len(parts) > 2
    assert heard(whole, [], profile) == []
    before = []
    for made in range(1, len(parts) + 1):
        seen = heard(whole, parts[:made], profile)
        growing = sound_fragments(parts[:made], seen, profile)
        assert growing == sound[: len(growing)]
        lasts = sum(part.seconds for part in seen)
        assert lasts <= sum(part.seconds for part in growing) + Fraction(1, 48_000)
        assert lasts > 100 * made * 1024 / 48_000 - FRAGMENT_SECONDS, "no more waits than must"
        assert seen[: len(before)] == before
        before = seen
    assert before == whole


def test_a_growing_film_keeps_what_it_has(segments: list[Path], profile: EncodeProfile) -> None:
    whole = picture_fragments([*map(Piece, segments)], profile)
    texts = []
    for made in range(1, len(segments) + 1):
        growing = picture_fragments([*map(Piece, segments[:made])], profile)
        assert growing == whole[: len(growing)]
        texts.append(media_playlist(growing, "head.mp4", lambda part: f"{part.number}.m4s", made == len(segments)))
        assert ("#EXT-X-ENDLIST" in texts[-1]) is (made == len(segments))
    assert all(later.startswith(sooner) for sooner, later in pairwise(texts))
    durations = [float(text) for text in re.findall(r"#EXTINF:([\d.]+),", texts[-1])]
    assert sum(durations) == pytest.approx(float(TOTAL / profile.fps), abs=1e-5)
    assert max(map(round, durations)) <= int(re.findall(r"TARGETDURATION:(\d+)", texts[-1])[0])
    assert texts[-1].count(".m4s") == len(whole)
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in texts[0]
    assert '#EXT-X-MAP:URI="head.mp4"' in texts[0]
    assert fragment_head(whole[0], profile) == fragment_head(whole[-1], profile)


def test_the_master_says_what_will_be_played(segments: list[Path], profile: EncodeProfile) -> None:
    fragments = picture_fragments([*map(Piece, segments)], profile)
    with_sound = master_playlist(fragments, profile, "v.m3u8", "a.m3u8")
    assert re.search(r'CODECS="avc1\.64[0-9a-f]{4},mp4a\.40\.2",RESOLUTION=160x90', with_sound)
    assert 'URI="a.m3u8"' in with_sound
    assert with_sound.endswith("\nv.m3u8\n")
    rate = int(re.findall(r"BANDWIDTH=(\d+)", with_sound)[0])
    assert rate >= 160_000 + 8 * fragments[2].size / fragments[2].seconds or fragments[2].seconds < 2
    without = master_playlist(fragments, profile, "v.m3u8", None)
    assert "mp4a" not in without
    assert "AUDIO" not in without


def test_segments_encoded_otherwise_are_refused(
    tmp_path: Path, segments: list[Path], counter: type, profile: EncodeProfile
) -> None:
    other = EncodeProfile(profile.canvas, profile.fps, preset="veryslow")
    encode_clip(ignore, counter(0, 5, fps=profile.fps), other, tmp_path / "other")
    with pytest.raises(MediaError) as caught:
        picture_fragments([Piece(segments[0]), Piece(tmp_path / "other")], profile)
    assert caught.value.code == "segments_differ"


def test_codecs_are_named_as_browsers_want_them(segments: list[Path], profile: EncodeProfile) -> None:
    description = read_track(segments[0], VIDEO).description
    assert codec_name(description) == f"avc1.{description[description.index(b'avcC') + 5 :][:3].hex()}"
