"""What English grammar tells the planner: who is there, who is only spoken of, who speaks, where and when it is."""

import pytest

from storyreel.domain.project import Style
from storyreel.domain.storyboard import SceneSpec, Storyboard
from storyreel.engines.backends.builtin.planner.plan import plan
from storyreel.engines.contracts.story import StoryRequest


def board(story: str) -> Storyboard:
    return plan(lambda _: None, StoryRequest(story, "A story", Style.CINEMATIC))


def last(story: str) -> SceneSpec:
    return board(story).shots[-1].scene


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        pytest.param(
            "A charcoal burner sat down. He sang to himself.",
            [["charcoal burner"], ["charcoal burner"]],
            id="two words",
        ),
        pytest.param("Bo went out. Mr Hale met Zed. Zed took her hat.", [["Bo"], ["Hale", "Zed"], ["Zed"]], id="hers"),
        pytest.param("They tell of a diver named Salim.", [["Salim"]], id="told of as new"),
        pytest.param("In the winter of 1897 Ann sang.", [["Ann"]], id="a year before a name"),
        pytest.param("In the town of Perozh a priest sat.", [["priest"]], id="a town before somebody"),
        pytest.param("Ann ran into a shop on Rua das Flores.", [["Ann"]], id="a street abroad"),
        pytest.param("Ann left St Thomas' on the Northern line in May.", [["Ann"]], id="a hospital and a line"),
        pytest.param("Ann sold her old Honda. Houston is listening.", [["Ann"], []], id="makes and cities"),
        pytest.param("Mr Kent stood in front of Ann.", [["Ann", "Kent"]], id="a county's name, and in front of"),
        pytest.param("Gus the night cleaner came in.", [["Gus"]], id="what a name does for a living"),
        pytest.param("Ann told them about a king and his clever daughter.", [["Ann"]], id="told about"),
        pytest.param("Two people sat there: a lawyer and a cook.", [["cook", "lawyer"]], id="told one by one"),
        pytest.param(
            "Ann met a doctor. A maid and a girl came. Her name was Pia.",
            [["Ann", "doctor"], ["Pia", "maid"], ["Pia"]],
            id="whose name",
        ),
        pytest.param("Mr Hale led the new girl in. Nasrin sighed.", [["Hale", "Nasrin"], ["Nasrin"]], id="named next"),
        pytest.param("Ann came in at noon. The whole village laughed.", [["Ann"], []], id="a village of people"),
        pytest.param("Hare met Tortoise. Hare ran off.", [["hare", "tortoise"], ["hare"]], id="a hare, not to hare"),
        pytest.param(
            "A cook came in at noon. Ben and I got up. We ran home.", [["cook"], ["Ben", "I"], ["Ben", "I"]], id="we"
        ),
        pytest.param("Toby of Kettle Bay was a cat. He slept all day.", [["Toby"], ["Toby"]], id="said to be"),
        pytest.param("Nora ran away. She had been a nurse for ten years.", [["Nora"], ["Nora"]], id="had been"),
        pytest.param("Ann stood there, as proud as a peacock.", [["Ann"]], id="compared"),
        pytest.param("Tom walked in the rain. Elephants remember rain.", [["Tom"], []], id="always so"),
        pytest.param("Ann swept the floor. Before the roosters crowed, Ann left.", [["Ann"], ["Ann"]], id="supposed"),
        pytest.param("The boys waited for old Nandi. The dust rose.", [[], []], id="awaited"),
        pytest.param("Ann sat down. It was from her father.", [["Ann"], ["Ann"]], id="sent by"),
        pytest.param("Ann folded a paper crane. She smiled.", [["Ann"], ["Ann"]], id="no living one"),
        pytest.param("Ann sat down. She ate one whole ox.", [["Ann"], ["Ann"]], id="food"),
        pytest.param("It rained cats and dogs. Ann ran away.", [[], ["Ann"]], id="a figure of speech"),
        pytest.param("The bell rang. Miss Bell looked up.", [[], ["Bell"]], id="a name that is a word, too"),
        pytest.param("Ann rowed past the Harcar rock.", [["Ann"]], id="a rock's name"),
        pytest.param(
            "A wren sat on a wall. The bat laughed. The bird hopped.",
            [["wren"], ["bat"], ["bat"]],
            id="a wren is no bat",
        ),
        pytest.param(
            "“Good day, Ann,” said the driver. “Good day, Phil,” said Ann. Kofi came last.",
            [["driver"], ["Ann"], ["Kofi"]],
            id="who is called by another name",
        ),
        pytest.param("The ship Heron left the harbour. The Heron rolled.", [[], []], id="a ship's name"),
        pytest.param("She opened the window. Clara sighed.", [["Clara"], ["Clara"]], id="named later"),
        pytest.param("A girl met a captain. Her name was Juno.", [["Juno", "captain"], ["Juno"]], id="her name was"),
        pytest.param("The robot, a dented thing that they called Biscuit, beeped.", [["Biscuit"]], id="called so"),
        pytest.param("King Thrym sat down. “Alone?” asked the giant.", [["Thrym"], ["Thrym"]], id="another word"),
        pytest.param("A king married a maid. The queen wept.", [["king", "maid"], ["maid"]], id="crowned"),
        pytest.param("A tiny man came in. The man bowed.", [["little man"], ["little man"]], id="called by looks"),
        pytest.param("A fox met Mr Mole. Mr Mole bowed.", [["Mole", "fox"], ["Mole"]], id="an animal's name"),
        pytest.param("Old Pilar sat down. The old woman sang.", [["Pilar"], ["Pilar"]], id="old by name"),
        pytest.param("A king had a daughter. The princess sang.", [["daughter", "king"], ["daughter"]], id="royal"),
        pytest.param("Ann drew a dragon. The children called it the Bishop.", [["Ann"], []], id="drawn and called"),
        pytest.param("Yusra sat down. Somewhere her daughter slept.", [["Yusra"], ["Yusra"]], id="somewhere"),
        pytest.param("Mrs Patel, the science teacher, came in.", [["Patel"]], id="a teacher of something"),
        pytest.param("An old donkey had lost his way. He brayed.", [["donkey"], ["donkey"]], id="begins with had"),
        pytest.param("On the gate sat a rooster. He crowed.", [["rooster"], ["rooster"]], id="behind the verb"),
        pytest.param("Ann held it as if it were a child.", [["Ann"]], id="as if"),
        pytest.param("On the table lay a pair of gloves. Ann wept.", [["Ann"]], id="a pair of things"),
        pytest.param("Tom sat down. There was no bridegroom.", [["Tom"], []], id="nobody"),
        pytest.param("Tom sat down. Nobody had seen Ann.", [["Tom"], []], id="seen by nobody"),
        pytest.param("Ann sat down. She had not had a horse for years.", [["Ann"], ["Ann"]], id="had not had"),
        pytest.param("Dear Hanna, I sat down.\n\nYour Clara", [["Clara"], ["Clara"]], id="a letter"),
        pytest.param(
            "There was an old couple. Tom sat down in the garden. His wife laughed at him.",
            [["Tom", "wife"], ["Tom"], ["Tom", "wife"]],
            id="a couple",
        ),
        pytest.param("Ann bought feathers. She shook them out.", [["Ann"], ["Ann"]], id="them are things"),
        pytest.param(
            "Tom and Ann fed a goat. They were married.", [["Ann", "Tom", "goat"], ["Ann", "Tom"]], id="people"
        ),
        pytest.param("It rained on the Mercer farm. Ann sat down.", [[], ["Ann"]], id="a farm's name"),
        pytest.param("Ann wore one of her boyfriend's shirts.", [["Ann"]], id="another's shirt"),
        pytest.param("On the far side of the stage Marcus sang.", [["Marcus"]], id="behind of the stage"),
        pytest.param("Clouds piled up like sheep, and Tom sang.", [["Tom"]], id="behind a comparison"),
        pytest.param("Ann wept, but the doll opened its eyes.", [["Ann", "doll"]], id="a doll that acts"),
        pytest.param("Ann sat there. She held a doll.", [["Ann"], ["Ann"]], id="a doll that does not"),
        pytest.param(
            "The only light shone on Tanner Street at night. Ann sat down.", [[], ["Ann"]], id="a street's name"
        ),
        pytest.param(
            "Tom climbed to the hut of Old Gunna. She bowed. Old Gunna sang.",
            [["Tom"], ["Old Gunna"], ["Old Gunna"]],
            id="spoken of",
        ),
        pytest.param(
            "Ann sat with two people. One was a lady; the other was a soldier.",
            [["Ann", "lady", "soldier"], ["lady", "soldier"]],
            id="one and the other",
        ),
        pytest.param(
            "A man met a woman. They were married. His wife sang.",
            [["man", "wife"], ["man", "wife"], ["wife"]],
            id="wed",
        ),
        pytest.param(
            "Ann met Tom in the park. A bell rang far away. The trees stood in the dark. Grass grew on the path. "
            "Tom opened the gate. They walked on.",
            [["Ann", "Tom"], [], [], [], ["Tom"], ["Ann", "Tom"]],
            id="one is not they",
        ),
        pytest.param("Ann lived with her aunt. Aunt Rosa opened the door.", [["Ann", "Rosa"], ["Rosa"]], id="her aunt"),
        pytest.param("Ann sat down. Her father used to say so.", [["Ann"], ["Ann"]], id="used to"),
        pytest.param("Ann met a man whose tie had small ducks on it.", [["Ann", "man"]], id="on a tie"),
        pytest.param("They phoned Tom. Ann stood by the window.", [[], ["Ann"]], id="phoned"),
    ],
)
def test_who_is_on_stage(story: str, expected: list[list[str]]) -> None:
    planned = board(story)
    names = {character.id: character.name for character in planned.characters}
    assert [sorted(names[one.character] for one in shot.scene.subjects) for shot in planned.shots] == expected


@pytest.mark.parametrize(
    ("story", "name"),
    [
        ("Pip the cat lived on a farm.", "Pip"),
        ("Ember was a small dragon.", "Ember"),
        ("Lily lived by the sea. Lily asked for tea.", "Lily"),
        ("Rose grew on the wall. Rose hung from the door. The cat slept.", "cat"),
        ("Dinner was late. Then the cat slept.", "cat"),
    ],
)
def test_whoever_is_said_to_be_somebody_is_called_so(story: str, name: str) -> None:
    assert [character.name for character in board(story).characters] == [name]


def test_an_animal_with_a_title_is_drawn_as_an_animal() -> None:
    kinds = {character.name: character.kind for character in board("A fox met Mr Mole. A man stood there.").characters}
    assert (kinds["Mole"], kinds["man"]) == ("squirrel", "man")


@pytest.mark.parametrize(
    ("story", "speakers"),
    [
        ("Ann and Tom stood there. “You again,” said Ann. “Me again.” “Go home.”", [None, "Ann", "Tom", "Ann"]),
        ("Ann and Tom stood there.\n\n“I see,” said Ann. “I must go.”", [None, "Ann", "Ann"]),
        ("Tom slept. Ann came in. “Tom, wake up!”", [None, None, "Ann"]),
        ("Tom met Ann. “You again,” he growled when she came closer.", [None, "Tom"]),
        ("Ann found a letter, marked “For the lady with the rings”.", [None]),
        ("A man and a cat sat there. “Come in.”", [None, "man"]),
        ("A cat slept on a farm. It was a dark night. “My name is Jonas,” he said.", [None, None, "Jonas"]),
        ("A cat slept on a farm. It was a dark night. “I'm Jonas.” “I'm Ann,” she said.", [None, None, "Jonas", "Ann"]),
        ("Tom met a judge.\n\n“Who are you?” asked Tom.\n\n“A judge,” he said.", [None, "Tom", "judge"]),
        ("Ann stood there alone.\n\n“I see,” said Ann.\n\n“I must go,” she said.", [None, "Ann", "Ann"]),
        ("A fox came. “My name is Reynard,” he said.", [None, "Reynard"]),
        ("Ann met an old man. “They call me Captain Silver,” he said.", [None, "Captain Silver"]),
        ("Ann met Tom. “My name is Tom,” he said.", [None, "Tom"]),
    ],
)
def test_who_speaks(story: str, speakers: list[str | None]) -> None:
    planned = board(story)
    names = {character.id: character.name for character in planned.characters}
    assert [names.get(shot.scene.speaker or "") for shot in planned.shots] == speakers


@pytest.mark.parametrize(
    ("story", "time"),
    [
        ("On Wednesday night Ann stared at what was to be done by Thursday morning.", "night"),
        ("By noon the road climbed, and by dusk there was snow on it.", "dusk"),
        ("On the last evening Ann rested.", "dusk"),
        ("Last night Ann rested.", "noon"),
        ("At dawn it stopped. The train came in at eight with a whistle.", "morning"),
    ],
)
def test_when_it_is(story: str, time: str) -> None:
    assert last(story).time == time


def test_a_season_of_another_time_is_not_now() -> None:
    assert last("On a day in March she sat on the boat that nobody had rowed since autumn.").season == "spring"


@pytest.mark.parametrize(
    "story",
    [
        "By ten o'clock Ann slept.",
        "There was glue on the bread board.",
        "The table was made of wood.",
        "Ann sat down. Memory is a house with many doors.",
        "She waved as if she were a ship.",
        "Ann rang an invisible bell.",
    ],
)
def test_what_is_not_there_is_not_shown(story: str) -> None:
    assert set(last(story).props) <= {"table"}
