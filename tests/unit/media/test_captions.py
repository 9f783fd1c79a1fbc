from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from storyreel.domain.film import Aspect, Canvas, canvas_for
from storyreel.media.captions import CaptionArtist, line_width, safe_area
from storyreel.media.frames import GREY, Planes
from storyreel.media.lettering import drawable
from storyreel.media.subtitles import cues_of

ENGLISH = "Tonight the moon walked down the long stairs,\ncarrying a lamp for everyone who was lost."
CHINESE = "月亮走下长长的木楼梯，手里提着一盏灯，\n它要照亮每一个在森林里迷路的人。"
CANVASES = [Canvas(160, 90), Canvas(640, 360), Canvas(360, 640), Canvas(480, 480), Canvas(840, 360), Canvas(5120, 144)]


def grey(canvas: Canvas) -> Planes:
    chroma = np.full((canvas.height // 2, canvas.width // 2), 90, np.uint8)
    return Planes(np.full((canvas.height, canvas.width), 120, np.uint8), chroma, chroma.copy())


def drawn(canvas: Canvas, text: str) -> Planes:
    planes = grey(canvas)
    overlay = CaptionArtist(canvas).draw(text)
    assert overlay is not None
    overlay.blend(planes)
    return planes


@pytest.mark.parametrize("canvas", CANVASES, ids=str)
@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_captions_are_seen_in_the_safe_area_only(canvas: Canvas, text: str) -> None:
    planes = drawn(canvas, text)
    changed = np.argwhere(np.abs(planes.y.astype(int) - 120) > 40)
    assert planes.y.max() > 220, "white letters"
    assert planes.y.min() < 40, "dark outline"
    area = safe_area(canvas)
    assert changed[:, 0].max() < canvas.height * (1 - area.below) + 4
    assert changed[:, 1].min() > canvas.width * area.side - 6
    assert changed[:, 1].max() < canvas.width * (1 - area.side) + 6
    assert abs(changed[:, 1].mean() - canvas.width / 2) < canvas.width * 0.05


@pytest.mark.parametrize("canvas", [canvas_for("480p", aspect) for aspect in Aspect], ids=str)
@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_no_caption_has_more_than_two_lines_or_much_smaller_type(canvas: Canvas, text: str) -> None:
    for cue in cues_of(drawable(text) * 2, (), Fraction(0), 30, line_width=line_width(canvas)):
        overlay = CaptionArtist(canvas).draw(cue.text)
        assert overlay is not None
        one_line = CaptionArtist(canvas).draw("A" if text is ENGLISH else "月")
        assert one_line is not None
        height, of_one = (box[3] - box[1] for box in (overlay.box, one_line.box))
        lines = cue.text.count("\n") + 1
        assert of_one + (lines - 1.4) * 0.054 * min(canvas.width, canvas.height) * 1.28 < height
        assert height < of_one + (lines - 0.9) * 0.054 * min(canvas.width, canvas.height) * 1.28


def test_captions_have_no_colour() -> None:
    canvas = Canvas(640, 360)
    planes = drawn(canvas, ENGLISH)
    solid = (planes.y[::2, ::2] > 230) & (planes.y[1::2, 1::2] > 230)
    assert solid.any()
    assert np.abs(planes.u[solid].astype(int) - GREY).max() < 12
    untouched = planes.y[:100]
    assert np.all(untouched == 120)


@pytest.mark.parametrize("markup", ["<b>x</b>", "{\\an8}x", "%{pts}", "x:fontcolor=red'", "&lt;", "\\N\\h"])
def test_markup_is_drawn_as_it_stands(markup: str) -> None:
    assert drawable(markup) == markup
    canvas = Canvas(640, 360)
    assert np.argwhere(drawn(canvas, markup).y != 120)[:, 0].min() > canvas.height // 2, "still at the bottom"


def test_what_the_font_lacks_is_left_out_without_boxes() -> None:
    canvas = Canvas(640, 360)
    assert drawable("Hi 🙂 there\x00 مرحبا") == "Hi there"
    assert np.array_equal(drawn(canvas, "Hi 🙂 there").y, drawn(canvas, "Hi there").y)
    assert CaptionArtist(canvas).draw("🙂🎈\x00") is None


def test_other_scripts_of_the_font_are_drawn() -> None:
    for text in ("Ça déjà vu naïve", "Привет", "Γεια", "こんにちは", "안녕하세요", "“…”—"):
        assert drawable(text) == text


def test_words_without_end_are_broken_and_shrunk() -> None:
    canvas = Canvas(360, 640)
    for text in ("W" * 2000, "月" * 2000, "a b" * 900):
        overlay = CaptionArtist(canvas).draw(text)
        assert overlay is not None
        left, top, right, bottom = overlay.box
        assert 0 <= left < right <= canvas.width
        assert 0 <= top < bottom <= canvas.height


def test_lines_are_about_equally_long() -> None:
    planes = drawn(Canvas(640, 360), ENGLISH.replace("\n", " "))
    rows = np.argwhere((planes.y > 200).any(axis=1))[:, 0]
    breaks = [index for index, (a, b) in enumerate(pairwise(rows)) if b - a > 2]
    assert breaks
    spans = [np.ptp(np.argwhere((planes.y[part] > 200).any(axis=0))) for part in np.split(rows, [breaks[-1] + 1])]
    assert min(spans) > 0.6 * max(spans)


@pytest.mark.parametrize(("text", "word"), [(ENGLISH, "lamp"), (CHINESE, "森林")], ids=["en", "zh"])
def test_the_spoken_word_stands_out(text: str, word: str) -> None:
    canvas = Canvas(640, 360)
    first = text.index(word)
    overlay = CaptionArtist(canvas).draw(text, (first, first + len(word)))
    assert overlay is not None
    lit = grey(canvas)
    overlay.blend(lit)
    plain = drawn(canvas, text)
    yellow = np.argwhere(lit.u != plain.u)
    (top, left), (bottom, right) = yellow.min(0), yellow.max(0)
    assert lit.u.min() < 80, "amber has little blue"
    assert bottom - top < 20, "in one line"
    assert 12 <= right - left < 0.2 * canvas.width, "as wide as the word"
    assert np.array_equal(lit.y[: 2 * top], plain.y[: 2 * top]), "the rest is as it was"
    share = (first - text.index("\n")) / (len(text) - text.index("\n"))
    assert abs(left * 2 / canvas.width - (0.1 + 0.8 * share)) < 0.2, "and where it is read"


def test_lines_that_fit_are_kept() -> None:
    """A cue ends its lines where phrases end, which need not be where they are equally long."""
    canvas = Canvas(640, 360)
    long_one, short_one = "手里提着一盏灯，", "迷路。"
    apart = [int(np.ptp(np.argwhere(drawn(canvas, text).y.max(0) > 220))) for text in (long_one, short_one)]
    letters = drawn(canvas, f"{long_one}\n{short_one}").y > 220
    lower = np.argwhere(letters)[:, 0].max() - 15
    assert abs(np.ptp(np.argwhere(letters.any(0))) - apart[0]) < 4
    assert abs(np.ptp(np.argwhere(letters[lower:].any(0))) - apart[1]) < 4
