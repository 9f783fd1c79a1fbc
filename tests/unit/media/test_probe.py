import contextlib
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyreel.errors import MediaError
from storyreel.media.frames import Planes
from storyreel.media.probe import probe_audio, probe_image, probe_video, read_clip, read_voice

MakeFile = Callable[..., Path]


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_pictures_are_measured(tmp_path: Path, kind: str, media_type: str) -> None:
    path = tmp_path / "picture.bin"
    Image.new("RGB", (33, 21), "red").save(path, kind)
    facts = probe_image(path)
    assert (facts.width, facts.height, facts.media_type) == (33, 21, media_type)


def png_claiming(path: Path, width: int, height: int) -> Path:
    """A few bytes that say they are a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )
    return path


@pytest.mark.parametrize(
    ("width", "height"), [(20_000, 20_000), (8193, 10), (8000, 8000), (10_000, 9_500), (65_535, 65_535)]
)
def test_bombs_are_refused_before_they_are_loaded(tmp_path: Path, width: int, height: int) -> None:
    with pytest.raises(MediaError, match="too large"):
        probe_image(png_claiming(tmp_path / "bomb.png", width, height))


def test_other_picture_formats_and_broken_pictures_are_refused(tmp_path: Path) -> None:
    bitmap = tmp_path / "picture.png"
    Image.new("RGB", (8, 8)).save(bitmap, "BMP")
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    cut = tmp_path / "cut.png"
    Image.fromarray(noise).save(cut)
    cut.write_bytes(cut.read_bytes()[:5000])
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "empty.png").write_bytes(b"")
    for path in (
        bitmap,
        cut,
        tmp_path / "text.png",
        tmp_path / "empty.png",
        png_claiming(tmp_path / "lie.png", 50, 50),
    ):
        with pytest.raises(MediaError) as caught:
            probe_image(path)
        assert caught.value.code == "media_invalid"
        assert str(tmp_path) not in str(caught.value)


def test_sound_is_measured_in_decoded_samples(voice: MakeFile) -> None:
    facts = probe_audio(voice(1.25))
    assert facts.duration == pytest.approx(1.25, abs=1e-4)
    assert (facts.sample_rate, facts.channels) == (22050, 1)
    assert read_voice(voice(1.25)).size == pytest.approx(60_000, abs=40)


def test_broken_sound_is_refused(tmp_path: Path, voice: MakeFile) -> None:
    whole = voice(2.0).read_bytes()
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MediaError, match="cut off"):
        probe_audio(cut)
    for number, data in enumerate((b"", b"RIFF", whole[:44], b"RIFF\0\0\0\0WAVE" + b"x" * 99, b"#EXTM3U\nvoice.wav\n")):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(data)
        with pytest.raises(MediaError):
            probe_audio(path)


def test_a_streamed_wave_file_with_an_endless_header_is_sound(tmp_path: Path, voice: MakeFile) -> None:
    data = bytearray(voice(1.0).read_bytes())
    for place in (4, 40):
        data[place : place + 4] = b"\xff\xff\xff\xff"
    path = tmp_path / "streamed.wav"
    path.write_bytes(data)
    assert probe_audio(path).duration == pytest.approx(1.0, abs=0.001)


def test_a_clip_is_measured(clip: MakeFile) -> None:
    facts = probe_video(clip(31))
    assert (facts.width, facts.height, facts.frames, facts.fps) == (160, 90, 31, Fraction(24))
    assert facts.duration == pytest.approx(31 / 24)
    assert (facts.video_codec, facts.audio_codec) == ("h264", None)


def test_a_film_cut_short_is_refused(tmp_path: Path, clip: MakeFile) -> None:
    whole = clip(48).read_bytes()
    for share in (0.3, 0.6, 0.9):
        cut = tmp_path / "cut.mp4"
        cut.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(MediaError):
            probe_video(cut)


def test_playlists_under_a_films_name_are_never_followed(tmp_path: Path, clip: MakeFile) -> None:
    target = clip(5)
    for text in (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{target}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile '{target}'\n",
        f"<?xml version='1.0'?><MPD><BaseURL>{target}</BaseURL></MPD>",
        f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96 {target}\n",
    ):
        path = tmp_path / "film.mp4"
        path.write_text(text)
        with pytest.raises(MediaError, match="not an MP4"):
            probe_video(path)
        disguised = tmp_path / "disguised.mp4"
        disguised.write_bytes(b"\0\0\0\x18ftypisom" + text.encode())
        with pytest.raises(MediaError):
            probe_video(disguised)


@pytest.mark.parametrize("seed", range(3))
def test_damage_is_an_error_or_harmless(tmp_path: Path, clip: MakeFile, voice: MakeFile, seed: int) -> None:
    random = np.random.default_rng(seed)
    path = tmp_path / "damaged"
    for whole, probe in ((clip(20), probe_video), (voice(0.3), probe_audio), (voice(0.3), read_voice)):
        for _ in range(8):
            data = bytearray(whole.read_bytes())
            reach = int(random.choice([64, 2000, len(data)]))
            for place in random.integers(0, min(reach, len(data)), int(random.choice([1, 5, 40]))):
                data[place] = int(random.integers(256))
            path.write_bytes(data)
            with contextlib.suppress(MediaError):
                probe(path)


def test_an_unknown_codec_is_refused(tmp_path: Path, clip: MakeFile) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(clip(5).read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(MediaError, match="no decoder"):
        probe_video(path)


def test_sound_alone_is_no_video(voice: MakeFile) -> None:
    with pytest.raises(MediaError):
        probe_video(voice(0.5))


@pytest.mark.parametrize(("first", "end"), [(0, 60), (0, 5), (47, 49), (48, 60), (55, 60), (59, 60)])
def test_any_part_of_a_clip_can_be_read(
    clip: MakeFile, read_number: Callable[[Planes], int], first: int, end: int
) -> None:
    """Also across the key frames that stand every two seconds."""
    assert [read_number(planes) for planes in read_clip(clip(60), first, end)] == list(range(first, end))


def test_reading_past_the_end_of_a_clip_is_an_error(clip: MakeFile) -> None:
    with pytest.raises(MediaError, match="too early"):
        list(read_clip(clip(10), 5, 12))
