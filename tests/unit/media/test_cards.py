"""Cards: lettering that can be read, over a picture that can be guessed."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.errors import MediaError
from storyreel.media.cards import Card, draw_card

TITLES = ["The Boy Who Walked to the Moon", "嫦娥奔月", "Donaudampfschifffahrtsgesellschaftskapitän", "The End " * 12]
CANVASES = [Canvas(320, 180), Canvas(180, 320), Canvas(420, 180)]


def ignore(_: float) -> None:
    pass


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Left half red, right half blue, and a fine grid that a card's background has lost."""
    pixels = np.zeros((360, 640, 3), np.uint8)
    pixels[:, :320, 0] = pixels[:, 320:, 2] = 200
    pixels[::4, ::4] = 255
    Image.fromarray(pixels).save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def drawn(picture: Path, text: str, style: Style, canvas: Canvas) -> np.ndarray:
    out = picture.with_name("card.png")
    draw_card(ignore, Card(picture, text, style, canvas), out)
    with Image.open(out) as card:
        return np.asarray(card).astype(float)


def lettering(picture: Path, text: str, style: Style, canvas: Canvas) -> np.ndarray:
    """Where the text makes a difference, as a mask."""
    difference = drawn(picture, text, style, canvas) - drawn(picture, ".", style, canvas)
    return np.abs(difference).max(axis=2) > 60


@pytest.mark.parametrize("canvas", CANVASES, ids=str)
@pytest.mark.parametrize("style", Style)
def test_lettering_stands_in_the_middle_and_is_seen(picture: Path, style: Style, canvas: Canvas) -> None:
    for text in TITLES:
        mask = lettering(picture, text, style, canvas)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        assert columns.min() >= canvas.width * 0.1
        assert columns.max() <= canvas.width * 0.9
        assert abs(columns.min() + columns.max() - canvas.width) < canvas.width * 0.05
        assert rows.min() > canvas.height * 0.15
        assert rows.max() < canvas.height * 0.85
        assert mask.mean() > 0.01, text


@pytest.mark.parametrize("style", Style)
def test_the_picture_is_guessed_but_out_of_focus(picture: Path, style: Style) -> None:
    card = drawn(picture, ".", style, Canvas(320, 180))
    left, right = card[40:140, :60].mean(axis=(0, 1)), card[40:140, -60:].mean(axis=(0, 1))
    assert left[0] > right[0] + 10
    assert right[2] > left[2] + 10
    assert np.abs(np.diff(card[40:60, 10:60], axis=1)).max() < 6, "no grid"


def test_styles_look_different_and_each_is_drawn_the_same_twice(picture: Path) -> None:
    cards = [drawn(picture, "A Tale", style, CANVASES[0]) for style in Style]
    assert all(np.abs(a - b).mean() > 10 for a, b in zip(cards, [*cards[1:], cards[0]], strict=True))
    assert np.array_equal(cards[0], drawn(picture, "A Tale", next(iter(Style)), CANVASES[0]))


def test_a_text_that_no_font_can_show_leaves_the_picture(picture: Path) -> None:
    assert drawn(picture, "🦊", Style.ANIME, CANVASES[0]).shape == (180, 320, 3)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"nothing")
    with pytest.raises(MediaError, match="not a picture"):
        draw_card(ignore, Card(tmp_path / "picture.png", "A Tale", Style.ANIME, CANVASES[0]), tmp_path / "card.png")
    assert not (tmp_path / "card.png").exists()
