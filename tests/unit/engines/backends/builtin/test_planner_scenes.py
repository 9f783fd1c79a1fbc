"""The planner's scenes: places, seasons, deeds and whom they are about, the camera, prompts that were rewritten."""

import itertools

import pytest

from storyreel.domain.project import Style
from storyreel.domain.storyboard import Framing, SceneSpec, Storyboard
from storyreel.engines.backends.builtin.planner.plan import plan
from storyreel.engines.backends.builtin.planner.rereading import reread
from storyreel.engines.backends.builtin.vocabulary import entries
from storyreel.engines.contracts.story import StoryRequest


def board(story: str) -> Storyboard:
    return plan(lambda _: None, StoryRequest(story, "A story", Style.CINEMATIC))


def last(story: str) -> SceneSpec:
    return board(story).shots[-1].scene


@pytest.mark.parametrize(
    ("story", "props"),
    [
        ("Ten suns stood over the desert.", ("ten suns",)),
        ("The girl walked through a meadow full of yellow flowers.", ("yellow flowers",)),
        ("Ben took the number nine bus.", ("car",)),
        ("Three blue balloons hung over the park.", ("three blue balloons",)),
        ("In the meadow lay a small red box, and a bell was ringing.", ("red box", "bell")),
        ("She stood between the trees of the forest.", ()),
        ("A bunch of tulips lay in the grass.", ("flowers",)),
        ("Beside the road lay a bundle and a slice of bread.", ("bag", "bread")),
        ("Ben put down his pen.", ("brush",)),
        ("She turned around, and the crystal was gone.", ()),
        ("The ring had vanished.", ()),
        ("There was a crate beside a jar in the snow.", ("wooden box", "jar")),
        ("The brass key opened a box in the meadow.", ("key", "box")),
        ("There were cakes, kites and balloons in the meadow.", ("cakes", "kites", "balloons")),
        ("A plate of cookies stood on the grass of the meadow.", ("pastries",)),
        ("钥匙不见了。", ()),
        ("他在院子里摆上嫦娥最爱吃的水果和糕点。", ("apple", "pastry")),
        ("The box was made of wood, and she asked him for soup.", ("box",)),
        ("天上出现了十个太阳。", ("ten suns",)),
        ("院子里挂着许多灯笼。", ("red lanterns",)),
        ("草地上有一个红色的气球。", ("red balloon",)),
    ],
)
def test_things_are_as_many_and_have_the_colour_that_is_told(story: str, props: tuple[str, ...]) -> None:
    assert last(story).props == props


def test_what_is_held_has_the_colour_that_is_told() -> None:
    assert last("A girl held a yellow umbrella.").subjects[0].holds == "yellow umbrella"


@pytest.mark.parametrize(
    ("story", "season"),
    [
        ("In spring the boy walked in the garden.", "spring"),
        ("She drank from the spring in the forest.", ""),
        ("One evening in June he sat in the park.", "summer"),
        ("She may come to the park.", ""),
        ("It snowed on the village all night.", "winter"),
        ("秋天，落叶铺满了公园。", "autumn"),
        ("It was winter in the village. Then the girl slept.", "winter"),
        ("It was autumn. The next summer Lise came back.", "summer"),
    ],
)
def test_the_season(story: str, season: str) -> None:
    assert last(story).season == season


@pytest.mark.parametrize(
    ("story", "time"),
    [
        ("By noon they rested, and by dusk they walked on.", "dusk"),
        ("She slept in the morning. Last night it had rained.", "morning"),
        ("Good morning, he said at dusk.", "dusk"),
        ("太阳偏西了，他还在田里。", "dusk"),
        ("The lift opened at ten to nine.", "morning"),
        ("By noon they rested. At half past three they went on.", "afternoon"),
        ("It was night. Towards six the rain thinned.", "morning"),
        ("三点五十，他走出教室。", "afternoon"),
        ("中午他吃饭。他有一点累。", "noon"),
        ("They worked until evening. One winter day it snowed.", "morning"),
        ("They sang till dark. In spring they planted a garden.", "morning"),
        ("It was night. On the third day they saw land.", "morning"),
        ("It was night. Eight months of work were lost.", "night"),
        ("The sun set. That day had been long.", "dusk"),
        ("It was noon. As the sun went down he came ashore.", "dusk"),
        ("It was night. The road lay before her as plain as at noon.", "night"),
    ],
)
def test_the_time_is_the_last_that_is_told(story: str, time: str) -> None:
    assert last(story).time == time


@pytest.mark.parametrize(
    ("story", "pose", "toward"),
    [
        ("Tom hugged his mother.", "hug", "woman-1"),
        ("A girl rode a white horse.", "ride", "horse-1"),
        ("The king gave the boy a crown.", "give", "boy-1"),
        ("Lise came. The king carried her up and gave her soup.", "give", "somebody-1"),
        ("小明抱住了妈妈。", "hug", "woman-1"),
        ("Ann climbed a ladder.", "climb", "ladder"),
        ("Ann gave the cat to the king.", "give", "king-1"),
        ("Ann gave the king the cat.", "give", "king-1"),
        ("Ann pulled a rope and ran after the king.", "pull", "rope"),
        ("The old woman showed the girl a path.", "point", None),
        ("一位侠客骑着马来到城门口。", "ride", "horse-1"),
        ("The king drew his sword.", "hold", None),
        ("侠客拔出剑。", "hold", None),
        ("Ann slept.", "sleep", None),
        ("Ann sang in the meadow.", "sing", None),
    ],
)
def test_a_deed_knows_whom_it_is_about(story: str, pose: str, toward: str | None) -> None:
    subject = last(story).subjects[0]
    assert (subject.pose, subject.toward) == (pose, toward)


@pytest.mark.parametrize(
    ("story", "faces"),
    [
        ("The girl met an angry king.", "calm angry"),
        ("The boy sneaked past the sleeping dragon.", "calm sleep"),
        ("The angry king met a girl.", "angry calm"),
    ],
)
def test_a_feeling_is_theirs_whom_it_describes(story: str, faces: str) -> None:
    assert " ".join(subject.expression for subject in last(story).subjects) == faces


@pytest.mark.parametrize(
    ("story", "pose", "holds"),
    [
        ("Ann ate the bread.", "eat", "bread"),
        ("Ann sat by the fire and drank.", "sit", "cup"),
        ("小红坐在床上看书。", "sit", "book"),
        ("小王坐在窗边喝咖啡。", "sit", "cup"),
        ("“No ship can find us,” her mother read aloud.", "read", None),
        ("嫦娥一口喝下了仙药。", "drink", "bottle"),
        ("Ann ran into the garden and drank.", "run", None),
    ],
)
def test_what_is_eaten_drunk_or_read_is_in_the_hand(story: str, pose: str, holds: str | None) -> None:
    subject = last(story).subjects[0]
    assert (subject.pose, subject.holds) == (pose, holds)


def test_every_pose_has_a_phrase_for_prompts() -> None:
    for pose, entry in entries("poses").items():
        verb = next(word for word in entry["en"] if " " not in word)
        (shot,) = board(f"The king {verb}s.").shots
        assert shot.prompt.isascii(), pose


def test_what_is_felt_is_shown_from_near_and_what_moves_the_body_is_not() -> None:
    shots = board("A girl walked in the forest. She sat on a log. She was very sad. She ran and ran.").shots
    assert [shot.scene.framing for shot in shots][2:] == [Framing.CLOSE, Framing.MEDIUM]


@pytest.mark.parametrize(
    ("story", "framings"),
    [
        ("Ann stood in the meadow. She ran. One morning a letter lay in the meadow.", "close"),
        ("Ann ran across the meadow. A letter, a book and a key lay in the meadow.", "wide"),
        ("The wind blew over the meadow. Ten suns stood over the meadow.", "wide"),
        ("Ann walked across the sea. The wind blew over the sea. Then a light swept over the sea.", "medium wide"),
    ],
)
def test_a_small_thing_is_seen_from_near_and_an_empty_place_now_and_then(story: str, framings: str) -> None:
    found = [shot.scene.framing.value for shot in board(story).shots]
    assert found[-len(framings.split()) :] == framings.split()


def test_no_three_shots_are_alike() -> None:
    shots = board("The king slept in the castle. " * 12).shots
    framings = [shot.scene.framing for shot in shots]
    assert not any(one == two == three for one, two, three in zip(framings, framings[1:], framings[2:], strict=False))
    assert not any(one.scene.camera == two.scene.camera for one, two in itertools.pairwise(shots))


def test_prompts_name_crowds_and_seasons_in_both_languages() -> None:
    (english,) = board("Children played in the snow in winter.").shots
    assert "a crowd of kids" in english.prompt
    assert "winter" in english.prompt
    (chinese,) = board("冬天，孩子们在雪地里玩耍。").shots
    assert "孩子" in chinese.prompt
    assert "a crowd of kids" in chinese.prompt_en
    assert chinese.prompt_en.isascii()


def test_a_rewritten_prompt_changes_season_and_crowd() -> None:
    request = StoryRequest("A boy walked in a garden.", "A story", Style.CINEMATIC)
    scene = plan(lambda _: None, request).shots[0].scene
    changed = reread(lambda _: None, "many soldiers on a bridge in autumn, at night, in the rain", scene, request)
    assert (changed.setting, changed.season, changed.time, changed.weather) == ("bridge", "autumn", "night", "rain")
    assert changed.crowd == "soldier"
    assert changed.subjects == scene.subjects


def test_who_speaks_is_kept_when_a_prompt_is_rewritten() -> None:
    request = StoryRequest("“Hello!” said the boy in the garden.", "A story", Style.CINEMATIC)
    scene = plan(lambda _: None, request).shots[0].scene
    changed = reread(lambda _: None, "at night, in the rain", scene, request)
    assert (changed.speaker, changed.time, changed.weather) == (scene.speaker, "night", "rain")
    assert scene.speaker == "boy-1"


@pytest.mark.parametrize(
    ("story", "props"),
    [
        ("Ann walked past the trees in the forest.", ()),
        ("Ann planted a tree in the garden.", ("tree",)),
        ("Ann climbed the tree in the forest.", ("tree",)),
        ("Ann looked at the flowers in the meadow.", ()),
        ("Ann sat in a forest. She told Ben about the bell.", ()),
    ],
)
def test_what_the_setting_shows_anyway_is_no_prop(story: str, props: tuple[str, ...]) -> None:
    assert last(story).props == props


@pytest.mark.parametrize(
    ("story", "weather"),
    [
        ("There was a wind at sea. The wind died.", "clear"),
        ("刮着大风。傍晚一丝风也没有。", "clear"),
        ("It had rained all night. Ann walked to the park.", "clear"),
        ("Thunder rolled about over the hills.", "storm"),
    ],
)
def test_weather_ends(story: str, weather: str) -> None:
    assert last(story).weather == weather


@pytest.mark.parametrize(
    ("story", "said"),
    [
        ("A knight met a knight at dawn.", "a knight meeting a knight at dawn in"),
        ("Two knights fought on the bridge.", "two knights fighting"),
        ("The people cheered in the street.", "a crowd of people"),
    ],
)
def test_prompts_say_nothing_twice(story: str, said: str) -> None:
    prompt = board(story).shots[0].prompt
    assert said in prompt
    assert prompt.count("at dawn") < 2


@pytest.mark.parametrize(
    ("story", "poses"),
    [
        ("Anna and Ben lived by the sea. They kept the lighthouse together.", "stand stand"),
        ("Anna kept the key.", "hold"),
        ("Anna took a deep breath and ran.", "run"),
        ("Anna took the bus.", "stand"),
        ("The stone was gone, and Anna rolled after it.", "stand"),
        ("Anna rolled a barrel down the road.", "push"),
        ("A gull cried above the sea.", "stand"),
        ("Anna wore a coat.", "stand"),
        ("The young man fell asleep.", "sleep"),
        ("And there in the middle of the floor lay a dog.", "lie"),
        ("With the money Anna bought leather for two pairs.", "stand"),
        ("Anna gave a sigh.", "stand"),
        ("Anna was given a cup.", "stand"),
        ("Anna wanted to swim.", "stand"),
        ("Anna shook her head.", "stand"),
        ("The farmer beat the carpet.", "fight"),
        ("Tom and Anna met a king. The three of them set out.", "walk walk walk"),
        ("Anna stood at the window, and the snow flew past.", "stand"),
        ("Anna sat on the wall while the rain began to fly.", "sit"),
        ("Anna heard something behind the wall humming.", "look_up"),
        ("Anna watched the birds fly.", "look_up"),
        ("Anna saw a dog swimming.", "look_up swim"),
        ("Anna spoke of the cousin who sang.", "talk"),
        ("The girl in the red coat ran.", "run"),
        ("Anna saw a cat, and Ben ran.", "look_up stand run"),
        ("Anna looked up, and there sat a tiny dragon.", "look_up sit"),
        ("Anna came to eat her boiled egg.", "walk"),
        ("The boy sneaked past the sleeping dragon.", "walk sleep"),
        ("后羿放上嫦娥最爱吃的水果。", "stand"),
        ("They met Anna and Ben. They all laughed.", "laugh laugh"),
        ("Tom, Anna and the old king ran.", "run run run"),
    ],
)
def test_a_deed_is_theirs_of_whom_it_is_told(story: str, poses: str) -> None:
    assert " ".join(subject.pose for subject in last(story).subjects) == poses


@pytest.mark.parametrize(
    ("story", "rides"),
    [
        ("Chen rode a white horse. In the evening Chen rode home.", "ride horse-1"),
        ("Chen rode a white horse. He rode it to the river.", "ride horse-1"),
        ("A dragon came. Tilda climbed on the dragon's back. They flew over the forest.", "ride dragon-1"),
        ("Ben drove a red car. He drove on through the town.", "ride car"),
        ("Chen rode a white horse. He jumped off. In the evening Chen rode home.", "ride None"),
        ("Chen rode a white horse. Then Chen ran home.", "run None"),
    ],
)
def test_who_rides_is_on_the_same_mount_until_they_get_off(story: str, rides: str) -> None:
    subject = last(story).subjects[0]
    assert f"{subject.pose} {subject.toward}" == rides


@pytest.mark.parametrize(
    ("story", "cast", "crowd"),
    [
        ("Clara and Ruth were sisters.", 2, None),
        ("Tom met Ann. They were good friends.", 2, None),
        ("Clara and Ruth met sailors.", 2, "sailor"),
    ],
)
def test_who_are_said_to_be_sisters_are_nobody_else(story: str, cast: int, crowd: str | None) -> None:
    scene = last(story)
    assert (len(scene.subjects), scene.crowd) == (cast, crowd)
