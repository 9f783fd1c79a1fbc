"""Which part of the day each shot has: told, carried on, or made likely by what is told beside it."""

import pytest

from storyreel.domain.project import Style
from storyreel.domain.storyboard import PlannedShot
from storyreel.engines.backends.builtin.planner.plan import plan
from storyreel.engines.contracts.story import StoryRequest


def shots(story: str) -> tuple[PlannedShot, ...]:
    return plan(lambda _: None, StoryRequest(story, "", Style.CINEMATIC)).shots


@pytest.mark.parametrize(
    ("story", "time"),
    [
        ("Anna walked into the garden.", "noon"),
        ("小红走进花园。", "noon"),
        ("The rover stood on the moon.", "night"),
        ("Anna walked through the garden at dusk.", "dusk"),
        ("The church clock was striking twelve. Anna sat in the garden.", "noon"),
        ("The sun hung low over the sea. Anna walked along the beach.", "dusk"),
        ("太阳碰到了湖面，小红走回家。", "dusk"),
        ("太阳升到正当中，小红坐在田边。", "noon"),
        ("粮站打烊了，小红走在街上。", "night"),
        ("小红被鸟叫声吵醒了。", "morning"),
    ],
)
def test_a_short_story_has_the_time_that_it_tells(story: str, time: str) -> None:
    assert shots(story)[-1].scene.time == time


def test_what_is_told_holds_until_the_next_day() -> None:
    told = [
        "At midnight the old baker lit his lamp.",
        "He went down to the kitchen.",
        "“Who is there?” he asked.",
        "Nobody answered him.",
        "A small dog sat beside the door.",
        "The baker gave it a piece of bread.",
        "They sat there for a long time.",
        "The next morning the baker opened the shop.",
        "The dog ran out into the street.",
        "A girl stood there.",
        "She laughed and took the dog home.",
    ]
    by_sentence = {shot.narration.strip(): shot.scene.time for shot in shots(" ".join(told))}
    night = {time for said, time in by_sentence.items() if any(one in said for one in told[:7])}
    day = {time for said, time in by_sentence.items() if any(one in said for one in told[7:])}
    assert (night, day) == ({"night"}, {"morning"})


def test_a_longer_story_is_told_the_time_by_its_words() -> None:
    story = (
        "Mia put on her pyjamas. She climbed into bed. Her father sat down beside her. "
        "“One more story,” she said. He read to her about a bear. The bear looked for honey. "
        "Then he kissed her and switched off the lamp. She pulled up the blanket and fell asleep."
    )
    assert {shot.scene.time for shot in shots(story)} == {"night"}
