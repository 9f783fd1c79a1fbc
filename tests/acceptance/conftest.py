"""Clients of the running server: signed in, as somebody else, as nobody; and a web server with files to fetch."""

import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import fake_node as fake_node_module
import httpx
import pytest
from fake_node import FakeNode

OWNER, OTHER = ("mia", "correct horse battery"), ("noa", "staple battery horse")
DONE = ("SUCCESS", "FAILED")
JSON = {"Content-Type": "application/json"}
# Load from other tests may stretch anything; what takes longer than this hangs.
PATIENCE = 90


class Api(httpx.Client):
    """An HTTP client with the few phrases that tests of this API repeat."""

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        super().__init__(base_url=f"{url}/api", headers=headers, timeout=PATIENCE)

    def ok(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The JSON of an answer that must be 200."""
        answer = self.request(method, path, **({"json": body} if body is not None else {}), **options)
        assert answer.status_code == 200, (method, path, answer.status_code, answer.text)
        return answer.json()

    def read(self, path: str, **query: Any) -> Any:
        return self.ok("GET", path, params=query)

    def do(self, path: str, **body: Any) -> Any:
        return self.ok("POST", path, body)

    def refused(self, status: int, code: str | None, method: str, path: str, **options: Any) -> dict[str, Any]:
        """The problem document of an answer that must be this refusal."""
        return problem(self.request(method, path, **options), status, code)

    def refused_project(self, status: int, code: str | None, body: Any) -> dict[str, Any]:
        """The problem that a new project of this body (JSON, or bytes) is; and no project came of it."""
        before = self.total()
        content = {"content": body, "headers": JSON} if isinstance(body, bytes) else {"json": body}
        document = self.refused(status, code, "POST", "/projects/create", **content)
        assert self.total() == before
        return document

    def total(self) -> int:
        return self.read("/projects", page_size=1)["total"]

    def project(self, story: str = "A fox runs. It rests.", **fields: Any) -> dict[str, Any]:
        """A new project and its storyboard."""
        asked = {"title": "A fox", "style": "Anime", "resolution": "320x180"} | fields
        return self.do("/projects/create", story_text=story, **asked)

    def shots(self, project_id: str) -> list[dict[str, Any]]:
        return self.read(f"/projects/{project_id}/storyboard")["shots"]

    def ended(self, task_id: str) -> dict[str, Any]:
        """The task once it has ended, however."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            task = self.read(f"/tasks/{task_id}/status")
            if task["status"] in DONE:
                return task
            time.sleep(0.05)
        raise AssertionError(f"never ended: {task}")

    def done(self, task_id: str) -> dict[str, Any]:
        """The task once it has succeeded."""
        task = self.ended(task_id)
        assert task["status"] == "SUCCESS", task
        return task


def problem(answer: httpx.Response, status: int, code: str | None) -> dict[str, Any]:
    """Checks that the answer is this problem, as RFC 9457 writes it."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert code in (None, document["code"]), document
    assert document["type"] == f"urn:storyreel:problem:{document['code']}"
    assert all((document["title"], document["detail"]))
    return document


def token_of(url: str, name: str, password: str) -> str:
    with Api(url) as nobody:
        return nobody.do("/auth/login", username=name, password=password)["token"]


@pytest.fixture(scope="session")
def sign_in() -> Any:
    """Opens a client of a server, signed in as its owner unless a token is given."""
    return lambda server, token="": Api(server.url, token or token_of(server.url, *OWNER))


@pytest.fixture(scope="session")
def owner_token(server: Any) -> str:
    return token_of(server.url, *OWNER)


@pytest.fixture(scope="session")
def other_token(server: Any, owner_token: str) -> str:
    server.add_user(*OTHER)
    return token_of(server.url, *OTHER)


@pytest.fixture(scope="session")
def api(server: Any, owner_token: str) -> Iterator[Api]:
    """The shared server's owner."""
    with Api(server.url, owner_token) as client:
        yield client


@pytest.fixture
def nothing_lost(api: Api, server: Any) -> Iterator[None]:
    """Fails the test if a project was lost, or the server had a fault of its own."""
    before, faults = api.total(), server.faults()
    yield
    assert server.faults() == faults
    assert api.total() >= before


@pytest.fixture(scope="session")
def other(server: Any, other_token: str) -> Iterator[Api]:
    """Somebody else on the shared server."""
    with Api(server.url, other_token) as client:
        yield client


@pytest.fixture(scope="session")
def anonymous(server: Any, owner_token: str) -> Iterator[Api]:
    """Nobody, on the shared server."""
    with Api(server.url) as client:
        yield client


@pytest.fixture(scope="session")
def slow(slow_server: Any) -> Iterator[Api]:
    """The owner on the server where everything takes half a minute."""
    with Api(slow_server.url, token_of(slow_server.url, *OWNER)) as client:
        yield client


@pytest.fixture
def newcomer(fresh_server: Any) -> Iterator[Api]:
    """The first to come to a server where nobody has signed in yet."""
    with Api(fresh_server.url) as client:
        yield client


@pytest.fixture(scope="session")
def check_problem() -> Any:
    return problem


class FileServer:
    """Serves what tests put into `files`: path → (content type, bytes)."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, bytes]] = {}
        files = self.files

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, content = files.get(self.path, ("text/html", b"<h1>nothing here</h1>"))
                self.send_response(200 if self.path in files else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.web.server_port}"

    def put(self, path: str, content: bytes, kind: str = "image/png") -> str:
        """The address of the file from now on."""
        self.files[path] = (kind, content)
        return f"http://{self.host}{path}"


@pytest.fixture(scope="session")
def file_server() -> Iterator[FileServer]:
    serving = FileServer()
    thread = threading.Thread(target=serving.web.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield serving
    serving.web.shutdown()
    serving.web.server_close()


class ModelServer(NamedTuple):
    url: str
    key: str


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    """A fake server of models that takes one key only, and repeats what it was sent when it is another."""
    key = "sk-canary-film-77"
    fake = Path(__file__).parents[1] / "engines" / "fake_openai.py"
    with subprocess.Popen([sys.executable, fake, key], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield ModelServer(process.stdout.readline().strip(), key)
        process.terminate()


@pytest.fixture(scope="session")
def png() -> bytes:
    """A small real picture."""
    from PIL import Image

    out = io.BytesIO()
    Image.linear_gradient("L").resize((320, 180)).convert("RGB").save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def fake_node() -> Iterator[FakeNode]:
    """The node that draws the pictures of `node_server`."""
    fake = FakeNode()
    yield fake
    fake.close()


@pytest.fixture(scope="session")
def node_server(start_server: Any, fake_node: FakeNode) -> Iterator[Any]:
    """A server whose pictures are drawn by a remote node."""
    with start_server(**node_settings(fake_node)) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def any_node_server(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The same, on SQLite and a folder, and on PostgreSQL and a bucket."""
    if request.param == "sqlite":
        yield request.getfixturevalue("node_server")
        return
    bucket = request.getfixturevalue("bucket")
    shared = {"STORYREEL_OBJECTS_URL": bucket.url, "STORYREEL_OBJECTS_ENDPOINT": bucket.endpoint}
    shared["STORYREEL_DATABASE_URL"] = request.getfixturevalue("house_url")
    node = node_settings(request.getfixturevalue("fake_node"))
    with request.getfixturevalue("start_server")(**node, **shared, **bucket.environment) as running:
        yield running


def node_settings(node: FakeNode) -> dict[str, str]:
    """What a server needs to be told, to have its pictures drawn by that node."""
    another = {"url": "http://127.0.0.1:9", "secret": "whsec_" + "QUJD" * 8, "kinds": ["story"]}
    return {
        "STORYREEL_IMAGE_ENGINE": "remote_node",
        "STORYREEL_CONCURRENCY": "2",
        "STORYREEL_NODES": json.dumps({"another-node": another} | node.settings()),
    }


@pytest.fixture(scope="session")
def sign() -> Any:
    """Signs a report as the node does: its bytes and the headers to send with them."""
    return fake_node_module.sign
