"""What of a part can be seen in a clip: what shows, comes into view, and is not behind what nothing shines through."""

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.storyboard import Camera
from storyreel.engines.backends.builtin.illustrator.layers import Role
from storyreel.engines.backends.builtin.illustrator.pixels import Bytes, dilate, eroded, inverted, least
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.motion.bake import Part
from storyreel.engines.backends.builtin.motion.camera import at_depth, drifted, focus, move
from storyreel.engines.backends.builtin.motion.cels import BLOCK, COARSEST, Mask, cut

Corners = NDArray[np.float64]


def cut_to_sight(parts: list[Part], scene: Scene, camera: Camera, seconds: float) -> None:
    """Turns the sheets of parts into cels of what can be seen of them."""
    fronts: list[tuple[Corners, float, Bytes]] = []
    for part in reversed(parts):
        if part.sheet is None:
            continue
        sheet = _to_blocks(part.sheet)
        paths, swing = _paths(part, scene, camera, seconds), _swing(part)
        seen = _shows(sheet) & _in_view(part, scene, sheet, camera, seconds)
        seen &= ~_hidden(fronts, paths, swing * scene.px, part.at, seen.shape)
        part.cel, part.sheet = cut(sheet, part.at, seen, _coarseness(part, scene)), None
        fronts.append((paths, swing * scene.px, _solid(scene, sheet, part.at)))


def _coarseness(part: Part, scene: Scene) -> int:
    """How many times smaller a part may be: what drifts is alone in it, and soft but for the clouds of manga."""
    if not part.motion.drift:
        return 1
    return COARSEST if part.role is Role.MIST else 2 if part.role is Role.CLOUD and not scene.look.manga else 1


def _to_blocks(sheet: Bytes) -> Bytes:
    """A sheet with empty pixels added at its right and foot, so that it is made of whole blocks."""
    height, width = (-(-side // BLOCK) * BLOCK for side in sheet.shape[:2])
    whole = np.zeros((height, width, 4), np.uint8)
    whole[..., 3] = 255
    whole[: sheet.shape[0], : sheet.shape[1]] = sheet
    return whole


def _shows(sheet: Bytes) -> Mask:
    """Blocks in which there is anything, or right beside it: what moves by half a pixel shows there too."""
    empty = np.frombuffer(bytes((0, 0, 0, 255)), np.uint32)[0]
    shown = dilate((sheet.view(np.uint32)[..., 0] != empty).astype(np.uint8) * 255, 1)
    return least(inverted(shown), BLOCK) == 0


def _solid(scene: Scene, sheet: Bytes, at: tuple[int, int]) -> Bytes:
    """Blocks of the whole canvas that nothing shines through, as 255; nothing is seen beyond the canvas."""
    height, width = (-(-side // BLOCK) * BLOCK for side in (scene.height_px, scene.width_px))
    through = np.zeros((height, width), np.uint8)
    canvas = through[: scene.height_px, : scene.width_px]
    canvas[...] = 255
    target = canvas[at[1] : at[1] + sheet.shape[0], at[0] : at[0] + sheet.shape[1]]
    target[...] = sheet[: target.shape[0], : target.shape[1], 3]
    return (least(inverted(through), BLOCK) == 255).astype(np.uint8) * 255


def _swing(part: Part) -> float:
    """How far, in scene units, a part may be from where the camera puts it."""
    return part.motion.sway * 1.1


def _paths(part: Part, scene: Scene, camera: Camera, seconds: float) -> Corners:
    """Where the corners of the canvas are, as the part has them, when the clip begins and when it ends."""
    places: list[tuple[float, float]] = []
    for progress in (0.0, 1.0):
        shift = at_depth(move(camera, progress), part.depth)
        drift = drifted(part.motion.drift, progress * seconds, camera, part.depth)
        for x in (0.0, scene.picture_width):
            for y in (0.0, scene.picture_height):
                middle = focus(scene.picture_width, scene.picture_height)
                places.append(
                    (
                        (x - middle[0]) * shift.zoom + shift.right + drift,
                        (y - middle[1]) * shift.zoom + shift.down,
                    )
                )
    return np.array(places) * scene.px


def _hidden(
    fronts: list[tuple[Corners, float, Bytes]], paths: Corners, swing: float, at: tuple[int, int], size: tuple[int, ...]
) -> Mask:
    """Blocks of a part that are behind something solid whatever the camera does."""
    hidden = np.zeros(size, np.bool_)
    top, left = at[1] // BLOCK, at[0] // BLOCK
    for others, other_swing, solid in fronts:
        apart = float(np.abs(others - paths).max()) + swing + other_swing
        inner = eroded(solid, int(apart / BLOCK) + 1)[top : top + size[0], left : left + size[1]]
        hidden[: inner.shape[0], : inner.shape[1]] |= inner > 0
    return hidden


def _in_view(part: Part, scene: Scene, sheet: Bytes, camera: Camera, seconds: float) -> Mask:
    """Blocks of a part that the frame shows at some time."""
    middle = focus(scene.canvas.width, scene.canvas.height)
    boxes: list[tuple[float, float, float, float]] = []
    for progress in (0.0, 1.0):
        shift = at_depth(move(camera, progress), part.depth)
        scale = 1 + shift.zoom
        dx = (shift.right + drifted(part.motion.drift, progress * seconds, camera, part.depth)) * scene.px
        dy = shift.down * scene.px
        left, right = ((x - middle[0] - dx) / scale + middle[0] for x in (0, scene.canvas.width))
        top, bottom = ((y - middle[1] - dy) / scale + middle[1] for y in (0, scene.canvas.height))
        boxes.append((left, top, right, bottom))
    reach = _swing(part) * scene.px + 2
    left, top = (min(box[k] for box in boxes) - reach + scene.margin_px for k in (0, 1))
    right, bottom = (max(box[k] for box in boxes) + reach + scene.margin_px for k in (2, 3))
    in_rows = _overlapping(sheet.shape[0], part.at[1], top, bottom)
    return in_rows[:, None] & _overlapping(sheet.shape[1], part.at[0], left, right)


def _overlapping(length: int, first: int, low: float, high: float) -> Mask:
    """Which of the blocks along one side reach into a range."""
    starts = np.arange(first, first + length, BLOCK)
    return np.logical_and(starts + BLOCK > low, starts < high)
