"""Callbacks of projects: what is delivered, in which order, how it is signed, repeated, given up and shown."""

import contextlib
import json
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class Receiver:
    """Notes every POST; answers with the next of `answers`, or 204."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: deque[int] = deque()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, dict(self.headers), body))
                status = receiver.answers.popleft() if receiver.answers else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.web.server_port}"
        threading.Thread(target=self.web.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def at(self, path: str) -> list[tuple[dict[str, str], dict[str, Any]]]:
        return [(headers, json.loads(body)) for to, headers, body in self.got if to == path]


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    receiving = Receiver()
    yield receiving
    receiving.web.shutdown()
    receiving.web.server_close()


@pytest.fixture(scope="module")
def home(start_server: Any, receiver: Receiver) -> Iterator[Any]:
    with start_server(STORYREEL_FETCH_ALLOWED_HOSTS=json.dumps([receiver.host])) as server:
        yield server


@pytest.fixture(scope="module")
def mia(home: Any, sign_in: Any) -> Iterator[Any]:
    with sign_in(home) as client:
        yield client


def wait_for(condition: Any) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def test_what_ends_is_told_in_order_signed_and_again_until_it_is_heard(mia: Any, receiver: Receiver) -> None:
    receiver.answers += [302]
    project = mia.project("One. Two.", callback_url=f"http://{receiver.host}/all")
    id_, secret = project["project_id"], project["callback_secret"]
    film = mia.do(f"/projects/{id_}/make_film", subtitles="none", music=False, cards=False)["task_id"]
    mia.done(film)
    wait_for(lambda: [body for _, body in receiver.at("/all") if body["type"] == "film.succeeded"])
    heard = receiver.at("/all")
    assert not receiver.at("/elsewhere"), "no redirect is followed"
    assert [body["type"] for _, body in heard[:2]] == ["task.succeeded"] * 2, "the first was told twice"
    assert len({headers["webhook-id"] for headers, _ in heard[:2]}) == 1, "by one id"
    for _, headers, raw in receiver.got:
        sent = {name: headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        assert Webhook(secret).verify(raw, sent)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(raw + b" ", sent)
    numbers = [int(headers["webhook-id"].rpartition("_")[2]) for headers, _ in heard]
    assert numbers == sorted(numbers)
    last = heard[-1][1]["data"]
    assert (last["id"], last["status"], last["project_id"]) == (film, "SUCCESS", id_)

    wait_for(lambda: all(one["status"] == "SUCCESS" for one in mia.read(f"/projects/{id_}/deliveries")["items"]))
    shown = mia.read(f"/projects/{id_}/deliveries")
    assert shown["callback_url"].endswith("/all")
    assert [one["type"] for one in shown["items"]] == [body["type"] for _, body in reversed(heard[1:])]
    assert shown["items"][-1]["attempts"] == 2
    assert secret not in json.dumps(shown)
    assert secret not in json.dumps(mia.read(f"/projects/{id_}"))


def test_a_callback_is_set_changed_and_taken_back_later(mia: Any, home: Any, receiver: Receiver) -> None:
    id_ = mia.project("One.")["project_id"]
    assert mia.read(f"/projects/{id_}/deliveries") == {"callback_url": None, "items": []}
    set_ = mia.ok("PATCH", f"/projects/{id_}", {"callback_url": f"http://{receiver.host}/later"})
    again = mia.ok("PATCH", f"/projects/{id_}", {"callback_url": f"http://{receiver.host}/later"})
    assert set_["callback_secret"] != again["callback_secret"]
    kept = b"".join(file.read_bytes() for file in home.data.glob("storyreel.db*"))
    assert again["callback_secret"].encode() not in kept
    shot = mia.shots(id_)[0]["id"]
    failed = mia.ended(mia.do(f"/shots/{shot}/generate_image", prompt="FAIL-image")["task_id"])
    wait_for(lambda: receiver.at("/later"))
    ((_, told),) = receiver.at("/later")
    assert (told["type"], told["data"]["error"]) == ("task.failed", failed["error"])
    assert mia.ok("PATCH", f"/projects/{id_}", {"callback_url": ""})["callback_secret"] is None
    mia.ended(mia.do(f"/shots/{shot}/generate_image", prompt="FAIL-image")["task_id"])
    assert len(mia.read(f"/projects/{id_}/deliveries")["items"]) == 1


@pytest.mark.parametrize(
    "url", ["ftp://film.example/", "http://u:p@film.example/", "http://film.example:22/", "x", "http://[::1", "//a/b"]
)
def test_an_address_that_may_not_be_called_is_refused(mia: Any, url: str) -> None:
    asked = {"title": "A", "style": "Anime", "story_text": "One.", "callback_url": url}
    mia.refused_project(422, "fetch_refused", asked)


def test_private_addresses_are_never_called_and_nothing_waits_for_them(mia: Any, home: Any, receiver: Receiver) -> None:
    """Public by its looks; what it stands for is seen when the socket opens."""
    id_ = mia.project("One.", callback_url="http://localhost:8080/")["project_id"]
    where = f"/projects/{id_}/deliveries"
    wait_for(lambda: mia.read(where)["items"][0]["attempts"] > 0)
    (stuck,) = mia.read(where)["items"]
    assert stuck["status"] == "PENDING"
    assert stuck["next_try_at"]
    assert "not at a public address" in stuck["error"]
    with contextlib.closing(sqlite3.connect(home.data / "storyreel.db")) as rows, rows:
        long_ago = "created_at = '2020-01-01 00:00:00.000000', next_try_at = '2020-01-01 00:00:00.000000'"
        rows.execute(f"UPDATE deliveries SET {long_ago} WHERE id = ?", (stuck["id"],))  # noqa: S608
    wait_for(lambda: mia.read(where)["items"][0]["status"] == "FAILED")
