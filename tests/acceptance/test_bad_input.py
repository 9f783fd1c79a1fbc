"""Bad stories, titles and bodies: a clear problem, never a 500, nothing lost; odd text works and stays text."""

import http.client
import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

GOOD = {"title": "A fox", "story_text": "A fox runs.", "style": "Anime", "resolution": "320x180"}
JSON = {"Content-Type": "application/json"}


pytestmark = pytest.mark.usefixtures("nothing_lost")


# Stories and titles

NO_TEXT = [
    "",
    " ",
    "\n\t \r\n",
    "\u3000\u2003",
    "\u00a0",
    "\ufeff",
    "\u2028\u2029",
    "\x01\x02",
    "\x7f",
    "\u200b\ufeff\x00",
]


@pytest.mark.parametrize("field", ["title", "story_text"])
@pytest.mark.parametrize("text", NO_TEXT)
def test_nothing_to_read_is_refused(api: Any, field: str, text: str) -> None:
    document = api.refused_project(422, None, GOOD | {field: text})
    assert field.removesuffix("_text") in json.dumps(document)


@pytest.mark.parametrize("field", ["title", "story_text"])
@pytest.mark.parametrize("text", ["a\x00b", "\x00", "A fox.\x00"])
def test_a_nul_is_refused(api: Any, field: str, text: str) -> None:
    api.refused_project(422, "invalid_request", GOOD | {field: text})


@pytest.mark.parametrize("field", ["title", "story_text"])
@pytest.mark.parametrize("text", [r"\ud800", r"A fox \udfff.", r"\udc00\ud800", r"\ud83d alone"])
def test_a_lone_surrogate_is_refused(api: Any, field: str, text: str) -> None:
    body = json.dumps(GOOD | {field: "HERE"}).replace("HERE", text).encode()
    api.refused_project(422, "invalid_request", body)


def test_a_million_characters_are_refused_with_the_limit(api: Any) -> None:
    document = api.refused_project(422, "invalid_request", GOOD | {"story_text": "A fox runs. " * 83_334})
    assert "200000" in document["errors"][0]["message"].replace(",", "")
    assert len(json.dumps(document)) < 2000, "the story is not sent back"
    api.refused_project(422, "invalid_request", GOOD | {"title": "x" * 201})


def test_a_body_over_the_limit_is_refused_with_and_without_its_length(api: Any) -> None:
    large = json.dumps(GOOD | {"story_text": "x" * 5_000_000}).encode()
    api.refused_project(413, "body_too_large", large)
    chunks = (large[at : at + 65536] for at in range(0, len(large), 65536))
    api.refused(413, "body_too_large", "POST", "/projects/create", content=chunks, headers=JSON)
    assert api.read("/styles")


def test_a_body_without_end_is_cut_off(server: Any, api: Any) -> None:
    """The server neither waits for the end nor keeps what came."""
    address = urlsplit(server.url)
    head = (
        f"POST /api/projects/create HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: {api.headers['authorization']}"
        "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=60) as line:
        line.sendall(head.encode())
        sent, answer = 0, b""
        line.settimeout(0.01)
        while not answer and sent < 1000:
            try:
                line.settimeout(60)
                line.sendall(chunk)
                sent += 1
                line.settimeout(0.001)
                answer = line.recv(65536)
            except TimeoutError:
                continue
            except (BrokenPipeError, ConnectionResetError):
                break
        assert 60 <= sent < 1000
    assert not answer or b" 413 " in answer.split(b"\r\n")[0]


WORKS = {
    "one word": "Fox",
    "one letter": "x",
    "emoji only": "🦊🌙✨",
    "an emoji of many parts": "👩‍👩‍👧‍👦🏳️‍🌈",
    "right to left": "خرج الثعلب في الليل. رأى القمر!",
    "hebrew": "השועל רץ. הוא ישן.",
    "mixed": "The fox 狐狸 runs. 月亮出来了。He sleeps.",
    "chinese": "狐狸跑了。月亮出来了！",
    "devanagari": "लोमड़ी दौड़ती है।",
    "html": "<script>alert(1)</script> <b>fox</b> &amp; <img src=x onerror=alert(1)>.",
    "subtitle syntax": r"{\pos(0,0)\fs200}The fox{\c&H0000FF&} runs\Nfar\h.",
    "ffmpeg syntax": "fox',drawtext=text='x':enable='between(t,0,1)';[0:v]null[out] %{pts} movie=/etc/passwd.",
    "shell syntax": "$(touch /tmp/fox) `id` ; rm -rf ~ | cat > /dev/null && echo 'x'.",
    "template syntax": "{{ 7*7 }} ${7*7} <%= 7*7 %> {0} %s %n.",
    "sql": "Robert'); DROP TABLE projects;--",
    "path": "../../../../etc/passwd",
    "formula": "=1+1",
    "controls": "A fox\x07 runs\x1b[31m far\u202e away.",
    "line ends": "A fox.\r\nIt runs.\rIt rests.\n\n\nIt sleeps.",
    "combining": "Z̸̛̹a͓̓l̵̖g̷̱o̶ runs.",
    "no end": "a fox that never stops and never says a full stop",
    "numbers": "1.5 foxes ate 3,000 eggs at 5 p.m. in the U.S. on No. 7.",
    "long word": "f" + "o" * 3000 + "x",
}


@pytest.mark.parametrize("what", WORKS)
@pytest.mark.parametrize("engine", ["builtin", "storyreel.engines.testing:FakeStoryEngine"])
def test_odd_stories_work_and_stay_text(api: Any, what: str, engine: str) -> None:
    text = WORKS[what]
    title = text[:200]
    made = api.do("/projects/create", **GOOD | {"title": title, "story_text": text, "engines": {"story": engine}})
    project = api.read(f"/projects/{made['project_id']}")
    if what not in ("controls", "line ends", "combining"):
        assert (project["story_text"], project["title"]) == (text, title.strip())
    assert not set(project["story_text"]) & set("\x00\x07\x1b\r")
    told = "".join("".join(shot["narration"].split()) for shot in made["storyboard"])
    if engine == "builtin":
        assert letters(told) == letters(project["story_text"])
    assert all(shot["prompt"] for shot in made["storyboard"])


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@pytest.mark.slow
def test_a_film_of_hostile_text_is_a_film(api: Any) -> None:
    text = f"{WORKS['subtitle syntax']} {WORKS['ffmpeg syntax']}"
    made = api.project(text, title=WORKS["html"][:200], fps=24)
    task = api.done(api.do(f"/projects/{made['project_id']}/make_film", subtitles="both", music=False)["task_id"])
    film = httpx.get(task["result"]["film_url"])
    assert film.headers["content-type"] == "video/mp4"
    assert b"root:" not in film.content


def test_odd_prompts_and_narrations_work_and_stay_text(api: Any) -> None:
    path = f"/shots/{api.project('One fox.')['storyboard'][0]['id']}"
    for text in WORKS.values():
        edited = api.do(f"{path}/update_prompt", prompt=text[:4000], narration=text[:4000])
        assert (edited["prompt"], edited["narration"]) == (text[:4000], text[:4000])


# Bodies and what is no HTTP

MALFORMED: dict[str, bytes] = {
    "nothing but a brace": b"{",
    "two values": b"{}{}",
    "single quotes": b"{'title': 'x'}",
    "a trailing comma": b'{"title": "x",}',
    "bad UTF-8": b'{"title": "\xff\xfe", "story_text": "A fox.", "style": "Anime"}',
    "cut-off UTF-8": '{"title": "狐'.encode()[:-1],
    "overlong UTF-8": b'{"title": "\xc0\xaf"}',
    "a raw control character": b'{"title": "a\nb"}',
    "a bad escape": rb'{"title": "\x41"}',
    "not JSON": b"title=x&story_text=y",
    "a deep list": b"[" * 100_000 + b"]" * 100_000,
    "a deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a number without end": b'{"seed": ' + b"9" * 100_000 + b"}",
    "NUL bytes": b"\x00" * 100,
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_json_is_refused(api: Any, what: str) -> None:
    document = api.refused_project(400, None, MALFORMED[what])
    assert document["code"] in ("malformed_json", "malformed_request")


def test_no_body_and_another_kind_of_body_are_refused(api: Any) -> None:
    api.refused(422, "invalid_request", "POST", "/projects/create")
    api.refused(422, "invalid_request", "POST", "/projects/create", content=b"", headers=JSON)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "image/png", "nonsense"):
        content = json.dumps(GOOD).encode()
        api.refused(422, "invalid_request", "POST", "/projects/create", content=content, headers={"Content-Type": kind})


def test_unknown_paths_and_methods_are_problems(api: Any, server: Any, check_problem: Any) -> None:
    for path in ("/nope", "/projects/", "/projects/x/y", "//projects", "/projects/create/"):
        api.refused(404, "not_found", "GET", path)
    for method, path, allowed in (
        ("PUT", "/projects", "GET"),
        ("POST", "/projects/x", "DELETE, GET, PATCH"),
        ("OPTIONS", "/projects/create", "POST"),
        ("PATCH", "/openapi.json", "GET, HEAD"),
    ):
        answer = api.request(method, path)
        check_problem(answer, 405, "method_not_allowed")
        assert sorted(answer.headers["allow"].split(", ")) == allowed.split(", ")
    check_problem(httpx.request("TRACE", f"{server.url}/healthz"), 405, "method_not_allowed")


@pytest.mark.parametrize(
    "start",
    [b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET " + b"/x" * 60_000 + b" HTTP/1.1\r\n"],
)
def test_what_is_not_http_ends_the_connection_and_nothing_else(server: Any, api: Any, start: bytes) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as line:
        line.sendall(start + b"\r\n\r\n")
        first = line.recv(100)
    assert not first or first.startswith(b"HTTP/1.1 4")
    assert api.read("/styles")


def test_a_slow_or_broken_off_body_hurts_nobody(server: Any, api: Any) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.putrequest("POST", "/api/projects/create")
    connection.putheader("Authorization", api.headers["authorization"])
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "1000")
    connection.endheaders(b'{"title"')
    time.sleep(0.3)
    connection.close()
    assert api.read("/styles")
