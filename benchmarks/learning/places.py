"""Learns the weights by which the built-in planner finds its way through a story's places, from annotated stories.

Run: .venv/bin/python benchmarks/learning/places.py [--check] [FOLDER …]

--check trains five times on four fifths of the stories and says how well the rest is told; without it the weights are
written to the planner's route.json.
"""

import json
from pathlib import Path

from chains import Lesson, Subject, command

from storyreel.domain.project import Language, Style
from storyreel.engines.backends.builtin.planner import route
from storyreel.engines.backends.builtin.planner.language import is_han
from storyreel.engines.backends.builtin.planner.plan import passages_of
from storyreel.engines.contracts.story import StoryRequest

PLAIN = Path(__file__).parents[2] / "tests" / "golden" / "places.json"


def plain_lessons() -> list[Lesson]:
    """The plain stories of which it is only said where they end."""
    listed: list[list[str]] = json.loads(PLAIN.read_text("utf-8"))["cases"]
    lessons: list[Lesson] = []
    for text, setting in listed:
        language = Language.CHINESE if any(is_han(letter) for letter in text) else Language.ENGLISH
        told = passages_of(StoryRequest(text, "", Style.CINEMATIC))
        lessons.append(Lesson(language.value, told, [*(set[str]() for _ in told[1:]), {setting}]))
    return lessons


def main() -> None:
    subject = Subject(
        file=route.WEIGHTS,
        kinds=route.MOVES,
        moves=route.moves,
        steps=passages_of,
        allows=lambda sentence: sentence.setting,
        rate=0.05,
        firm=0.01,
        word_firm=0.2,
        fewest=3,
        always=plain_lessons(),
    )
    command(subject, "Written by benchmarks/learning/places.py; see chain.py.", str(__doc__))


if __name__ == "__main__":
    main()
