"""Vector drawings: rasterised no larger than what shows."""

import numpy as np
import pytest

from storyreel.engines.backends.builtin.illustrator.vector import Drawing


def spotted() -> Drawing:
    sheet = Drawing(0, 0, 640, 360)
    sheet.oval(410, 92, 23, "#d04030")
    sheet.rect(300, 140, 90, 31, "#3040d0", opacity=0.5)
    sheet.oval(350, 100, 0.4, "#ffffff")
    return sheet


@pytest.mark.parametrize("size", [(640, 360), (801, 451)])
def test_only_what_shows_is_drawn_and_it_is_all_of_it(size: tuple[int, int]) -> None:
    width, height = size
    picture, (left, top) = spotted().shown(width, height)
    assert picture.shape[0] * picture.shape[1] < width * height / 4
    whole = spotted().raster(width, height)
    part = whole[top : top + picture.shape[0], left : left + picture.shape[1]]
    assert np.allclose(part * 255, picture)
    inner = part[1:-1, 1:-1, 3]
    scale = (width / 640) ** 2
    assert inner.sum() == pytest.approx((np.pi * 23**2 + 90 * 31 * 0.5 + np.pi * 0.4**2) * scale, rel=0.01)


def test_the_place_is_right() -> None:
    picture, (left, top) = spotted().shown(640, 360)
    x, y = 410 - left, 92 - top
    assert list(picture[y, x]) == [0xD0, 0x40, 0x30, 255]
    assert picture[y, x + 24, 3] == 0


def test_half_of_an_opacity_is_half_of_every_channel() -> None:
    picture, (left, top) = spotted().shown(640, 360)
    assert picture[150 - top, 310 - left] == pytest.approx([0x18, 0x20, 0x68, 128], abs=1)


def test_an_empty_drawing_is_a_pixel_of_nothing() -> None:
    picture, _ = Drawing(0, 0, 640, 360).shown(640, 360)
    assert picture.shape == (1, 1, 4)
    assert not picture.any()


def test_what_was_drawn_is_kept_and_cannot_be_spoiled() -> None:
    first, again = (spotted().shown(640, 360)[0] for _ in range(2))
    assert first is again
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 1
    other = spotted()
    other.oval(5, 5, 4, "#ffffff")
    assert other.shown(640, 360)[1] == (0, 0)
