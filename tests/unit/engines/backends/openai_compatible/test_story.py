"""What a chat model makes of a story, however it misbehaves."""

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_openai import MIA, SCENE, FakeOpenAI, fake_openai, fault, good_answer, refused, sentences

from storyreel.domain.project import Language, Style
from storyreel.domain.storyboard import Camera, Character, SceneSpec, Storyboard, Subject
from storyreel.engines import wrappers
from storyreel.engines.backends.openai_compatible.story import OpenAIStoryEngine
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.testing.conformance import RecordingJob
from storyreel.errors import EngineError, InvalidInputError

STORY = "Mia walks to the sea. “Wait,” says a dog. They swim."
REQUEST = StoryRequest(STORY, "The sea", Style.ANIME, Language.ENGLISH)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrappers.with_retry, "__defaults__", (0.0,))


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as running:
        yield running


@pytest.fixture
def engine(server: FakeOpenAI) -> OpenAIStoryEngine:
    return OpenAIStoryEngine(base_url=server.url)


@pytest.fixture
def job(tmp_path: Path) -> RecordingJob:
    return RecordingJob(tmp_path / "job")


def told(storyboard: Storyboard) -> str:
    return " ".join(shot.narration for shot in storyboard.shots)


def answer(shots: list[dict[str, Any]], characters: list[dict[str, Any]] | None = None) -> str:
    whole = [{"prompt": "", "prompt_en": "A picture", "transition": "cut", "scene": SCENE} | shot for shot in shots]
    return json.dumps({"characters": characters or [], "shots": whole})


async def test_without_a_model_the_servers_first_chat_model_is_asked(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    assert list(await engine.missing()) == []
    storyboard = await engine.plan(REQUEST, job)
    assert {asked.body["model"] for asked in server.posts("completions")} == {"tiny-chat"}
    assert told(storyboard) == STORY
    assert storyboard.characters[0].name == "Mia"
    assert (storyboard.characters[0].kind, storyboard.characters[0].sex) == ("girl", "female")
    assert storyboard.shots[0].scene.subjects[0].character == storyboard.characters[0].id
    assert storyboard.shots[0].prompt == storyboard.shots[0].prompt_en


async def test_a_chinese_story_has_chinese_prompts(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    storyboard = await engine.plan(replace(REQUEST, story="米娅走到海边。她笑了。", language=Language.AUTO), job)
    assert storyboard.language == "zh"
    assert [shot.narration for shot in storyboard.shots] == ["米娅走到海边。", "她笑了。"]
    assert storyboard.shots[0].prompt == "Mia 走着：米娅走到海边。"
    assert "in Chinese" in server.posts("completions")[0].body["messages"][0]["content"]
    assert storyboard.shots[0].prompt_en == "Mia walks: 1"


@pytest.mark.parametrize(
    ("refuses", "forms", "asked"),
    [
        (set(), ("json_schema",), [("json_schema", True)]),
        ({"temperature"}, ("json_schema",), [("json_schema", True), ("json_schema", False)]),
        (set(), ("json_object",), [("json_schema", True), ("json_schema", False), ("json_object", True)]),
        (
            {"response_format"},
            (),
            [("json_schema", True), ("json_schema", False), ("json_object", True), ("json_object", False), ("", False)],
        ),
    ],
)
async def test_the_strictest_form_that_the_server_takes_is_found_once(
    server: FakeOpenAI,
    engine: OpenAIStoryEngine,
    job: RecordingJob,
    refuses: set[str],
    forms: tuple[str, ...],
    asked: list[tuple[str, bool]],
) -> None:
    server.refuses, server.forms = refuses, forms
    assert told(await engine.plan(REQUEST, job)) == STORY
    posts = server.posts("completions")
    assert [(one.body.get("response_format", {}).get("type", ""), "temperature" in one.body) for one in posts] == asked
    await engine.plan(REQUEST, RecordingJob(job.folder / "again"))
    assert len(server.posts("completions")) == len(asked) + 1


async def test_a_server_that_fails_at_a_form_is_asked_in_another_one(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    """As llama-cpp-python does; but it may have been ill, so the strict form is tried again next time."""
    server.faults.append(fault(500, "Unsupported response_format"))
    assert told(await engine.plan(REQUEST, job)) == STORY
    await engine.plan(REQUEST, RecordingJob(job.folder / "again"))
    assert server.posts("completions")[-1].body["response_format"]["json_schema"]["strict"]


@pytest.mark.parametrize(
    "bad",
    [
        "Sure! What would you like?",
        '{"characters": [], "shots": [{"first_sent',
        '{"characters": [], "shots": []}',
        '{"storyboard": {"scenes": [1, 2]}}',
        "[1, 2, 3]",
        "",
        answer([{"first_sentence": "the first"}]),
        answer([{"first_sentence": 1, "prompt_en": "  "}]),
    ],
)
async def test_what_cannot_be_used_is_asked_for_again_with_what_is_wrong(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob, bad: str
) -> None:
    answers = [bad]
    server.write = lambda body: answers.pop() if answers else good_answer(body)
    assert told(await engine.plan(REQUEST, job)) == STORY
    first, second = server.posts("completions")
    assert first.body["messages"] == second.body["messages"][:2]
    assert "cannot be used" in second.body["messages"][3]["content"]


@pytest.mark.parametrize(
    "dressed",
    [
        "<think>Let me see { what } …</think>\n{}",
        "Here you are:\n```json\n{}\n```\nEnjoy!",
        "{},",
    ],
)
async def test_words_around_the_answer_do_not_matter(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob, dressed: str
) -> None:
    """Nor a comma too many, nor a line break within a text."""
    server.write = lambda body: dressed.replace(
        "{}", good_answer(body).replace("}]}", "},]}").replace("Mia w", "Mia\nw")
    )
    assert told(await engine.plan(REQUEST, job)) == STORY
    assert len(server.posts("completions")) == 1


async def test_a_model_that_never_answers_usably_fails_with_a_hint(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    server.write = lambda _body: "I am a teapot"
    with pytest.raises(EngineError) as failed:
        await engine.plan(REQUEST, job)
    assert failed.value.code == "engine_answer_unusable"
    assert not failed.value.retryable
    assert "larger model" in failed.value.hint


async def test_what_is_too_much_for_a_model_is_halved(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    def write(body: dict[str, Any]) -> str:
        return good_answer(body) if len(sentences(body)) == 1 else '{"characters": [], "shots": ['

    server.write = write
    assert told(await engine.plan(REQUEST, job)) == STORY

    async def too_long(_request: Any) -> Any:
        return refused(400, "This model's maximum context length is 4096 tokens", "context_length_exceeded")

    server.write = None
    server.faults.append(too_long)
    assert told(await engine.plan(REQUEST, job)) == STORY


async def test_an_answer_that_was_cut_off_is_not_used(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    server.finish_reason = "length"
    with pytest.raises(EngineError, match="cut off"):
        await engine.plan(REQUEST, job)


@pytest.mark.parametrize(
    ("starts", "narrations"),
    [
        ([1, 3], ["Mia walks to the sea. “Wait,” says a dog.", "They swim."]),
        ([2], ["Mia walks to the sea. “Wait,” says a dog. They swim."]),
        ([3, 1], ["Mia walks to the sea. “Wait,” says a dog.", "They swim."]),
        ([1, 1, 2, 99, -5], ["Mia walks to the sea.", "“Wait,” says a dog.", "They swim."]),
    ],
)
async def test_every_sentence_is_told_once_in_order_whatever_the_model_says(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob, starts: list[int], narrations: list[str]
) -> None:
    server.write = lambda _body: answer([{"first_sentence": number} for number in starts])
    storyboard = await engine.plan(REQUEST, job)
    assert [shot.narration for shot in storyboard.shots] == narrations


async def test_a_shot_of_too_many_sentences_is_asked_for_again_and_else_cut(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    story = " ".join(f"Sentence number {number} is told here at some length, as it goes." for number in range(8))
    server.write = lambda _body: answer([{"first_sentence": 1}])
    storyboard = await engine.plan(replace(REQUEST, story=story), job)
    assert told(storyboard) == story
    assert all(len(shot.narration) <= 180 for shot in storyboard.shots)
    assert len({shot.scene.camera for shot in storyboard.shots[:2]}) == 2
    assert "too long" in server.posts("completions")[1].body["messages"][3]["content"]


async def test_a_long_story_is_planned_in_windows_that_know_who_came_before(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    story = " ".join(f"Mia walks {number} miles." for number in range(25))
    storyboard = await engine.plan(replace(REQUEST, story=story), job)
    assert told(storyboard) == story
    assert [one.name for one in storyboard.characters] == ["Mia"]
    questions = [asked.body["messages"][1]["content"] for asked in server.posts("completions")]
    assert len(questions) == 3
    assert ["Mia: girl, little, red coat" in question for question in questions] == [False, True, True]
    assert "Mia walks 9 miles." in questions[1].partition("The sentences:")[0]
    assert job.fractions == sorted(job.fractions)
    assert job.fractions[-1] == 1


async def test_what_was_answered_before_a_failure_is_not_asked_again(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    story = " ".join(f"Mia walks {number} miles." for number in range(25))
    server.write = lambda body: "no" if 15 in sentences(body) else good_answer(body)
    with pytest.raises(EngineError):
        await engine.plan(replace(REQUEST, story=story), job)
    server.write = None
    asked = len(server.posts("completions"))
    storyboard = await engine.plan(replace(REQUEST, story=story), job)
    assert told(storyboard) == story
    again = [min(sentences(one.body)) for one in server.posts("completions")[asked:]]
    assert again == [11, 21]


async def test_a_known_cast_keeps_its_ids_and_looks(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    known = Character("girl-1", "Mia", "girl", "blue dress", 7, ("the girl",))
    server.write = lambda _body: answer([{"first_sentence": 1}], [MIA | {"name": "the girl", "aliases": ["Mimi"]}])
    storyboard = await engine.plan(replace(REQUEST, characters=(known,)), job)
    assert storyboard.characters == (replace(known, aliases=("the girl", "Mimi")),)


async def test_words_that_nobody_can_draw_become_near_ones(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    odd = {
        "setting": "The Dark Forest",
        "time": "sunset",
        "weather": "raining",
        "season": None,
        "mood": "whimsical",
        "framing": "medium shot",
        "camera": "dolly zoom",
        "subjects": [
            {"character": "mia", "pose": "Sitting down", "expression": "smile", "toward": "a dog", "holds": 3},
            {"character": "MIA", "pose": "run"},
            {"character": "nobody we know"},
        ],
        "props": ["Oak Tree.", "", None],
        "crowd": None,
        "speaker": "a dog",
    }
    dog = {"name": "a dog", "kind": "dog"}
    server.write = lambda _body: answer([{"first_sentence": 1, "scene": odd, "transition": "iris"}], [MIA, dog])
    storyboard = await engine.plan(REQUEST, job)
    mia, other = storyboard.characters
    scene = storyboard.shots[0].scene
    assert (scene.setting, scene.time, scene.weather, scene.mood) == ("forest", "dusk", "rain", "calm")
    assert (scene.framing, scene.camera, scene.season, scene.crowd) == ("medium", Camera.PUSH_IN, "", None)
    assert scene.subjects == (Subject(mia.id, "sit", "happy", "right"),)
    assert scene.props == ("oak tree",)
    assert scene.speaker == other.id
    assert storyboard.shots[0].transition == "cut"


async def test_what_a_scene_leaves_open_stays_as_it_was(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    server.write = lambda _body: answer(
        [
            {"first_sentence": 1, "scene": SCENE | {"setting": "beach", "time": "dusk", "speaker": "Mia"}},
            {"first_sentence": 2, "scene": {"subjects": []}},
        ],
        [MIA],
    )
    first, second = (await engine.plan(REQUEST, job)).shots
    assert (second.scene.setting, second.scene.time, second.scene.subjects) == ("beach", "dusk", ())
    assert first.scene.speaker is None, "nobody speaks where nothing is quoted"


async def test_a_rewritten_prompt_changes_what_it_mentions(server: FakeOpenAI, engine: OpenAIStoryEngine) -> None:
    mia = Character("girl-1", "Mia", "girl", "red coat")
    request = replace(REQUEST, characters=(mia,))
    before = SceneSpec("beach", "noon", subjects=(Subject("girl-1"),))
    scene = await engine.read_scene("Mia on the beach at night", before, request)
    assert (scene.setting, scene.time) == ("beach", "night")
    assert scene.subjects[0].character == "girl-1"
    question = server.posts("completions")[0].body["messages"][1]["content"]
    assert "Mia: girl, red coat" in question
    assert "girl-1" not in question
    stranger = {"character": "Dragon", "pose": "fly"}
    server.write = lambda _body: json.dumps(SCENE | {"subjects": [stranger]})
    assert (await engine.read_scene("A dragon", None, request)).subjects[0].character == "dragon"


async def test_a_server_that_is_busy_for_a_while_is_waited_for(
    server: FakeOpenAI, engine: OpenAIStoryEngine, job: RecordingJob
) -> None:
    server.faults.extend([fault(429, "slow down", Retry_After="0"), fault(503, "loading the model")])
    assert told(await engine.plan(REQUEST, job)) == STORY
    assert len(server.posts("completions")) == 3


async def test_a_blank_story_is_refused(engine: OpenAIStoryEngine, job: RecordingJob) -> None:
    with pytest.raises(InvalidInputError) as refused_:
        await engine.plan(replace(REQUEST, story=" \n "), job)
    assert refused_.value.code == "story_empty"


async def test_what_a_storyboard_used_is_logged(
    server: FakeOpenAI, job: RecordingJob, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    engine = OpenAIStoryEngine(base_url=server.url, prices={"input_tokens": 0.01})
    await engine.plan(REQUEST, job)
    assert "100 input_tokens, 20 output_tokens (cost 1)" in caplog.text
    assert job.key in caplog.text


async def test_the_version_tells_models_apart_but_not_where_they_are(server: FakeOpenAI) -> None:
    versions = {
        OpenAIStoryEngine(base_url=server.url, model=model).info.version for model in ("", "tiny-chat", "large-chat")
    }
    assert len(versions) == 3
    assert not any("127.0.0.1" in version for version in versions)
    assert OpenAIStoryEngine(base_url="http://a/v1").info != OpenAIStoryEngine(base_url="http://b/v1").info
