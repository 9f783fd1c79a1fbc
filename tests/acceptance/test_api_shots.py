"""Shots over HTTP: edit, insert, delete, reorder, generate, versions."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest


@pytest.fixture
def project(api: Any) -> dict[str, Any]:
    return api.project("One fox runs. Two foxes rest. Three foxes sleep.", title=f"Foxes {uuid.uuid4()}")


@pytest.fixture
def shot(project: dict[str, Any]) -> dict[str, Any]:
    return project["storyboard"][0]


def unseen() -> str:
    """A prompt that nobody has asked for before, so that nothing made for it is there yet."""
    return f"A fox, {uuid.uuid4()}"


# Editing


def test_an_edit_changes_what_is_sent_and_only_that(api: Any, shot: dict[str, Any]) -> None:
    path = f"/shots/{shot['id']}"
    for change in (
        {"prompt": "A fox at night"},
        {"narration": "Hush."},
        {"narration": ""},
        {"transition": "slide"},
        {},
    ):
        before = api.read(path)
        after = api.do(f"{path}/update_prompt", **change)
        ignored = {"revision": 0, "scene": None}  # the scene follows the prompt
        assert before | change | ignored == after | ignored
        assert api.read(path) == after
    assert after["scene"]["time"] == "night"


def test_an_edit_of_what_somebody_changed_is_refused(api: Any, shot: dict[str, Any], check_problem: Any) -> None:
    path = f"/shots/{shot['id']}"
    seen = {"If-Match": api.get(path).headers["etag"]}
    first = api.post(f"{path}/update_prompt", json={"narration": "First."}, headers=seen)
    assert first.headers["etag"] == api.get(path).headers["etag"] != seen["If-Match"]
    for late in ({"narration": "Second."}, {}):
        check_problem(api.post(f"{path}/update_prompt", json=late, headers=seen), 412, "stale_edit")
    assert api.read(path)["narration"] == "First."


def test_eight_editors_at_once_lose_no_acknowledged_edit(api: Any, shot: dict[str, Any], server: Any) -> None:
    path = f"{server.url}/api/shots/{shot['id']}"
    headers = {"Authorization": api.headers["authorization"]}
    start = threading.Barrier(8)

    def edit(name: str) -> None:
        """Adds a word, beginning anew whenever somebody else was quicker."""
        with httpx.Client(headers=headers, timeout=90) as client:
            start.wait()
            while True:
                seen = client.get(path)
                words = f"{seen.json()['narration']} {name}"
                match = {"If-Match": seen.headers["etag"]}
                answer = client.post(f"{path}/update_prompt", json={"narration": words}, headers=match)
                if answer.status_code == 200:
                    return
                assert answer.status_code == 412

    names = [f"editor{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(edit, names))
    assert sorted(api.read(f"/shots/{shot['id']}")["narration"].split()[-8:]) == names


def test_what_was_made_stays_when_the_words_change(api: Any, shot: dict[str, Any]) -> None:
    path = f"/shots/{shot['id']}"
    url = api.done(api.do(f"{path}/generate_image")["task_id"])["result"]["image_url"]
    edited = api.do(f"{path}/update_prompt", prompt=unseen())
    assert edited["image_url"] == url


# Inserting, deleting, reordering


def orders(shots: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(shot["order"], shot["prompt"]) for shot in shots]


def test_shots_are_inserted_where_asked(api: Any, project: dict[str, Any]) -> None:
    path = f"/projects/{project['project_id']}/shots"
    prompts = [shot["prompt"] for shot in project["storyboard"]]
    first = api.do(path, prompt="first", order=0)
    middle = api.do(path, prompt="middle", order=2, narration="Meanwhile.", transition="wipe")
    api.do(path, prompt="last")
    api.do(path, prompt="beyond", order=1000)
    expected = ["first", prompts[0], "middle", *prompts[1:], "last", "beyond"]
    assert orders(api.shots(project["project_id"])) == list(enumerate(expected))
    assert (first["order"], middle["order"]) == (0, 2)
    assert (middle["narration"], middle["transition"], middle["status"]) == ("Meanwhile.", "wipe", "PENDING")


def test_one_key_inserts_one_shot(api: Any, project: dict[str, Any]) -> None:
    path, key = f"/projects/{project['project_id']}/shots", {"Idempotency-Key": str(uuid.uuid4())}
    first, again = (api.ok("POST", path, {"prompt": "new", "order": 0}, headers=key) for _ in range(2))
    assert first == again
    assert len(api.shots(project["project_id"])) == 4


def test_a_deleted_shot_leaves_no_gap(api: Any, project: dict[str, Any]) -> None:
    board = project["storyboard"]
    assert api.ok("DELETE", f"/shots/{board[1]['id']}") == {"ok": True}
    assert orders(api.shots(project["project_id"])) == [(0, board[0]["prompt"]), (1, board[2]["prompt"])]
    api.refused(404, "shot_not_found", "GET", f"/shots/{board[1]['id']}")
    api.refused(404, "shot_not_found", "DELETE", f"/shots/{board[1]['id']}")


def test_shots_are_reordered_all_or_not_at_all(api: Any, project: dict[str, Any]) -> None:
    path = f"/projects/{project['project_id']}/reorder"
    ids = [shot["id"] for shot in project["storyboard"]]
    after = api.do(path, shot_ids=ids[::-1])
    assert [shot["id"] for shot in after["shots"]] == ids[::-1]
    assert api.shots(project["project_id"]) == after["shots"]
    for wrong in (ids[:2], [*ids, ids[0]], [ids[0], ids[0], ids[1]], [*ids[:2], "nobody"], []):
        api.refused(409, "shots_mismatch", "POST", path, json={"shot_ids": wrong})
    assert [shot["id"] for shot in api.shots(project["project_id"])] == ids[::-1]


def test_inserts_at_once_keep_one_order(api: Any, project: dict[str, Any]) -> None:
    path = f"/projects/{project['project_id']}/shots"
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: api.do(path, prompt=f"new {number}", order=0), range(6)))
    assert [shot["order"] for shot in api.shots(project["project_id"])] == list(range(9))


# Generating


def test_a_picture_is_made_and_shown(api: Any, project: dict[str, Any], shot: dict[str, Any]) -> None:
    task_id = api.do(f"/shots/{shot['id']}/generate_image", prompt=unseen(), style="Realistic")["task_id"]
    task = api.done(task_id)
    assert (task["type"], task["shot_id"], task["project_id"]) == ("SD", shot["id"], project["project_id"])
    after = api.read(f"/shots/{shot['id']}")
    assert (after["status"], after["task_id"], after["style"]) == ("SUCCESS", task_id, "Realistic")
    assert after["image_url"] == task["result"]["image_url"]
    assert api.read(f"/projects/{project['project_id']}")["cover_url"] == after["image_url"]


def test_asking_again_draws_another_take(api: Any, shot: dict[str, Any]) -> None:
    path = f"/shots/{shot['id']}"
    urls = [api.done(api.do(f"{path}/generate_image")["task_id"])["result"]["image_url"] for _ in range(2)]
    assert httpx.get(urls[0]).content != httpx.get(urls[1]).content


def test_one_key_starts_one_task_and_edits_once(api: Any, shot: dict[str, Any]) -> None:
    path, key = f"/shots/{shot['id']}", {"Idempotency-Key": str(uuid.uuid4())}
    body = {"prompt": unseen()}
    first = api.ok("POST", f"{path}/generate_image", body, headers=key)
    api.done(first["task_id"])
    api.do(f"{path}/update_prompt", prompt="Changed since")
    assert api.ok("POST", f"{path}/generate_image", body, headers=key) == first
    assert api.read(path)["prompt"] == "Changed since"
    assert len(api.read(f"{path}/versions")["items"]) == 1


@pytest.mark.parametrize(
    "what", ["generate_image", "generate_video", "generate_narration", "make_film", "generate_all"]
)
def test_every_start_honours_its_key(api: Any, project: dict[str, Any], shot: dict[str, Any], what: str) -> None:
    of = f"/projects/{project['project_id']}" if what in ("make_film", "generate_all") else f"/shots/{shot['id']}"
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = api.ok("POST", f"{of}/{what}", headers=key)
    for task_id in first.get("task_ids") or [first["task_id"]]:
        api.done(task_id)
    assert api.ok("POST", f"{of}/{what}", headers=key) == first


def test_a_failed_picture_says_why(api: Any, shot: dict[str, Any]) -> None:
    task = api.ended(api.do(f"/shots/{shot['id']}/generate_image", prompt="FAIL-image")["task_id"])
    assert (task["status"], task["error_code"], task["result"]) == ("FAILED", "engine_failed", None)
    after = api.read(f"/shots/{shot['id']}")
    assert (after["status"], after["error"], after["image_url"]) == ("FAILED", task["error"], None)


def test_the_narration_changes_only_what_is_sent(api: Any, shot: dict[str, Any]) -> None:
    path = f"/shots/{shot['id']}"

    def spoken(**body: Any) -> dict[str, Any]:
        before = api.read(path)
        task = api.done(api.do(f"{path}/generate_narration", **body)["task_id"])
        after = api.read(path)
        same = {"narration_url": "", "task_id": "", "revision": 0, "status": ""}
        assert before | body | same == after | same
        assert task["result"]["narration_url"] == after["narration_url"]
        assert (task["type"], task["result"]["duration"] > 0) == ("TTS", True)
        return task["result"]

    short = spoken(narration="Hush.")
    long = spoken(narration="Hush, little fox, the night is long.")
    assert long["duration"] > short["duration"]
    spoken(voice="fake-zh")
    again = spoken()
    assert again["duration"] == long["duration"]
    assert httpx.get(again["narration_url"]).headers["content-type"] == "audio/wav"


def test_a_silent_shot_has_nothing_to_say(api: Any, shot: dict[str, Any]) -> None:
    api.do(f"/shots/{shot['id']}/update_prompt", narration="  ")
    api.refused(409, "narration_empty", "POST", f"/shots/{shot['id']}/generate_narration")


def test_an_unknown_voice_fails_the_task(api: Any, shot: dict[str, Any]) -> None:
    task = api.ended(api.do(f"/shots/{shot['id']}/generate_narration", voice="nobody")["task_id"])
    assert (task["status"], task["error_code"]) == ("FAILED", "unknown_voice")


# Moving


def moved(api: Any, shot_id: str, **body: Any) -> dict[str, Any]:
    return api.ended(api.do(f"/shots/{shot_id}/generate_video", **body)["task_id"])


def test_a_clip_is_made_from_nothing_but_the_shot(api: Any, shot: dict[str, Any]) -> None:
    task = moved(api, shot["id"])
    assert (task["type"], task["status"], task["progress"]) == ("SVD", "SUCCESS", 100), task
    after = api.read(f"/shots/{shot['id']}")
    assert after["video_url"] == task["result"]["video_url"]
    assert after["image_url"] == task["result"]["image_url"]
    assert after["narration_url"]
    assert httpx.get(after["video_url"]).headers["content-type"] == "video/mp4"


def test_a_clip_is_made_from_a_link_of_ours(api: Any, project: dict[str, Any]) -> None:
    one, two, three = (shot["id"] for shot in project["storyboard"])
    signed = api.done(api.do(f"/shots/{one}/generate_image", prompt=unseen())["task_id"])["result"]["image_url"]
    for given in (signed, signed.split("?")[0], signed.partition("/api")[1] + signed.partition("/api")[2]):
        for shot_id in (two, three):
            task = moved(api, shot_id, image_url=given, transition="dissolve")
            assert task["status"] == "SUCCESS", task
            after = api.read(f"/shots/{shot_id}")
            assert httpx.get(after["image_url"]).content == httpx.get(signed).content
            assert after["transition"] == "dissolve"


def test_a_picture_of_somebody_else_is_not_there(api: Any, other: Any, shot: dict[str, Any]) -> None:
    theirs = other.project()["storyboard"][0]["id"]
    url = other.done(other.do(f"/shots/{theirs}/generate_image", prompt=unseen())["task_id"])["result"]["image_url"]
    path = f"/shots/{shot['id']}/generate_video"
    api.refused(404, "image_not_found", "POST", path, json={"image_url": url.split("?")[0]})
    api.refused(404, "image_not_found", "POST", path, json={"image_url": url.replace("signature=", "signature=x")})
    unknown = url.split("/media/")[0] + "/media/" + "0" * 64
    api.refused(404, "image_not_found", "POST", path, json={"image_url": unknown})


def test_a_link_to_no_picture_is_refused(api: Any, shot: dict[str, Any]) -> None:
    path = f"/shots/{shot['id']}"
    voice = api.done(api.do(f"{path}/generate_narration")["task_id"])["result"]["narration_url"]
    for wrong in (
        voice,
        "ftp://example.com/x.png",
        "not an address",
        "http://",
        "http://[::1",
        "//x",
        "data:image/png,x",
    ):
        api.refused(422, "invalid_image_url", "POST", f"{path}/generate_video", json={"image_url": wrong})
    assert api.read(path)["image_url"] is None


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x.png",
        "http://127.0.0.1/x.png",
        "http://localhost/x.png",
        "http://[::1]/x.png",
        "http://169.254.169.254/latest/meta-data",
        "http://2130706433/x.png",
        "http://user:secret@127.0.0.1/x.png",
    ],
)
def test_no_address_inside_is_fetched(api: Any, shot: dict[str, Any], address: str) -> None:
    task = moved(api, shot["id"], image_url=address)
    assert (task["status"], task["error_code"]) == ("FAILED", "fetch_refused"), task
    assert task["error"].startswith("The address may not be fetched.")
    assert "secret" not in task["error"]


def test_our_own_server_is_no_way_around_the_guard(api: Any, server: Any, shot: dict[str, Any]) -> None:
    for address in (f"{server.url}/api/openapi.json", f"{server.url}/api/media/../openapi.json"):
        task = moved(api, shot["id"], image_url=address)
        assert (task["status"], task["error_code"]) == ("FAILED", "fetch_refused"), task


# Versions


def test_every_picture_is_kept_and_can_come_back(api: Any, project: dict[str, Any], shot: dict[str, Any]) -> None:
    path = f"/shots/{shot['id']}"
    prompts = [unseen(), unseen()]
    urls = [
        api.done(api.do(f"{path}/generate_image", prompt=prompt)["task_id"])["result"]["image_url"]
        for prompt in prompts
    ]
    api.done(api.do(f"{path}/generate_narration")["task_id"])
    versions = api.read(f"{path}/versions")
    assert versions["shot_id"] == shot["id"]
    assert [(item["version"], item["kind"], item["chosen"]) for item in versions["items"]] == [
        (3, "narration", True),
        (2, "image", True),
        (1, "image", False),
    ]
    assert versions["items"][2]["made_from"]["prompt"] == prompts[0]

    restored = api.do(f"{path}/restore", version=1)
    assert (restored["prompt"], restored["image_url"]) == (prompts[0], urls[0])
    assert api.read(path) == restored
    assert [item["chosen"] for item in api.read(f"{path}/versions")["items"]] == [True, False, True]
    assert api.read(f"/projects/{project['project_id']}")["cover_url"] == urls[0]
    api.refused(404, "version_not_found", "POST", f"{path}/restore", json={"version": 9})


def test_a_clip_comes_back_with_its_picture_and_voice(api: Any, shot: dict[str, Any]) -> None:
    path = f"/shots/{shot['id']}"
    assert moved(api, shot["id"])["status"] == "SUCCESS"
    first = api.read(path)
    number = next(item["version"] for item in api.read(f"{path}/versions")["items"] if item["kind"] == "clip")
    api.done(api.do(f"{path}/generate_image", prompt=unseen())["task_id"])
    assert moved(api, shot["id"])["status"] == "SUCCESS"
    assert api.read(path)["video_url"] != first["video_url"]
    restored = api.do(f"{path}/restore", version=number)
    for name in ("video_url", "image_url", "narration_url"):
        assert restored[name] == first[name]


# All at once


def test_generate_all_makes_what_is_missing(api: Any, project: dict[str, Any]) -> None:
    path = f"/projects/{project['project_id']}"
    task_ids = api.do(f"{path}/generate_all")["task_ids"]
    tasks = [api.done(task_id) for task_id in task_ids]
    assert sorted(task["type"] for task in tasks) == ["SD"] * 3 + ["SVD"] * 3 + ["TTS"] * 3
    for shot in api.shots(project["project_id"]):
        assert all(shot[name] for name in ("image_url", "video_url", "narration_url"))
    assert api.do(f"{path}/generate_all")["task_ids"] == []
    api.do(f"/shots/{project['storyboard'][1]['id']}/update_prompt", narration="Something else.")
    tasks = [api.done(task_id) for task_id in api.do(f"{path}/generate_all", only_missing=True)["task_ids"]]
    assert {task["shot_id"] for task in tasks} == {project["storyboard"][1]["id"]}
    assert "SD" not in [task["type"] for task in tasks]
    assert len(api.do(f"{path}/generate_all", only_missing=False)["task_ids"]) == 9
