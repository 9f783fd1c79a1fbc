"""Media links: what opens them, what does not, and which part of a file they give."""

import io
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image

OWNER = ("mia", "correct horse battery")


@pytest.fixture(scope="module")
def shot(api: Any) -> dict[str, Any]:
    made = api.project("One fox.")["storyboard"][0]["id"]
    api.done(api.do(f"/shots/{made}/generate_image")["task_id"])
    return api.read(f"/shots/{made}")


@pytest.fixture(scope="module")
def url(shot: dict[str, Any]) -> str:
    return shot["image_url"]


@pytest.fixture(scope="module")
def content(url: str) -> bytes:
    return httpx.get(url).content


def test_a_link_is_absolute_and_opens_without_anything_else(server: Any, url: str) -> None:
    assert url.startswith(f"{server.url}/api/media/")
    answer = httpx.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    left = int(parse_qs(urlsplit(url).query)["expires"][0]) - time.time()
    assert 1800 - 60 < left <= 3600


def test_links_follow_the_address_that_users_see(start_server: Any, sign_in: Any) -> None:
    public = "https://film.example"
    with start_server(owner=OWNER, STORYREEL_PUBLIC_URL=public) as server, sign_in(server) as api:
        shot = api.project("One.")["storyboard"][0]["id"]
        link = api.done(api.do(f"/shots/{shot}/generate_image")["task_id"])["result"]["image_url"]
        assert link.startswith("https://film.example/api/media/")
        inside = link.replace(public, server.url)
        assert httpx.get(inside).status_code == 200
        assert httpx.get(inside, headers={"Host": "film.example"}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=5-5", slice(5, 6)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=0-999999999999", slice(0, None)),
        ("bytes=-999999999999", slice(0, None)),
    ],
)
def test_a_part_is_sent_when_asked_for(url: str, content: bytes, asked: str, part: slice) -> None:
    answer = httpx.get(url, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == content[part]
    first = len(content) - len(answer.content) if part.start and part.start < 0 else part.start
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(content)}"


@pytest.mark.parametrize(
    "asked", ["", "bytes", "bytes=", "bytes=a-b", "bytes=9-5", "lines=0-9", "bytes=0-1,5-6", "bytes=--1", "bytes=٣-٥"]
)
def test_what_is_no_part_gives_the_whole_file(url: str, content: bytes, asked: str) -> None:
    answer = httpx.get(url, headers=[(b"Range", asked.encode())])
    assert (answer.status_code, answer.content) == (200, content)


def test_a_part_beyond_the_end_is_a_problem(url: str, content: bytes, check_problem: Any) -> None:
    answer = httpx.get(url, headers={"Range": f"bytes={len(content)}-"})
    check_problem(answer, 416, "range_unknown")
    assert answer.headers["content-range"] == f"bytes */{len(content)}"


def test_a_changed_file_is_sent_whole(url: str, content: bytes) -> None:
    tag = httpx.get(url).headers["etag"]
    assert httpx.get(url, headers={"Range": "bytes=0-9", "If-Range": tag}).status_code == 206
    assert httpx.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).content == content


def test_head_tells_all_but_the_file(url: str, content: bytes) -> None:
    whole, head = httpx.get(url), httpx.head(url)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "etag", "accept-ranges", "last-modified"):
        assert head.headers[name] == whole.headers[name]
    assert head.headers["content-length"] == str(len(content))


def test_a_link_that_was_changed_opens_nothing(url: str, check_problem: Any) -> None:
    key, query = url.split("/media/")[1].split("?")
    expires, signature = (parse_qs(query)[name][0] for name in ("expires", "signature"))
    other_key = key[:-1] + ("0" if key[-1] != "0" else "1")
    base = url.split(key)[0]
    for changed in (
        f"{base}{other_key}?expires={expires}&signature={signature}",
        f"{base}{key}?expires={int(expires) + 1800}&signature={signature}",
        f"{base}{key}?expires={int(expires) + 1}&signature={signature}",
        f"{base}{key}?expires=0{expires}&signature={signature}",
        f"{base}{key}?expires={int(time.time()) - 1}&signature={signature}",
        f"{base}{key}?expires={expires}&signature={signature[:-1]}",
        f"{base}{key}?expires={expires}&signature={signature.swapcase()}",
        f"{base}{key}?expires={expires}&signature=",
        f"{base}{key}?expires={expires}&signature=%00",
        f"{base}{key}?expires=x&signature={signature}",
        f"{base}{key}?expires=-1&signature={signature}",
    ):
        check_problem(httpx.get(changed), 403, "link_invalid")
    for incomplete in (f"{base}{key}", f"{base}{key}?expires={expires}", f"{base}{key}?signature={signature}"):
        check_problem(httpx.get(incomplete), 422, "invalid_request")
    for path in (f"{base}x", f"{base}..%2f..%2fsecret.key", f"{base}{key.upper()}x?expires=1&signature=x"):
        assert httpx.get(path).status_code in (404, 422)


def test_an_expired_link_opens_nothing(server: Any, url: str, check_problem: Any) -> None:
    from storyreel.store.objects.signing import UrlSigner

    key = url.split("/media/")[1].split("?")[0]
    signer = UrlSigner((server.data / "secret.key").read_bytes())
    for ago, status in ((0, 200), (3601, 403), (-3600, 403)):
        expires, signature = signer.sign(key, time.time() - ago)
        answer = httpx.get(f"{server.url}/api/media/{key}?expires={expires}&signature={signature}")
        assert answer.status_code == status


def test_a_link_of_another_server_opens_nothing(slow_server: Any, url: str, check_problem: Any) -> None:
    there = slow_server.url + url[url.index("/api/media") :]
    check_problem(httpx.get(there), 403, "link_invalid")


def test_a_file_that_was_lost_is_a_problem(fresh_server: Any, sign_in: Any, check_problem: Any) -> None:
    with sign_in(fresh_server) as api:
        shot = api.project("One.")["storyboard"][0]["id"]
        link = api.done(api.do(f"/shots/{shot}/generate_image")["task_id"])["result"]["image_url"]
    for file in (fresh_server.data / "objects").rglob("*.png"):
        file.unlink()
    check_problem(httpx.get(link), 404, "media_not_found")
    assert fresh_server.faults() == []


def test_a_picture_can_be_had_smaller(url: str, content: bytes) -> None:
    with Image.open(io.BytesIO(content)) as whole:
        wide, high = whole.size
    for width in (160, 320, 1280):
        answer = httpx.get(url, params=parse_qs(urlsplit(url).query) | {"w": width})
        assert answer.headers["content-type"] == "image/webp"
        with Image.open(io.BytesIO(answer.content)) as small:
            assert small.size == (min(width, wide), round(high * min(1, width / wide)))
    assert len(answer.content) < len(content)
    again = httpx.get(f"{url}&w=1280")
    assert (again.content, again.headers["etag"]) == (answer.content, answer.headers["etag"])


@pytest.mark.parametrize("width", ["0", "-320", "321", "99999", "x", "", "1e3"])
def test_a_silly_width_is_refused(url: str, width: str, check_problem: Any) -> None:
    check_problem(httpx.get(f"{url}&w={width}"), 422, "invalid_request")


def test_only_pictures_can_be_had_smaller(api: Any, shot: dict[str, Any], check_problem: Any) -> None:
    spoken = api.done(api.do(f"/shots/{shot['id']}/generate_narration")["task_id"])
    check_problem(httpx.get(f"{spoken['result']['narration_url']}&w=320"), 422, "not_a_picture")
    unsigned = f"{shot['image_url'].split('?')[0]}?expires=1&signature=x&w=320"
    check_problem(httpx.get(unsigned), 403, "link_invalid")
