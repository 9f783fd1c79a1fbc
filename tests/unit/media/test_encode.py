import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from storyreel.domain.film import Canvas
from storyreel.errors import MediaError
from storyreel.media.clips import conform_video, encode_clip
from storyreel.media.encode import clip_writer
from storyreel.media.frames import Planes, to_rgb
from storyreel.media.probe import probe_video, read_clip
from storyreel.media.profile import EncodeProfile

MakeFile = Callable[..., Path]
ReadNumber = Callable[[Planes], int]


def ignore(_: float) -> None:
    pass


def numbers(path: Path, count: int, read_number: ReadNumber) -> list[int]:
    return [read_number(planes) for planes in read_clip(path, 0, count)]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 50])
def test_every_frame_arrives_once_in_order(
    tmp_path: Path, counter: type, profile: EncodeProfile, read_number: ReadNumber, count: int
) -> None:
    heard: list[float] = []
    out = tmp_path / "clip"
    encode_clip(heard.append, counter(0, count), profile, out)
    assert numbers(out, count, read_number) == list(range(count))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_the_file_says_how_it_is_to_be_shown(clip: MakeFile) -> None:
    data = clip(50).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "its index comes first"
    with av.open(str(clip(50))) as container:
        stream = container.streams.video[0]
        codec = stream.codec_context
        assert (codec.name, codec.pix_fmt, stream.average_rate) == ("h264", "yuv420p", 24)
        assert (codec.colorspace, codec.color_primaries, codec.color_trc, codec.color_range) == (1, 1, 1, 1)
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert sorted(packet.pts * packet.time_base for packet in packets) == [Fraction(k, 24) for k in range(50)]
        keys = [packet.pts * packet.time_base for packet in packets if packet.is_keyframe]
        assert keys[0] == 0
        assert all(later - sooner <= 2 for sooner, later in pairwise([*keys, Fraction(50, 24)]))


def test_colours_survive(tmp_path: Path, profile: EncodeProfile, counter: type) -> None:
    source = counter(2, 3)
    encode_clip(ignore, source, profile, tmp_path / "clip")
    drawn = next(iter(source.frames(0, 1)))
    seen = to_rgb(next(read_clip(tmp_path / "clip", 0, 3)))
    assert np.abs(seen[60, 80].astype(int) - drawn[60, 80]).max() <= 4


@pytest.mark.parametrize("height", [144, 146, 148, 150])
def test_colours_stay_where_they_are_drawn(tmp_path: Path, height: int) -> None:
    with clip_writer(EncodeProfile(Canvas(160, height), Fraction(24)), tmp_path / "clip") as writer:
        for plane, (above, below) in zip(writer.planes, ((60, 180), (90, 160), (170, 100)), strict=True):
            plane[: len(plane) // 2], plane[len(plane) // 2 :] = above, below
        writer.write()
        drawn = [plane.copy() for plane in writer.planes]
    (seen,) = read_clip(tmp_path / "clip", 0, 1)
    for there, here in zip(drawn, seen, strict=True):
        assert np.abs(there.astype(int) - here).max() < 20


def test_another_canvas_is_covered(tmp_path: Path, counter: type) -> None:
    profile = EncodeProfile(Canvas(90, 160), Fraction(24))
    encode_clip(ignore, counter(0, 2), profile, tmp_path / "clip")
    facts = probe_video(tmp_path / "clip")
    assert (facts.width, facts.height, facts.frames) == (90, 160, 2)


CANVAS = Canvas(160, 90)


@dataclass(frozen=True)
class Liar:
    canvas: Canvas = CANVAS
    fps: Fraction = Fraction(24)
    drawn: int = 3
    shape: tuple[int, ...] = (90, 160, 3)

    def __len__(self) -> int:
        return 5

    def frames(self, first: int, end: int) -> Iterator[np.ndarray]:
        return (np.zeros(self.shape, np.uint8) for _ in range(self.drawn))


@pytest.mark.parametrize(
    "source", [Liar(), Liar(drawn=9), Liar(drawn=5, shape=(90, 160)), Liar(drawn=5, fps=Fraction(25))]
)
def test_sources_that_break_their_promise_leave_no_file(tmp_path: Path, profile: EncodeProfile, source: Liar) -> None:
    with pytest.raises(MediaError):
        encode_clip(ignore, source, profile, tmp_path / "clip")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_no_more_is_said_so(tmp_path: Path, profile: EncodeProfile, counter: type) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(MediaError, match="File too large") as caught:
            encode_clip(ignore, counter(0, 100), replace(profile, crf=1), tmp_path / "clip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.code == "encode_failed"
    assert list(tmp_path.iterdir()) == []


def test_identity_names_all_choices(profile: EncodeProfile) -> None:
    changed = [
        replace(profile, crf=23),
        replace(profile, preset="veryfast"),
        replace(profile, fps=Fraction(25)),
        replace(profile, canvas=Canvas(320, 180)),
        replace(profile, params="mbtree=0"),
        replace(profile, encoder="libx265"),
        replace(profile, keyframe_seconds=Fraction(1)),
    ]
    assert len({str(sorted(p.identity().items())) for p in [profile, *changed]}) == len(changed) + 1


def foreign(
    path: Path,
    counter: type,
    count: int,
    fps: int,
    codec: str = "libvpx",
    container: str = "webm",
    pixels: str = "yuv420p",
) -> Path:
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = 320, 180, pixels
        stream.bit_rate = 2_000_000
        for picture in counter(0, count, canvas=Canvas(320, 180)).frames(0, count):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("count", "fps", "wanted", "shown"),
    [
        (24, 24, 24, list(range(24))),
        (30, 24, 20, list(range(20))),  # too long: trimmed
        (16, 8, 24, [k // 3 for k in range(24)]),  # slower rate, long enough
        (48, 48, 24, [2 * k for k in range(24)]),  # faster rate
        (20, 24, 30, [k * 2 // 3 for k in range(30)]),  # too short: slower, 1.5 times at most
    ],
)
def test_foreign_videos_are_retimed(
    tmp_path: Path,
    counter: type,
    profile: EncodeProfile,
    read_number: ReadNumber,
    count: int,
    fps: int,
    wanted: int,
    shown: list[int],
) -> None:
    source = foreign(tmp_path / "source.webm", counter, count, fps)
    conform_video(ignore, source, profile, wanted, tmp_path / "clip")
    assert np.abs(np.subtract(numbers(tmp_path / "clip", wanted, read_number), shown)).max() <= 1


def test_far_too_short_videos_run_back_and_forth(
    tmp_path: Path, counter: type, profile: EncodeProfile, read_number: ReadNumber
) -> None:
    source = foreign(tmp_path / "source.mp4", counter, 40, 24, "libx264", "mp4")
    conform_video(ignore, source, profile, 150, tmp_path / "clip")
    shown = numbers(tmp_path / "clip", 150, read_number)
    steps = np.diff(shown)
    assert np.abs(steps).max() <= 1, "never a jump"
    assert max(shown) == 39
    assert shown[60] >= 38, "one and a half times slower"
    assert shown[119] <= 1
    assert shown[149] >= 18


def test_a_single_frame_becomes_a_clip(
    tmp_path: Path, counter: type, profile: EncodeProfile, read_number: ReadNumber
) -> None:
    source = foreign(tmp_path / "source.mp4", counter, 1, 24, "libx264", "mp4")
    conform_video(ignore, source, profile, 10, tmp_path / "clip")
    assert numbers(tmp_path / "clip", 10, read_number) == [0] * 10


@pytest.mark.parametrize(("codec", "pixels"), [("libx264", "yuv420p"), ("libx264", "yuvj420p"), ("mpeg4", "yuv420p")])
def test_untagged_standard_definition_is_read_as_bt601(
    tmp_path: Path, counter: type, profile: EncodeProfile, codec: str, pixels: str
) -> None:
    """Our drawing goes to the foreign file by BT.601, as untagged small pictures are, and must come back the same."""
    source = foreign(tmp_path / "source.mp4", counter, 3, 24, codec, "mp4", pixels)
    conform_video(ignore, source, profile, 3, tmp_path / "clip")
    drawn = next(iter(counter(0, 3).frames(0, 1)))
    seen = to_rgb(next(read_clip(tmp_path / "clip", 0, 3)))
    assert np.abs(seen[70, 80].astype(int) - drawn[70, 80]).max() <= 6


def test_what_is_no_video_cannot_be_conformed(tmp_path: Path, profile: EncodeProfile) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(b"#EXTM3U\n")
    with pytest.raises(MediaError):
        conform_video(ignore, path, profile, 5, tmp_path / "clip")
    assert not (tmp_path / "clip").exists()
