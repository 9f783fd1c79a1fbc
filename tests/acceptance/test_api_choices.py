"""What can be chosen, whether the server lives, and how the API describes itself."""

import json
import re
from typing import Any

import httpx
import jsonschema


def test_styles_aspects_and_transitions(api: Any) -> None:
    assert api.read("/styles") == {
        "styles": ["Cinematic", "Anime", "Realistic"],
        "aspects": ["16:9", "9:16", "1:1", "4:3", "21:9"],
        "transitions": ["cut", "crossfade", "fade_black", "dissolve", "wipe", "slide"],
    }


def test_voices(api: Any) -> None:
    voices = api.read("/voices")["items"]
    assert [(voice["id"], voice["language"]) for voice in voices] == [("fake-en", "en"), ("fake-zh", "zh")]


def test_styles_are_seen_and_voices_heard_before_they_are_chosen(api: Any) -> None:
    pictures = {style: api.read(f"/styles/{style}/sample")["url"] for style in ("Cinematic", "Anime")}
    shown = {style: httpx.get(url) for style, url in pictures.items()}
    assert all(answer.headers["content-type"].startswith("image/") for answer in shown.values())
    assert shown["Cinematic"].content != shown["Anime"].content
    assert httpx.get(api.read("/styles/Anime/sample")["url"]).content == shown["Anime"].content
    assert httpx.get(api.read("/voices/fake-zh/sample")["url"]).headers["content-type"].startswith("audio/")
    api.refused(404, "voice_not_found", "GET", "/voices/nobody/sample")
    api.refused(422, None, "GET", "/styles/Baroque/sample")


def test_engines(api: Any) -> None:
    engines = api.read("/engines")["items"]
    assert {engine["kind"] for engine in engines} == {"story", "image", "speech", "video"}
    assert {"builtin", "fake"} <= {engine["id"] for engine in engines}
    for kind in ("story", "image", "speech", "video"):
        (default,) = (engine for engine in engines if engine["kind"] == kind and engine["default"])
        assert (default["id"], default["ready"], default["missing"]) == ("fake", True, [])


def test_a_project_may_choose_its_engines(api: Any) -> None:
    body = {"title": "a", "story_text": "One.", "style": "Anime", "resolution": "320x180"}
    made = api.do("/projects/create", **body, engines={"story": "builtin"})
    assert api.read(f"/projects/{made['project_id']}")["engines"] == {"story": "builtin"}
    for wrong in ({"story": "nobody"}, {"smell": "builtin"}, {"story": "os:system"}, {"story": "../x"}):
        document = api.refused(422, "unknown_engine", "POST", "/projects/create", json=body | {"engines": wrong})
        assert document["hint"].startswith("Use ") or "one of" in document["hint"].lower()


def test_health_needs_no_token_and_no_origin(server: Any) -> None:
    for path in ("/healthz", "/readyz"):
        assert httpx.get(server.url + path).json() == {"status": "ok"}


def test_only_known_hosts_are_answered(server: Any, check_problem: Any) -> None:
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::2]", "localhost@evil.example"):
        check_problem(httpx.get(f"{server.url}/healthz", headers={"Host": host}), 400, "unknown_host")
    for host in ("localhost", "LOCALHOST:1", "127.0.0.1:99", "[::1]", "[::1]:80"):
        assert httpx.get(f"{server.url}/healthz", headers={"Host": host}).status_code == 200


def test_the_docs_page_needs_nothing_from_elsewhere(server: Any) -> None:
    page = httpx.get(f"{server.url}/docs")
    assert page.status_code == 200
    assert re.findall(r"https?://", page.text.replace(server.url, "")) == []
    for part in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert f"/docs/assets/{part}" in page.text
        assert httpx.get(f"{server.url}/docs/assets/{part}").status_code == 200


def test_every_operation_is_described(api: Any) -> None:
    document = api.get("/openapi.json").json()
    operations = [
        (method, path, operation) for path, item in document["paths"].items() for method, operation in item.items()
    ]
    assert len(operations) > 28
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(set(names)) == len(names)
    for method, path, operation in operations:
        assert all(operation[name] for name in ("summary", "description", "tags")), (method, path)
        for status, answer in operation["responses"].items():
            assert answer["description"], (method, path, status)
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (method, path, status)
        for parameter in operation.get("parameters", []):
            assert parameter.get("description") or parameter["schema"].get("description"), (path, parameter["name"])


def test_every_request_body_has_an_example_that_works_as_written(api: Any) -> None:
    document = api.get("/openapi.json").json()
    bodies = json.dumps(
        [
            operation["requestBody"]
            for item in document["paths"].values()
            for operation in item.values()
            if "requestBody" in operation
        ]
    )
    names = set(re.findall(r"#/components/schemas/(\w+)", bodies))
    assert len(names) > 10
    for name in names:
        (example,) = document["components"]["schemas"][name]["examples"]
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(example)
