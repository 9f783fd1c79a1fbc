"""Hostile files and lines at every door of a real server: a documented refusal each, and nothing of them is kept.

With HOSTILE=1 in the environment all of them are tried at every door, else a few at those where it takes long.
"""

import http.client
import json
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from bad_pictures import harmless
from canary import Canary
from fake_node import FakeNode, png, sign

pytestmark = pytest.mark.slow

OWNER = ("mia", "correct horse battery")
THOROUGH = os.environ.get("HOSTILE") == "1"
MOST_MEGABYTES = 1000
FILMS = 3
SAMPLE = {
    "image": ("jpeg of 10000 scans", "hls of a file"),
    "speech": ("hls behind a WAV's first bytes",),
    "video": ("mov whose pictures are in another file",),
}
REFUSED = ("fetch_wrong_type", "fetch_failed", "fetch_too_large", "media_invalid")


@pytest.fixture(scope="module")
def node() -> Iterator[FakeNode]:
    fake = FakeNode()
    yield fake
    fake.close()


@pytest.fixture(scope="module")
def home(start_server: Any, node: FakeNode, file_server: Any) -> Iterator[Any]:
    """A server whose pictures, voices and clips are made by a node."""
    kinds = ("image", "speech", "video")
    settings = {f"STORYREEL_{kind.upper()}_ENGINE": "remote_node" for kind in kinds}
    settings |= {"STORYREEL_NODES": json.dumps(node.settings(kinds=kinds))}
    settings |= {"STORYREEL_FETCH_ALLOWED_HOSTS": json.dumps([file_server.host])}
    with start_server(owner=OWNER, **settings) as server:
        yield server


@pytest.fixture(scope="module")
def user(home: Any, sign_in: Any) -> Iterator[Any]:
    with sign_in(home) as client:
        yield client


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory, home: Any) -> Iterator[Canary]:
    """Nothing of it may be in anything that the server keeps in the end, and no process of it may have grown."""
    bird = Canary(tmp_path_factory.mktemp("canary"))
    yield bird
    bird.check(*(file.read_bytes() for file in home.data.rglob("*") if file.is_file()))
    assert home.faults() == []
    assert max(peaks(home.process.pid)) <= MOST_MEGABYTES
    bird.close()


def peaks(process: int) -> list[int]:
    """Megabytes that a process and its children had at most."""
    children = [
        child for task in Path(f"/proc/{process}/task").glob("*/children") for child in task.read_text().split()
    ]
    found = [Path(f"/proc/{one}/status").read_text() for one in (process, *children)]
    return [int(status.split("VmHWM:")[1].split()[0]) // 1024 for status in found if "VmHWM" in status]


@pytest.fixture(scope="module")
def files(canary: Canary) -> dict[str, bytes]:
    return canary.files()


def kept(server: Any) -> list[str]:
    return sorted(file.name for file in (server.data / "objects").rglob("*") if file.is_file())


def test_no_upload_is_believed(home: Any, user: Any, files: dict[str, bytes], check_problem: Any) -> None:
    before = kept(home)
    for name, content in files.items():
        answer = user.post("/media", content=content)
        check_problem(answer, 413 if len(content) > 4 << 20 else 422, None)
        assert answer.json()["code"] in ("media_invalid", "body_too_large"), name
    assert kept(home) == before


def test_what_is_taken_is_served_as_a_picture_and_nothing_else(user: Any) -> None:
    for name, kind, content in harmless():
        uploaded = user.ok("POST", "/media", content=content)
        assert uploaded["media_type"] == kind, name
        answer = httpx.get(uploaded["url"], headers={"Accept": "text/html"}, timeout=90)
        assert answer.headers["content-type"] == kind
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        small = httpx.get(f"{uploaded['url']}&w=160", timeout=90)
        assert small.headers["content-type"] == "image/webp"
        assert b"<script>" not in small.content


def test_no_report_and_no_story_is_a_file(home: Any, user: Any, files: dict[str, bytes], check_problem: Any) -> None:
    plain = {"Content-Type": "application/json"}
    _, headers = sign({})
    for name, content in files.items():
        for path, sent in (("/webhook/task_complete", headers), ("/projects/create", plain)):
            answer = user.post(path, content=content, headers=sent)
            assert answer.status_code in (400, 401, 413, 422), (name, path, answer.text)
            check_problem(answer, answer.status_code, None)


def tried(kind: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return files if THOROUGH else {name: files[name] for name in SAMPLE[kind]}


def test_no_picture_at_an_address_is_believed(user: Any, files: dict[str, bytes], file_server: Any) -> None:
    shot = user.project("One.")["storyboard"][0]["id"]
    begun = {}
    for number, (name, content) in enumerate(tried("image", files).items()):
        url = file_server.put(f"/hostile-{number}", content)
        begun[name] = user.do(f"/shots/{shot}/generate_video", image_url=url)["task_id"]
    for name, task_id in begun.items():
        task = user.ended(task_id)
        assert (task["status"], task["error_code"] in REFUSED) == ("FAILED", True), (name, task)
    assert user.read(f"/shots/{shot}")["image_url"] is None


@pytest.mark.parametrize("kind", ["image", "speech", "video"])
def test_no_result_of_a_node_is_believed(user: Any, files: dict[str, bytes], node: FakeNode, kind: str) -> None:
    shot = user.project("One.")["storyboard"][0]["id"]
    begun = {name: begin(user, shot, kind) for name in tried(kind, files)}
    for name, task_id in begun.items():
        url = node.put(f"/{uuid.uuid4()}", files[name], "video/mp4")
        assert node.report(held(node, task_id), status="SUCCESS", result_url=url).status_code == 200
    for name, task_id in begun.items():
        task = user.ended(task_id)
        assert (task["status"], task["error_code"] in REFUSED) == ("FAILED", True), (name, task)
    shown = {"image": "image_url", "speech": "narration_url", "video": "video_url"}[kind]
    assert user.read(f"/shots/{shot}")[shown] is None


def begin(user: Any, shot: str, kind: str) -> str:
    """A task for something that nobody has made before."""
    new = str(uuid.uuid4())
    if kind == "image":
        return user.do(f"/shots/{shot}/generate_image", prompt=new)["task_id"]
    if kind == "speech":
        return user.do(f"/shots/{shot}/generate_narration", narration=new)["task_id"]
    user.do(f"/shots/{shot}/update_prompt", narration="")
    colour = f"#{uuid.uuid4().hex[:6]}"
    picture = user.ok("POST", "/media", content=png(8, 8, colour))["url"]
    return user.do(f"/shots/{shot}/generate_video", image_url=picture)["task_id"]


def held(node: FakeNode, task_id: str) -> dict[str, Any]:
    """The job, once the node has it and the server knows that."""
    end = time.monotonic() + 60
    while True:
        job = next((job for job in node.submitted if job["task_id"] == task_id), None)
        if job and node.report(job, status="RUNNING").status_code == 200:
            return job
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.long
@pytest.mark.parametrize("part", range(FILMS))
def test_a_film_of_hostile_lines_has_nothing_but_their_letters(
    start_server: Any, sign_in: Any, canary: Canary, part: int
) -> None:
    """Captions drawn in and as a text track, titles, prompts and every export."""
    lines = canary.lines()[part::FILMS]
    with start_server(owner=OWNER) as server, sign_in(server) as user:
        made = user.project("One fox. " * len(lines), title=lines[0][:200], fps=24, resolution="144x144")
        for shot, line in zip(made["storyboard"], lines, strict=True):
            user.do(f"/shots/{shot['id']}/update_prompt", prompt=line, narration=line)
        path = f"/projects/{made['project_id']}"
        task = user.do(f"{path}/make_film", subtitles="both", music=False, preset="draft")["task_id"]
        film = user.done(task)["result"]["film_url"]
        cut = user.read(f"{path}/cuts")["items"][0]["id"]
        exports = [user.get(f"{path}/cuts/{cut}/export/{kind}") for kind in ("srt", "vtt", "txt", "otio")]
        for export in exports:
            assert export.status_code == 200
            assert export.headers["content-disposition"].startswith("attachment")
            assert export.headers["x-content-type-options"] == "nosniff"
        canary.check(httpx.get(film, timeout=90).content, *(export.content for export in exports))
        assert server.faults() == []


UPWARDS = (
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%5c",
    "..\\",
    "%252e%252e%252f",
    "....//",
    "..%c0%af",
    "..;/",
    "%00../",
)
WANTED = ("secret.key", "storyreel.db", "etc/passwd", "a" * 5000)


def test_no_path_leads_out_of_its_folder(home: Any, user: Any) -> None:
    """Asked as they stand, which no client would do."""
    address = urlsplit(home.url)
    starts = (
        "/",
        "/assets/",
        "/docs/assets/",
        "/api/media/",
        "/api/projects/x/film/live/",
        "//",
        "/api/nodes/x/results/",
    )
    with closing(http.client.HTTPConnection(address.netloc, timeout=90)) as connection:
        for path in (start + up * 8 + wanted for start in starts for up in UPWARDS for wanted in WANTED):
            connection.putrequest("GET", path, skip_host=True)
            connection.putheader("Host", address.netloc)
            connection.putheader("Authorization", user.headers["authorization"])
            connection.endheaders()
            answer = connection.getresponse()
            content = answer.read()
            page = answer.status == 200 and answer.headers["content-type"].startswith("text/html")
            assert page or answer.status in (400, 404, 405, 422), (path, answer.status)
            assert b"root:" not in content
            assert b"SQLite format" not in content
            assert (home.data / "secret.key").read_bytes() not in content
