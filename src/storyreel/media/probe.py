"""What a media file holds, found out by decoding it whole: a name, a header or a promise is never believed."""

import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from storyreel.errors import MediaError
from storyreel.media.frames import Picture, Planes
from storyreel.media.sound.blocks import Sound

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

MAX_SIDE = 8192
MAX_PIXELS = 40_000_000
MAX_SECONDS = 3600
"""Longest voice or clip; a shot lasts seconds, and this still stops a file that would never end."""
SAMPLE_RATE = 48_000

_SAMPLE_RATES = range(4_000, 768_001)
"""From below a telephone's: a few bytes at a few Hz would become gigabytes."""
_MOST_CHANNELS = 8
_LOUDEST = 2.0**31
"""Of samples that were written without scaling; what is beyond is noise, and its square no number."""

_MOST_SCANS = 100  # of a JPEG: encoders write a dozen; each is a walk over the whole picture, and may be of 80 bytes
_IMAGE_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_PICTURE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")
_SHORTFALL = 0.05  # seconds that decoding may fall short of what a container promises: rounding, never a cut file


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """Sides in pixels."""

    width: int
    height: int
    media_type: str


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """`duration` in seconds, counted in decoded samples at 48 kHz; rate and channels are the file's own."""

    duration: float
    sample_rate: int
    channels: int
    media_type: str


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """`frames` were decoded and counted; `fps` is their average rate; `duration` in seconds is that of the picture."""

    width: int
    height: int
    fps: Fraction
    frames: int
    duration: float
    video_codec: str
    audio_codec: str | None


def probe_image(path: Path) -> ImageFacts:
    """Decode a PNG, JPEG or WebP of at most 8192 pixels a side and 40 million in all.

    Raises:
        MediaError: it is another kind of file, too large, or broken.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=tuple(_IMAGE_TYPES)) as image:
                _check_size(image.width, image.height)
                if image.format == "JPEG" and path.read_bytes().count(b"\xff\xda") > _MOST_SCANS:
                    raise MediaError("The picture is in far too many parts.")
                image.load()
                return ImageFacts(image.width, image.height, _IMAGE_TYPES[image.format or ""])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaError("The picture is far too large.", hint=_SIZE_HINT) from error
    except Image.UnidentifiedImageError as error:
        raise MediaError("The file is not a PNG, JPEG or WebP picture.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise MediaError(f"The picture is broken: {_reason(error)}.") from error


def probe_audio(path: Path) -> AudioFacts:
    """Decode a WAV, FLAC, MP3, Ogg or M4A file.

    Raises:
        MediaError: it is another kind of file, has no sound, is cut off or broken.
    """
    container_format = _audio_format(path)
    with _reading(path, container_format) as container:
        stream = _sound_stream(container)
        seconds = sum(piece.shape[1] for piece in _heard(container, stream, "mono")) / SAMPLE_RATE
        rate, channels = stream.sample_rate, stream.channels
        promised = float((stream.duration or 0) * (stream.time_base or 0))
    promised_seconds = promised if container_format in ("flac", "mov") else 0.0  # others only guess
    if seconds < promised_seconds - _SHORTFALL or (container_format == "wav" and _is_cut_wave(path)):
        raise MediaError(f"The sound file is cut off after {seconds:.2f} seconds.")
    return AudioFacts(seconds, rate, channels, _AUDIO_TYPES[container_format])


def probe_video(path: Path) -> VideoFacts:
    """Decode the picture of an MP4, MOV, WebM or Matroska file.

    Raises:
        MediaError: it is another kind of file, has no picture, is too large, cut off or broken.
    """
    with _reading(path, _video_format(path)) as container:
        stream = _picture_stream(container)
        course = _Course()
        for packet in container.demux():
            if packet.pts is not None and packet.time_base:
                course.reached = max(course.reached, (packet.pts + (packet.duration or 0)) * packet.time_base)
            if packet.stream is stream:
                for frame in cast("list[VideoFrame]", packet.decode()):
                    course.add(_time_of(frame, course.frames, stream))
        facts = _video_facts(container, stream, course)
        start, promised = Fraction(container.start_time or 0, 1_000_000), Fraction(container.duration or 0, 1_000_000)
        promised_frames = stream.frames
    if facts.frames < promised_frames or course.reached - start < promised - max(_SHORTFALL, 2 / facts.fps):
        raise MediaError(f"The video is cut off: only {facts.frames} frames can be decoded.")
    return facts


def read_voice(path: Path) -> NDArray[np.float32]:
    """A sound file as one channel at 48 kHz, ±1.

    Raises:
        MediaError: it cannot be decoded.
    """
    return np.concatenate(list(read_pieces(path, "mono")), axis=1)[0]


def read_stereo(path: Path) -> NDArray[np.float32]:
    """A sound file as 2 × samples at 48 kHz, ±1.

    Raises:
        MediaError: it cannot be decoded.
    """
    return np.concatenate(list(read_pieces(path, "stereo")), axis=1)


def read_pieces(path: Path, layout: str) -> Iterator[Sound]:
    """A sound file at 48 kHz as it is decoded, piece by piece; `layout` is mono or stereo.

    Raises:
        MediaError: it cannot be decoded, or holds no sound.
    """
    with _reading(path, _audio_format(path)) as container:
        yield from _heard(container, _sound_stream(container), layout)


def read_clip(path: Path, first: int, end: int) -> Iterator[Planes]:
    """Frames `first` … `end`−1 of a clip that our own encoder wrote.

    Raises:
        MediaError: the clip is broken or has not that many frames.
    """
    number = first
    with _reading(path, "mov") as container:
        stream = _picture_stream(container)
        rate, tick = stream.average_rate or Fraction(0), stream.time_base or Fraction(0)
        if first and rate and tick:
            container.seek(int(first / rate / tick), stream=stream)
        for frame in container.decode(stream):
            at = round((frame.pts or 0) * tick * rate)
            if at >= end:
                break
            if at == number:
                yield planes_of(frame)
                number += 1
    if number != end:
        raise MediaError(f"A clip ends at frame {number}, {end - number} frames too early.")


def read_pictures(path: Path) -> Iterator[tuple[Fraction, Picture]]:
    """Every frame of a foreign video, upright, in RGB, with its time in seconds from the first.

    Raises:
        MediaError: the video is broken.
    """
    with _reading(path, _video_format(path)) as container:
        stream = _picture_stream(container)
        origin: Fraction | None = None
        for number, frame in enumerate(_limited(container.decode(stream), "video")):
            time = _time_of(frame, number, stream)
            origin = time if origin is None else origin
            yield time - origin, _rgb_of(frame)


def planes_of(frame: "VideoFrame") -> Planes:
    """Views of the three planes of a yuv420p frame."""
    views = [
        np.frombuffer(cast(memoryview, plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in frame.planes
    ]
    return Planes(*views)


_OPENING = {"max_probe_packets": "1", "max_size": "16384"}
"""FFmpeg would read far into each WAV to see whether it hides DTS sound: 5 ms a file, and no voice does. And it would
hand WAV on in pieces of 4 KiB: a quarter more time than in larger ones."""
_SIZE_HINT = f"At most {MAX_SIDE} pixels a side and {MAX_PIXELS // 1_000_000} million in all."


@contextmanager
def _reading(path: Path, container_format: str) -> Generator["InputContainer", None, None]:
    """Open with one given demuxer, so that a playlist under a film's name is not followed to other files."""
    import av
    from av.error import FFmpegError

    try:
        with av.open(str(path), format=container_format, options=_OPENING, metadata_errors="replace") as container:
            yield container
    except (FFmpegError, MemoryError) as error:
        raise MediaError(f"The file cannot be decoded: {_reason(error)}.") from error


@dataclass(slots=True)
class _Course:
    """What decoding saw: how many frames, the times of the first and last, where the last packet of any track ends."""

    frames: int = 0
    first: Fraction = Fraction(0)
    last: Fraction = Fraction(0)
    reached: Fraction = Fraction(0)

    def add(self, time: Fraction) -> None:
        self.first = min(time, self.first) if self.frames else time
        self.last = max(time, self.last) if self.frames else time
        self.frames += 1
        if self.last - self.first > MAX_SECONDS:
            raise MediaError(f"The video is longer than {MAX_SECONDS // 60} minutes.")


def _video_facts(container: "InputContainer", stream: "VideoStream", course: _Course) -> VideoFacts:
    if not course.frames:
        raise MediaError("The video has no frame that can be decoded.")
    span = course.last - course.first
    rate = stream.guessed_rate or stream.average_rate
    fps = (course.frames - 1) / span if span else Fraction(rate or 25)
    if rate and abs(fps / rate - 1) < Fraction(1, 100):  # the container's own figure, when it is true, is exact
        fps = rate
    fps = max(fps.limit_denominator(1001), Fraction(1, 1001))
    audio = [stream for stream in container.streams.audio if cast(object, stream.codec_context) is not None]
    return VideoFacts(
        width=stream.width,
        height=stream.height,
        fps=fps,
        frames=course.frames,
        duration=float(span + 1 / fps),
        video_codec=stream.codec_context.name,
        audio_codec=audio[0].codec_context.name if audio else None,
    )


def _picture_stream(container: "InputContainer") -> "VideoStream":
    if not container.streams.video:
        raise MediaError("The file holds no moving picture.")
    stream = container.streams.video[0]
    _check_decoder(stream)
    _check_size(stream.width, stream.height)
    stream.thread_type = "NONE"  # many clips are worked on at once, one core each
    return stream


def _sound_stream(container: "InputContainer") -> "AudioStream":
    if not container.streams.audio:
        raise MediaError("The file holds no sound.")
    stream = container.streams.audio[0]
    _check_decoder(stream)
    if stream.sample_rate not in _SAMPLE_RATES or stream.channels > _MOST_CHANNELS:
        raise MediaError(f"Sound at {stream.sample_rate} Hz, channels: {stream.channels}, cannot be used.")
    return stream


def _heard(container: "InputContainer", stream: "AudioStream", layout: str) -> Iterator[Sound]:
    from av.audio.resampler import AudioResampler

    empty = True
    resampler = AudioResampler("fltp", layout, SAMPLE_RATE)
    for frame in chain(_limited(container.decode(stream), "sound"), (None,)):
        try:
            parts = [part.to_ndarray() for part in resampler.resample(frame)]
        except ValueError as error:  # what PyAV raises when rate or channels change on the way
            raise MediaError("The sound changes its format half way.") from error
        for part in parts:
            empty = False
            known = np.nan_to_num(part, nan=0.0, posinf=1.0, neginf=-1.0)
            yield np.clip(known, -_LOUDEST, _LOUDEST).astype(np.float32, copy=False)
    if empty:
        raise MediaError("The sound file is empty.")


def _check_decoder(stream: "AudioStream | VideoStream") -> None:
    if cast(object, stream.codec_context) is None:  # PyAV's types do not tell
        raise MediaError(f"There is no decoder for this {stream.type}.")


def _time_of(frame: "VideoFrame", number: int, stream: "VideoStream") -> Fraction:
    if frame.pts is not None and frame.time_base:
        return frame.pts * frame.time_base
    return number / (stream.average_rate or Fraction(25))


def _rgb_of(frame: "VideoFrame") -> Picture:
    """Untagged pictures are BT.709 from 720 lines up and BT.601 below, as players take them."""
    _check_size(frame.width, frame.height)
    tagged = frame.colorspace not in (0, 2)
    space = frame.colorspace if tagged else (1 if frame.height >= 720 else 5)
    picture = frame.to_ndarray(format="rgb24", src_colorspace=space, src_color_range=frame.color_range)
    return np.ascontiguousarray(np.rot90(picture, (round(frame.rotation) // 90) % 4), dtype=np.uint8)


_Frame = TypeVar("_Frame", "AudioFrame", "VideoFrame")


def _limited(frames: Iterator[_Frame], what: str) -> Iterator[_Frame]:
    for frame in frames:
        if (frame.time or 0) > MAX_SECONDS:
            raise MediaError(f"The {what} is longer than {MAX_SECONDS // 60} minutes.")
        yield frame


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise MediaError("The picture has no size.")
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise MediaError(f"A picture of {width}x{height} is too large.", hint=_SIZE_HINT)


def _video_format(path: Path) -> str:
    head = _head(path)
    if head[4:8] == b"ftyp" and head[8:12] not in _PICTURE_BRANDS:
        return "mov"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free"):
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    raise MediaError("The file is not an MP4, MOV, WebM or Matroska video.")


_AUDIO_TYPES = {
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "mov": "audio/mp4",
    "mp3": "audio/mpeg",
}


def _audio_format(path: Path) -> str:
    head = _head(path)
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"fLaC"):
        return "flac"
    if head.startswith(b"OggS"):
        return "ogg"
    if head[4:8] == b"ftyp":
        return "mov"
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06):
        return "mp3"
    raise MediaError("The file is not WAV, FLAC, MP3, Ogg or M4A sound.")


def _is_cut_wave(path: Path) -> bool:
    """Whether bytes are missing. Programs that stream cannot know the length and write a huge one: that is no cut."""
    promised = int.from_bytes(_head(path)[4:8], "little") + 8
    return path.stat().st_size < promised < 0x7FFF_F000


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(12)
    except OSError as error:
        raise MediaError(f"The file cannot be read: {_reason(error)}.") from error


def _reason(error: BaseException) -> str:
    """The system's words where there are some: without the path, which says nothing to a person."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
