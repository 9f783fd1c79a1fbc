"""How well the built-in planner understands annotated stories: who, where, when, and what must not be drawn.

Run: .venv/bin/python benchmarks/understanding.py [--held] [--story NAME] [--verbose] [--json]

tests/golden/stories/README.md says how stories are annotated and judged. The held half gives its figures alone.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from judging.score import Score, judge
from judging.shelves import load_all
from judging.stories import Story
from rich.console import Console
from rich.table import Table

from storyreel.domain.project import Style
from storyreel.domain.storyboard import Storyboard
from storyreel.engines.backends.builtin.planner import BuiltinStoryEngine
from storyreel.engines.contracts.story import StoryRequest
from storyreel.pipeline.progress import UnwatchedJob

COLUMNS = {
    "cast_f1": "cast F1",
    "exact": "exact",
    "setting": "setting",
    "time": "time",
    "weather": "weather",
    "season": "season",
    "speaker": "speaker",
    "kinds": "kinds",
    "junk": "junk",
    "narrated": "narrated",
    "things": "things",
    "elsewhere": "else",
    "sentences": "of",
}
COUNTS = {"junk", "elsewhere", "sentences"}
LANGUAGES = ("en", "zh")


def plan(story: Story) -> Storyboard:
    with TemporaryDirectory() as folder:
        request = StoryRequest(story.text, story.title, Style.CINEMATIC)
        return asyncio.run(BuiltinStoryEngine().plan(request, UnwatchedJob("understanding", Path(folder))))


def table_of(rows: dict[str, Score], title: str) -> Table:
    table = Table("", *COLUMNS.values(), title=title)
    for name, score in rows.items():
        if name == LANGUAGES[0]:
            table.add_section()
        table.add_row(name, *(cell(score, key) for key in COLUMNS))
    return table


def cell(score: Score, key: str) -> str:
    """A figure as the table has it; a dash where the stories have nothing to get right."""
    if key in COUNTS:
        return str(score.figures()[key])
    nothing = key in score.shares and not score.shares[key].of
    return "–" if nothing else f"{score.figures()[key]:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--held", action="store_true", help="the half that nobody looks into, by its figures alone")
    parser.add_argument("--story", help="one story of the open half, by its file's name")
    parser.add_argument("--verbose", action="store_true", help="every disagreement, and things that nobody annotated")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    wanted = parser.parse_args()
    if wanted.held and (wanted.story or wanted.verbose):
        parser.error("the held half gives its figures alone")
    half = "held" if wanted.held else "open"
    stories = [story for story in load_all(half) if wanted.story in (None, story.name)]
    if not stories:
        parser.error(f"no story {wanted.story}")
    languages = {language: Score() for language in LANGUAGES}
    rows: dict[str, Score] = {}
    for story in stories:
        score = judge(story, plan(story))
        languages[story.language] += score
        if not wanted.held:
            rows[story.name] = score
    rows |= {name: score for name, score in languages.items() if score.shares["exact"].of}
    if wanted.json:
        json.dump({name: score.figures() for name, score in rows.items()}, sys.stdout, indent=2)
        print()
        return
    if wanted.verbose:
        for score in languages.values():
            print(*score.said, sep="\n")
            print(
                "nowhere annotated:", ", ".join(f"{thing} ×{count}" for thing, count in score.elsewhere.most_common())
            )
    Console(width=140).print(table_of(rows, f"{len(stories)} stories, {half} half"))


if __name__ == "__main__":
    main()
