"""Bad values, ids, pages and edits: a clear problem that names what is wrong, never a 500, nothing changed."""

import json
import uuid
from typing import Any

import pytest

GOOD = {"title": "A fox", "story_text": "A fox runs.", "style": "Anime", "resolution": "320x180"}
JSON = {"Content-Type": "application/json"}


pytestmark = pytest.mark.usefixtures("nothing_lost")


# Wrong values

WRONG: list[dict[str, Any]] = [
    {"style": "Cubist"},
    {"style": "cinematic"},
    {"style": ""},
    {"style": None},
    {"style": ["Anime"]},
    {"aspect": "5:4"},
    {"aspect": "16/9"},
    {"language": "tlh"},
    {"resolution": "320x181"},
    {"resolution": 720},
    {"fps": "24"},
    {"fps": 1e9},
    {"fps": [24]},
    {"seed": -1},
    {"seed": 2**31},
    {"seed": 10**400},
    {"seed": 0.5},
    {"seed": "0"},
    {"seed": True},
    {"voice": ""},
    {"voice": "x" * 101},
    {"voice": 5},
    {"engines": []},
    {"engines": {"story": 5}},
    {"engines": {"story": ""}},
    {"engines": {str(number): "builtin" for number in range(5)}},
    {"title": 5},
    {"title": ["A fox"]},
    {"title": {"a": "b"}},
    {"title": None},
    {"story_text": True},
    {"unknown": 1},
    {"Title": "A fox"},
    {"__proto__": {}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: json.dumps(wrong)[:40])
def test_a_wrong_value_is_refused_and_named(api: Any, wrong: dict[str, Any]) -> None:
    document = api.refused_project(422, "invalid_request", GOOD | wrong)
    assert any(error["location"].startswith(f"body.{next(iter(wrong))}") for error in document["errors"])


def test_unknown_engines_with_odd_names_are_refused(api: Any) -> None:
    body = json.dumps(GOOD | {"engines": {"HERE": "builtin"}})
    for name in ("smell", "\\ud800", "\\u0000", "a" * 300):
        api.refused_project(422, None, body.replace("HERE", name).encode())


@pytest.mark.parametrize("body", [[], "x", 5, True, [GOOD], {}], ids=json.dumps)
def test_a_body_of_another_shape_is_refused(api: Any, body: Any) -> None:
    api.refused_project(422, "invalid_request", json.dumps(body).encode())


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_no_number_is_refused(api: Any, token: str) -> None:
    for field in ("seed", "fps", "title", "style"):
        body = json.dumps(GOOD | {field: "HERE"}).replace('"HERE"', token).encode()
        api.refused_project(422, "invalid_request", body)


# Ids, pages, paths

ODD_IDS = [
    "nobody",
    "0",
    "-1",
    "null",
    "undefined",
    "%00",
    "%ff",
    "%E2%80%AE",
    "a'%20OR%20'1'='1",
    "x" * 64,
    "狐",
    "%2e%2e",
]


@pytest.mark.parametrize("odd", ODD_IDS)
def test_ids_that_name_nothing_are_not_found(api: Any, odd: str) -> None:
    for path in (f"/projects/{odd}", f"/projects/{odd}/storyboard", f"/shots/{odd}", f"/tasks/{odd}/status"):
        assert api.get(path).status_code == 404
        assert api.get(path).headers["content-type"] == "application/problem+json"


def test_an_id_that_is_too_long_is_refused(api: Any) -> None:
    for length in (65, 5000):
        api.refused(422, "invalid_request", "GET", f"/projects/{'x' * length}")


@pytest.mark.parametrize(
    "query",
    [
        {"page": 0},
        {"page": -1},
        {"page": "x"},
        {"page": 1.5},
        {"page": 10**30},
        {"page": 1_000_001},
        {"page": "NaN"},
        {"page_size": 0},
        {"page_size": 101},
        {"page_size": 10**30},
        {"page_size": ""},
        {"sort": ""},
        {"sort": "created_at;"},
        {"q": "x" * 201},
        {"q": "a\x00"},
    ],
    ids=lambda query: json.dumps(query)[:30],
)
def test_a_wrong_page_is_refused(api: Any, query: dict[str, Any]) -> None:
    document = api.refused(422, "invalid_request", "GET", "/projects", params=query)
    assert document["errors"][0]["location"] == f"query.{next(iter(query))}"


def test_bytes_that_are_no_text_in_a_query_find_nothing(api: Any) -> None:
    assert api.get("/projects?q=%ff%fe%ed%a0%80").json()["items"] == []


# Shots


@pytest.fixture(scope="module")
def shot(api: Any) -> dict[str, Any]:
    return api.project("One fox.", title=f"Bad input {uuid.uuid4()}")["storyboard"][0]


WRONG_EDITS: list[tuple[str, dict[str, Any]]] = [
    ("update_prompt", {"prompt": ""}),
    ("update_prompt", {"prompt": "  "}),
    ("update_prompt", {"prompt": "x" * 4001}),
    ("update_prompt", {"prompt": 5}),
    ("update_prompt", {"narration": "a\x00b"}),
    ("update_prompt", {"narration": ["x"]}),
    ("update_prompt", {"transition": "explode"}),
    ("update_prompt", {"transition": ""}),
    ("update_prompt", {"order": 5}),
    ("update_prompt", {"image_url": "x"}),
    ("generate_image", {"style": "Cubist"}),
    ("generate_image", {"prompt": "\t"}),
    ("generate_image", {"seed": 1}),
    ("generate_video", {"image_url": 5}),
    ("generate_video", {"image_url": ""}),
    ("generate_video", {"image_url": "http://x/" + "x" * 4000}),
    ("generate_video", {"transition": "explode"}),
    ("generate_narration", {"voice": ""}),
    ("generate_narration", {"narration": "x" * 4001}),
    ("restore", {}),
    ("restore", {"version": 0}),
    ("restore", {"version": 1.5}),
    ("restore", {"version": "1"}),
    ("restore", {"version": 10**20}),
]


@pytest.mark.parametrize(("action", "body"), WRONG_EDITS, ids=lambda value: str(value)[:40])
def test_a_wrong_edit_is_refused_and_changes_nothing(
    api: Any, shot: dict[str, Any], action: str, body: dict[str, Any]
) -> None:
    before = api.read(f"/shots/{shot['id']}")
    api.refused(422, "invalid_request", "POST", f"/shots/{shot['id']}/{action}", json=body)
    assert api.read(f"/shots/{shot['id']}") == before


def test_an_unknown_transition_is_refused_with_the_list(api: Any, shot: dict[str, Any]) -> None:
    path = f"/shots/{shot['id']}/update_prompt"
    document = api.refused(422, "invalid_request", "POST", path, json={"transition": "explode"})
    for name in ("cut", "crossfade", "fade_black", "dissolve", "wipe", "slide"):
        assert name in document["errors"][0]["message"]


def test_a_lone_surrogate_in_any_text_is_refused(api: Any, shot: dict[str, Any]) -> None:
    before = api.read(f"/shots/{shot['id']}")
    bad = {
        f"/shots/{shot['id']}/update_prompt": ("prompt", "narration", "transition", "unknown"),
        f"/shots/{shot['id']}/generate_image": ("prompt", "style"),
        f"/shots/{shot['id']}/generate_video": ("image_url", "transition"),
        f"/shots/{shot['id']}/generate_narration": ("narration", "voice"),
        f"/projects/{shot['project_id']}/shots": ("prompt", "narration"),
        f"/projects/{shot['project_id']}/make_film": ("resolution", "subtitles"),
        "/auth/login": ("username", "password"),
    }
    for path, fields in bad.items():
        for field in fields:
            body = f'{{"{field}": "\\ud800"}}'.encode()
            api.refused(422, "invalid_request", "POST", path, content=body, headers=JSON)
    for path, body in {
        f"/projects/{shot['project_id']}/reorder": b'{"shot_ids": ["\\ud800"]}',
        f"/shots/{shot['id']}/update_prompt": b'{"\\ud800": 1}',
    }.items():
        assert api.post(path, content=body, headers=JSON).status_code in (409, 422)
    patch = api.patch(f"/projects/{shot['project_id']}", content=b'{"engines": {"\\ud800": "x"}}', headers=JSON)
    assert patch.status_code == 422
    assert api.read(f"/shots/{shot['id']}") == before
