"""Which answer the built studio gives to which path."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from storyreel.webui import studio

PAGE = "<!doctype html><title>Studio</title>"
NOT_THERE = ["/api", "/api/none", "/docs/none", "/assets/none.js", "/..%2fsecret.txt", "/%2e%2e/secret.txt"]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "assets" / "main-1234.js").write_text("let told = 1\n" * 100)
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def client(built: Path) -> Iterator[TestClient]:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_api_route("/api/auth/login", lambda: {"ok": True}, methods=["POST"])
    studio.install(app, built)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/new", "/projects/a-b/storyboard", "/projects/1/shots/2", "/apiary", "/index"])
def test_every_path_that_is_nobody_elses_gets_the_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "media-src 'self' blob:" in policy


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/none", "/docs/none", "/assets/none.js", "/none.png", "/..%2fsecret.txt", "/%2e%2e/secret.txt"],
)
def test_what_is_not_there_is_not_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_only_what_is_read_is_answered(client: TestClient) -> None:
    assert client.post("/new").status_code == 404
    assert client.get("/api/auth/login").status_code == 405, "the API's own refusals stay its own"
    assert client.head("/new").status_code == 200


def test_files_are_kept_by_browsers_for_ever_when_their_name_tells_their_content(client: TestClient) -> None:
    asset = client.get("/assets/main-1234.js", headers={"accept-encoding": "gzip"})
    assert "immutable" in asset.headers["cache-control"]
    assert asset.headers["content-type"].startswith("text/javascript")
    assert asset.headers["content-encoding"] == "gzip"
    assert int(asset.headers["content-length"]) < 100
    assert client.get("/assets/main-1234.js", headers={"accept-encoding": "identity"}).content == asset.content
    assert client.get("/icon.svg").headers["cache-control"] == "no-cache"


def test_a_new_build_shows_without_a_restart(client: TestClient, built: Path) -> None:
    assert client.get("/").text == PAGE
    (built / "index.html").write_text("another, longer page")
    assert client.get("/").text == "another, longer page"


def test_a_studio_that_is_not_built_says_how_to_have_it(tmp_path: Path) -> None:
    app = FastAPI()
    studio.install(app, tmp_path / "none")
    with TestClient(app) as client:
        answer = client.get("/projects/1")
    assert "make web" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_what_is_compressed_is_the_same_each_time(built: Path) -> None:
    file = built / "assets" / "main-1234.js"
    first, second = (studio._read(file, moment) for moment in (1, 2))  # pyright: ignore[reportPrivateUsage]
    assert first.compressed == second.compressed
    assert gzip.decompress(first.compressed or b"") == first.body
