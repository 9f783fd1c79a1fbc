"""A video engine for servers under test: its pictures say which they are, and each clip comes when the test lets it.

    STORYREEL_VIDEO_ENGINE=counting:CountingVideoEngine PYTHONPATH=tests/engines COUNTING_GATE=FOLDER

The clip of shot 3 is made once FOLDER holds a file of the name 3.
"""

import asyncio
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from storyreel.domain.film import Canvas
from storyreel.engines.contracts.engine import EngineInfo, Job
from storyreel.engines.contracts.video import VideoRequest, VideoResult

BITS = 8


class CountingVideoEngine:
    """Pictures that show their shot's number in an upper row of blocks, and their own in a lower one."""

    info = EngineInfo(id="counting", kind="video", version="1", title="Counting")

    async def missing(self) -> Sequence[str]:
        return ()

    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult]:
        return [VideoResult(await self._counted(request)) for request in requests]

    async def _counted(self, request: VideoRequest) -> "CountedFrames":
        shot = re.findall(r"Shot (\d+)", request.prompt)[0]
        while not (Path(os.environ["COUNTING_GATE"]) / shot).exists():  # noqa: ASYNC110 - another process decides
            await asyncio.sleep(0.05)
        return CountedFrames(int(shot), request.frames, request.canvas, request.fps)


@dataclass(frozen=True, slots=True)
class CountedFrames:
    """A FrameSource."""

    shot: int
    count: int
    canvas: Canvas
    fps: Fraction

    def __len__(self) -> int:
        return self.count

    def frames(self, first: int, end: int) -> Iterator[np.ndarray]:
        height, width = self.canvas.height // 3, self.canvas.width // BITS
        picture = np.empty((self.canvas.height, self.canvas.width, 3), np.uint8)
        picture[:] = ground_of(self.shot)
        for number in range(first, end):
            for row, shown in enumerate((self.shot, number)):
                bits = np.array([255 * (shown >> bit & 1) for bit in range(BITS)], np.uint8)
                picture[row * height :][:height, : BITS * width] = bits.repeat(width)[np.newaxis, :, np.newaxis]
            yield picture


def ground_of(shot: int) -> tuple[int, int, int]:
    """The colour below the blocks: RGB."""
    return 60 + 40 * (shot % 4), 200 - 30 * (shot % 5), 90 + 30 * (shot % 3)


def numbers_in(picture: np.ndarray) -> tuple[int, int]:
    """The shot's and the picture's own number, read back from height × width × 3, RGB."""
    height, width = picture.shape[0] // 3, picture.shape[1] // BITS
    rows = picture[: 2 * height, : BITS * width].mean(axis=2).reshape(2, height, BITS, width)
    means = rows[:, 4:-4, :, 4:-4].mean(axis=(1, 3))
    assert np.all((means < 50) | (means > 205)), f"no clear numbers: {means}"
    shot, number = (means > 127) @ (1 << np.arange(BITS))
    return int(shot), int(number)
