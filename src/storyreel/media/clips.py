"""A shot's clip: what an engine hands back, encoded once in the film's size, rate and length."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import numpy as np

from storyreel.domain.film import FrameSource, StillMove
from storyreel.errors import MediaError
from storyreel.media.encode import clip_writer
from storyreel.media.footage import open_footage
from storyreel.media.frames import Converter, Picture, cover
from storyreel.media.probe import probe_video, read_pictures
from storyreel.media.profile import EncodeProfile
from storyreel.media.timeline import cut_points
from storyreel.offload import Report, spare_memory

MAX_STRETCH = Fraction(3, 2)
"""Slow motion beyond this shows; a clip that is still too short then runs back and forth."""
_DECODER_BYTES = 512 * 2**20
"""What a decoder may take: 16 frames of 4K of 10 bits. A file of a few KB can have it keep gigabytes."""
_HANDFUL = 32
"""Pictures held in memory while a video runs backwards."""


def encode_clip(report: Report, source: FrameSource | StillMove, profile: EncodeProfile, out: Path) -> None:
    """Draw and encode all frames of a source, filling the profile's canvas.

    Raises:
        MediaError: the source has another frame rate, or draws other frames than it promised.
    """
    total = len(source)
    if not total:
        raise MediaError("A clip needs at least one frame.")
    reel = open_footage(source, profile)
    with clip_writer(profile, out, cut_points(total, profile.fps)) as writer:
        for drawn, _ in enumerate(reel.play(0, total, writer.planes), 1):
            writer.write()
            report(drawn / total)


def conform_video(report: Report, path: Path, profile: EncodeProfile, frames: int, out: Path) -> None:
    """Re-time and scale a video of any size, rate and length to exactly `frames` frames of the profile.

    Too long: its end is left out. Too short: it plays up to MAX_STRETCH times slower; beyond that also backwards and
    forwards again.

    Raises:
        MediaError: the video cannot be decoded, or `frames` is not positive.
    """
    if frames < 1:
        raise MediaError("A clip needs at least one frame.")
    with spare_memory(_DECODER_BYTES):
        probe_video(path)
    times = list(accumulate((time for time, _ in read_pictures(path)), max))  # a broken clock may run back
    wanted = _retimed(times, frames, profile.fps)
    converter = Converter()
    with clip_writer(profile, out, cut_points(frames, profile.fps)) as writer:
        for done, picture in enumerate(_in_order(path, wanted), 1):
            converter.convert(cover(picture, profile.canvas), writer.planes)
            writer.write()
            report(done / frames)


def _retimed(times: list[Fraction], frames: int, fps: Fraction) -> list[int]:
    """For each frame wanted, the number of the frame to show: the one nearest in time."""
    span = times[-1] - times[0]
    step = span / (len(times) - 1) if span else 1 / fps
    length, wanted = span + step, frames / fps
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
