"""Everything that is encoded: clips and segments by their profile, and the sound track."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# PyAV leaves the type parameter of Packet open in add_stream, encode and mux.

import itertools
import logging
import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from storyreel.domain.film import Canvas, StillMove
from storyreel.errors import MediaError
from storyreel.media.blocks import Sound, evenly
from storyreel.media.frames import Picture, Planes, black, cover, from_rgb
from storyreel.media.probe import SAMPLE_RATE, planes_of, probe_video, read_pictures
from storyreel.media.profile import HARDWARE, SOFTWARE, Codec, EncodeProfile, named_profile
from storyreel.offload import Report

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

AUDIO_BIT_RATE = 192_000
"""What players should expect of the sound, in bits a second: speech over music takes about 160 000."""
MAX_STRETCH = Fraction(3, 2)
"""Slow motion beyond this shows; a clip that is still too short then runs back and forth."""

_log = logging.getLogger(__name__)
_TRIAL = Canvas(320, 240)
"""Large enough for every hardware encoder."""
_BT709, _LIMITED = 1, 1
_SAMPLES_PER_FRAME = 1024
AAC_OPTIONS = {
    "aac_coder": "fast",
    "flags": "+qscale",
    "global_quality": "240",
    "aac_pns": "0",
    "aac_is": "0",
    "aac_tns": "0",
}
"""Constant quality, which is found at once, instead of a rate, which is searched for. Measured on speech over music:
two thirds of the time that 160 kbit/s take, at as many bits, 12 dB nearer to the wave; a third of the time of the
default coder, which is farther from it than either. The three tools left out save bits only at far lower rates."""
_HANDFUL = 32
"""Pictures held in memory while a video runs backwards."""


class FrameSource(Protocol):
    """Frames that are drawn when they are asked for."""

    @property
    def canvas(self) -> Canvas: ...

    @property
    def fps(self) -> Fraction: ...

    def __len__(self) -> int: ...

    def frames(self) -> Iterator[Picture]:
        """Each frame in order: height × width × 3, RGB, full range. The array may be reused for the next frame."""
        ...


def encode_clip(report: Report, source: FrameSource | StillMove, profile: EncodeProfile, out: Path) -> None:
    """Draw and encode all frames of a source, filling the profile's canvas.

    Raises:
        MediaError: the source has another frame rate, or draws other frames than it promised.
    """
    if isinstance(source, StillMove):
        _encode_move(report, source, profile, out)
        return
    total = len(source)
    if Fraction(source.fps) != profile.fps:
        raise MediaError(f"Frames at {source.fps} per second do not fit a film at {profile.fps}.")
    with clip_writer(profile, out) as write:
        drawn = 0
        for picture in source.frames():
            if picture.shape != (source.canvas.height, source.canvas.width, 3) or picture.dtype != np.uint8:
                raise MediaError(f"Frame {drawn} is no RGB picture of {source.canvas}.")
            write(from_rgb(cover(picture, profile.canvas)))
            drawn += 1
            report(min(drawn / max(total, 1), 1))
        if drawn != total or not total:
            raise MediaError(f"{total} frames were promised and {drawn} drawn.")


def _encode_move(report: Report, move: StillMove, profile: EncodeProfile, out: Path) -> None:
    """A camera move is drawn in planes, at the profile's own size."""
    from storyreel.media.motion import StillCamera

    camera = StillCamera(replace(move, canvas=profile.canvas), profile.fps)
    with clip_writer(profile, out) as write:
        for drawn, planes in enumerate(camera.frames(0, move.number), 1):
            write(planes)
            report(drawn / move.number)


def conform_video(report: Report, path: Path, profile: EncodeProfile, frames: int, out: Path) -> None:
    """Re-time and scale a video of any size, rate and length to exactly `frames` frames of the profile.

    Too long: its end is left out. Too short: it plays up to MAX_STRETCH times slower; beyond that also backwards and
    forwards again.

    Raises:
        MediaError: the video cannot be decoded, or `frames` is not positive.
    """
    if frames < 1:
        raise MediaError("A clip needs at least one frame.")
    probe_video(path)
    times = [time for time, _ in read_pictures(path)]
    wanted = _retimed(times, frames, profile.fps)
    with clip_writer(profile, out) as write:
        for done, picture in enumerate(_in_order(path, wanted), 1):
            write(from_rgb(cover(picture, profile.canvas)))
            report(done / frames)


@cache
def encoder_for(codec: Codec, hardware: bool = False) -> str:
    """The encoder that this machine has for a codec; with `hardware`, one in its graphics hardware if there is any.

    Raises:
        MediaError: PyAV came without one (code `no_encoder`).
    """
    if hardware:
        for encoder in HARDWARE[codec]:
            if _works(encoder):
                return encoder
        _log.warning("No hardware encoder for %s works here: encoding in software instead.", codec)
    if not _works(SOFTWARE[codec]):
        raise MediaError(f"This PyAV cannot encode {codec}.", code="no_encoder", hint="Choose h264.")
    return SOFTWARE[codec]


@contextmanager
def clip_writer(profile: EncodeProfile, out: Path) -> Generator[Callable[[Planes], None], None, None]:
    """Open `out` and yield what writes the next frame to it. When the block fails, no file is left.

    Raises:
        MediaError: encoding or writing failed, for instance because the disk is full (code `encode_failed`).
    """
    import av

    with _writing(out) as container:
        stream = _picture_stream(container, profile)
        decoded = itertools.count(-profile.reordering)
        written = 0

        def mux(packets: "Iterable[Packet[VideoStream]]") -> None:
            for packet in packets:
                packet.dts = next(decoded)  # x265 gives no sense here to films of one or two frames
                container.mux(packet)

        def write(planes: Planes) -> None:
            nonlocal written
            frame = av.VideoFrame(profile.canvas.width, profile.canvas.height, "yuv420p")
            frame.colorspace, frame.color_range = _BT709, _LIMITED
            for target, plane in zip(planes_of(frame), planes, strict=True):
                target[...] = plane
            frame.pts, frame.time_base = written, 1 / profile.fps
            mux(stream.encode(frame))
            written += 1

        yield write
        mux(stream.encode(None))


def write_sound(blocks: Iterable[Sound], out: Path) -> None:
    """Encode 2 × samples blocks at 48 kHz, ±1, as AAC in M4A.

    Raises:
        MediaError: encoding or writing failed (code `encode_failed`).
    """
    import av

    with _writing(out) as container:
        stream = container.add_stream("aac", rate=SAMPLE_RATE, options=AAC_OPTIONS, layout="stereo")
        written = 0
        for block in evenly(blocks, _SAMPLES_PER_FRAME):
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, written, Fraction(1, SAMPLE_RATE)
            container.mux(stream.encode(frame))
            written += block.shape[1]
        container.mux(stream.encode(None))


def _picture_stream(container: "OutputContainer", profile: EncodeProfile) -> "VideoStream":
    os.environ.setdefault("SVT_LOG", "1")  # errors only: it would tell its life on standard error
    stream = cast("VideoStream", container.add_stream(profile.encoder, rate=profile.fps, options=profile.options()))
    stream.width, stream.height, stream.pix_fmt = profile.canvas.width, profile.canvas.height, "yuv420p"
    codec = stream.codec_context
    codec.thread_count = 1  # many segments are encoded at once; one thread each is faster and repeatable
    codec.gop_size = max(round(profile.keyframe_seconds * profile.fps), 1)
    codec.colorspace = codec.color_primaries = codec.color_trc = _BT709
    codec.color_range = _LIMITED
    codec.time_base = 1 / profile.fps
    if codec.name in ("libx265", *HARDWARE[Codec.HEVC]):
        codec.codec_tag = "hvc1"  # Apple's players want the settings in the header, and this name for it
    return stream


@contextmanager
def _writing(out: Path) -> Generator["OutputContainer", None, None]:
    import av
    from av.error import FFmpegError

    try:
        with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            yield container
    except FFmpegError as error:
        out.unlink(missing_ok=True)
        raise MediaError(f"Encoding failed: {error.strerror or error}.", code="encode_failed") from error
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _works(encoder: str) -> bool:
    """Whether this machine has what the encoder needs: told only by using it."""
    profile = named_profile(_TRIAL, Fraction(25), encoder=encoder)
    with tempfile.TemporaryDirectory(prefix="storyreel-") as folder:
        try:
            with clip_writer(profile, Path(folder, "trial.mp4")) as write:
                write(black(_TRIAL))
        except (MediaError, ValueError):  # PyAV raises ValueError for encoders that its wheel lacks
            return False
    return True


def _retimed(times: list[Fraction], frames: int, fps: Fraction) -> list[int]:
    """For each frame wanted, the number of the frame to show: the one nearest in time."""
    step = (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 1 / fps
    length, wanted = times[-1] - times[0] + step, frames / fps
    slower = min(max(wanted / length, Fraction(1)), MAX_STRETCH)
    rising = np.array([float(time) for time in times])
    numbers: list[int] = []
    for frame in range(frames):
        there, back = divmod(frame / fps / slower, length)
        moment = float(length - step - back if there % 2 else back)
        right = int(np.searchsorted(rising, moment))
        left = max(right - 1, 0)
        right = min(right, len(times) - 1)
        numbers.append(left if moment - rising[left] <= rising[right] - moment else right)
    return numbers


def _in_order(path: Path, numbers: list[int]) -> Iterator[Picture]:
    """The frames of a video by number: streamed up to the first step back, then in handfuls, each decoded anew."""
    turn = next((at for at in range(1, len(numbers)) if numbers[at] < numbers[at - 1]), len(numbers))
    yield from _forwards(path, numbers[:turn])
    for start in range(turn, len(numbers), _HANDFUL):
        handful = numbers[start : start + _HANDFUL]
        distinct = sorted(set(handful))
        pictures = dict(zip(distinct, _forwards(path, distinct), strict=True))
        yield from (pictures[number] for number in handful)


def _forwards(path: Path, numbers: list[int]) -> Iterator[Picture]:
    """The frames of a video by number, never falling; each as often as it is named."""
    names = iter(numbers)
    wanted = next(names, None)
    for number, (_, picture) in enumerate(read_pictures(path)):
        while wanted == number:
            yield picture
            wanted = next(names, None)
        if wanted is None:
            return
