"""Storyboards by a server of the OpenAI shape, through the API; its key stays where it is."""

from typing import Any

OWNER = ("mia", "correct horse battery")
STORY = "Mia walks to the sea. They swim."


def everything_kept(server: Any) -> bytes:
    files = [file for file in server.data.rglob("*") if file.is_file()]
    return b"".join(file.read_bytes() for file in files) + server.log().encode()


def test_a_model_plans_and_its_key_is_told_to_nobody(model_server: Any, start_server: Any, sign_in: Any) -> None:
    chosen = {"STORYREEL_STORY_ENGINE": "openai_compatible", "STORYREEL_OPENAI_BASE_URL": model_server.url}
    allowed = {"STORYREEL_OPENAI_API_KEY": model_server.key}
    with start_server(**chosen, **allowed, owner=OWNER) as server, sign_in(server) as api:
        made = api.project(STORY)
        assert api.done(made["task_id"])["result"]["shots"] == 2
        shots = api.shots(made["project_id"])
        assert [shot["narration"] for shot in shots] == ["Mia walks to the sea.", "They swim."]
        (story,) = [one for one in api.read("/engines")["items"] if one["default"] and one["kind"] == "story"]
        assert (story["id"], story["ready"]) == ("openai_compatible", True)
        assert "input_tokens" in server.log()
        assert model_server.key.encode() not in everything_kept(server)


def test_a_wrong_key_is_refused_and_told_to_nobody(model_server: Any, start_server: Any, sign_in: Any) -> None:
    chosen = {"STORYREEL_STORY_ENGINE": "openai_compatible", "STORYREEL_OPENAI_BASE_URL": model_server.url}
    wrong = "sk-wrong-canary"
    with start_server(**chosen, STORYREEL_OPENAI_API_KEY=wrong, owner=OWNER) as server, sign_in(server) as api:
        body = {"title": "Sea", "story_text": STORY, "style": "Anime"}
        failed = api.refused(502, "engine_key_refused", "POST", "/projects/create", json=body)
        task = api.ended(failed["task_id"])
        assert "Incorrect API key" in task["error"]
        assert "STORYREEL_OPENAI_API_KEY" in task["error"]
        (story,) = [one for one in api.read("/engines")["items"] if one["default"] and one["kind"] == "story"]
        assert not story["ready"]
        assert wrong not in f"{failed} {task} {story}"
        assert wrong.encode() not in everything_kept(server)
