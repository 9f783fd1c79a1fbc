"""Clips and segments, encoded by their profile."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# PyAV leaves the type parameter of Packet open in add_stream, encode and mux.

import itertools
import logging
import os
import tempfile
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from storyreel.domain.film import Canvas, Codec
from storyreel.errors import MediaError
from storyreel.media.frames import Planes, black, paint
from storyreel.media.profile import HARDWARE, SOFTWARE, EncodeProfile, named_profile

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

_log = logging.getLogger(__name__)
_TRIAL = Canvas(320, 240)
"""Large enough for every hardware encoder."""
_BT709, _LIMITED = 1, 1


@cache
def encoder_for(codec: Codec, hardware: bool = False) -> str:
    """The encoder that this machine has for a codec; with `hardware`, one in its graphics hardware if there is any.

    Raises:
        MediaError: PyAV came without one (code `no_encoder`).
    """
    import av

    if hardware:
        for encoder in HARDWARE[codec]:
            if _works(encoder):
                return encoder
        _log.warning("No hardware encoder for %s works here: encoding in software instead.", codec)
    if SOFTWARE[codec] not in av.codecs_available:
        raise MediaError(f"This PyAV cannot encode {codec}.", code="no_encoder", hint="Choose h264.")
    return SOFTWARE[codec]


class ClipWriter:
    """Takes a clip's frames one after another: draw each into `planes`, then `write` it."""

    def __init__(self, container: "OutputContainer", profile: EncodeProfile, keys: Collection[int]) -> None:
        import av

        self._container = container
        self._stream = _picture_stream(container, profile)
        self._keys = keys
        self._decoded = itertools.count(-profile.reordering)
        self._written = 0
        width, height = profile.canvas.width, profile.canvas.height
        self._pixels = np.empty((height * 3 // 2, width), np.uint8)
        chroma = self._pixels[height:].reshape(2, height // 2, width // 2)
        self.planes = Planes(self._pixels[:height], chroma[0], chroma[1])
        self._tick = 1 / profile.fps
        # Encoders in software take a copy of what they are sent; those in hardware may read it later.
        # And PyAV takes a lent picture for one whose height is a multiple of four: colours would move up or down.
        lent = profile.encoder in SOFTWARE.values() and height % 4 == 0
        self._frame = av.VideoFrame.from_numpy_buffer(self._pixels, format="yuv420p") if lent else None

    def write(self) -> None:
        """Encode what `planes` show now."""
        import av
        from av.video.frame import PictureType

        frame = self._frame or av.VideoFrame.from_ndarray(self._pixels, format="yuv420p")
        frame.colorspace, frame.color_range = _BT709, _LIMITED
        frame.pict_type = PictureType.I if self._written in self._keys else PictureType.NONE
        frame.pts, frame.time_base = self._written, self._tick
        self._mux(self._stream.encode(frame))
        self._written += 1

    def finish(self) -> None:
        """Encode what the encoder still holds back."""
        self._mux(self._stream.encode(None))

    def _mux(self, packets: "Iterable[Packet[VideoStream]]") -> None:
        for packet in packets:
            packet.dts = next(self._decoded)  # x265 gives no sense here to films of one or two frames
            self._container.mux(packet)


@contextmanager
def clip_writer(profile: EncodeProfile, out: Path, keys: Collection[int] = ()) -> Generator[ClipWriter, None, None]:
    """Open `out` for frames of the profile's canvas. When the block fails, no file is left.

    Args:
        keys: numbers of frames where the clip may later be cut without encoding it anew.

    Raises:
        MediaError: encoding or writing failed, for instance because the disk is full (code `encode_failed`).
    """
    with _writing(out) as container:
        writer = ClipWriter(container, profile, keys)
        yield writer
        writer.finish()


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
            with clip_writer(profile, Path(folder, "trial.mp4")) as writer:
                paint(writer.planes, black(_TRIAL))
                writer.write()
        except (MediaError, ValueError):  # PyAV raises ValueError for encoders that its wheel lacks
            return False
    return True
