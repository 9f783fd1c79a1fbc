"""The cast over HTTP: what the story engine understood of it can be corrected, described, shown."""

import contextlib
import json
import sqlite3
import uuid
from typing import Any

import pytest


@pytest.fixture
def project(api: Any) -> dict[str, Any]:
    story = "Mara the baker walked to the harbour. A girl waved. Mara laughed. The rain fell on the empty street."
    return api.project(story, title=f"Cast {uuid.uuid4()}", engines={"story": "builtin"})


def path_of(project: dict[str, Any]) -> str:
    return f"/projects/{project['project_id']}"


def cast_of(api: Any, project: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {character["name"]: character for character in api.read(path_of(project))["characters"]}


def shots_of(api: Any, project: dict[str, Any]) -> list[dict[str, Any]]:
    return api.read(f"{path_of(project)}/storyboard")["shots"]


def test_a_new_name_is_said_where_the_old_one_was(api: Any, project: dict[str, Any]) -> None:
    before = shots_of(api, project)
    mara = cast_of(api, project)["Mara"]
    edited = api.patch(f"{path_of(project)}/characters/{mara['id']}", json={"name": "Nora", "looks": "red coat"})
    assert edited.status_code == 200, edited.text
    assert edited.headers["etag"]
    after = cast_of(api, project)
    assert "Mara" not in after
    assert after["Nora"] == mara | {"name": "Nora", "looks": "red coat"}
    for old, new in zip(before, shots_of(api, project), strict=True):
        assert new["narration"] == old["narration"], "the story stays as it was told"
        if "Mara" in old["characters"]:
            assert "Nora" in new["characters"]
            assert new["prompt"] == old["prompt"].replace("Mara", "Nora")
        else:
            assert new == old


def test_two_that_are_one_are_merged(api: Any, project: dict[str, Any]) -> None:
    cast = cast_of(api, project)
    mara = cast.pop("Mara")
    (girl,) = cast.values()
    merged = api.do(f"{path_of(project)}/characters/{girl['id']}/merge", into=mara["id"])
    (left,) = merged["characters"]
    assert left["name"] == "Mara"
    assert girl["name"] in left["aliases"]
    for shot in shots_of(api, project):
        seen = [subject["character"] for subject in (shot["scene"] or {"subjects": []})["subjects"]]
        assert girl["id"] not in seen
        assert len(seen) == len(set(seen)), "nobody stands beside himself"


def test_only_pictures_that_show_somebody_become_stale(api: Any, project: dict[str, Any]) -> None:
    api.done(api.do(f"{path_of(project)}/make_film", subtitles="none", music=False, cards=False)["task_id"])
    pictures = {shot["id"]: shot["image_url"].split("?")[0] for shot in shots_of(api, project)}
    mara = cast_of(api, project)["Mara"]
    api.patch(f"{path_of(project)}/characters/{mara['id']}", json={"seed": 4321})
    api.done(api.do(f"{path_of(project)}/make_film", subtitles="none", music=False, cards=False)["task_id"])
    again = {shot["id"]: shot["image_url"].split("?")[0] for shot in shots_of(api, project)}
    showing = {shot["id"] for shot in shots_of(api, project) if "Mara" in shot["characters"]}
    assert {key for key in pictures if pictures[key] != again[key]} == showing
    assert 0 < len(showing) < len(pictures)


def test_what_cannot_be_is_refused(api: Any, project: dict[str, Any], check_problem: Any) -> None:
    mara = cast_of(api, project)["Mara"]["id"]
    of = f"{path_of(project)}/characters"
    check_problem(api.patch(f"{of}/nobody", json={"name": "Nora"}), 404, "character_not_found")
    check_problem(api.post(f"{of}/{mara}/merge", json={"into": "nobody"}), 404, "character_not_found")
    check_problem(api.post(f"{of}/{mara}/merge", json={"into": mara}), 409, "same_character")
    check_problem(api.patch(f"{of}/{mara}", json={"name": ""}), 422, "invalid_request")
    stale = {"If-Match": '"0"'}
    answer = api.patch(f"{of}/{mara}", json={"name": "Nora"}, headers=stale)
    check_problem(answer, 412, "stale_edit")
    assert "Mara" in cast_of(api, project)


DESCRIPTION = "a baker of sixty, flour on her apron, a gap between her teeth; 系着围裙"


def appearing_in(api: Any, project: dict[str, Any], name: str) -> set[str]:
    return {shot["id"] for shot in shots_of(api, project) if name in shot["characters"] or name in shot["prompt"]}


def made(api: Any, project: dict[str, Any]) -> dict[str, list[str]]:
    """The pictures, voices and clips of each shot of the film as it is now."""
    api.done(api.do(f"{path_of(project)}/make_film", subtitles="none", music=False, cards=False)["task_id"])
    return {
        shot["id"]: [shot[what].split("?")[0] for what in ("image_url", "narration_url", "video_url")]
        for shot in shots_of(api, project)
    }


def test_a_description_is_in_every_prompt_of_its_character_word_for_word(
    api: Any, project: dict[str, Any], server: Any
) -> None:
    before = made(api, project)
    mara = cast_of(api, project)["Mara"]
    edited = api.ok("PATCH", f"{path_of(project)}/characters/{mara['id']}", {"description": DESCRIPTION})
    assert edited["characters"][0]["description"] == DESCRIPTION
    after = made(api, project)
    appearing = appearing_in(api, project, "Mara")
    assert {shot for shot in before if before[shot] != after[shot]} == appearing
    assert 0 < len(appearing) < len(before)
    assert {shot for shot in before if before[shot][1] != after[shot][1]} == set(), "what is said stays as it is"
    for shot in before:
        image, _, clip = (made_from(server, url) for url in after[shot])
        for prompt in (image["request"]["prompt"], clip["prompt"]):
            assert prompt.count(DESCRIPTION) == (shot in appearing)


def made_from(server: Any, url: str) -> Any:
    with contextlib.closing(sqlite3.connect(server.data / "storyreel.db")) as rows:
        ((found,),) = rows.execute("SELECT made_from FROM artifacts WHERE key = ?", (url.rpartition("/")[2],))
    return json.loads(found)


def test_a_picture_of_a_character_is_what_its_pictures_go_by(
    api: Any, project: dict[str, Any], server: Any, png: bytes
) -> None:
    before = made(api, project)
    mara = cast_of(api, project)["Mara"]
    of = f"{path_of(project)}/characters/{mara['id']}"
    sheet = api.done(api.do(f"{of}/generate_sheet")["task_id"])
    assert sheet["type"] == "SD"
    drawn = cast_of(api, project)["Mara"]["reference_url"]
    assert api.get(drawn).headers["content-type"] == "image/png"
    assert sheet["result"]["image_url"].split("?")[0] == drawn.split("?")[0]
    appearing = appearing_in(api, project, "Mara")
    with_sheet = made(api, project)
    assert {shot for shot in before if before[shot] != with_sheet[shot]} == appearing
    for shot in before:
        references = made_from(server, with_sheet[shot][0]).get("references", [])
        assert references == [drawn.split("?")[0].rpartition("/")[2]] * (shot in appearing)

    api.done(api.do(f"{of}/generate_sheet")["task_id"])
    assert cast_of(api, project)["Mara"]["reference_url"].split("?")[0] != drawn.split("?")[0], "another one"

    sent = api.ok("POST", "/media", content=png, headers={"Content-Type": "image/png"})
    assert (sent["media_type"], sent["width"], sent["height"]) == ("image/png", 320, 180)
    edited = api.ok("PATCH", of, {"reference_url": sent["url"]})
    assert api.get(edited["characters"][0]["reference_url"]).content == png
    assert made(api, project) != with_sheet
    api.ok("PATCH", of, {"reference_url": ""})
    assert made(api, project) == before, "what was made without it is there still"


def test_a_voice_of_their_own_changes_what_they_say_and_no_picture(api: Any) -> None:
    story = "Mara the baker walked home. “I am hungry,” Mara said. The rain fell on the empty street."
    project = api.project(story, title=f"Cast {uuid.uuid4()}", engines={"story": "builtin"})
    before = made(api, project)
    mara = cast_of(api, project)["Mara"]
    api.ok("PATCH", f"{path_of(project)}/characters/{mara['id']}", {"voice": "fake-en"})
    after = made(api, project)
    assert [before[shot][0] for shot in before] == [after[shot][0] for shot in before]
    changed = [shot for shot in shots_of(api, project) if before[shot["id"]][1] != after[shot["id"]][1]]
    assert ["hungry" in shot["narration"] for shot in changed] == [True]


def test_somebody_new_is_known_to_prompts_that_name_them(api: Any, project: dict[str, Any]) -> None:
    of = f"{path_of(project)}/characters"
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"name": "Zoe", "kind": "girl", "description": "a girl with a kite"}
    zoe = api.ok("POST", of, body, headers=key)
    assert zoe["id"] == api.ok("POST", of, body, headers=key)["id"]
    assert (zoe["seed"] > 0, zoe["reference_url"]) == (True, None)
    assert [one["name"] for one in api.read(of)["items"]][-1] == "Zoe"
    assert len(api.read(of)["items"]) == len(cast_of(api, project))
    shot = shots_of(api, project)[-1]
    edited = api.do(f"/shots/{shot['id']}/update_prompt", prompt="Zoe walks in the rain")
    assert "Zoe" in edited["characters"]

    left = api.ok("DELETE", f"{of}/{zoe['id']}")
    assert "Zoe" not in [one["name"] for one in left["characters"]]
    (edited,) = [one for one in shots_of(api, project) if one["id"] == shot["id"]]
    assert "Zoe" not in edited["characters"]
    assert edited["prompt"] == "Zoe walks in the rain"


def test_what_is_no_picture_of_yours_is_no_reference(
    api: Any, other: Any, project: dict[str, Any], png: bytes, check_problem: Any
) -> None:
    mara = f"{path_of(project)}/characters/{cast_of(api, project)['Mara']['id']}"
    check_problem(api.post("/media", content=b"<h1>no</h1>"), 422, "media_invalid")
    check_problem(api.post("/media", content=png[:200]), 422, "media_invalid")
    check_problem(api.patch(mara, json={"reference_url": "https://example.com/a.png"}), 422, "invalid_image_url")
    theirs = other.ok("POST", "/media", content=png + b" ")["url"].split("?")[0]
    check_problem(api.patch(mara, json={"reference_url": theirs}), 404, "image_not_found")
    check_problem(api.post(f"{mara}x/generate_sheet"), 404, "character_not_found")
    check_problem(api.delete(f"{mara}x"), 404, "character_not_found")
