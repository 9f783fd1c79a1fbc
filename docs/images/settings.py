"""Draws the picture of docs/howto/add-a-setting.md with the program itself: .venv/bin/python docs/images/settings.py"""

from pathlib import Path

from PIL import Image

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.storyboard import SceneSpec
from storyreel.engines.backends.builtin.illustrator.render import still
from storyreel.engines.contracts.image import ImageRequest

FILE = Path(__file__).parent / "settings.jpg"
PLACES = (
    (SceneSpec("kitchen", "morning"), Style.CINEMATIC),
    (SceneSpec("castle hall", "night"), Style.ANIME),
    (SceneSpec("train", "noon", season="autumn"), Style.REALISTIC),
    (SceneSpec("courtyard", "dusk", season="spring"), Style.ANIME),
    (SceneSpec("lighthouse", "night"), Style.CINEMATIC),
    (SceneSpec("farm", "noon", season="autumn"), Style.ANIME),
    (SceneSpec("forest", "noon", "snow"), Style.REALISTIC),
    (SceneSpec("harbour", "dusk"), Style.CINEMATIC),
    (SceneSpec("jungle", "noon"), Style.ANIME),
    (SceneSpec("temple", "night", culture="chinese"), Style.CINEMATIC),
    (SceneSpec("road", "noon", season="autumn"), Style.ANIME),
    (SceneSpec("planet", "dusk"), Style.REALISTIC),
)
COLUMNS, GAP = 4, 6
DRAWN, SHOWN = Canvas(640, 360), (320, 180)


def main() -> None:
    rows = -(-len(PLACES) // COLUMNS)
    size = COLUMNS * (SHOWN[0] + GAP) - GAP, rows * (SHOWN[1] + GAP) - GAP
    sheet = Image.new("RGB", size, "#1e1e1e")
    for number, (scene, style) in enumerate(PLACES):
        picture = Image.fromarray(still(ImageRequest("", style, DRAWN, 7, scene=scene)))
        row, column = divmod(number, COLUMNS)
        place = column * (SHOWN[0] + GAP), row * (SHOWN[1] + GAP)
        sheet.paste(picture.resize(SHOWN, Image.Resampling.LANCZOS), place)
    sheet.save(FILE, quality=60, optimize=True)


if __name__ == "__main__":
    main()
