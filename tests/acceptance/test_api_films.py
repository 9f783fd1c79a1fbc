"""Films over HTTP: make one, read it, change something, make it again; and reading goes on meanwhile."""

import io
import statistics
import time
import uuid
from typing import Any

import httpx
import pytest


def made(api: Any, project_id: str, **options: Any) -> dict[str, Any]:
    return api.done(api.do(f"/projects/{project_id}/make_film", **options)["task_id"])


@pytest.mark.slow
def test_a_film_is_made_with_all_its_parts_and_mended_by_parts(api: Any) -> None:
    project = api.project("One fox runs. Two rest.", title=f"Foxes {uuid.uuid4()}")
    path = f"/projects/{project['project_id']}"
    api.refused(404, "film_not_found", "GET", f"{path}/film")
    task = made(api, project["project_id"], fps=25)
    assert (task["type"], task["progress"], task["shot_id"]) == ("FILM", 100, None)
    film = api.read(f"{path}/film")
    assert film["film_url"] == task["result"]["film_url"] == api.read(path)["film_url"]
    assert (film["width"], film["height"], film["fps"]) == (320, 180, "25")
    assert film["frames"] == task["result"]["frames"] == round(film["duration"] * 25)
    file = httpx.get(film["film_url"])
    assert (file.headers["content-type"], len(file.content)) == ("video/mp4", film["size"])
    assert streams_of(file.content) == {"video", "audio"}
    assert api.read(path)["status"] == "SUCCESS"
    for shot in api.shots(project["project_id"]):
        assert all(shot[name] for name in ("image_url", "video_url", "narration_url"))
        assert shot["status"] == "SUCCESS"

    before = {task["id"] for task in api.read("/tasks", project_id=project["project_id"])["items"]}
    api.do(f"/shots/{project['storyboard'][0]['id']}/update_prompt", narration="One fox runs very far.")
    longer = made(api, project["project_id"], fps=25)
    assert longer["result"]["duration"] > task["result"]["duration"]
    new = [task for task in api.read("/tasks", project_id=project["project_id"])["items"] if task["id"] not in before]
    assert sorted(task["type"] for task in new) == ["FILM", "SVD", "TTS"]
    assert {task["shot_id"] for task in new} == {None, project["storyboard"][0]["id"]}

    same = made(api, project["project_id"], fps=25)
    assert same["result"] == longer["result"]


def streams_of(content: bytes) -> set[str]:
    import av

    with av.open(io.BytesIO(content)) as film:
        return {stream.type for stream in film.streams}


def test_a_film_without_shots_or_with_a_bad_one_says_so(api: Any) -> None:
    project = api.project("One.")
    shot = project["storyboard"][0]["id"]
    api.do(f"/shots/{shot}/update_prompt", narration="FAIL-speech")
    task = api.ended(api.do(f"/projects/{project['project_id']}/make_film")["task_id"])
    assert (task["status"], task["error_code"]) == ("FAILED", "engine_failed")
    assert task["error"].startswith("Shot 1: The fake speech engine was told to fail.")
    assert api.read(f"/projects/{project['project_id']}")["status"] == "FAILED"
    api.ok("DELETE", f"/shots/{shot}")
    task = api.ended(api.do(f"/projects/{project['project_id']}/make_film")["task_id"])
    assert (task["status"], task["error_code"]) == ("FAILED", "no_shots")


@pytest.mark.parametrize("fps", [23, 0, -24, "24", 24.5, True])
def test_a_frame_rate_that_is_none_is_refused(api: Any, fps: Any) -> None:
    project = api.project("One.")
    path = f"/projects/{project['project_id']}"
    for method, where in (("POST", f"{path}/make_film"), ("PATCH", path)):
        api.refused(422, "invalid_request", method, where, json={"fps": fps})


def test_sizes_up_to_the_largest_are_taken(api: Any) -> None:
    path = f"/projects/{api.project('One.')['project_id']}"
    for size in ("480p", "2160p", "144x144", "5120x2160", "5118x5000", "1080x1920"):
        assert api.ok("PATCH", path, {"resolution": size})["resolution"] == size
    for size in (
        "5122x2160",
        "142x144",
        "145x144",
        "1280x720 ",
        "0x0",
        "-2x2",
        "99999x99999",
        "1280X720",
        "٤٨٠p",
        "240p",
    ):
        api.refused(422, "invalid_request", "PATCH", path, json={"resolution": size})


@pytest.mark.long
def test_reading_goes_on_while_films_render(start_server: Any, sign_in: Any) -> None:
    """Every status read during a render succeeds, and the middle one takes no more than a few idle ones do."""
    with start_server() as server, sign_in(server) as api:
        projects = [api.project("One fox runs very far. Two rest here.", seed=seed)["project_id"] for seed in (1, 2)]
        made(api, projects[0], resolution="160x144")  # children are up, libraries are loaded
        task = api.read("/tasks", project_id=projects[0])["items"][0]["id"]
        idle = [took(api, task) for _ in range(50)]
        films = [api.do(f"/projects/{of}/make_film", resolution="640x360")["task_id"] for of in projects]
        busy = []
        while len(busy) < 200 or any(api.read(f"/tasks/{film}/status")["status"] == "RUNNING" for film in films):
            busy.append(took(api, films[0]))
        for film in films:
            api.done(film)
    assert statistics.median(busy) < 5 * statistics.median(idle)


def took(api: Any, task_id: str) -> float:
    start = time.perf_counter()
    api.read(f"/tasks/{task_id}/status")
    return time.perf_counter() - start
