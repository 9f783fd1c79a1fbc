"""The shelves of annotated stories: `open`, `held`, and `taught`, which is in the short form."""

from pathlib import Path

from judging import short_form, stories
from judging.stories import Story

FOLDER = Path(__file__).parents[2] / "tests" / "golden" / "stories"


def load_folder(folder: Path) -> list[Story]:
    """The stories of a folder, by file name; those in the short form, of which a file holds many, come last."""
    many = (short_form.load(file) for file in sorted(folder.glob("*.txt")))
    return [*map(stories.load, sorted(folder.glob("*.json"))), *(story for some in many for story in some)]


def load_all(shelf: str) -> list[Story]:
    """The stories of a shelf, by its name."""
    return load_folder(FOLDER / shelf)
