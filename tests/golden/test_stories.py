"""The annotated stories are well formed, and their judge knows a right storyboard from wrong ones."""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from judging.names import ALIKE, MOST_ALIKE, SAME_KIND, STRANGERS, likeness, same_thing
from judging.score import Score, judge
from judging.shelves import load_all, load_folder
from judging.stories import Person, Sentence, Story

from storyreel.domain.storyboard import Character, PlannedShot, SceneSpec, Storyboard, Subject

KNOWN: dict[str, list[str]] = json.loads(Path(__file__).with_name("ids.json").read_text())
STORIES = [*load_all("open"), *load_all("held")]
TAUGHT = load_all("taught")
PILES = 20  # a test takes many stories: one each would be thousands of tests
NOUNS = re.compile(r"[a-z]+(?:[ -][a-z]+)*(?:\|[a-z]+(?:[ -][a-z]+)*)*")


def faults(story: Story) -> list[str]:
    """What is wrong with a story, by sentence number; never the sentence itself."""
    found = [f"kinds of {person.kinds}" for person in story.cast.values() if not _nouns(person.kinds)]
    for number, sentence in enumerate(story.sentences, 1):
        for aspect, known in KNOWN.items():
            found += [f"{number}: {value}?" for value in getattr(sentence, aspect) if value not in known]
        found += [f"{number}: {thing}?" for thing in (*sentence.things, *sentence.never) if not NOUNS.fullmatch(thing)]
        clash = [thing for thing in sentence.things for word in sentence.never if same_thing(word, thing)]
        found += [f"{number}: {thing} both there and not" for thing in clash]
        if story.persons(sentence.cast) & story.persons(sentence.may):
            found.append(f"{number}: somebody who must and may be there")
        if len(sentence.text.strip()) < 4 or sentence.text[0].isspace():
            found.append(f"{number}: no sentence")
    if story.text != unicodedata.normalize("NFC", story.text).strip():
        found.append("not the text that an engine gets")
    return found


SHORT = """
# One
@ Ann: girl; the girl
@ the twins (many) [Tom, Tim]: boy
@ Tom: boy
@ Tim: boy

> setting=garden,park time=night
Ann came.  | Ann
“Late,” said Tom. ¶ | Tom; may Ann, the twins; says Tom
> setting=kitchen time=
They sat. | the twins; may Tom
# 二
@ 狐狸: fox
狐狸走了。 | 狐狸
它睡了。 | 狐狸
"""


def test_the_short_form_says_once_what_holds(tmp_path: Path) -> None:
    (tmp_path / "some.txt").write_text(SHORT, "utf-8")
    one, two = load_folder(tmp_path)
    assert (one.name, one.title, one.language, one.text) == (
        "some 1",
        "One",
        "en",
        "Ann came. “Late,” said Tom.\n\nThey sat.",
    )
    assert one.cast["the twins"] == Person("the twins", ("boy",), (), True, ("Tom", "Tim"))
    assert one.sentences[0] == Sentence("Ann came. ", ("Ann",), (), ("garden", "park"), ("night",))
    assert (one.sentences[1].may, one.sentences[1].speaker) == (("Ann",), "Tom"), "who must be there needs no leave"
    assert (one.sentences[2].setting, one.sentences[2].time, one.sentences[2].may) == (("kitchen",), (), ())
    assert (two.language, two.text) == ("zh", "狐狸走了。它睡了。")


@pytest.mark.parametrize(
    "line",
    ["@ Ann", "Ann came.", "> place=garden", "Ann came. | Bob", "Ann came. | Ann; on Ann", "Ann. | Ann; says Bob"],
)
def test_what_is_none_of_the_short_form_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "some.txt").write_text(f"# One\n@ Ann: girl\n{line}\n", "utf-8")
    with pytest.raises(ValueError, match="some 1"):
        load_folder(tmp_path)


def _nouns(words: tuple[str, ...]) -> bool:
    return bool(words) and all(NOUNS.fullmatch(word) for word in words)


@pytest.mark.parametrize("pile", range(PILES))
def test_stories_are_well_formed(pile: int) -> None:
    assert {story.name: found for story in STORIES[pile::PILES] if (found := faults(story))} == {}


def test_stories_in_the_short_form_are_well_formed() -> None:
    assert {story.name: found for story in TAUGHT if (found := faults(story))} == {}
    assert {story.language for story in TAUGHT} == {"en", "zh"}


@pytest.mark.parametrize("half", ["open", "held"])
def test_both_halves_hold_enough_of_both_languages(half: str) -> None:
    stories = load_all(half)
    languages = [story.language for story in stories]
    assert min(languages.count("en"), languages.count("zh")) >= 4
    assert all(len(story.sentences) >= 8 for story in stories)
    assert sum(len(story.sentences) for story in stories) >= 80


def right(story: Story) -> Storyboard:
    """The storyboard that the annotation asks for: a shot for each sentence."""
    singles = [person for person in story.cast.values() if not person.members]
    characters = tuple(Character(f"c-{person.name}", person.name, person.kinds[0]) for person in singles)
    return Storyboard(story.language, characters, tuple(shot_of(story, sentence) for sentence in story.sentences))


def shot_of(story: Story, sentence: Sentence) -> PlannedShot:
    scene = SceneSpec(
        (*sentence.setting, "room")[0],
        (*sentence.time, "noon")[0],
        (*sentence.weather, "clear")[0],
        subjects=tuple(Subject(f"c-{name}") for name in sorted(story.persons(sentence.cast))),
        props=tuple(thing.split("|")[0] for thing in sentence.things),
        season=(*sentence.season, "")[0],
        speaker=f"c-{sentence.speaker}" if sentence.speaker else None,
    )
    return PlannedShot("", "", sentence.text, scene)


def change(board: Storyboard, number: int, **changes: object) -> Storyboard:
    """The same, with another scene in one shot."""
    shots = [*board.shots]
    shots[number] = replace(shots[number], scene=replace(shots[number].scene, **changes))
    return replace(board, shots=tuple(shots))


def merged(board: Storyboard, first: int, last: int) -> Storyboard:
    """The same, with shots `first` … `last` in one: the first one's place, everybody on stage."""
    shots = board.shots[first : last + 1]
    subjects = tuple({subject.character: subject for shot in shots for subject in shot.scene.subjects}.values())
    scene = replace(shots[0].scene, subjects=subjects, props=tuple(p for shot in shots for p in shot.scene.props))
    one = PlannedShot("", "", "".join(shot.narration for shot in shots), scene)
    return replace(board, shots=(*board.shots[:first], one, *board.shots[last + 1 :]))


@pytest.mark.parametrize("pile", range(PILES))
def test_the_right_storyboard_is_perfect(pile: int) -> None:
    assert {story.name: found for story in STORIES[pile::PILES] if (found := mistakes(story))} == {}


def mistakes(story: Story) -> dict[str, float]:
    """The figures by which the storyboard that the annotation asks for is less than perfect."""
    score = judge(story, right(story))
    figures = score.figures()
    perfect = {"cast_f1": 1.0, **dict.fromkeys(score.shares, 1.0), "junk": 0, "elsewhere": 0}
    told = {"said": float(len(score.said))} if score.said else {}  # a failure quotes no held sentence
    return told | {key: figures[key] for key, value in perfect.items() if figures[key] != value}


ANNA = Person("Anna", ("girl", "kid"), ("the girl", "Anna Lind"))
BEN = Person("Ben", ("man",), ("the baker",))
TWINS = Person("the twins", ("boy",), (), True, ("Tom", "Tim"))
PEOPLE = [ANNA, BEN, TWINS, Person("Tom", ("boy",)), Person("Tim", ("boy",)), Person("guests", ("woman",), (), True)]
SMALL = Story(
    "small",
    "Small",
    "en",
    {person.name: person for person in PEOPLE},
    (
        Sentence("Anna beat her chest. ", ("Anna",), (), ("garden",), ("night",), ("rain",), never=("chest",)),
        Sentence("“Ah,” said Ben. ", ("Ben",), ("Anna",), ("garden",), ("night",), speaker="Ben", things=("oven",)),
        Sentence("A hen ran by.\n\n", (), ("Anna",), ("garden",), ("night",), things=("hen|chicken", "crowd")),
        Sentence("The twins came. ", ("the twins",), (), ("kitchen",), ("dawn",), season=("spring",)),
        Sentence("So did the guests.", ("guests",), ("the twins",), ("kitchen",)),
    ),
)


def judged(wrong: Callable[[Storyboard], Storyboard]) -> Score:
    return judge(SMALL, wrong(right(SMALL)))


def joined_by(board: Storyboard, *others: Character) -> Storyboard:
    """The same, with more characters, who take the place of those of the same id."""
    return replace(board, characters=tuple(({c.id: c for c in board.characters} | {c.id: c for c in others}).values()))


def parted(board: Storyboard, number: int, at: int) -> Storyboard:
    """The same, with one shot cut in two after `at` characters of its narration."""
    shot = board.shots[number]
    halves = replace(shot, narration=shot.narration[:at]), replace(shot, narration=shot.narration[at:])
    return replace(board, shots=(*board.shots[:number], *halves, *board.shots[number + 1 :]))


@pytest.mark.parametrize(
    ("wrong", "figure"),
    [
        (lambda board: change(board, 0, subjects=()), "cast_f1"),
        (lambda board: change(board, 0, subjects=(Subject("c-Anna"), Subject("c-Ben"))), "cast_f1"),
        (lambda board: change(board, 0, subjects=(Subject("c-nobody"),)), "cast_f1"),
        (lambda board: change(board, 0, crowd="woman"), "exact"),
        (lambda b: joined_by(change(b, 1, subjects=(), crowd="man"), Character("c-Ben", "Eel", "eel")), "cast_f1"),
        (lambda board: change(parted(board, 0, 7), 1, setting="moon"), "setting"),
        (lambda board: replace(board, shots=parted(board, 0, 7).shots[1:]), "narrated"),
        (lambda board: change(board, 1, setting="moon"), "setting"),
        (lambda board: change(board, 1, time="noon"), "time"),
        (lambda board: change(board, 0, weather="snow"), "weather"),
        (lambda board: change(board, 3, season="winter"), "season"),
        (lambda board: change(board, 1, speaker="c-Anna"), "speaker"),
        (lambda board: change(board, 1, speaker=None), "speaker"),
        (lambda board: change(board, 1, props=()), "things"),
        (lambda board: replace(board, shots=board.shots[1:]), "narrated"),
        (lambda board: replace(board, shots=(*board.shots, board.shots[0])), "narrated"),
        (lambda board: replace(board, shots=(board.shots[1], board.shots[0], *board.shots[2:])), "narrated"),
        (lambda board: merged(board, 0, 4), "cast_f1"),
        (lambda board: merged(board, 2, 3), "setting"),
        (lambda board: replace(board, characters=tuple(replace(c, kind="fish") for c in board.characters)), "kinds"),
    ],
)
def test_a_mistake_costs_its_figure(wrong: Callable[[Storyboard], Storyboard], figure: str) -> None:
    score = judged(wrong)
    assert score.figures()[figure] < 1


def test_the_figures_are_what_the_rules_say() -> None:
    score = judged(lambda board: change(board, 0, subjects=(Subject("c-Ben"),)))
    assert (score.hits, score.extra, score.missing) == (4, 1, 1)  # Ben, both twins and the guests; Ben; Anna
    assert score.cast_f1 == pytest.approx(0.8)
    assert score.shares["exact"].value == pytest.approx(0.8)
    assert score.shares["setting"].value == 1


@pytest.mark.parametrize(
    ("changes", "junk"),
    [
        ({"props": ("treasure chest",)}, 1),
        ({"subjects": (Subject("c-Anna", holds="chest"),)}, 1),
        ({"subjects": (Subject("c-Anna", toward="chest"),)}, 1),
        ({"props": ("chestnut",)}, 0),
    ],
)
def test_what_is_only_a_word_is_junk(changes: dict[str, object], junk: int) -> None:
    score = judged(lambda board: change(board, 0, **changes))
    assert score.junk == junk
    assert score.elsewhere.total() == 1
    assert score.cast_f1 == 1


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(lambda board: merged(board, 0, 1), id="two sentences in a shot"),
        pytest.param(lambda board: change(board, 2, subjects=(Subject("c-Anna"),)), id="somebody who may be there"),
        pytest.param(lambda board: change(board, 4, subjects=(), crowd="woman"), id="a crowd for a group"),
        pytest.param(lambda board: change(board, 2, crowd="chicken"), id="a crowd of the things"),
        pytest.param(lambda board: change(board, 2, crowd="stranger"), id="a crowd that the text names"),
        pytest.param(
            lambda board: joined_by(change(board, 2, subjects=(Subject("hen"),)), Character("hen", "hen", "hen")),
            id="an animal of the things",
        ),
        pytest.param(
            lambda board: joined_by(change(board, 3, subjects=(Subject("both"),)), Character("both", "Twins", "boy")),
            id="one picture of a group",
        ),
        pytest.param(lambda board: joined_by(board, Character("c-Anna", "Miss Anna", "woman")), id="a longer name"),
        pytest.param(lambda board: joined_by(board, Character("c-Ben", "somebody", "man")), id="only the kind"),
        pytest.param(lambda board: parted(board, 0, 7), id="a sentence in two shots"),
    ],
)
def test_what_is_as_right_costs_nothing(same: Callable[[Storyboard], Storyboard]) -> None:
    assert judged(same).figures()["cast_f1"] == judged(same).figures()["exact"] == 1


def test_one_person_drawn_as_two_is_a_mistake() -> None:
    def twofold(board: Storyboard) -> Storyboard:
        board = joined_by(board, Character("second", "the baker", "man"))
        return change(board, 1, subjects=(Subject("c-Ben"), Subject("second")))

    assert judged(twofold).cast_f1 < 1


def test_a_name_says_more_than_where_somebody_is_shown() -> None:
    def wrong_girl(board: Storyboard) -> Storyboard:
        board = joined_by(board, Character("zoe", "Zoe", "girl"))
        return change(change(board, 0, subjects=(Subject("zoe"),)), 2, subjects=(Subject("c-Anna"),))

    score = judged(wrong_girl)
    assert (score.hits, score.extra, score.missing) == (4, 1, 1)


def test_a_kind_alone_is_nobody_where_he_is_not_expected() -> None:
    def passing_girl(board: Storyboard) -> Storyboard:
        board = joined_by(board, Character("c-Anna", "Zoe", "girl"))
        return change(change(board, 0, subjects=()), 1, subjects=(Subject("c-Ben"), Subject("c-Anna")))

    score = judged(passing_girl)
    assert (score.hits, score.extra, score.missing) == (4, 1, 1)


def test_most_of_the_sentence_decides_where_it_is() -> None:
    def at(letters: int) -> float:
        return judged(lambda board: change(parted(board, 0, letters), 1, setting="moon")).shares["setting"].value

    assert at(len("Anna b")) < at(len("Anna beat h")) == 1


def test_a_character_can_be_junk() -> None:
    def walking_chest(board: Storyboard) -> Storyboard:
        board = joined_by(board, Character("it", "Chest", "chest"))
        return change(board, 0, subjects=(Subject("c-Anna"), Subject("it")))

    assert judged(walking_chest).junk == 1


def test_what_another_sentence_of_the_shot_has_is_no_junk() -> None:
    sentences = (SMALL.sentences[0], replace(SMALL.sentences[1], things=("chest",)), *SMALL.sentences[2:])
    story = replace(SMALL, sentences=sentences)
    assert judge(story, merged(right(story), 0, 1)).junk == 0
    assert judge(story, change(right(story), 0, props=("chest",))).junk == 1


@pytest.mark.parametrize(
    ("annotated", "shown", "same"),
    [
        ("chest", "treasure chest", True),
        ("oil lamp|lantern", "lamp", True),
        ("stairs", "stair", True),
        ("bow", "rainbow", False),
        ("oak tree", "oak leaf", False),
        ("glass", "", False),
    ],
)
def test_same_thing(annotated: str, shown: str, same: bool) -> None:
    assert same_thing(annotated, shown) is same


@pytest.mark.parametrize(
    ("name", "kind", "alike"),
    [
        ("The Baker", "woman", MOST_ALIKE),
        ("小红", "man", MOST_ALIKE),
        ("the old baker", "man", ALIKE),
        ("王小红", "fish", ALIKE),
        ("红", "Girl", SAME_KIND),
        ("akers", "fish", STRANGERS),
    ],
)
def test_likeness(name: str, kind: str, alike: int) -> None:
    assert likeness(name, kind, ("the baker", "小红"), ("girl",)) == alike


def test_scores_add_up() -> None:
    total = Score()
    total += judged(lambda board: board)
    total += judged(lambda board: change(board, 0, subjects=(), props=("chest",)))
    assert total.figures()["sentences"] == 10
    assert total.figures()["exact"] == pytest.approx(0.9)
    assert (total.hits, total.missing, total.junk) == (9, 1, 1)
