"""`storyreel node`: one that is reached and one that fetches its work make a film; and OpenAI's client asks one."""

import base64
import json
import re
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from PIL import Image

NEAR, FAR = ("whsec_" + base64.b64encode(secret * 32).decode() for secret in (b"n", b"f"))
STARTS_WITHIN = 60


class Node:
    """A running node, which can be killed and started again at the same address."""

    def __init__(self, folder: Path, command: tuple[str, ...], environment: dict[str, str], *words: str) -> None:
        self.folder = folder
        self.journal = folder / "journal"
        self._line = (*command, "node", "--data-dir", str(folder), *words)
        self._environment = environment | {"STORYREEL_FAKE_JOURNAL": str(self.journal)}
        self.url = ""
        self.start("0")

    def start(self, port: str = "") -> None:
        with (self.folder / "out").open("wb") as out, (self.folder / "log").open("ab") as log:
            line = (*self._line, "--port", port or self.url.rpartition(":")[2])
            self.process = subprocess.Popen(line, stdout=out, stderr=log, env=self._environment)
        end = time.monotonic() + STARTS_WITHIN
        while not (found := re.search(r"http://[\d.:]+", (self.folder / "out").read_text())):
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.05)
        self.url = found.group()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def calls(self, what: str = "begin") -> Counter[str]:
        lines = self.journal.read_text().splitlines() if self.journal.exists() else []
        return Counter(line.split()[1] for line in lines if line.startswith(what))

    def jobs(self) -> list[str]:
        """The tickets that it knows."""
        with closing(sqlite3.connect(self.folder / "node" / "node.db")) as rows:
            return [ticket for (ticket,) in rows.execute("SELECT ticket FROM jobs")]


@contextmanager
def running_node(folder: Path, module: Any, secret: str, *words: str, **changes: str) -> Iterator[Node]:
    environment = module.environment(STORYREEL_NODE_SECRET=secret, **changes)
    node = Node(folder, module.STORYREEL, environment, *words)
    try:
        yield node
    finally:
        node.stop()


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory, launcher: Any) -> Iterator[Node]:
    """The node that the server reaches."""
    with running_node(tmp_path_factory.mktemp("near"), launcher, NEAR, STORYREEL_FAKE_SECONDS="0.3") as node:
        yield node


@pytest.fixture(scope="module")
def served(start_server: Any, near: Node) -> Iterator[Any]:
    """The server whose work is all done by nodes: stories and pictures by the near one, the rest by the far one."""
    nodes = {
        "near": {"url": near.url, "secret": NEAR, "kinds": ["story", "image"], "heartbeat": 1},
        "far": {"secret": FAR, "kinds": ["speech", "video"]},
    }
    engines = {f"STORYREEL_{kind}_ENGINE": "remote_node" for kind in ("STORY", "IMAGE", "SPEECH", "VIDEO")}
    with start_server(STORYREEL_NODES=json.dumps(nodes), **engines) as server:
        yield server


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory, launcher: Any, served: Any) -> Iterator[Node]:
    """The node that fetches its work."""
    words = ("--pull", served.url, "--name", "far", "--kinds", "speech,video")
    with running_node(tmp_path_factory.mktemp("far"), launcher, FAR, *words) as node:
        yield node


@pytest.fixture(scope="module")
def mia(served: Any, sign_in: Any) -> Iterator[Any]:
    with sign_in(served) as client:
        yield client


@pytest.fixture(scope="module")
def sdk(near: Node) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{near.url}/v1", api_key=NEAR, max_retries=0, timeout=60) as client:
        yield client


def wait_for(condition: Any) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def test_two_nodes_make_a_film_and_keep_nothing(mia: Any, near: Node, far: Node, served: Any) -> None:
    project = mia.project("A fox runs. It rests.")
    task = mia.do(f"/projects/{project['project_id']}/make_film", subtitles="none", music=False)["task_id"]
    assert mia.done(task)["result"]["frames"] > 24
    assert near.calls("end") == {"story": 1, "image": 2}
    assert far.calls("end") == {"speech": 2, "video": 2}
    with closing(sqlite3.connect(served.data / "storyreel.db")) as rows:
        voices = rows.execute("SELECT facts FROM artifacts WHERE made_from LIKE '%\"voice\"%'").fetchall()
    assert any(json.loads(facts)["words"] for (facts,) in voices if "words" in facts), "words have their times"
    wait_for(lambda: not near.jobs() + far.jobs())
    wait_for(lambda: not [*(served.data / "uploads").rglob("*"), *served.data.rglob("*.part")])  # it is taken in
    assert served.faults() == []


@pytest.mark.parametrize("which", ["near", "far"])
def test_a_node_that_is_killed_goes_on(which: str, mia: Any, near: Node, far: Node) -> None:
    node = {"near": near, "far": far}[which]
    shot = mia.project("One.")["storyboard"][0]
    kind, path = ("image", "generate_image") if which == "near" else ("speech", "generate_narration")
    before = node.calls()[kind]
    if which == "far":
        node.kill()  # before it fetched the work
    body = {"prompt": "A picture of its own"} if which == "near" else {}
    task = mia.do(f"/shots/{shot['id']}/{path}", **body)["task_id"]
    if which == "near":
        wait_for(lambda: node.calls()[kind] > before)
        node.kill()
    node.start()
    mia.done(task)


def test_a_cancelled_task_stops_its_node(mia: Any, near: Node) -> None:
    shot = mia.project("One.")["storyboard"][0]
    begun, stopped = near.calls()["image"], near.calls("stop")["image"]
    task = mia.do(f"/shots/{shot['id']}/generate_image", prompt="To be cancelled")["task_id"]
    wait_for(lambda: near.calls()["image"] > begun)
    mia.do(f"/tasks/{task}/cancel")
    wait_for(lambda: task not in near.jobs())
    assert near.calls("stop")["image"] + near.calls("end")["image"] > stopped


def test_a_failure_is_told_with_its_reason(mia: Any, near: Node) -> None:
    shot = mia.project("One.")["storyboard"][0]
    task = mia.ended(mia.do(f"/shots/{shot['id']}/generate_image", prompt="FAIL-image")["task_id"])
    assert task["error_code"] == "node_failed"
    assert "The fake image engine was told to fail" in task["error"]


def test_nobody_gets_in_without_the_secret(near: Node) -> None:
    ways = [("POST", "/jobs"), ("GET", "/jobs/x"), ("DELETE", "/jobs/x"), ("POST", "/scenes"), ("GET", "/v1/models")]
    ways += [("POST", "/v1/images/generations"), ("POST", "/v1/audio/speech"), ("POST", "/v1/videos")]
    for method, path in ways:
        for shown in ({}, {"Authorization": "Bearer x"}, {"Authorization": NEAR}, {"Authorization": "Bearer é"}):
            encoded = {name: value.encode() for name, value in shown.items()}
            assert httpx.request(method, f"{near.url}{path}", headers=encoded).status_code == 401, (path, shown)
    assert httpx.get(f"{near.url}/results/..%2fnode.db").status_code == 404
    assert httpx.get(f"{near.url}/openapi.json").status_code == 404


def test_the_same_ticket_is_the_same_job(near: Node) -> None:
    job = {"task_id": "twice", "type": "TTS", "callback_url": "", "request": {"text": "Hello.", "language": "en"}}
    mine = {"Authorization": f"Bearer {NEAR}"}
    ids = {httpx.post(f"{near.url}/jobs", json=job, headers=mine).json()["id"] for _ in range(3)}
    assert len(ids) == 1
    where = f"{near.url}/jobs/{ids.pop()}"
    wait_for(lambda: httpx.get(where, headers=mine).json()["status"] == "SUCCESS")
    told = httpx.get(where, headers=mine).json()
    assert told["words"]
    assert httpx.get(told["result_url"]).content[:4] == b"RIFF"
    assert httpx.delete(where, headers=mine).status_code == 200
    assert httpx.get(told["result_url"]).status_code == 404
    for wrong in ({"type": "FILM"}, {"task_id": "../x"}, {"callback_url": "file:///etc/passwd"}, {"more": 1}):
        assert httpx.post(f"{near.url}/jobs", json=job | wrong, headers=mine).status_code in (400, 422)
    bad = httpx.post(f"{near.url}/jobs", json=job | {"task_id": "bad", "request": {"text": 1}}, headers=mine).json()
    wait_for(lambda: httpx.get(f"{near.url}/jobs/{bad['id']}", headers=mine).json()["status"] == "FAILED")


def test_openais_own_client_gets_pictures(sdk: openai.OpenAI, tmp_path: Path) -> None:
    answer = sdk.images.generate(model="any", prompt="A fox", size="1024x1024", response_format="b64_json", n=2)
    assert answer.data
    for number, picture in enumerate(answer.data):
        file = tmp_path / f"{number}.png"
        file.write_bytes(base64.b64decode(picture.b64_json or ""))
        with Image.open(file) as image:
            assert image.size == (1024, 1024)
    assert [model.id for model in sdk.models.list()][:1] == ["storyreel-llm"]
    with pytest.raises(openai.InternalServerError, match="told to fail"):
        sdk.images.generate(prompt="FAIL-image")


def test_openais_own_client_gets_voices(sdk: openai.OpenAI) -> None:
    spoken = sdk.audio.speech.create(model="any", voice="alloy", input="Hello there.", speed=1.5)
    assert spoken.content[:4] == b"RIFF"


@pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")
def test_openais_own_client_gets_clips(sdk: openai.OpenAI, tmp_path: Path, png: bytes) -> None:
    from storyreel.media.probe import probe_video

    begun = sdk.videos.create(
        model="any",  # type: ignore[arg-type]
        prompt="A fox runs",
        input_reference=("fox.png", png, "image/png"),
        seconds="4",
        size="320x180",  # type: ignore[arg-type]
    )
    while begun.status in ("queued", "in_progress"):
        time.sleep(0.1)
        begun = sdk.videos.retrieve(begun.id)
    assert begun.status == "completed", begun.error
    file = tmp_path / "clip.mp4"
    file.write_bytes(sdk.videos.download_content(begun.id).content)
    facts = probe_video(file)
    assert (facts.width, facts.height, facts.frames) == (320, 180, 96)
    assert sdk.videos.delete(begun.id).deleted
    with pytest.raises(openai.NotFoundError):
        sdk.videos.retrieve(begun.id)


def test_the_claim_is_for_the_node_alone(served: Any, far: Node, sign: Any, check_problem: Any) -> None:
    ask = {"types": ["TTS"], "working": [], "room": 9}
    where = f"{served.url}/api/nodes/far/claim"
    content, headers = sign(ask, secret=NEAR)
    check_problem(httpx.post(where, content=content, headers=headers), 404, "node_not_found")
    content, headers = sign(ask, secret="whsec_" + "eHl6" * 8)
    check_problem(httpx.post(where, content=content, headers=headers), 401, "signature_invalid")
    for described, code in (
        ({"sha256": "0" * 64, "size": 4}, (409, "task_not_held")),
        ({"sha256": "no", "size": 4}, (422, "upload_broken")),
        ({"sha256": "0" * 64, "size": 2**40}, (422, "upload_broken")),
    ):
        content, headers = sign(described, secret=FAR)
        sent = headers | {"x-storyreel-upload": content, "content-type": "application/octet-stream"}
        answer = httpx.put(f"{served.url}/api/nodes/far/results/t1", content=b"RIFF", headers=sent)
        check_problem(answer, *code)
