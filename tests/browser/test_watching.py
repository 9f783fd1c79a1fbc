"""Films in Chromium: while they are made and when they are finished, each picture at its time, with sound."""

import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import av
import httpx
import pytest
from counting import ground_of, numbers_in

pytestmark = pytest.mark.slow

STORY = "One one. Two two. Three. Four four four. Five."
FPS = 24
PATIENCE = 90


class Film:
    """A film on its way."""

    def __init__(self, url: str) -> None:
        owner = {"username": "mia", "password": "correct horse battery"}
        token = httpx.post(f"{url}/api/auth/login", json=owner).json()["token"]
        self.url = url
        self.api = httpx.Client(base_url=f"{url}/api", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)
        story = {"title": "Numbers", "story_text": STORY, "style": "Anime", "resolution": "256x144"}
        self.path = f"/projects/{self.api.post('/projects/create', json=story).json()['project_id']}"
        self.live = self.api.get(self.path).json()["live_url"]

    def make(self) -> None:
        asked = {"subtitles": "none", "music": False, "cards": False}
        self.task = self.api.post(f"{self.path}/make_film", json=asked).json()["task_id"]

    def status(self) -> str:
        return self.api.get(f"/tasks/{self.task}/status").json()["status"]

    def parts(self) -> list[float]:
        """How long each part lasts that can be played, in seconds."""
        playlist = httpx.get(self.live.replace("live.m3u8", "live/pictures.m3u8")).text
        return [float(seconds) for seconds in re.findall(r"#EXTINF:([\d.]+),", playlist)]

    def read(self) -> dict[str, Any]:
        return self.api.get(f"{self.path}/film").json()


def until(reached: Callable[[], Any]) -> Any:
    """What `reached` gives once it gives something."""
    end = time.monotonic() + PATIENCE
    while not (found := reached()):
        assert time.monotonic() < end, "never happened"
        time.sleep(0.05)
    return found


def until_page(page: Any, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The page's state once it is such."""

    def looked() -> dict[str, Any] | None:
        state = page.evaluate("state()")
        assert not [said for said in state["heard"] if said.startswith("error")], state
        return state if reached(state) else None

    return until(looked)


def until_ended(page: Any) -> dict[str, Any]:
    """The page's state once the film is at its end."""
    return until_page(page, lambda state: "ended" in state["heard"])


def each_in_its_turn(state: dict[str, Any]) -> None:
    """Pictures are shown at whole frames, none out of order."""
    frames = [moment * FPS for moment in state["shown"]]
    assert frames == pytest.approx([round(frame) for frame in frames], abs=0.01)
    assert frames == sorted(frames)


@pytest.fixture
def film(counting_server: Any) -> Iterator[Film]:
    made = Film(counting_server.url)
    yield made
    made.api.close()
    assert counting_server.faults() == []


def test_a_film_is_watched_while_it_is_made(film: Film, let_be_made: Any, open_page: Any, tmp_path: Any) -> None:
    film.make()
    let_be_made(1, 2)
    so_far = until(lambda: len(parts := film.parts()) == 2 and sum(parts))

    growing = open_page(film.url)
    growing.evaluate("playByHls", film.live)
    state = until_page(growing, lambda state: state["at"] > 1 and state["buffered"] > so_far - 0.01)
    assert film.status() == "RUNNING"
    assert state["buffered"] == pytest.approx(so_far, abs=0.001)
    assert (state["width"], state["height"]) == (256, 144)
    assert state["sound"] > 0
    seen = {frame: picture_at(growing, frame) for frame in (60, 24, 61, 0, 1)}

    snapshot = open_page(film.url)  # Chromium's own player takes what there is for the whole
    assert snapshot.evaluate("video.canPlayType('application/vnd.apple.mpegurl')")
    snapshot.evaluate("play", film.live)
    state = until_ended(snapshot)
    assert state["duration"] == pytest.approx(so_far, abs=0.025)
    assert state["sound"] > 0
    assert film.status() == "RUNNING"
    each_in_its_turn(state)

    growing.evaluate("video.play()")
    let_be_made(3, 4, 5)
    state = until_ended(growing)
    until(lambda: film.status() == "SUCCESS")
    made = film.read()
    assert state["at"] == pytest.approx(made["duration"], abs=0.001)
    numbers = numbers_of(made["film_url"], tmp_path)
    assert {frame: numbers[frame] for frame in seen} == seen


def test_a_finished_film_plays(film: Film, let_be_made: Any, open_page: Any, tmp_path: Any) -> None:
    let_be_made(1, 2, 3, 4, 5)
    film.make()
    until(lambda: film.status() == "SUCCESS")
    made = film.read()
    numbers = numbers_of(made["film_url"], tmp_path)
    assert len(numbers) == made["frames"]
    assert numbers[0] == (1, 0)
    for play, address in (("play", film.live), ("playByHls", film.live), ("play", made["film_url"])):
        page = open_page(film.url)
        page.evaluate(play, address)
        for frame in (0, 1, 50, 49, 51, len(numbers) // 2, 2):
            assert picture_at(page, frame) == numbers[frame]
        page.evaluate("video.currentTime = 0, video.playbackRate = 2, shown.length = 0, video.play()")
        state = until_ended(page)
        assert state["at"] == pytest.approx(made["duration"], abs=0.025)
        assert (state["width"], state["height"]) == (256, 144)
        assert state["sound"] > 0
        each_in_its_turn(state)
        # Not sooner: hls.js now and then forgets to end the stream when it is sent from afar into the last frame.
        assert picture_at(page, len(numbers) - 1) == numbers[-1]


def picture_at(page: Any, frame: int) -> tuple[int, int]:
    """The numbers in the picture that the page shows in the middle of a frame's time; its colour is looked at, too."""
    shot, number, colour = page.evaluate("pictureAt", (frame + 0.5) / FPS if frame else 0)
    assert colour == pytest.approx(ground_of(shot), abs=4)
    return shot, number


def numbers_of(film_url: str, folder: Any) -> list[tuple[int, int]]:
    """The numbers in each of a film's pictures."""
    file = folder / "film.mp4"
    file.write_bytes(httpx.get(film_url).content)
    with av.open(str(file)) as container:
        assert any(a.pts > b.pts for a, b in pairwise(p for p in container.demux(video=0) if p.size)), "B-frames"
    with av.open(str(file)) as container:
        return [numbers_in(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
