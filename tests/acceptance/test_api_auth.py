"""Signing in and out, and what nobody may see of somebody else's."""

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

LOGIN = "/auth/login"
# Signed with a node's own secret.
NODES = {"/api/webhook/task_complete", "/api/nodes/{name}/claim", "/api/nodes/{name}/results/{ticket}"}
OPEN = {"/api/auth/door", "/api/auth/login", "/api/media/{key}", *NODES, "/healthz", "/readyz"}


def credentials(name: str = "mia", password: str = "correct horse battery") -> dict[str, str]:  # noqa: S107
    return {"username": name, "password": password}


def test_the_first_to_sign_in_becomes_the_owner_and_nobody_after(
    newcomer: Any, fresh_server: Any, check_problem: Any
) -> None:
    check_problem(newcomer.get("/projects"), 401, "unauthorized")
    assert newcomer.read("/auth/door") == {"first_login_creates_owner": True}
    token = newcomer.ok("POST", LOGIN, credentials("Mia", "x"))["token"]
    assert newcomer.read("/auth/door") == {"first_login_creates_owner": False}
    assert "weak" in fresh_server.log()
    assert "'x'" not in fresh_server.log()
    mine = {"Authorization": f"Bearer {token}"}
    assert newcomer.ok("GET", "/auth/me", headers=mine)["username"] == "Mia"
    assert newcomer.ok("GET", "/projects", headers=mine)["items"] == []

    for wrong in (credentials("mia", "y"), credentials("mia", "X"), credentials("noa", "x"), credentials("noa", "y")):
        check_problem(newcomer.post(LOGIN, json=wrong), 401, "wrong_credentials")
    again = newcomer.ok("POST", LOGIN, credentials("MIA", "x"))["token"]
    assert again != token

    assert newcomer.ok("POST", "/auth/logout", headers=mine) == {"ok": True}
    answer = newcomer.get("/projects", headers=mine)
    check_problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert newcomer.ok("GET", "/projects", headers={"Authorization": f"Bearer {again}"})["items"] == []


def test_of_many_first_sign_ins_one_becomes_the_owner(newcomer: Any, fresh_server: Any) -> None:
    def try_as(number: int) -> int:
        body = credentials(f"user{number}", "whatever it takes")
        return httpx.post(f"{fresh_server.url}/api{LOGIN}", json=body, timeout=90).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(try_as, range(8))) == [200] + [401] * 7


def test_guessing_is_slowed_down_even_in_parallel(newcomer: Any, fresh_server: Any, check_problem: Any) -> None:
    newcomer.ok("POST", LOGIN, credentials())
    start = threading.Barrier(16)

    def guess(number: int) -> int:
        start.wait()
        body = credentials(password=f"guess {number}")
        return httpx.post(f"{fresh_server.url}/api{LOGIN}", json=body, timeout=90).status_code

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(guess, range(16))) == [401] * 10 + [429] * 6
    answer = newcomer.post(LOGIN, json=credentials())
    check_problem(answer, 429, "too_many_logins")
    assert int(answer.headers["retry-after"]) > 0


@pytest.fixture(scope="module")
def home(start_server: Any, sign_in: Any) -> Iterator[Any]:
    """A server of this module alone, and a client whose token nobody needs."""
    with start_server() as server, sign_in(server) as client:
        yield server, client


def test_signing_in_rightly_does_not_count_as_guessing(home: Any) -> None:
    for _ in range(11):
        home[1].ok("POST", LOGIN, credentials())


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer nonsense",
        "Basic bWlhOng=",
        "Bearer \u00e9\u00e9",
        "bearer ' OR 1=1 --",
        "Token x",
    ],
)
def test_a_token_that_is_none_opens_nothing(anonymous: Any, header: str, check_problem: Any) -> None:
    answer = anonymous.get("/projects", headers=[(b"Authorization", header.encode("latin-1"))])
    check_problem(answer, 401, "unauthorized")


def test_an_expired_token_opens_nothing(home: Any, check_problem: Any) -> None:
    server, client = home
    token = client.ok("POST", LOGIN, credentials())["token"]
    own = {"Authorization": f"Bearer {token}"}
    assert client.get("/projects", headers=own).status_code == 200
    digest = hashlib.sha256(token.encode()).hexdigest()
    with contextlib.closing(sqlite3.connect(server.data / "storyreel.db")) as rows, rows:
        rows.execute("UPDATE tokens SET expires_at = '2020-01-01 00:00:00.000000' WHERE digest = ?", (digest,))
    check_problem(client.get("/projects", headers=own), 401, "unauthorized")


def test_tokens_and_passwords_are_kept_as_hashes(home: Any) -> None:
    server, client = home
    token = client.ok("POST", LOGIN, credentials())["token"]
    kept = b"".join(file.read_bytes() for file in server.data.glob("storyreel.db*"))
    assert token.encode() not in kept
    assert credentials()["password"].encode() not in kept
    assert b"$argon2id$" in kept
    assert token not in server.log()


def test_pages_of_other_sites_may_do_nothing(anonymous: Any, check_problem: Any) -> None:
    for origin in (
        "https://evil.example",
        "null",
        "http://127.0.0.1.evil.example",
        "http://[",
        "http://evil.example:8000",
    ):
        answer = anonymous.post(LOGIN, json=credentials(), headers={"Origin": origin})
        check_problem(answer, 403, "foreign_origin")
    plain = anonymous.post(LOGIN, content=b'{"username":"mia","password":"x"}', headers={"Content-Type": "text/plain"})
    check_problem(plain, 422, "invalid_request")
    for origin in ("http://localhost:3000", "http://127.0.0.1"):
        answer = anonymous.post(LOGIN, json={}, headers={"Origin": origin})
        check_problem(answer, 422, "invalid_request")
        assert "access-control-allow-origin" not in answer.headers


# Every route, of the document that describes them


def routes(api: Any) -> list[tuple[str, str]]:
    paths = api.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path)
        for path, item in paths.items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete", "head")
    ]


@pytest.fixture(scope="module")
def theirs(other: Any) -> dict[str, str]:
    """Somebody else's things, by the names that paths have for them."""
    project = other.project("A secret fox.", title="A secret")
    shot = project["storyboard"][0]["id"]
    task = other.done(other.do(f"/shots/{shot}/generate_image")["task_id"])
    other.do(f"/projects/{project['project_id']}/shots", prompt="Another")
    return {"project_id": project["project_id"], "shot_id": shot, "task_id": task["id"]}


def filled(path: str, ids: dict[str, str]) -> str:
    wellformed = {"key": "0" * 64, "artifact": "0" * 64, "kind": "pictures", "name": "0_0_0_1", "character_id": "fox-1"}
    wellformed |= {"style": "Anime", "voice": "nobody", "cut_id": "nobody", "format": "srt"}
    return path.removeprefix("/api").format(**wellformed | ids)


def test_every_route_but_the_open_ones_needs_a_token(
    anonymous: Any, theirs: dict[str, str], check_problem: Any
) -> None:
    closed = [(method, path) for method, path in routes(anonymous) if path not in OPEN]
    assert len(closed) > 20
    for method, path in closed:
        for body in ({}, {"json": {}}, {"json": []}):
            answer = anonymous.request(method, filled(path, theirs), **body)
            check_problem(answer, 401, "unauthorized")


def test_somebody_elses_things_are_not_there_on_any_route(
    api: Any, other: Any, theirs: dict[str, str], check_problem: Any
) -> None:
    before = snapshot(other, theirs)
    named = [(method, path) for method, path in routes(api) if "_id}" in path]
    assert len(named) > 18
    for method, path in named:
        unknown = api.request(method, filled(path, dict.fromkeys(theirs, "nobody")), **body_for(method))
        answer = api.request(method, filled(path, theirs), **body_for(method))
        kind = path[path.index("{") + 1 : path.index("_id}")]
        check_problem(answer, 404, f"{kind}_not_found")
        assert answer.json() == unknown.json(), "what is somebody else's looks as what is not there"
    assert snapshot(other, theirs) == before


def body_for(method: str) -> dict[str, Any]:
    return {"json": {}} if method in ("POST", "PATCH", "PUT") else {}


def snapshot(client: Any, ids: dict[str, str]) -> list[Any]:
    project = f"/projects/{ids['project_id']}"
    return [client.read(path) for path in (project, f"{project}/storyboard", f"/tasks/{ids['task_id']}/status")]


def test_no_listing_shows_somebody_elses_things(api: Any, theirs: dict[str, str]) -> None:
    asked = {"/api/projects": {"q": "secret"}, "/api/tasks": {"project_id": theirs["project_id"]}}
    listings = [path for method, path in routes(api) if method == "GET" and "{" not in path and path not in OPEN]
    assert asked.keys() <= set(listings)
    for path in listings:
        unending = {"follow": "false"} if path.endswith("/events") else {}
        for query in (unending, asked.get(path, unending)):
            answer = api.get(path.removeprefix("/api"), params=query)
            assert answer.status_code == 200
            for secret in theirs.values():
                assert secret not in answer.text


def test_no_route_answers_a_foreign_host_or_lets_foreign_pages_change_anything(api: Any, check_problem: Any) -> None:
    ids = dict.fromkeys(("project_id", "shot_id", "task_id", "ticket"), "x")
    inside = [(method, filled(path, ids)) for method, path in routes(api)]
    outside = [("GET", f"{api.base_url.copy_with(path=path)}") for path in ("/", "/docs", "/metrics", "/films/x")]
    for method, path in inside + outside:
        for host in ("evil.example", "127.0.0.1.evil.example", ""):
            check_problem(api.request(method, path, headers={"Host": host}), 400, "unknown_host")
        if method not in ("GET", "HEAD"):
            check_problem(api.request(method, path, headers={"Origin": "https://evil.example"}), 403, "foreign_origin")


def test_a_user_with_a_new_password_or_none_is_out(home: Any, sign_in: Any, check_problem: Any) -> None:
    server, client = home
    server.add_user("noa", "battery staple horse")
    old = client.ok("POST", LOGIN, credentials("noa", "battery staple horse"))["token"]
    server.command("users", "set-password", "noa", "--password-stdin", said="staple battery horse")
    check_problem(client.get("/projects", headers={"Authorization": f"Bearer {old}"}), 401, "unauthorized")
    token = client.ok("POST", LOGIN, credentials("noa", "staple battery horse"))["token"]
    with sign_in(server, token) as noa:
        noa.project("One.")
        server.command("users", "remove", "noa", "--yes")
        check_problem(noa.get("/projects"), 401, "unauthorized")
