"""Projects over HTTP: create, list, find, read, edit, delete."""

import json
import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

STORY = {"title": "Moon Walk", "story_text": "A kid walks. It waves!", "style": "Cinematic", "resolution": "320x180"}


def test_the_storyboard_tells_the_whole_story_in_order(api: Any) -> None:
    made = api.project("A kid walks on the moon. It waves! Who sees it?")
    shots = made["storyboard"]
    assert [shot["narration"] for shot in shots] == ["A kid walks on the moon.", "It waves!", "Who sees it?"]
    assert [shot["order"] for shot in shots] == [0, 1, 2]
    assert all(shot["prompt"] and shot["status"] == "PENDING" for shot in shots)
    assert api.shots(made["project_id"]) == shots
    task = api.read(f"/tasks/{made['task_id']}/status")
    assert (task["type"], task["status"], task["progress"]) == ("LLM", "SUCCESS", 100)


def test_a_failed_storyboard_is_a_problem_that_names_the_task(api: Any, check_problem: Any) -> None:
    answer = api.post("/projects/create", json=STORY | {"story_text": "FAIL-story."})
    document = check_problem(answer, 502, "engine_failed")
    task = api.read(f"/tasks/{document['task_id']}/status")
    assert (task["status"], task["error_code"]) == ("FAILED", "engine_failed")
    assert document["detail"] == task["error"]
    assert api.read(f"/projects/{document['project_id']}")["status"] == "FAILED"


def test_a_crash_in_an_engine_is_told_without_its_secrets(api: Any, check_problem: Any) -> None:
    answer = api.post("/projects/create", json=STORY | {"story_text": "FAIL-story-bug."})
    check_problem(answer, 502, "internal_error")
    assert "canary" not in answer.text


def test_respond_async_answers_before_the_work_is_done(api: Any) -> None:
    answer = api.post("/projects/create", json=STORY, headers={"Prefer": "respond-async, wait=5"})
    assert answer.status_code == 202
    body = answer.json()
    assert body.keys() == {"project_id", "task_id", "callback_secret"}
    assert answer.headers["location"] == f"/api/tasks/{body['task_id']}/status"
    api.done(body["task_id"])
    assert len(api.shots(body["project_id"])) == 2


def test_every_choice_is_kept(api: Any) -> None:
    choices = {"aspect": "9:16", "language": "zh", "voice": "fake-zh", "resolution": "480p", "fps": 30, "seed": 7}
    project = api.read(f"/projects/{api.do('/projects/create', **STORY | choices)['project_id']}")
    assert {name: project[name] for name in choices} == choices
    assert project["story_text"] == STORY["story_text"]
    assert (project["status"], project["film_url"], project["revision"]) == ("PENDING", None, 1)


# Idempotency


def test_one_key_makes_one_project(api: Any, other: Any, check_problem: Any) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, again = (api.ok("POST", "/projects/create", STORY, headers=key) for _ in range(2))
    assert again == first
    later = api.post("/projects/create", json=STORY, headers=key | {"Prefer": "respond-async"})
    assert later.json() == {name: first[name] for name in ("project_id", "task_id", "callback_secret")}
    check_problem(
        api.post("/projects/create", json=STORY | {"title": "Other"}, headers=key), 422, "idempotency_key_reused"
    )
    check_problem(api.post(f"/projects/{first['project_id']}/make_film", headers=key), 422, "idempotency_key_reused")
    assert other.ok("POST", "/projects/create", STORY, headers=key)["project_id"] != first["project_id"]


def test_fifty_at_once_with_one_key_make_one_project(server: Any, api: Any) -> None:
    title, key = f"Many {uuid.uuid4()}", str(uuid.uuid4())
    headers = {"Idempotency-Key": key, "Authorization": api.headers["authorization"]}

    def create(_: int) -> httpx.Response:
        return httpx.post(
            f"{server.url}/api/projects/create", json=STORY | {"title": title}, headers=headers, timeout=90
        )

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(create, range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["project_id"] for answer in answers}) == 1
    assert api.read("/projects", q=title)["total"] == 1


def test_a_deleted_project_is_not_made_again_by_its_key(api: Any, check_problem: Any) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    made = api.ok("POST", "/projects/create", STORY, headers=key)
    api.ok("DELETE", f"/projects/{made['project_id']}")
    check_problem(api.post("/projects/create", json=STORY, headers=key), 409, "project_deleted")


@pytest.mark.parametrize("key", ["", "with blank", "é", "x" * 256])
def test_a_key_that_is_none_is_refused(api: Any, key: str, check_problem: Any) -> None:
    answer = api.post("/projects/create", json=STORY, headers=[(b"Idempotency-Key", key.encode("latin-1"))])
    check_problem(answer, 422, "invalid_request")


# Listing


@pytest.fixture
def mark(api: Any) -> str:
    """A word that only the titles of one test hold."""
    return f"mark{uuid.uuid4().hex[:8]}"


def titled(api: Any, *titles: str) -> list[str]:
    return [api.project("One.", title=title)["project_id"] for title in titles]


def found(api: Any, **query: Any) -> list[str]:
    return [item["title"] for item in api.read("/projects", **query)["items"]]


def test_newest_first_unless_asked_otherwise(api: Any, mark: str) -> None:
    titled(api, f"{mark} b", f"{mark} C", f"{mark} a")
    assert found(api, q=mark) == [f"{mark} a", f"{mark} C", f"{mark} b"]
    assert found(api, q=mark, sort="created_at") == [f"{mark} a", f"{mark} C", f"{mark} b"]
    assert found(api, q=mark, sort="created_at_asc") == [f"{mark} b", f"{mark} C", f"{mark} a"]
    assert found(api, q=mark, sort="title") == [f"{mark} a", f"{mark} b", f"{mark} C"]
    api.refused(422, "invalid_request", "GET", "/projects", params={"sort": "size"})


def test_pages_neither_skip_nor_repeat(api: Any, mark: str) -> None:
    ids = titled(api, *(f"{mark} same" for _ in range(7)))
    for sort in ("created_at", "created_at_asc", "title"):
        seen: list[str] = []
        path = f"/projects?q={mark}&sort={sort}&page_size=3"
        for number in (1, 2, 3):
            answer = api.get(path)
            page = answer.json()
            assert (page["total"], page["page"], page["page_size"]) == (7, number, 3)
            seen += [item["id"] for item in page["items"]]
            links = {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["link"])}
            assert set(links) == {1: {"next"}, 2: {"prev", "next"}, 3: {"prev"}}[number]
            path = links.get("next", "").removeprefix("/api")
        assert sorted(seen) == sorted(ids)
    beyond = api.read("/projects", q=mark, page=1_000_000, page_size=100)
    assert (beyond["items"], beyond["total"]) == ([], 7)


def test_a_listing_leaves_the_stories_out(api: Any, mark: str) -> None:
    titled(api, mark)
    assert api.read("/projects", q=mark)["items"][0]["story_text"] is None


FINDS = [
    ("Ärger in Köln", "ÄRGER"),
    ("Ärger in Köln", "köln"),
    ("Ko\u0308ln", "KÖLN"),
    ("Straße", "STRASSE"),
    ("月亮上的孩子", "月亮"),
    ("ＦＵＬＬ width", "full"),
    ("İstanbul", "istanbul"),
    ("istanbul", "İSTANBUL"),
    ("IŞIK", "ışık"),
    ("ΟΔΟΣ", "οδος"),
    ("Élan vital", "éLAN"),
    ("100% sure", "100%"),
    ("a_b", "a_b"),
    ("back\\slash", "k\\s"),
    ("it's 'quoted'", "'quoted'"),
    ("🌙 moon", "🌙"),
]


@pytest.mark.parametrize(("title", "asked"), FINDS)
def test_titles_are_found_in_any_case_of_any_script(api: Any, title: str, asked: str) -> None:
    (project_id,) = titled(api, title)
    assert project_id in [item["id"] for item in api.read("/projects", q=asked, page_size=100)["items"]]


@pytest.mark.parametrize("asked", ["%", "_", "100_", "a%b", "axb", "*", "?"])
def test_no_character_stands_for_others(api: Any, mark: str, asked: str) -> None:
    titled(api, f"{mark} 100x", f"{mark} acb")
    assert found(api, q=f"{mark} {asked}") == []


def test_the_link_header_carries_the_question(api: Any) -> None:
    word = f"天空 &=%{uuid.uuid4().hex[:6]}"
    titled(api, f"{word} 1", f"{word} 2")
    first = api.get("/projects", params={"q": word, "page_size": 1, "sort": "title"})
    following = re.search(r"<([^>]+)>", first.headers["link"])
    assert following
    path = following[1].removeprefix("/api")
    assert [item["title"] for item in api.get(path).json()["items"]] == [f"{word} 2"]


# Editing


def test_a_patch_changes_what_is_sent_and_only_that(api: Any) -> None:
    project_id = api.project()["project_id"]
    for change in (
        {"title": "Another"},
        {"style": "Realistic"},
        {"aspect": "1:1"},
        {"voice": "fake-en"},
        {"resolution": "640x360"},
        {"fps": 60},
        {"seed": 99},
        {},
    ):
        before = api.read(f"/projects/{project_id}")
        after = api.ok("PATCH", f"/projects/{project_id}", change)
        assert {**before, "revision": 0} | change == {**after, "revision": 0}
        assert api.read(f"/projects/{project_id}") == after


def test_edits_of_different_fields_at_once_are_all_kept(api: Any) -> None:
    project_id = api.project()["project_id"]
    changes: list[dict[str, Any]] = [
        {"seed": 5},
        {"fps": 60},
        {"aspect": "4:3"},
        {"voice": "fake-en"},
        {"title": "New"},
    ]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda change: api.ok("PATCH", f"/projects/{project_id}", change), changes))
    after = api.read(f"/projects/{project_id}")
    for change in changes:
        assert after.items() >= change.items()


def test_an_edit_of_what_somebody_changed_is_refused(api: Any, check_problem: Any) -> None:
    path = f"/projects/{api.project()['project_id']}"
    seen = api.get(path).headers["etag"]
    first = api.patch(path, json={"title": "First"}, headers={"If-Match": seen})
    assert first.status_code == 200
    check_problem(api.patch(path, json={"title": "Second"}, headers={"If-Match": seen}), 412, "stale_edit")
    check_problem(api.patch(path, json={"title": "Second"}, headers={"If-Match": '"nonsense"'}), 412, "stale_edit")
    assert api.read(path)["title"] == "First"
    for current in (first.headers["etag"], "*"):
        answer = api.patch(path, json={"title": "Third"}, headers={"If-Match": current})
        assert answer.status_code == 200
    assert answer.headers["etag"] == api.get(path).headers["etag"]


def test_a_title_that_grows_by_normalisation_is_no_reason_to_refuse(api: Any) -> None:
    path = f"/projects/{api.project()['project_id']}"
    assert api.ok("PATCH", path, {"title": "\u0958"})["title"] == "\u0915\u093c"


# Deleting


def test_a_deleted_project_is_gone_with_all_that_was_its(api: Any) -> None:
    made = api.project()
    path, shot = f"/projects/{made['project_id']}", made["storyboard"][0]["id"]
    assert api.ok("DELETE", path) == {"ok": True}
    for gone, code in (
        (path, "project_not_found"),
        (f"{path}/storyboard", "project_not_found"),
        (f"{path}/events", "project_not_found"),
        (f"/shots/{shot}", "shot_not_found"),
        (f"/tasks/{made['task_id']}/status", "task_not_found"),
    ):
        api.refused(404, code, "GET", gone)
    api.refused(404, "project_not_found", "DELETE", path)
    assert made["project_id"] not in json.dumps(api.read("/projects", page_size=100))


def test_a_project_that_is_deleted_while_its_storyboard_is_made(
    slow: Any, slow_server: Any, check_problem: Any
) -> None:
    title = f"Gone {uuid.uuid4()}"
    with ThreadPoolExecutor(1) as pool:
        creating = pool.submit(slow.post, "/projects/create", json=STORY | {"title": title})
        end = time.monotonic() + 30
        while not (listed := slow.read("/projects", q=title)["items"]):
            assert time.monotonic() < end
            time.sleep(0.05)
        slow.ok("DELETE", f"/projects/{listed[0]['id']}")
        check_problem(creating.result(), 404, "project_not_found")
    assert slow_server.faults() == []


def test_a_copy_has_the_same_shots_and_media_and_is_its_own(api: Any) -> None:
    made = api.project("A fox runs. It rests.", title="Once", voice="fake-en")
    first = made["project_id"]
    api.done(api.do(f"/shots/{made['storyboard'][0]['id']}/generate_image")["task_id"])
    key = {"Idempotency-Key": f"copy-{first}"}
    copy, again = (api.ok("POST", f"/projects/{first}/duplicate", headers=key) for _ in range(2))
    assert copy["id"] == again["id"] != first
    assert (copy["title"], copy["style"], copy["voice"], copy["film_url"]) == ("Once (2)", "Anime", "fake-en", None)
    assert copy["story_text"] == "A fox runs. It rests."

    ours, theirs = api.shots(first), api.shots(copy["id"])
    assert not {shot["id"] for shot in ours} & {shot["id"] for shot in theirs}
    assert [shot["image_url"] for shot in theirs] == [shot["image_url"] for shot in ours]
    assert [shot["status"] for shot in theirs] == ["SUCCESS", "PENDING"]
    api.ok("PATCH", f"/shots/{theirs[0]['id']}", {"narration": "Another fox."})
    assert api.shots(first) == ours
    assert api.do(f"/projects/{first}/duplicate", title="Twice")["title"] == "Twice"


def test_a_listing_says_how_much_and_how_long(api: Any) -> None:
    title = f"At a glance {uuid.uuid4()}"
    made = api.project("One. Two. Three.", title=title)
    (listed,) = api.read("/projects", q=title)["items"]
    assert (listed["shots"], listed["duration"], listed["progress"]) == (3, None, None)
    film = api.do(f"/projects/{made['project_id']}/make_film", music=False, cards=False)
    assert api.read("/projects", q=title)["items"][0]["progress"] in {None, *range(100)}
    api.done(film["task_id"])
    (listed,) = api.read("/projects", q=title)["items"]
    assert listed["duration"] == api.read(f"/projects/{made['project_id']}/film")["duration"] > 0
    assert listed["progress"] is None
