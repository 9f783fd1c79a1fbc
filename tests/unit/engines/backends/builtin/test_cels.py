"""Cels: cut into pieces that join without a seam, moved by parts of a pixel; what nobody sees is left out."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.storyboard import Camera, Character, Framing, SceneSpec, Subject
from storyreel.engines.backends.builtin.illustrator.compose import compose
from storyreel.engines.backends.builtin.illustrator.layers import Motion, Role
from storyreel.engines.backends.builtin.illustrator.pixels import affine, eroded
from storyreel.engines.backends.builtin.motion.bake import Baker, Part
from storyreel.engines.backends.builtin.motion.camera import at_depth, move
from storyreel.engines.backends.builtin.motion.cels import APRON, BLOCK, Cel, Easel, cut, uncut, veil
from storyreel.engines.backends.builtin.motion.layered import LayeredScene, Player
from storyreel.engines.backends.builtin.motion.sight import cut_to_sight
from storyreel.engines.contracts.image import ImageRequest

SIZE = 6 * BLOCK


def laid(cel: Cel, scale: float, dx: float, dy: float) -> NDArray[np.int16]:
    easel = Easel(SIZE, SIZE)
    easel.frame[:] = 90
    for piece in cel:
        left, top = piece.left * scale + dx, piece.top * scale + dy
        box = (round(left), round(top), round(left + piece.width * scale), round(top + piece.height * scale))
        easel.lay(piece, box, affine(scale, 0, left - APRON * scale, 0, scale, top - APRON * scale))
    return easel.frame.astype(np.int16)


@pytest.mark.parametrize(("scale", "dx", "dy"), [(1, 0, 0), (1, 0.5, 0.25), (1.07, -3.3, 1.6), (0.96, 2.2, -1.1)])
def test_pieces_join_without_a_seam(scale: float, dx: float, dy: float) -> None:
    random = np.random.default_rng(1)
    picture = random.integers(0, 120, (SIZE, SIZE, 4)).astype(np.uint8)
    seen = np.ones((6, 6), np.bool_)
    seen[0, 3:] = seen[4:, :4] = False
    pixels = np.kron(seen, np.full((BLOCK, BLOCK), 255, np.uint8))
    pixels[[0, -1]] = pixels[:, [0, -1]] = 0
    picture[eroded(pixels, 2) == 0] = (0, 0, 0, 255)
    pieces = cut(picture, (0, 0), seen)
    assert len(pieces) > 1
    inner = slice(4, -4)
    apart = np.abs(laid(pieces, scale, dx, dy) - laid(uncut(picture, (0, 0)), scale, dx, dy))[inner, inner]
    assert apart.max() <= 1


def test_what_is_not_seen_is_left_out() -> None:
    picture = np.full((SIZE, SIZE, 4), 50, np.uint8)
    seen = np.zeros((6, 6), np.bool_)
    seen[1, 1] = seen[4, 5] = True
    pieces = cut(picture, (0, 0), seen)
    assert [(p.left, p.top, p.width, p.height) for p in pieces] == [
        (BLOCK, BLOCK, BLOCK, BLOCK),
        (5 * BLOCK, 4 * BLOCK, BLOCK, BLOCK),
    ]
    assert cut(picture, (0, 0), np.zeros((6, 6), np.bool_)) == ()


def test_it_moves_by_parts_of_a_pixel() -> None:
    dot = np.zeros((9, 9, 4), np.uint8)
    dot[..., 3] = 255
    dot[3:6, 3:6, :3] = 80
    columns = np.arange(SIZE)
    centers: list[float] = []
    for step in range(9):
        shown = laid(uncut(dot, (10, 10)), 1, step / 4, 0)[..., 0] - 90.0
        centers.append(float((shown.sum(axis=0) * columns).sum() / shown.sum()))
    assert np.diff(centers) == pytest.approx([0.25] * 8, abs=0.03)


def test_light_is_added_and_what_is_solid_covers() -> None:
    light, wall = np.zeros((BLOCK, BLOCK, 4), np.uint8), np.zeros((BLOCK, BLOCK, 4), np.uint8)
    light[...] = (200, 10, 0, 255)
    wall[...] = (7, 8, 9, 0)
    everywhere = np.ones((1, 1), np.bool_)
    assert list(laid(cut(light, (0, 0), everywhere), 1, 0, 0)[5, 5]) == [255, 100, 90]
    assert list(laid(cut(wall, (0, 0), everywhere), 1, 0, 0)[5, 5]) == [7, 8, 9]


SEEN = [
    SceneSpec("garden", "night", subjects=(Subject("tom", "work"),), props=("rocket",)),
    SceneSpec("sea", "dusk", framing=Framing.MEDIUM, subjects=(Subject("tom"),)),
]


@pytest.mark.parametrize("camera", [Camera.PUSH_IN, Camera.PAN_LEFT, Camera.RISE])
@pytest.mark.parametrize("scene", SEEN, ids=lambda scene: scene.setting)
def test_leaving_out_what_nobody_sees_changes_no_frame(scene: SceneSpec, camera: Camera) -> None:
    canvas = Canvas(640, 360)
    drawing = ImageRequest("", Style.ANIME, canvas, 7, scene=scene, characters=(Character("tom", "Tom", "boy"),))
    clip = LayeredScene(drawing, canvas, Fraction(24), 73, camera)
    player, whole = (Player(compose(drawing, canvas), clip) for _ in range(2))
    whole.parts = Baker(compose(drawing, canvas), whole.acts).bake()
    for part in whole.parts:
        if part.sheet is not None:
            part.cel = uncut(part.sheet, part.at)
    areas = [sum(p.width * p.height for part in each.parts for p in part.cel) for each in (player, whole)]
    assert areas[0] < 0.85 * areas[1]
    for frame in (0, 72):
        apart = np.abs(player.frame(frame).astype(np.int16) - whole.frame(frame))
        assert apart.mean() < 0.2
        assert np.percentile(apart, 99.9) <= 4


@pytest.mark.parametrize("sway", [0, 40])
def test_what_comes_out_from_behind_something_is_kept(sway: float) -> None:
    canvas = Canvas(960, 540)
    drawing = ImageRequest("", Style.ANIME, canvas, 7, scene=SEEN[0])
    scene = compose(drawing, canvas).scene
    wall = np.zeros((scene.height_px, scene.width_px, 4), np.uint8)
    wall[..., 0] = 70
    middle = scene.width_px // 2 // BLOCK * BLOCK
    back = Part(0.1, Motion(), Role.LAND, sheet=wall)
    front = Part(1.0, Motion(sway=sway), Role.LAND, sheet=wall[:, middle:], at=(middle, 0))
    cut_to_sight([back, front], scene, Camera.PAN_LEFT, 4.0)
    reaches = max(piece.left + piece.width for piece in back.cel)
    comes_out = (at_depth(move(Camera.PAN_LEFT, 1), 1.0).right - at_depth(move(Camera.PAN_LEFT, 1), 0.1).right) + sway
    assert middle + comes_out * scene.px <= reaches < middle + 3 * comes_out * scene.px + 3 * BLOCK
    assert front.cel


@pytest.mark.parametrize(("left", "top"), [(5.0, 7.0), (5.25, 7.5), (-3.5, -2.25), (40.75, 30.0)])
def test_what_is_as_large_as_it_is_moves_as_if_it_were_warped(left: float, top: float) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (20, 24, 4), np.uint8)
    (piece,) = uncut(noise, (0, 0))
    frames: list[NDArray[np.uint8]] = []
    for warped in (False, True):
        easel = Easel(48, 40)
        easel.frame.fill(90)
        if warped:
            box = round(left), round(top), round(left) + piece.width, round(top) + piece.height
            easel.lay(piece, box, affine(1, 0, left - APRON, 0, 1, top - APRON))
        else:
            easel.put(piece, left, top)
        frames.append(easel.frame)
    assert np.abs(frames[0].astype(int) - frames[1]).max() <= 3


def test_a_veil_is_laid_as_its_picture_would_be_and_as_thick_as_asked() -> None:
    mask = np.random.default_rng(3).integers(0, 200, (20, 24), np.uint8)
    white = np.dstack([mask, mask, mask // 2, 255 - mask])
    hung = veil(white, (0, 0))
    assert hung
    assert veil(np.dstack([mask, np.roll(mask, 1), mask, 255 - mask]), (0, 0)) is None
    one, other, faint = Easel(48, 40), Easel(48, 40), Easel(48, 40)
    for easel in (one, other, faint):
        easel.frame.fill(90)
    one.put(uncut(white, (0, 0))[0], 4.0, 6.0)
    other.hang([(hung, 5.0, 7.0, 1.0)])
    faint.hang([(hung, 5.0, 7.0, 0.5)])
    assert np.abs(one.frame.astype(int) - other.frame).max() <= 3
    changed = [np.abs(easel.frame.astype(int) - 90).mean() for easel in (faint, other)]
    assert 0.4 < changed[0] / changed[1] < 0.6


def test_what_is_soft_may_be_small() -> None:
    across = np.sin(np.linspace(0, 3, 128)) * 120
    soft = np.repeat(np.repeat(across[None], 64, 0)[..., None], 4, 2).astype(np.uint8)
    soft[..., 3] = 255 - soft[..., 3]
    frames: list[NDArray[np.uint8]] = []
    for coarse in (1, 8):
        (piece,) = cut(soft, (0, 0), np.ones((2, 4), np.bool_), coarse)
        easel = Easel(120, 60)
        apron = APRON * coarse * 1.05
        easel.lay(piece, (0, 0, 120, 60), affine(1.05, 0, -3.3 - apron, 0, 1.05, -2.2 - apron))
        frames.append(easel.frame)
    assert np.abs(frames[0].astype(int) - frames[1])[8:52, 8:112].max() <= 4
