"""Camera moves: how far the camera has gone at a moment, and what that does to a layer at a depth."""

import math
from dataclasses import dataclass

from storyreel.domain.film import View
from storyreel.domain.storyboard import Camera


@dataclass(frozen=True, slots=True)
class Move:
    """Zoom as a share, and travel in scene units (720 to the shorter side), of what is at depth 1."""

    zoom: float
    right: float
    down: float


_ENDS: dict[Camera, tuple[Move, Move]] = {
    Camera.PUSH_IN: (Move(0, 0, 0), Move(0.085, -10, 0)),
    Camera.PULL_OUT: (Move(0.085, 10, 0), Move(0, 0, 0)),
    Camera.PAN_LEFT: (Move(0, 0, 0), Move(0.03, 52, 0)),
    Camera.PAN_RIGHT: (Move(0, 0, 0), Move(0.03, -52, 0)),
    Camera.RISE: (Move(0, 0, 0), Move(0.03, 0, 46)),
}
"""Where each move begins and ends; what lies beyond the picture reaches 70 units."""


_CLOSER = 1.10
"""How much nearer than the whole picture the camera comes to a still: more would look hurried."""
_LOWER = 0.3
"""A push ends below the middle, where people stand: by this share of what the zoom leaves free."""
_STILL_ENDS: dict[Camera, tuple[View, View]] = {
    Camera.PUSH_IN: (View(1, 0, 0), View(_CLOSER, 0, _LOWER)),
    Camera.PULL_OUT: (View(_CLOSER, 0, _LOWER), View(1, 0, 0)),
    Camera.PAN_LEFT: (View(_CLOSER, 0.95, 0), View(_CLOSER, -0.95, 0)),
    Camera.PAN_RIGHT: (View(_CLOSER, -0.95, 0), View(_CLOSER, 0.95, 0)),
    Camera.RISE: (View(_CLOSER, 0, 0.95), View(_CLOSER, 0, -0.95)),
}


def still_views(camera: Camera) -> tuple[View, View]:
    """Where the camera begins and ends over a picture that has no layers."""
    return _STILL_ENDS[camera]


def eased(progress: float) -> float:
    """0 … 1 to 0 … 1, gentle at both ends but never at a standstill."""
    return 0.6 * progress + 0.4 * progress * progress * (3 - 2 * progress)


def move(camera: Camera, progress: float) -> Move:
    """How the camera stands at a share of the clip, 0 … 1."""
    start, end = _ENDS[camera]
    share = eased(progress)
    return Move(
        start.zoom + (end.zoom - start.zoom) * share,
        start.right + (end.right - start.right) * share,
        start.down + (end.down - start.down) * share,
    )


def focus(width: float, height: float) -> tuple[float, float]:
    """The point of a picture that zooming leaves where it is."""
    return width / 2, height * 0.6


def at_depth(camera: Move, depth: float) -> Move:
    """What a camera move does to a layer: far ones zoom less and hardly travel, near ones more."""
    depth = min(max(depth, 0.0), 1.2)
    return Move(
        camera.zoom * (0.25 + 0.9 * depth), camera.right * (0.06 + 0.94 * depth), camera.down * (0.06 + 0.94 * depth)
    )


_BEYOND = 66
"""Scene units that clouds and mist reach beyond the picture, and a little less."""


def drifted(speed: float, seconds: float, camera: Camera, depth: float) -> float:
    """How far something at a depth has drifted to the right that sets out at a speed, in scene units.

    It slows down before its left edge comes into view, whatever the camera adds.
    """
    by_camera = max(at_depth(end, depth).right for end in _ENDS[camera])
    farthest = max(6.0, _BEYOND - max(0.0, by_camera))
    return farthest * (1 - math.exp(-speed * seconds * 1.6 / farthest))
