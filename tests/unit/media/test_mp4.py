"""The MP4 reader and writer, against FFmpeg's and against files that lie."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from storyreel.errors import MediaError
from storyreel.media.moov import TrackIndex, film_head
from storyreel.media.mp4 import SOUND, VIDEO, Samples, box, boxes, joined, read_track

MakeFile = Callable[..., Path]


def index_of(sizes: np.ndarray, chunks: list[int]) -> TrackIndex:
    samples = Samples(sizes, np.full(sizes.size, 512), np.full(sizes.size, 1024), np.arange(sizes.size) % 3 == 0)
    return TrackIndex(VIDEO, 12288, box(b"avc1", bytes(78)), samples, np.array(chunks), before=1024)


def test_boxes_follow_each_other_and_lies_are_found() -> None:
    data = box(b"free", b"abc") + box(b"mdat")
    assert list(boxes(data)) == [(b"free", data[:11]), (b"mdat", data[11:])]
    for wrong in (data[:-1], data + b"loose", struct.pack(">I4s", 7, b"free"), struct.pack(">I4s", 99, b"free")):
        with pytest.raises(ValueError, match="box"):
            list(boxes(wrong))


@pytest.mark.parametrize("size", [1000, 2_000_000_000])
def test_films_of_any_size_say_where_their_samples_are(tmp_path: Path, size: int) -> None:
    """Four samples in two chunks; the larger film needs places beyond four gigabytes. The file itself has a hole."""
    track = index_of(np.full(4, size) + np.arange(4), [3, 1])
    total = int(track.samples.sizes.sum())
    places = np.array([0, int(track.samples.sizes[:3].sum())])
    head = film_head([track], [places], total, "A title")
    film = tmp_path / "film"
    with film.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + total)
    assert (b"co64" in head) is (total > 0xFFFF_FFFF)
    read = read_track(film, VIDEO)
    assert read.offsets.tolist() == [len(head) + int(track.samples.sizes[:k].sum()) for k in range(4)]
    assert read.samples.sizes.tolist() == track.samples.sizes.tolist()
    assert read.samples.keys.tolist() == [True, False, False, True]
    assert (read.timescale, read.before, read.description) == (12288, 1024, track.description)
    with pytest.raises(MediaError):
        read_track(film, SOUND)


def test_a_track_is_read_as_ffmpeg_wrote_it(clip: MakeFile) -> None:
    track = read_track(clip(50), VIDEO)
    data = clip(50).read_bytes()
    assert len(track.samples) == 50
    assert track.samples.decoded_at.tolist() == [512 * k for k in range(50)]
    assert sorted((track.samples.decoded_at + track.samples.shifts - track.before).tolist()) == [
        512 * k for k in range(50)
    ]
    for offset, size in zip(track.offsets.tolist(), track.samples.sizes.tolist(), strict=True):
        units, at = 0, offset
        while at < offset + size:  # every sample is whole NAL units, each behind its length
            at += 4 + struct.unpack_from(">I", data, at)[0]
            units += 1
        assert (at, units > 0) == (offset + size, True)
    assert b"btrt" not in track.description
    assert b"avcC" in track.description
    twice = joined([track.samples.part(0, 20), track.samples.part(20, 50)])
    assert twice.sizes.tolist() == track.samples.sizes.tolist()


def test_broken_files_are_refused(tmp_path: Path, clip: MakeFile) -> None:
    whole = clip(5).read_bytes()
    broken = tmp_path / "broken"
    for end in [*range(0, 1100, 7), len(whole) - 1]:
        broken.write_bytes(whole[:end])
        with pytest.raises(MediaError):
            read_track(broken, VIDEO)
    with pytest.raises(MediaError):
        read_track(tmp_path / "missing", VIDEO)


def test_lies_are_refused_or_harmless(tmp_path: Path, clip: MakeFile) -> None:
    """Each byte of the index turned round: never another error, never places outside of the file."""
    whole = bytearray(clip(5).read_bytes())
    lying = tmp_path / "lying"
    for at in range(whole.index(b"moov"), whole.index(b"mdat")):
        whole[at] ^= 0xFF
        lying.write_bytes(whole)
        whole[at] ^= 0xFF
        try:
            track = read_track(lying, VIDEO)
        except MediaError:
            continue
        assert (track.offsets >= 0).all()
        assert ((track.offsets + track.samples.sizes) <= len(whole)).all()
