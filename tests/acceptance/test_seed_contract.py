"""Walks seed-api.md: every endpoint, field, enum and example of the document, by a client that knows nothing else."""

import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

SEED = Path(__file__).with_name("seed-api.md").read_text()

# What the document's field names mean in JSON; a name that is missing here fails the walk.
TYPES: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "title": str,
    "story_text": str,
    "style": str,
    "created_at": str,
    "cover_url": str,
    "status": str,
    "project_id": str,
    "order": int,
    "prompt": str,
    "narration": str,
    "transition": str,
    "image_url": str,
    "video_url": str,
    "task_id": str,
    "type": str,
    "progress": (int, float),
    "result": (dict, type(None)),
    "error": (str, type(None)),
    "token": str,
}
FIELD = re.compile(r"(\w+)(\?)?(?:\s*\(([\w|]+)\)|:\s*([^,}]+))?")


@dataclass(frozen=True)
class Field:
    """`kind` is what the document says of it: values split by bars, an entity, an entity[], `true`, or nothing."""

    name: str
    optional: bool
    kind: str


@dataclass
class Endpoint:
    method: str
    path: str
    parts: dict[str, str] = field(default_factory=dict)  # Request, Query, Response → what the document says


def fields_of(text: str) -> list[Field]:
    inner = text.strip().strip("{} ")
    return [
        Field(name, bool(mark), (in_brackets or after_colon or "").strip())
        for name, mark, in_brackets, after_colon in FIELD.findall(inner)
    ]


class Contract:
    """The document, read; `left` holds each code span and block until something has asserted it."""

    def __init__(self, text: str) -> None:
        self.entities = {name: fields_of(body) for name, body in re.findall(r"^- (\w+): `(\{.*\})`", text, re.M)}
        self.statuses = re.findall(r"`([A-Z]+)`", re.search(r"^- Status enum:.*$", text, re.M).group())
        self.endpoints: dict[tuple[str, str], Endpoint] = {}
        self.examples = self._examples(text)
        current = None
        for line in text.split("## Example payloads")[0].splitlines():
            if start := re.match(r"- (GET|POST|PUT|PATCH|DELETE) `(/[^`]+)`", line):
                current = Endpoint(*start.groups())
                self.endpoints[start.groups()] = current
            elif current and (part := re.match(r"\s+(Request|Query|Response): (.*)$", line)):
                current.parts[part.group(1)] = part.group(2).strip()
        self.left = {f"{method} {path}" for method, path in self.endpoints}
        self.left |= {
            f"{method} {path} {part}.{item.name}"
            for (method, path), endpoint in self.endpoints.items()
            for part, said in endpoint.parts.items()
            for item in self._fields_in(part, said)
        }
        self.left |= {f"{entity}.{item.name}" for entity, items in self.entities.items() for item in items}
        self.left |= {f"style {style}" for style in self.styles} | {f"example {name}" for name in self.examples}

    @property
    def styles(self) -> list[str]:
        request = self.endpoints["POST", "/projects/create"].parts["Request"]
        return re.findall(r'"(\w+)"', request)

    def _fields_in(self, part: str, said: str) -> list[Field]:
        if part == "Query":
            return [Field(name, True, "") for name in re.findall(r"`(\w+)`", said)]
        return fields_of(said.strip("`")) if said.startswith("`{") else []

    def _examples(self, text: str) -> dict[str, Any]:
        """`Title/Request` or `Title/Response` → the example's JSON."""
        found: dict[str, Any] = {}
        title = part = ""
        for heading, label, block in re.findall(
            r"^### ([^\n]+)$|^(Request|Response):$|^```json\n(.*?)^```", text, re.M | re.S
        ):
            title, part = heading or title, label or part
            if block:
                found[f"{title.split(' / ')[0]}/{part}"] = json.loads(block)
        return found

    def holds(self, value: Any, said: str) -> None:
        """Asserts that a JSON value is what the document says: an entity, a list of one, or fields in braces."""
        said = said.strip("` ")
        if said.endswith("[]"):
            assert isinstance(value, list)
            for item in value:
                self.holds(item, said[:-2])
        elif said in self.entities:
            self._entity(value, said)
        else:
            raise AssertionError(f"the document says {said!r}, which this test does not understand")

    def _entity(self, value: dict[str, Any], name: str) -> None:
        for item in self.entities[name]:
            assert item.name in value or item.optional, f"{name}.{item.name} is missing"
            if value.get(item.name) is not None or not item.optional:
                assert isinstance(value[item.name], TYPES[item.name]), (name, item.name, value[item.name])
            if item.name == "status":
                assert value["status"] in self.statuses
            elif "|" in item.kind:
                assert value[item.name] in item.kind.split("|")
            elif item.name == "style":
                assert value["style"] in self.styles
            if value.get(item.name) is not None:
                self.left.discard(f"{name}.{item.name}")


class SeedClient:
    """Knows the document and the address, nothing else."""

    def __init__(self, contract: Contract, http: httpx.Client) -> None:
        self.contract = contract
        self.http = http

    def call(self, method: str, path: str, body: Any = None, *, of: str = "", **options: Any) -> Any:
        """Call an endpoint; the request may hold only what the document names, the answer must hold all of it."""
        endpoint = self.contract.endpoints[method, path]
        where = f"{method} {path}"
        allowed = self.contract._fields_in("Request", endpoint.parts.get("Request", ""))
        if body is not None and "content" not in options:
            assert body.keys() <= {item.name for item in allowed}, "the client knows only the document"
            assert body.keys() >= {item.name for item in allowed if not item.optional}
            options["content"] = json.dumps(body)
        answer = self.http.request(method, re.sub(r"\{\w+\}", of, path), **options)
        assert answer.status_code == 200, (where, answer.status_code, answer.text)
        self.contract.left.discard(where)
        self.contract.left -= {f"{where} Request.{name}" for name in body or {}}
        self.contract.left -= {f"{where} Query.{name}" for name in options.get("params", {})}
        self._check(where, endpoint.parts["Response"], answer.json())
        return answer.json()

    def _check(self, where: str, said: str, value: Any) -> None:
        items = self.contract._fields_in("Response", said)
        if not items:
            self.contract.holds(value, said)
        for item in items:
            assert item.name in value, f"{where} does not answer with {item.name}"
            if item.kind == "true":
                assert value[item.name] is True
            elif item.kind:
                self.contract.holds(value[item.name], item.kind)
            else:
                assert isinstance(value[item.name], TYPES[item.name])
            self.contract.left.discard(f"{where} Response.{item.name}")

    def task(self, task_id: str, until: tuple[str, ...] = ("SUCCESS", "FAILED")) -> dict[str, Any]:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            task = self.call("GET", "/tasks/{task_id}/status", of=task_id)
            if task["status"] in until:
                return task
            time.sleep(0.05)
        raise AssertionError(f"never {until}: {task}")


def like(value: Any, example: Any) -> None:
    """Asserts that a value has all that an example has, of the same types."""
    if isinstance(example, dict):
        for name, part in example.items():
            assert name in value, f"{name} is missing"
            like(value[name], part)
    elif isinstance(example, list):
        assert value
        for item in value:
            like(item, example[0])
    elif example is not None:
        assert isinstance(value, type(example))


def test_the_document_is_read_whole() -> None:
    contract = Contract(SEED)
    assert len(contract.endpoints) == len(re.findall(r"^- [A-Z]+ `/", SEED, re.M)) == 9
    assert set(contract.entities) == {"Project", "Shot", "Task"}
    assert contract.statuses == ["PENDING", "RUNNING", "SUCCESS", "FAILED"]
    assert contract.styles == ["Cinematic", "Anime", "Realistic"]
    assert len(contract.examples) == SEED.count("```json") == 3
    for endpoint in contract.endpoints.values():
        assert "Response" in endpoint.parts


def test_what_the_document_has_more_is_left_over() -> None:
    more = SEED.replace("cover_url?,", "cover_url?, poster?,").replace(
        "- GET `/projects`", "- GET `/films`\n- GET `/projects`"
    )
    assert Contract(more).left - Contract(SEED).left == {"Project.poster", "GET /films"}


def test_every_endpoint_field_and_example(any_node_server: Any, fake_node: Any, sign: Any, png: bytes) -> None:
    contract = Contract(SEED)
    base = re.search(r"^Base URL: `([^`]+)`", SEED, re.M).group(1)
    kind = re.search(r"^- Content-Type: `([^`]+)`", SEED, re.M).group(1)
    with httpx.Client(base_url=any_node_server.url + base, headers={"Content-Type": kind}, timeout=60) as http:
        walk(SeedClient(contract, http), sign, fake_node.put("/seed.png", png))
    contract.left.discard("Project.story_text")  # optional; listings leave it out
    assert not contract.left, "the document has more than this test asserts"


def walk(client: SeedClient, sign: Any, picture: str) -> None:
    contract = client.contract
    anonymous = client.http.get("/projects")
    assert anonymous.status_code == 401
    token = client.call("POST", "/auth/login", {"username": "mia", "password": "correct horse battery"})["token"]
    header = re.search(r"^- Header: `(\w+): Bearer <token>`", SEED, re.M).group(1)
    client.http.headers[header] = f"Bearer {token}"

    project_id, shots = walk_projects(client)
    walk_shots(client, shots[0])
    walk_tasks(client, shots, sign, picture)

    listed = client.call("GET", "/projects")["items"]
    storyboard = client.call("GET", "/projects/{id}/storyboard", of=project_id)
    contract.holds(listed, "Project[]")
    assert storyboard["project_id"] == project_id
    first = storyboard["shots"][0]
    assert httpx.get(first["image_url"]).headers["content-type"] == "image/png"
    assert httpx.get(first["video_url"]).headers["content-type"] == "video/mp4"
    assert httpx.get(next(item for item in listed if item["id"] == project_id)["cover_url"]).status_code == 200


def walk_projects(client: SeedClient) -> tuple[str, list[dict[str, Any]]]:
    contract = client.contract
    example = contract.examples["Create project/Request"]
    created = client.call("POST", "/projects/create", example)
    like(created, contract.examples["Create project/Response"])
    contract.left -= {"example Create project/Request", "example Create project/Response"}
    assert [shot["order"] for shot in created["storyboard"]] == list(range(len(created["storyboard"])))
    assert all(shot["project_id"] == created["project_id"] for shot in created["storyboard"])

    for style in contract.styles:
        story = {"title": f"In {style}", "story_text": "A kid walks on the moon. It waves.", "style": style}
        made = client.call("POST", "/projects/create", story)
        assert (
            "".join(shot["narration"] for shot in made["storyboard"]).replace(" ", "") == "Akidwalksonthemoon.Itwaves."
        )
        contract.left.discard(f"style {style}")

    everything = client.call("GET", "/projects")["items"]
    assert [item["title"] for item in everything[:4]] == ["In Realistic", "In Anime", "In Cinematic", "Moon Walk"]
    assert client.call("GET", "/projects", params={"sort": "created_at"})["items"] == everything
    found = client.call("GET", "/projects", params={"q": "moon"})["items"]
    assert [item["id"] for item in found] == [created["project_id"]]
    return created["project_id"], created["storyboard"]


def walk_shots(client: SeedClient, shot: dict[str, Any]) -> None:
    path = "/shots/{id}/update_prompt"
    for change in ({"prompt": "A kid on the moon at night"}, {"narration": "A kid walks."}, {"transition": "wipe"}, {}):
        before = client.call("GET", "/projects/{id}/storyboard", of=shot["project_id"])["shots"][0]
        after = client.call("POST", path, change, of=shot["id"])
        named = {item.name for item in client.contract.entities["Shot"]}
        assert {name: after.get(name) for name in named} == {name: before.get(name) for name in named} | change


def walk_tasks(client: SeedClient, shots: list[dict[str, Any]], sign: Any, picture: str) -> None:
    shot = shots[0]["id"]
    hook = "/webhook/task_complete"

    def report(**body: Any) -> None:
        content, headers = sign(body)
        client.call("POST", hook, body, content=content, headers=headers)

    task_id = client.call("POST", "/shots/{id}/generate_image", {}, of=shot)["task_id"]
    running = client.task(task_id, until=("RUNNING",))
    like(running, client.contract.examples["Task status/Response"])
    client.contract.left.discard("example Task status/Response")
    assert running["type"] == "SD"
    report_when_held(client, report, task_id=task_id, status="SUCCESS", result_url=picture)
    done = client.task(task_id)
    assert (done["status"], done["progress"], done["error"]) == ("SUCCESS", 100, None), done
    image_url = done["result"]["image_url"]

    asked = {"prompt": "A fox", "style": "Anime"}
    task_id = client.call("POST", "/shots/{id}/generate_image", asked, of=shots[-1]["id"])["task_id"]
    report_when_held(client, report, task_id=task_id, status="FAILED", error="The node ran out of memory.")
    failed = client.task(task_id)
    assert failed["status"] == "FAILED"
    assert "The node ran out of memory." in failed["error"]

    wanted = {"image_url": image_url, "transition": "crossfade"}
    moved = client.task(client.call("POST", "/shots/{id}/generate_video", wanted, of=shot)["task_id"])
    assert (moved["type"], moved["status"]) == ("SVD", "SUCCESS"), moved
    assert httpx.get(moved["result"]["video_url"]).headers["content-type"] == "video/mp4"


def report_when_held(client: SeedClient, report: Any, **body: Any) -> None:
    """As a node does: a report that comes before the task is known to be held is sent again."""
    end = time.monotonic() + 60
    while True:
        content_free = client.task(body["task_id"], until=("RUNNING", "SUCCESS", "FAILED"))
        assert content_free["status"] == "RUNNING"
        try:
            return report(**body)
        except AssertionError as refused:
            if "409" not in str(refused) or time.monotonic() > end:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize("transition", ["cut", "crossfade", "fade_black", "dissolve", "wipe", "slide"])
def test_the_seeds_free_text_transition_takes_these(api: Any, transition: str) -> None:
    shot = api.project("One.")["storyboard"][0]
    assert api.do(f"/shots/{shot['id']}/update_prompt", transition=transition)["transition"] == transition
