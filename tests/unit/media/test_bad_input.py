"""Hostile pictures, clips and voices, straight into the functions that read them: right, or refused in plain words."""

import struct
import zlib
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from PIL import Image, PngImagePlugin

from storyreel.domain.film import Canvas, StillMove, View
from storyreel.errors import MediaError
from storyreel.media.clips import conform_video
from storyreel.media.frames import Picture, black, to_rgb
from storyreel.media.motion import StillCamera
from storyreel.media.probe import probe_audio, probe_image, probe_video, read_clip, read_voice
from storyreel.media.profile import EncodeProfile
from storyreel.media.sound.voices import measure_voices

CANVAS = Canvas(160, 90)
WIDTH, HEIGHT = 64, 36
COLOUR = (200, 100, 50)
ROTATED_RIGHT = 6
RATE = 22_050


def ignore(_: float) -> None:
    pass


# Pictures


def png(path: Path, depth: int, kind: int, pixel: bytes) -> Path:
    """A PNG all of one pixel; what Pillow itself cannot write."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, kind, 0, 0, 0)
    rows = (b"\0" + pixel * WIDTH) * HEIGHT
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    return path


def saved(path: Path, picture: Image.Image, kind: str = "PNG", **options: Any) -> Path:
    picture.save(path, kind, **options)
    return path


def plain(colour: Any = COLOUR, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    return Image.new("RGB", size, colour)


def moving(path: Path, kind: str) -> Path:
    return saved(path, plain(), kind, save_all=True, append_images=[plain("blue")], duration=100, lossless=True)


PICTURES: dict[str, tuple[Callable[[Path], Path], tuple[int, int, int]]] = {
    "grey of 16 bits": (lambda path: png(path, 16, 0, b"\x80\x00"), (128, 128, 128)),
    "colours of 16 bits": (lambda path: png(path, 16, 2, b"\xc8\x00\x64\x00\x32\x00"), COLOUR),
    "grey and alpha of 16 bits": (lambda path: png(path, 16, 4, b"\x80\x00\xff\xff"), (128, 128, 128)),
    "colours and alpha of 16 bits": (lambda path: png(path, 16, 6, b"\xc8\x00\x64\x00\x32\x00\xff\xff"), COLOUR),
    "inks": (lambda path: saved(path, plain().convert("CMYK"), "JPEG", quality=95), COLOUR),
    "grey": (lambda path: saved(path, Image.new("L", (WIDTH, HEIGHT), 128), "JPEG"), (128, 128, 128)),
    "one bit": (lambda path: saved(path, Image.new("1", (WIDTH, HEIGHT), 1)), (255, 255, 255)),
    "a palette": (lambda path: saved(path, plain().quantize(4)), COLOUR),
    "a palette with nothing": (lambda path: saved(path, plain().quantize(4), transparency=0), (255, 255, 255)),
    "grey and alpha": (lambda path: saved(path, Image.new("LA", (WIDTH, HEIGHT), (0, 127))), (128, 128, 128)),
    "nothing to see": (lambda path: saved(path, Image.new("RGBA", (WIDTH, HEIGHT), (9, 9, 9, 0))), (255, 255, 255)),
    "a moving PNG": (lambda path: moving(path, "PNG"), COLOUR),
    "a moving WebP": (lambda path: moving(path, "WEBP"), COLOUR),
    "one pixel": (lambda path: saved(path, plain(size=(1, 1))), COLOUR),
    "odd sides": (lambda path: saved(path, plain(size=(33, 21)), "WEBP", lossless=True), COLOUR),
    "a line across": (lambda path: saved(path, plain(size=(8192, 1))), COLOUR),
    "a line down": (lambda path: saved(path, plain(size=(1, 8192))), COLOUR),
}


def seen(image: Path) -> Picture:
    """What a film shows of a picture file that was let in."""
    assert probe_image(image).width
    camera, planes = StillCamera(StillMove(image, CANVAS, Fraction(24), 3, View(), View())), black(CANVAS)
    camera.draw(1, planes)
    return to_rgb(planes)


@pytest.mark.parametrize("what", PICTURES)
def test_pictures_of_all_kinds_keep_their_colours(tmp_path: Path, what: str) -> None:
    make, colour = PICTURES[what]
    shown = seen(make(tmp_path / "picture")).reshape(-1, 3).astype(int)
    assert np.abs(shown - colour).max() <= 4


def test_grey_of_16_bits_keeps_its_shades(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 160).astype(np.uint16)[np.newaxis].repeat(90, 0)
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    shown = seen(tmp_path / "ramp.png")[45, :, 1].astype(int)
    assert np.abs(shown - np.linspace(0, 255, 160)).max() <= 3


def test_a_picture_is_shown_upright(tmp_path: Path) -> None:
    upright = plain("red", (90, 160))
    upright.paste((0, 0, 255), (0, 80, 90, 160))
    held = Image.Exif()
    held[0x112] = ROTATED_RIGHT
    shown = seen(saved(tmp_path / "p.jpg", upright.rotate(90, expand=True), "JPEG", exif=held.tobytes(), quality=95))
    assert (shown[10, 80] > (200, -1, -1)).all()
    assert shown[10, 80, 2] < 60 < 200 < shown[80, 80, 2]


NOTES = {
    "no TIFF": b"Exif\0\0garbage",
    "cut off": b"Exif\0\0MM\0*\0\0\0\x08\0\x01",
    "leads nowhere": b"Exif\0\0II*\0\xff\xff\xff\xff",
    "huge": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\0\0\0\x01\x63\0\0\0",
    "of another type": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x02\0\0\0a\0\0\0\0\0\0\0",
}


@pytest.mark.filterwarnings("ignore:Corrupt EXIF", "ignore:Tag data larger")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("note", NOTES)
def test_damaged_notes_about_the_camera_do_not_matter(tmp_path: Path, kind: str, note: str) -> None:
    shown = seen(saved(tmp_path / "picture", plain(), kind, exif=NOTES[note], lossless=True))
    assert np.abs(shown.astype(int) - COLOUR).max() <= 4
    text = PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", "\nexif\n 10\nzzzz")
    shown = seen(saved(tmp_path / "picture", plain(), pnginfo=text))
    assert np.abs(shown.astype(int) - COLOUR).max() <= 4


# Clips


def filmed(
    path: Path,
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    size: tuple[int, int] = (320, 180),
    container: str = "mp4",
    space: int = 5,
    times: Iterable[float] = tuple(number / 24 for number in range(12)),
    turn: bool = False,
) -> Path:
    """A video all of one colour; with `turn`, blue from its middle on. `times` are its frames', in seconds."""
    tick = Fraction(1, 24_000)
    times = list(times)
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=24, options={"bf": "0"} if codec == "libx264" else {})
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.time_base = tick
        stream.codec_context.colorspace = space
        out.start_encoding()
        for number, time in enumerate(times):
            picture = np.empty((size[1], size[0], 3), np.uint8)
            picture[:] = (0, 0, 255) if turn and number >= len(times) / 2 else COLOUR
            frame = VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels, dst_colorspace=space)
            frame.pts, frame.time_base, frame.colorspace = round(time / tick), tick, space
            out.mux(stream.encode(frame))
        if times:
            out.mux(stream.encode(None))
    return path


def heard_only(path: Path) -> Path:
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=48_000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 48_000, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def conformed(path: Path, frames: int = 10) -> list[Picture]:
    """What the film shows of it; a wrong clip leaves no file."""
    out = path.parent / "clip.mp4"
    try:
        conform_video(ignore, path, EncodeProfile(CANVAS, Fraction(24)), frames, out)
    except MediaError:
        assert not out.exists()
        raise
    return [to_rgb(planes) for planes in read_clip(out, 0, frames)]


CLIPS: dict[str, dict[str, Any]] = {
    "two pixels": {"size": (2, 2)},
    "one pixel": {"size": (1, 1), "codec": "png", "pixels": "rgb24", "container": "mov", "space": 0},
    "upright": {"size": (90, 320)},
    "10 bits": {"pixels": "yuv420p10le"},
    "no subsampling": {"pixels": "yuv444p"},
    "RGB": {"codec": "libx264rgb", "pixels": "rgb24", "space": 0},
    "alpha": {"codec": "qtrle", "pixels": "argb", "container": "mov", "space": 0},
    "Ultra HD's colours": {"space": 9, "pixels": "yuv420p10le"},
    "ProRes": {"codec": "prores_ks", "pixels": "yuv422p10le", "container": "mov"},
    "VP9 with alpha": {"codec": "libvpx-vp9", "pixels": "yuva420p", "container": "webm"},
    "1000 pictures a second": {"times": [number / 1000 for number in range(12)]},
    "one picture": {"times": [0]},
    "a picture an hour": {"times": [0, 3590], "container": "matroska"},
}


@pytest.mark.parametrize("what", CLIPS)
def test_clips_of_all_kinds_keep_their_colours(tmp_path: Path, what: str) -> None:
    for shown in conformed(filmed(tmp_path / "source", **CLIPS[what])):
        assert np.abs(shown.reshape(-1, 3).astype(int) - COLOUR).max() <= 5


def test_a_clip_s_own_clock_counts(tmp_path: Path) -> None:
    """Six frames in a tenth of a second, six in the rest: the turn, seen by time, is early."""
    uneven = [*(number / 60 for number in range(6)), *(0.1 + number * 0.15 for number in range(6))]
    shown = conformed(filmed(tmp_path / "source", times=uneven, turn=True, container="matroska"), 24)
    blue = [bool(picture[45, 80, 2] > 150) for picture in shown]
    assert blue == sorted(blue)
    assert 2 <= blue.index(True) <= 3


@pytest.mark.parametrize("step", [0, 0xFFFF_FFFF])
def test_a_clock_that_stands_still_or_runs_back(tmp_path: Path, step: int) -> None:
    source = filmed(tmp_path / "source")
    data = bytearray(source.read_bytes())
    table = data.index(b"stts")
    for entry in range(struct.unpack_from(">I", data, table + 8)[0]):
        struct.pack_into(">I", data, table + 16 + 8 * entry, step)
    source.write_bytes(data)
    assert probe_video(source).frames == 12
    assert np.abs(conformed(source)[5].astype(int) - COLOUR).max() <= 5


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no picture": (heard_only, "no moving picture"),
    "no frame": (lambda path: filmed(path, times=()), "moving picture|no frame|cannot be decoded"),
    "too large": (lambda path: filmed(path, size=(8194, 16), times=[0]), "too large"),
    "longer than an hour": (lambda path: filmed(path, times=[0, 3700], container="matroska"), "longer than 60"),
    "a still": (lambda path: saved(path, plain(), "JPEG"), "is not an MP4"),
    "a folder": (Path.mkdir, "Is a directory"),
    "nothing": (lambda _: None, "No such file"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_clip_is_refused(tmp_path: Path, what: str) -> None:
    make, words = REFUSED[what]
    make(tmp_path / "source")
    with pytest.raises(MediaError, match=words) as caught:
        conformed(tmp_path / "source")
    assert str(tmp_path) not in caught.value.message


# Voices


def wave_file(path: Path, data: bytes, *, rate: int = RATE, channels: int = 1, bits: int = 16, code: int = 1) -> Path:
    """A WAV file that says of itself whatever it is told to."""
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", code, channels, rate, rate * frame % 2**32, frame % 2**16, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


TONE = np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE) * 0.3
WORDS = (TONE * 32767).astype("<i2").tobytes()
FLOATS: dict[str, Any] = {"bits": 32, "code": 3}
VOICES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "8 bits": (((TONE + 1) * 127).astype("u1").tobytes(), {"bits": 8}),
    "floats": (TONE.astype("<f4").tobytes(), FLOATS),
    "doubles": (TONE.astype("<f8").tobytes(), {"bits": 64, "code": 3}),
    "eight channels": (np.repeat(TONE * 32767, 8).astype("<i2").tobytes(), {"channels": 8}),
    "silence": (bytes(2 * RATE), {}),
    "no numbers": (np.full(RATE, np.nan, "<f4").tobytes(), FLOATS),
    "infinite": (np.full(RATE, np.inf, "<f4").tobytes(), FLOATS),
    "never scaled": ((TONE * 32767).astype("<f4").tobytes(), FLOATS),
    "as loud as can be": ((TONE * 3e38).astype("<f4").tobytes(), FLOATS),
    "a constant": (np.full(RATE, 32767, "<i2").tobytes(), {}),
}


@pytest.mark.parametrize("what", VOICES)
def test_odd_voices_can_be_mixed(tmp_path: Path, film_sound: Callable[..., Path], what: str) -> None:
    data, form = VOICES[what]
    voice = wave_file(tmp_path / "voice.wav", data, **form)
    assert probe_audio(voice).duration == pytest.approx(1, abs=1e-4)
    assert np.isfinite(read_voice(voice)).all()
    (measured,) = measure_voices(ignore, [voice])
    assert np.isfinite(measured.levels.energy).all()
    mixed = read_voice(film_sound([(voice, Fraction(1, 2))], Fraction(2)))
    assert np.isfinite(mixed).all()
    if what in ("floats", "eight channels", "never scaled", "as loud as can be"):
        loud = np.abs(mixed[48_000:60_000]).max()
        assert 0.05 < loud < 1


UNHEARD: dict[str, tuple[bytes, dict[str, Any]]] = {
    "of 0 s": (b"", {}),
    "one sample, too short for one of ours": (WORDS[:2], {"rate": 384_000}),
    "a few Hz": (WORDS, {"rate": 10}),
    "GHz": (WORDS, {"rate": 2_000_000_000}),
    "0 Hz": (WORDS, {"rate": 0}),
    "no channels": (WORDS, {"channels": 0}),
    "11 channels": (WORDS, {"channels": 11}),
    "300 channels": (WORDS, {"channels": 300}),
    "an unknown code": (WORDS, {"code": 0x1234}),
}


@pytest.mark.parametrize("what", UNHEARD)
def test_voices_that_cannot_be_heard_are_refused_at_once(tmp_path: Path, what: str) -> None:
    data, form = UNHEARD[what]
    voice = wave_file(tmp_path / "voice.wav", data, **form)
    for read in (probe_audio, read_voice):
        with pytest.raises(MediaError) as caught:
            read(voice)
        assert caught.value.code == "media_invalid"


def spoken(path: Path, codec: str, container: str, rate: int) -> bytes:
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(TONE.astype(np.float32)[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = RATE, 0
        resampler = av.AudioResampler(stream.codec_context.format, "mono", rate, stream.codec_context.frame_size)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return path.read_bytes()


@pytest.mark.parametrize(("codec", "container"), [("flac", "ogg"), ("libmp3lame", "mp3")])
def test_a_voice_that_changes_its_rate_is_refused_at_once(tmp_path: Path, codec: str, container: str) -> None:
    path = tmp_path / "voice"
    path.write_bytes(spoken(path, codec, container, 48_000) + spoken(path, codec, container, 22_050))
    for read in (probe_audio, read_voice):
        with pytest.raises(MediaError, match="half way"):
            read(path)
