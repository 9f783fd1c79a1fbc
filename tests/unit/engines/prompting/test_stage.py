"""The words that a model may choose from are words that are drawn."""

import pytest

from storyreel.engines.backends.builtin.vocabulary import entries
from storyreel.engines.prompting.sentences import LONGEST, narration, pieces, width
from storyreel.engines.prompting.stage import clamp, instructions, words


@pytest.mark.parametrize("group", ["times", "weathers", "moods", "poses", "expressions", "settings", "kinds", "props"])
def test_whatever_a_model_may_choose_can_be_drawn(group: str) -> None:
    drawn = entries(group).keys() | ({"laugh", "cry"} if group == "expressions" else set())
    assert set(words(group)) <= drawn


@pytest.mark.parametrize("group", ["times", "weathers", "moods", "settings", "poses"])
def test_a_model_may_choose_whatever_can_be_drawn(group: str) -> None:
    assert set(words(group)) == {name for name, entry in entries(group).items() if "like" not in entry}


def test_seasons_may_be_left_open() -> None:
    assert set(words("seasons")) == {"", *entries("seasons")}


@pytest.mark.parametrize(
    ("group", "value", "meant"),
    [
        ("settings", "forest", "forest"),
        ("settings", "Rice field", "rice field"),
        ("settings", "in the castle hall", "castle hall"),
        ("settings", "OCEAN", "sea"),
        ("settings", "nowhere", "-"),
        ("poses", "look up", "look_up"),
        ("poses", "standing still", "stand"),
        ("times", "late at night", "night"),
        ("seasons", "fall", "autumn"),
        ("cameras", "Pan Left", "pan_left"),
        ("framings", "close-up", "close"),
        ("moods", None, "-"),
        ("moods", 3, "-"),
    ],
)
def test_other_words_mean_the_nearest(group: str, value: object, meant: str) -> None:
    assert clamp(group, value, "-") == meant


def test_the_instructions_hold_all_words() -> None:
    told = instructions("plan", prompt="the same")
    assert "$" not in told
    for group in ("settings", "poses", "kinds", "props", "transitions", "cameras"):
        assert all(word in told for word in words(group)), group


@pytest.mark.parametrize(
    ("story", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith met J. R. at 3.5 km. “Go!” he said.", ["Dr. Smith met J. R. at 3.5 km.", "“Go!” he said."]),
        ("一。二！“三？”四……五", ["一。", "二！", "“三？”", "四……", "五"]),
        ("The Title\n\nOnce upon\na time.", ["The Title", "Once upon a time."]),
        ("  \n ", []),
        ("…", ["…"]),
    ],
)
def test_a_story_is_cut_into_sentences(story: str, sentences: list[str]) -> None:
    assert [narration(story, [span]) for span in pieces(story)] == sentences


@pytest.mark.parametrize("unit", ["word ", "clause, ", "字", "字，", "x"])
def test_no_piece_is_too_long_and_nothing_is_lost(unit: str) -> None:
    story = unit * 500
    found = [story[start:end] for start, end in pieces(story)]
    assert max(map(width, found)) <= LONGEST
    assert "".join("".join(found).split()) == "".join(story.split())
