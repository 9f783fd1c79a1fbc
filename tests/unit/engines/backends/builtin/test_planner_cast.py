"""The planner's cast: who each word of a story means, in English and in Chinese."""

import pytest

from storyreel.domain.project import Style
from storyreel.domain.storyboard import Storyboard
from storyreel.engines.backends.builtin.planner.plan import plan
from storyreel.engines.contracts.story import StoryRequest


def board(story: str) -> Storyboard:
    return plan(lambda _: None, StoryRequest(story, "A story", Style.CINEMATIC))


def on_stage(story: str) -> list[list[str]]:
    """The names of those whom each shot shows, sorted."""
    planned = board(story)
    names = {character.id: character.name for character in planned.characters}
    return [sorted(names[subject.character] for subject in shot.scene.subjects) for shot in planned.shots]


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        pytest.param(
            "A farmer had a son. The boy was called Jonas. The father wept.",
            [["Jonas", "farmer"], ["Jonas"], ["farmer"]],
            id="kin and another word for the same one",
        ),
        pytest.param(
            "A boy lived in a village. The lad swam in the river every day.", [["boy"], ["boy"]], id="synonyms"
        ),
        pytest.param(
            "Marta met a baker in the street. He gave her a loaf. She thanked him warmly.",
            [["Marta", "baker"]] * 3,
            id="he and she",
        ),
        pytest.param(
            "Once there were three rabbits, and their names were Pim, Pom and Pam. Pim slept. They all ran home.",
            [["Pam", "Pim", "Pom"], ["Pim"], ["Pam", "Pim", "Pom"]],
            id="a group told by name",
        ),
        pytest.param(
            "Ida and Carl walked through the forest. An owl watched from a tree. They waved.",
            [["Carl", "Ida"], ["owl"], ["Carl", "Ida"]],
            id="they are those who did something together",
        ),
        pytest.param(
            "Ben looked at the sea. His sister Ruth sang. Her brother laughed.",
            [["Ben"], ["Ruth"], ["Ben"]],
            id="her brother is he whose sister she is",
        ),
        pytest.param("Jory, the cook's boy, yawned. He dreamt.", [["Jory"]] * 2, id="whose boy somebody is"),
        pytest.param("Viktor sat in a park. The old man laughed.", [["Viktor"]] * 2, id="a name told of again"),
        pytest.param("Ann put on Henrik's old boots.", [["Ann"]], id="whose boots one puts on"),
        pytest.param("“Wait,” said the coach.", [["coach"]], id="a coach that speaks"),
        pytest.param(
            "Captain Lena Voss slept. The captain dreamt. Lena smiled.",
            [["Lena Voss"]] * 3,
            id="a full name and a role",
        ),
        pytest.param(
            "Detective Marsh knelt in the garden. Marsh found a key. She smiled.",
            [["Marsh"]] * 3,
            id="a name like a place",
        ),
        pytest.param(
            "An old man had a dog. The animal barked at him all night long.",
            [["dog", "old man"], ["dog", "old man"]],
            id="the animal",
        ),
        pytest.param(
            "The miller came home late. Nobody saw him. He had dreamt about a queen.",
            [["miller"], ["miller"], ["miller"]],
            id="who is only dreamt of is not there",
        ),
        pytest.param(
            "村长王大山走进院子。王大山笑了。他坐了下来。", [["王大山"]] * 3, id="a full Chinese name after a role"
        ),
        pytest.param(
            "从前有一只大灰狼。狼饿了，走进森林。", [["大灰狼"], ["大灰狼"]], id="the longest animal at a word's end"
        ),
        pytest.param(
            "老渔夫阿海推着小船。孙女小月跟在后面。爷爷笑了，摸了摸她的头。",
            [["阿海"], ["小月"], ["小月", "阿海"]],
            id="爷爷 is he whose granddaughter was told of",
        ),
        pytest.param("小明和小红在公园里放风筝。他们笑了起来。", [["小明", "小红"]] * 2, id="他们"),
        pytest.param("猎人走进山洞。点起火堆，慢慢坐了下来。", [["猎人"]] * 2, id="who is not said again"),
        pytest.param(
            "Mara and a donkey walked out. A fox joined them. A bear slept. They went up the hill.",
            [["Mara", "donkey"], ["Mara", "donkey", "fox"], ["bear"], ["Mara", "donkey", "fox"]],
            id="they are those who travel together",
        ),
        pytest.param(
            "Mara sang the song that her grandfather had taught her. She knew that Ben was ill.",
            [["Mara"], ["Mara"]],
            id="who is only told of is not there",
        ),
        pytest.param(
            "A king had three daughters. The eldest sang, and the youngest slept. The king left.",
            [["daughter", "daughter", "daughter", "king"], ["daughter", "daughter"], ["king"]],
            id="the eldest and the youngest of several",
        ),
        pytest.param(
            "Ben was a miller. His father had built the mill. Ben slept.",
            [["Ben"], ["Ben"], ["Ben"]],
            id="who did something long ago is not there",
        ),
        pytest.param(
            "Grace Adey, her actual boss, sat down. The boss smiled.",
            [["Grace Adey"], ["Grace Adey"]],
            id="an apposition with her",
        ),
        pytest.param(
            "小林养了一只小猫，名叫雨点。老爷爷想起了他小时候养过的猫。",
            [["小林", "雨点"], ["老爷爷"]],
            id="remembered",
        ),
        pytest.param("齐王坐在殿上。楚王来了。齐王笑了。", [["齐王"], ["楚王"], ["齐王"]], id="kings by their states"),
        pytest.param("周牧野走进宿舍。牧野笑了。", [["周牧野"], ["周牧野"]], id="a full name told once"),
        pytest.param("司机马师傅踩下刹车。马师傅笑了。", [["马师傅"], ["马师傅"]], id="a master whose name is Horse"),
        pytest.param(
            "A bear slept in a cave. The snow fell all night long. Ann woke in the morning. It covered the path.",
            [["bear"], [], ["Ann"], []],
            id="it need not be somebody",
        ),
        pytest.param("The wind whispered. Mara listened.", [[], ["Mara"]], id="the wind is nobody"),
        pytest.param(
            "老和尚和小和尚扫地。老和尚笑了。", [["和尚", "和尚"], ["和尚"]], id="the old one and the little one"
        ),
        pytest.param("王芳看见了李强。小红抱着一只猫。", [["李强", "王芳"], ["小红", "猫"]], id="names at first sight"),
        pytest.param("狐狸大婶走过来。她看见一只小鸟在哭。", [["狐狸"], ["小鸟", "狐狸"]], id="one with two words"),
    ],
)
def test_who_is_on_stage(story: str, expected: list[list[str]]) -> None:
    assert on_stage(story) == expected


@pytest.mark.parametrize(
    ("story", "speakers"),
    [
        (
            "Anna met Paul at the station. “You are late,” said Anna.\n\n“I know.”\n\n“Come on.”",
            [None, "Anna", "Paul", "Anna"],
        ),
        (
            "Anna met Paul.\n\n“Is it far?” asked Anna. “I am tired.”\n\n“No,” said Paul.",
            [None, "Anna", "Anna", "Paul"],
        ),
        ("The stranger smiled. “That is why I came.”", [None, "stranger"]),
        ("“谁在那里？”守塔人问道。小猫叫了一声。", ["守塔人", None]),
        ("“别怕。”狐狸摇了摇尾巴。", ["狐狸", None]),
        ("“Stop!” cried the girl.", ["girl"]),
        ("“先生不舒服？”站在后面的少年问。", ["少年"]),
        ("一个女子坐在庙里。许先生走进来。“先生别怕。”", [None, None, "女子"]),
    ],
)
def test_who_speaks(story: str, speakers: list[str | None]) -> None:
    planned = board(story)
    names = {character.id: character.name for character in planned.characters}
    assert [names.get(shot.scene.speaker or "") for shot in planned.shots] == speakers


def test_a_cry_in_words_is_no_weeping() -> None:
    (shot,) = board("“Stop!” cried the girl.").shots
    assert (shot.scene.mood, shot.scene.subjects[0].pose) == ("calm", "talk")


@pytest.mark.parametrize(
    ("story", "crowd"),
    [
        ("Soldiers marched through the street.", "soldier"),
        ("The market was full of people.", "people"),
        ("Everybody in the city danced.", "people"),
        ("集市上挤满了人。", "people"),
        ("A crowd of children danced.", "kid"),
        ("孩子们在雪地里玩耍。", "kid"),
        ("A soldier marched through the street.", None),
    ],
)
def test_many_of_a_sort_are_a_crowd(story: str, crowd: str | None) -> None:
    (shot,) = board(story).shots
    assert shot.scene.crowd == crowd


@pytest.mark.parametrize(
    "story",
    [
        "She broke the seal on the letter.",
        "The crane was rusty.",
        "他心里打鼓，马上就要退休了。",
        "他的山羊胡子很长。",
        "墙上有一条金线绣的龙。",
        "He ran like a deer.",
    ],
)
def test_words_of_two_meanings_put_no_animal_on_stage(story: str) -> None:
    kinds = {character.kind for character in board(story).characters}
    assert not kinds & {"seal", "dolphin", "crane", "horse", "goat", "dragon", "deer", "bird"}


def test_a_parent_of_somebody_is_grown_up_and_the_child_young() -> None:
    story = "Nora walked home. Her mother waited at the door."
    assert {character.name: character.kind for character in board(story).characters} == {
        "Nora": "girl",
        "mother": "woman",
    }
