"""The cast over HTTP: what the story engine understood of it can be corrected."""

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
