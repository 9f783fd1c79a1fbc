from itertools import pairwise

import numpy as np
import pytest

from storyreel.domain.film import Canvas
from storyreel.domain.storyboard import Transition
from storyreel.errors import MediaError
from storyreel.media.frames import BLACK, Planes, black, blend, cover, from_rgb, to_rgb

CANVAS = Canvas(160, 90)


def flat(red: int, green: int, blue: int) -> np.ndarray:
    return np.full((CANVAS.height, CANVAS.width, 3), (red, green, blue), np.uint8)


@pytest.mark.parametrize(
    ("rgb", "yuv"),  # BT.709, 8 bit, limited range
    [
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ],
)
def test_colours_are_bt709(rgb: tuple[int, int, int], yuv: tuple[int, int, int]) -> None:
    planes = from_rgb(flat(*rgb))
    assert tuple(int(plane[3, 3]) for plane in planes) == yuv
    assert all(np.ptp(plane) == 0 for plane in planes)
    assert np.abs(to_rgb(planes).astype(int) - rgb).max() <= 3


def test_chroma_is_sited_left() -> None:
    """Blue begins at luma column 80, where chroma column 40 stands: centred there, it sees some of what is before."""
    picture = flat(0, 0, 0)
    picture[:, 80:, 2] = 255
    share = (from_rgb(picture).u[10].astype(float) - 128) / (240 - 128)
    assert share[39] == 0
    assert 0.65 < share[40] < 0.85, "1 would be sited in the middle of columns 80 and 81"
    assert share[41] == 1


def test_cover_fills_and_keeps_the_middle() -> None:
    picture = np.zeros((300, 300, 3), np.uint8)
    picture[140:160, 140:160] = 255
    for canvas in (CANVAS, Canvas(90, 160), Canvas(640, 360), Canvas(300, 300)):
        covered = cover(picture, canvas)
        assert covered.shape == (canvas.height, canvas.width, 3)
        rows, columns, _ = np.nonzero(covered > 128)
        assert abs(rows.mean() - canvas.height / 2) < 2
        assert abs(columns.mean() - canvas.width / 2) < 2
        assert abs(np.ptp(rows) - np.ptp(columns)) <= 2, "not distorted"


def test_cover_takes_the_smallest_picture() -> None:
    assert cover(np.full((1, 1, 3), 77, np.uint8), CANVAS).min() == 77


def blended(kind: Transition, before: Planes, after: Planes, share: float) -> Planes:
    planes = black(CANVAS)
    blend(kind, before, after, share, planes)
    return planes


MOVING = [kind for kind in Transition if kind is not Transition.CUT]


@pytest.mark.parametrize("kind", MOVING)
def test_a_transition_leads_from_one_picture_to_the_other(kind: Transition) -> None:
    before, after = from_rgb(flat(200, 0, 0)), from_rgb(flat(0, 0, 200))

    def distance(a: Planes, b: Planes) -> float:
        return float(np.mean([np.abs(x.astype(int) - y).mean() for x, y in zip(a, b, strict=True)]))

    shares = np.linspace(0, 1, 9)
    steps = [blended(kind, before, after, share) for share in shares]
    assert distance(steps[0], before) < 0.01
    assert distance(steps[-1], after) < 0.01
    left = [distance(step, before) for step in steps]
    assert left == sorted(left) or kind is Transition.FADE_BLACK
    for one, next_ in pairwise(steps):
        assert 0 < distance(one, next_) < 0.45 * distance(before, after) + (kind is Transition.FADE_BLACK) * 40
    assert all(plane.shape == other.shape for plane, other in zip(steps[4], before, strict=True))


def test_fade_passes_through_black() -> None:
    white = from_rgb(flat(255, 255, 255))
    assert np.all(blended(Transition.FADE_BLACK, white, white, 0.5).y == BLACK)
    assert np.all(black(CANVAS).y == BLACK)


def test_wipe_and_dissolve_show_both_pictures_half_way() -> None:
    before, after = from_rgb(flat(200, 0, 0)), from_rgb(flat(0, 0, 200))
    for kind in (Transition.WIPE, Transition.DISSOLVE):
        luma = blended(kind, before, after, 0.5).y
        share = (luma == after.y).mean()
        assert 0.35 < share < 0.6
        assert 0.35 < (luma == before.y).mean() < 0.6
    wiped = blended(Transition.WIPE, before, after, 0.5).y
    assert np.all(wiped[:, 0] == after.y[:, 0])
    assert np.all(wiped[:, -1] == before.y[:, -1])


def test_a_cut_cannot_be_blended() -> None:
    with pytest.raises(MediaError):
        blended(Transition.CUT, black(CANVAS), black(CANVAS), 0.5)
