"""Footage on the reel: frames still to be drawn, a camera over a still or a clip, all played as planes in one way."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from storyreel.domain.film import Footage, FrameSource, StillMove
from storyreel.errors import MediaError
from storyreel.media.frames import Converter, Picture, Planes, cover, paint
from storyreel.media.motion import StillCamera
from storyreel.media.probe import read_clip
from storyreel.media.profile import EncodeProfile


class Reel(Protocol):
    """Footage in the size and rate of the film that it is for."""

    def play(self, first: int, end: int, into: Planes) -> Iterator[None]:
        """Draw frames `first` … `end`−1 into the same planes; each is there when the iterator has been advanced.

        Raises:
            MediaError: the footage is broken, or has not that many frames.
        """
        ...


def open_footage(footage: Footage, profile: EncodeProfile) -> Reel:
    """Prepare footage to be played. A file must be a clip that was encoded with the profile.

    Raises:
        MediaError: it has another frame rate than the film, or its picture cannot be read.
    """
    if isinstance(footage, Path):
        return _Clip(footage)
    if Fraction(footage.fps) != profile.fps:
        raise MediaError(f"Frames at {footage.fps} per second do not fit a film at {profile.fps}.")
    if isinstance(footage, StillMove):
        return _Still(replace(footage, canvas=profile.canvas))
    return _Drawn(footage, profile)


class _Clip:
    def __init__(self, path: Path) -> None:
        self._path = path

    def play(self, first: int, end: int, into: Planes) -> Iterator[None]:
        for picture in read_clip(self._path, first, end):
            paint(into, picture)
            yield


class _Still:
    def __init__(self, move: StillMove) -> None:
        self._move = move

    def play(self, first: int, end: int, into: Planes) -> Iterator[None]:
        camera = _camera(self._move)
        for number in range(first, end):
            camera.draw(number, into)
            yield


@lru_cache(maxsize=2)
def _camera(move: StillMove) -> StillCamera:
    """The pieces of a film that a process is given mostly follow each other, and a transition shows two shots."""
    return StillCamera(move)


class _Drawn:
    def __init__(self, source: FrameSource, profile: EncodeProfile) -> None:
        self._source = source
        self._canvas = profile.canvas
        self._converter = Converter()

    def play(self, first: int, end: int, into: Planes) -> Iterator[None]:
        drawn = first
        for picture in self._source.frames(first, end):
            self._check(picture, drawn)
            self._converter.convert(cover(picture, self._canvas), into)
            drawn += 1
            yield
        if drawn != end:
            raise MediaError(f"{end - first} frames were promised and {drawn - first} drawn.")

    def _check(self, picture: Picture, number: int) -> None:
        canvas = self._source.canvas
        if picture.shape != (canvas.height, canvas.width, 3) or picture.dtype != np.uint8:
            raise MediaError(f"Frame {number} is no RGB picture of {canvas}.")
