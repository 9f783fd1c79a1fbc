"""Makes the pictures of the documentation with the program itself: .venv/bin/python docs/images/make.py"""

import asyncio
import tempfile
from pathlib import Path

from PIL import Image

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.engines.backends.builtin.illustrator import BuiltinImageEngine
from storyreel.engines.backends.builtin.planner import BuiltinStoryEngine
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.story import StoryRequest
from storyreel.pipeline.progress import UnwatchedJob

HERE = Path(__file__).parent
STORY = HERE.parent.parent / "examples" / "moon-walk.txt"
# (shot, style): one story, three styles
FRAMES = (
    (0, Style.CINEMATIC),
    (1, Style.ANIME),
    (4, Style.ANIME),
    (6, Style.REALISTIC),
    (7, Style.CINEMATIC),
    (8, Style.REALISTIC),
)
COLUMNS = 3
FRAME = Canvas(640, 360)
GAP = 8


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        job = UnwatchedJob("docs", Path(folder))
        board = await BuiltinStoryEngine().plan(StoryRequest(STORY.read_text(), "Moon Walk", Style.CINEMATIC), job)
        requests = [
            ImageRequest(board.shots[shot].prompt_en, style, FRAME, 0, "", board.shots[shot].scene, board.characters)
            for shot, style in FRAMES
        ]
        engine = BuiltinImageEngine()
        drawn: list[Image.Image] = []
        for request in requests:
            (result,) = await engine.draw([request], job)
            drawn.append(Image.open(result.file).convert("RGB"))
        rows = -(-len(drawn) // COLUMNS)
        size = (COLUMNS * (FRAME.width + GAP) - GAP, rows * (FRAME.height + GAP) - GAP)
        sheet = Image.new("RGB", size, "#1e1e1e")
        for number, frame in enumerate(drawn):
            row, column = divmod(number, COLUMNS)
            sheet.paste(frame, (column * (FRAME.width + GAP), row * (FRAME.height + GAP)))
        sheet.save(HERE / "moon-walk.jpg", quality=86, optimize=True)


if __name__ == "__main__":
    asyncio.run(main())
