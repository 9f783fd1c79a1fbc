"""Draws the picture of docs/howto/add-a-word.md, each cell from its sentence: .venv/bin/python docs/images/words.py"""

from pathlib import Path

from PIL import Image

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.engines.backends.builtin.illustrator.render import still
from storyreel.engines.backends.builtin.planner.plan import plan
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.story import StoryRequest

FILE = Path(__file__).parent / "words.jpg"
SENTENCES = (
    "A girl stood in the meadow.",
    "A girl twirled in the meadow.",
    "A knight twirled in the meadow.",
    "A knight twirled in the throne room.",
    "At dusk a knight twirled in the bazaar.",
    "雪夜，一位书生提着灯笼走在胡同里。",
)
COLUMNS, GAP = 3, 6
DRAWN, SHOWN = Canvas(640, 360), (320, 180)


def main() -> None:
    rows = -(-len(SENTENCES) // COLUMNS)
    size = COLUMNS * (SHOWN[0] + GAP) - GAP, rows * (SHOWN[1] + GAP) - GAP
    sheet = Image.new("RGB", size, "#1e1e1e")
    for number, sentence in enumerate(SENTENCES):
        board = plan(lambda _: None, StoryRequest(sentence, "", Style.ANIME))
        request = ImageRequest("", Style.ANIME, DRAWN, 7, scene=board.shots[0].scene, characters=board.characters)
        row, column = divmod(number, COLUMNS)
        place = column * (SHOWN[0] + GAP), row * (SHOWN[1] + GAP)
        sheet.paste(Image.fromarray(still(request)).resize(SHOWN, Image.Resampling.LANCZOS), place)
    sheet.save(FILE, quality=70, optimize=True)


if __name__ == "__main__":
    main()
