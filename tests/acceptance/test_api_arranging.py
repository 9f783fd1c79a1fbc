"""The row of shots over HTTP: copies, halves, pairs; what is deleted comes back; every edit can be undone."""

import uuid
from typing import Any

import httpx
import pytest


@pytest.fixture
def project(api: Any) -> dict[str, Any]:
    return api.project("One fox runs. Two foxes rest. Three foxes sleep.", title=f"Foxes {uuid.uuid4()}")


def made(api: Any, shot_id: str) -> dict[str, Any]:
    """The shot once it has a clip, and so a picture and a voice."""
    api.done(api.do(f"/shots/{shot_id}/generate_video")["task_id"])
    return api.read(f"/shots/{shot_id}")


def media(shot: dict[str, Any]) -> list[str]:
    return [shot[name] for name in ("image_url", "narration_url", "video_url")]


def versions(api: Any, shot_id: str) -> list[tuple[str, str]]:
    return [(item["kind"], item["url"]) for item in api.read(f"/shots/{shot_id}/versions")["items"]]


def row(api: Any, project: dict[str, Any]) -> list[str]:
    board = api.shots(project["project_id"])
    assert [shot["order"] for shot in board] == list(range(len(board)))
    return [shot["id"] for shot in board]


# Copies


def test_a_copy_has_all_that_was_made_and_stands_behind(api: Any, project: dict[str, Any]) -> None:
    one, two, three = row(api, project)
    whole = made(api, one)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    copy, again = (api.ok("POST", f"/shots/{one}/duplicate", headers=key) for _ in range(2))
    assert copy == again
    assert row(api, project) == [one, copy["id"], two, three]
    own = ("id", "order", "task_id", "revision")
    assert {name: value for name, value in copy.items() if name not in own} == {
        name: value for name, value in whole.items() if name not in own
    }
    assert sorted(versions(api, copy["id"])) == sorted(versions(api, one))
    assert api.do(f"/projects/{project['project_id']}/generate_all")["task_ids"]
    api.do(f"/shots/{copy['id']}/update_prompt", narration="Its own words.")
    assert api.read(f"/shots/{one}")["narration"] == whole["narration"]
    api.ok("DELETE", f"/shots/{copy['id']}")
    api.refused(409, "shot_deleted", "POST", f"/shots/{one}/duplicate", headers=key)


# Halves and pairs


def test_a_split_and_how_it_is_undone(api: Any, project: dict[str, Any]) -> None:
    one, two, three = row(api, project)
    api.do(f"/shots/{one}/update_prompt", narration="One fox 🦊 runs. It rests.", transition="wipe")
    whole = made(api, one)
    halves = api.do(f"/shots/{one}/split", at=len("One fox 🦊 runs. "))
    first, second = halves["first"], halves["second"]
    assert row(api, project) == [one, second["id"], two, three]
    assert (first["narration"], first["transition"]) == ("One fox 🦊 runs.", "cut")
    assert (second["narration"], second["transition"]) == ("It rests.", "wipe")
    assert first["image_url"] == second["image_url"] == whole["image_url"]
    assert (second["narration_url"], second["video_url"]) == (None, None)
    assert [kind for kind, _ in versions(api, second["id"])] == ["image"]

    api.do(f"/projects/{project['project_id']}/shots/delete", shot_ids=[second["id"]])
    undone = api.do(f"/shots/{one}/revert", revision=whole["revision"])
    ignored = {"revision": 0}
    assert undone | ignored == whole | ignored
    again = api.do(f"/shots/{one}/revert", revision=first["revision"])
    assert again["narration"] == first["narration"]


def test_a_split_needs_words_on_both_sides(api: Any, project: dict[str, Any]) -> None:
    one = row(api, project)[0]
    path = f"/shots/{one}/split"
    for at in (len("One fox runs."), 3999):
        api.refused(409, "split_out_of_range", "POST", path, json={"at": at})
    api.refused(422, "invalid_request", "POST", path, json={"at": 0})
    api.refused(412, "stale_edit", "POST", path, json={"at": 4}, headers={"If-Match": '"r99"'})
    key = {"Idempotency-Key": str(uuid.uuid4())}
    halves, again = (api.ok("POST", path, {"at": 4}, headers=key) for _ in range(2))
    assert halves == again
    assert len(row(api, project)) == 4


def test_two_shots_become_one_and_two_again(api: Any, project: dict[str, Any]) -> None:
    one, two, three = row(api, project)
    api.do(f"/shots/{two}/update_prompt", transition="slide")
    first, second = made(api, one), made(api, two)
    joined = api.do(f"/shots/{one}/join")
    assert row(api, project) == [one, three]
    assert (joined["narration"], joined["transition"]) == ("One fox runs. Two foxes rest.", "slide")
    assert joined["image_url"] == first["image_url"]

    back = api.do(f"/shots/{two}/undelete")
    undone = api.do(f"/shots/{one}/revert", revision=first["revision"])
    assert row(api, project) == [one, two, three]
    assert media(undone) == media(first)
    assert {**back, "revision": 0} == {**second, "revision": 0}
    api.refused(409, "no_next_shot", "POST", f"/shots/{three}/join")


def test_joining_with_a_silent_shot_keeps_the_voice(api: Any, project: dict[str, Any]) -> None:
    one, two, three = row(api, project)
    api.do(f"/shots/{one}/update_prompt", narration="")
    voiced = made(api, two)
    joined = api.do(f"/shots/{one}/join")
    assert (joined["narration"], joined["narration_url"]) == (voiced["narration"], voiced["narration_url"])
    api.do(f"/shots/{one}/update_prompt", narration="狐狸跑。")
    api.do(f"/shots/{three}/update_prompt", narration="它睡了。")
    assert api.do(f"/shots/{one}/join")["narration"] == "狐狸跑。它睡了。"
    api.do(f"/projects/{project['project_id']}/shots", prompt="x", narration="x" * 3999)
    api.refused(422, "narration_too_long", "POST", f"/shots/{one}/join")


# Deleting and bringing back


def test_five_deleted_shots_come_back_whole_where_they_were(api: Any) -> None:
    project = api.project("A. B. C. D. E. F. G.", title="Seven")
    board = row(api, project)
    whole = made(api, board[2])
    before = api.shots(project["project_id"])
    gone = [board[place] for place in (1, 2, 3, 5, 6)]
    path = f"/projects/{project['project_id']}/shots"
    api.refused(404, "shot_not_found", "POST", f"{path}/delete", json={"shot_ids": [*gone, "nobody"]})
    assert row(api, project) == board
    assert api.do(f"{path}/delete", shot_ids=gone) == {"ok": True}
    assert row(api, project) == [board[0], board[4]]
    api.refused(404, "shot_not_found", "GET", f"/shots/{board[2]}")
    assert api.do(f"{path}/undelete", shot_ids=gone[::-1])["shots"] == before
    assert api.shots(project["project_id"]) == before
    assert httpx.get(api.read(f"/shots/{board[2]}")["video_url"]).status_code == 200
    assert media(api.read(f"/shots/{board[2]}")) == media(whole)
    assert len(versions(api, board[2])) == 3
    assert api.do(f"{path}/undelete", shot_ids=gone)["shots"] == before, "the same again changes nothing"
    api.refused(404, "shot_not_found", "POST", f"{path}/undelete", json={"shot_ids": ["nobody"]})


def test_shots_deleted_one_by_one_come_back_in_order(api: Any, project: dict[str, Any]) -> None:
    board = row(api, project)
    for shot_id in board:
        api.ok("DELETE", f"/shots/{shot_id}")
    assert row(api, project) == []
    api.do(f"/projects/{project['project_id']}/shots/undelete", shot_ids=board)
    assert row(api, project) == board


def test_work_that_a_deletion_stopped_does_not_count_against_the_shot(slow: Any) -> None:
    asked = {"title": "Slow", "story_text": "One.", "style": "Anime", "resolution": "320x180"}
    begun = slow.post("/projects/create", json=asked, headers={"Prefer": "respond-async"}).json()
    slow.do(f"/tasks/{begun['task_id']}/cancel")  # its storyboard would take half a minute
    shot = slow.do(f"/projects/{begun['project_id']}/shots", prompt="A fox", narration="One.")["id"]
    task = slow.do(f"/shots/{shot}/generate_image")["task_id"]
    slow.ok("DELETE", f"/shots/{shot}")
    ended = slow.read(f"/tasks/{task}/status")
    assert (ended["status"], ended["error_code"]) == ("FAILED", "deleted")
    back = slow.do(f"/shots/{shot}/undelete")
    assert (back["status"], back["error"]) == ("PENDING", None)


def test_a_deleted_project_comes_back_with_all_it_had(api: Any, project: dict[str, Any]) -> None:
    path = f"/projects/{project['project_id']}"
    made(api, project["storyboard"][0]["id"])
    before = api.read(path), api.shots(project["project_id"])
    api.ok("DELETE", path)
    api.refused(404, "project_not_found", "GET", path)
    assert api.do(f"{path}/undelete") == before[0]
    assert (api.read(path), api.shots(project["project_id"])) == before
    assert api.do(f"{path}/undelete") == before[0]


# Editing all of a shot


def test_a_patch_changes_what_is_sent_and_only_that(api: Any, project: dict[str, Any]) -> None:
    path = f"/shots/{row(api, project)[0]}"
    for change in (
        {"transition": "slide", "narration": "Hush."},
        {"style": "Realistic", "voice": "fake-zh", "take": 7},
        {"take": 0},
        {},
    ):
        before = api.read(path)
        after = api.ok("PATCH", path, change)
        assert before | change | {"revision": 0} == after | {"revision": 0}
        assert api.read(path) == after
    cleared = api.ok("PATCH", path, {"style": "", "voice": ""})
    assert (cleared["style"], cleared["voice"]) == (None, None)
    before = cleared["scene"]
    change = {"camera": "rise", "time": "dusk", "props": ["lantern"], "subjects": []}
    assert api.ok("PATCH", path, {"scene": change})["scene"] == before | change
    both = api.ok("PATCH", path, {"prompt": "A fox at night", "scene": {"camera": "pan_left"}})["scene"]
    assert (both["time"], both["camera"]) == ("night", "pan_left")
    api.refused(404, "character_not_found", "PATCH", path, json={"scene": {"subjects": [{"character": "x"}]}})
    api.refused(422, "invalid_request", "PATCH", path, json={"scene": {"time": "<b>"}})
    api.refused(412, "stale_edit", "PATCH", path, json={"take": 1}, headers={"If-Match": '"r1"'})


def test_another_camera_needs_no_other_picture(api: Any, project: dict[str, Any]) -> None:
    shot = made(api, row(api, project)[0])
    api.ok("PATCH", f"/shots/{shot['id']}", {"scene": {"camera": "rise"}})
    started = api.do(f"/projects/{project['project_id']}/generate_all")["task_ids"]
    types = {(task["shot_id"], task["type"]) for task in map(api.done, started)}
    assert (shot["id"], "SD") not in types
    assert made(api, shot["id"])["image_url"] == shot["image_url"]


def test_every_edit_is_undone_and_done_again(api: Any, project: dict[str, Any]) -> None:
    path = f"/shots/{row(api, project)[0]}"
    seen = [made(api, row(api, project)[0])]
    api.do(f"{path}/update_prompt", prompt=f"A fox at night {uuid.uuid4()}")
    api.done(api.do(f"{path}/generate_image")["task_id"])
    seen.append(api.read(path))
    api.ok("PATCH", path, {"scene": {"camera": "rise"}, "style": "Realistic"})
    seen.append(api.read(path))
    api.do(f"{path}/restore", version=1)
    seen.append(api.read(path))
    ignored = {"revision": 0, "task_id": ""}
    for state in (*seen[2::-1], *seen[1:]):
        assert api.do(f"{path}/revert", revision=state["revision"]) | ignored == state | ignored
    now = api.read(path)["revision"]
    for never in (now, now + 1, 999_999):
        api.refused(404, "revision_not_found", "POST", f"{path}/revert", json={"revision": never})
    stale = {"If-Match": '"r1"'}
    api.refused(412, "stale_edit", "POST", f"{path}/revert", json={"revision": 1}, headers=stale)
