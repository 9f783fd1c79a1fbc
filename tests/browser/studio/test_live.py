"""The storyboard while pictures are made: the same in every window, after a reload, after a kill; and stopped."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

ENGINES = Path(__file__).parents[2] / "engines"
PATIENCE = 60
# All that a ring ever shows, in order, from now on.
FOLLOW = """() => {
  window.seen = []
  const look = () => {
    const rings = [...document.querySelectorAll('.card [role=progressbar]')].map((ring) => Number(ring.ariaValueNow))
    if (rings.length && rings.join() !== seen.at(-1)?.rings.join()) seen.push({ rings, at: Date.now() })
  }
  look()
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true })
}"""


class Held:
    """A server whose pictures are as far as a test says, that can be killed, and started again where it was."""

    def __init__(self, folder: Path, launcher: Any) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as door:
            self.port = door.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._at = folder / "at"
        self._at.mkdir()
        engine = {"STORYREEL_IMAGE_ENGINE": "held:HeldImageEngine", "PYTHONPATH": str(ENGINES)}
        self._environment = launcher.environment(**engine, HELD_AT=str(self._at), STORYREEL_CONCURRENCY="8")
        self._command = (*launcher.STORYREEL, "serve", "--port", str(self.port), "--data-dir", str(folder / "data"))

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, env=self._environment)
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def pictures_are_at(self, percent: int) -> None:
        written = self._at.with_suffix(".new")
        written.write_text(str(percent))
        written.replace(self._at / "percent")

    def has_stopped(self) -> bool:
        return [file.name for file in self._at.iterdir()] == ["percent"]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory, launcher: Any) -> Iterator[Held]:
    server = Held(tmp_path_factory.mktemp("held"), launcher)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
def studio(held: Held, studio_of: Callable[[str], AbstractContextManager[Any]]) -> Iterator[Any]:
    held.pictures_are_at(0)
    with studio_of(held.url) as there:
        yield there
    held.pictures_are_at(100)


def board(studio: Any, project: str) -> Any:
    page = studio.window(f"/projects/{project}/storyboard")
    page.set_default_timeout(PATIENCE * 1000)
    page.locator(".card").first.wait_for()
    says(page, "Live")
    return page


def says(page: Any, state: str) -> None:
    page.get_by_role("status").filter(has_text=state).wait_for()


def rings_are(page: Any, *percents: int) -> None:
    page.wait_for_function(
        """(wanted) => wanted ===
          [...document.querySelectorAll('.card [role=progressbar]')].map((ring) => ring.ariaValueNow).join()""",
        arg=",".join(map(str, percents)),
    )


def counts(page: Any) -> str:
    return " ".join(page.locator("footer .counts").inner_text().split())


def counts_are(page: Any, text: str) -> None:
    page.wait_for_function("(text) => document.querySelector('footer .counts').innerText.includes(text)", arg=text)


def make_pictures(page: Any) -> None:
    page.locator(".card").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("i")


def test_every_window_shows_how_far_it_is_and_so_does_a_reload(held: Held, studio: Any) -> None:
    project = studio.api.project("Seen twice", "One. Two. Three.")
    one, two = board(studio, project), board(studio, project)
    for page in (one, two):
        page.evaluate(FOLLOW)
    held.pictures_are_at(20)
    make_pictures(one)
    for page in (one, two):
        rings_are(page, 20, 20, 20)
    held.pictures_are_at(40)
    for page in (one, two):
        rings_are(page, 40, 40, 40)
        counts_are(page, "0 of 3 ready · 3 running")
    for page in (one, two):
        for ring in zip(*(look["rings"] for look in page.evaluate("seen") if len(look["rings"]) == 3), strict=True):
            assert list(ring) == sorted(ring), "never back"
    first, second = (page.evaluate("seen.at(-1).at") for page in (one, two))
    print(f"the second window {second - first:+} ms after the first")
    assert abs(second - first) < 5000, "told, not asked for now and then"
    one.reload()
    one.locator(".card").first.wait_for()
    rings_are(one, 40, 40, 40)
    assert counts(one) == counts(two)
    says(one, "Live")
    held.pictures_are_at(60)
    for page in (one, two):
        rings_are(page, 60, 60, 60)
    held.pictures_are_at(100)
    for page in (one, two):
        counts_are(page, "3 of 3 ready")
        assert page.locator(".card img").count() == 3


def test_what_is_cancelled_stops_and_stays(held: Held, studio: Any) -> None:
    project = studio.api.project("Stopped", "One. Two. Three.", style="Cinematic")
    page = board(studio, project)
    held.pictures_are_at(30)
    make_pictures(page)
    rings_are(page, 30, 30, 30)
    began = time.monotonic()
    page.get_by_role("contentinfo").get_by_role("button", name="Cancel").click()
    rings_are(page)
    print(f"stopped {time.monotonic() - began:.2f} s after the click")
    counts_are(page, "3 failed")
    assert page.get_by_role("contentinfo").get_by_role("button", name="Cancel").count() == 0
    page.evaluate(FOLLOW)
    end = time.monotonic() + PATIENCE
    while not held.has_stopped():
        assert time.monotonic() < end, "the engine goes on"
        time.sleep(0.05)
    held.pictures_are_at(100)
    # Whoever begins later is done, and those who were stopped are where they were.
    page.locator(".cell").nth(1).get_by_role("button", name="Retry").click()
    counts_are(page, "1 of 3 ready · 2 failed")
    page.locator(".card img").wait_for()
    assert [bool(shot["image_url"]) for shot in studio.api.shots(project)] == [False, True, False]
    assert page.locator(".card .chip.FAILED").count() == 2
    assert all(len(look["rings"]) == 1 for look in page.evaluate("seen"))


def test_a_killed_server_is_found_again_and_goes_on(held: Held, studio: Any) -> None:
    studio.forgiven.append("net::")
    project = studio.api.project("Killed", "One. Two. Three.", style="Realistic")
    page = board(studio, project)
    held.pictures_are_at(30)
    make_pictures(page)
    rings_are(page, 30, 30, 30)
    held.kill()
    says(page, "Reconnecting")
    rings_are(page, 30, 30, 30)
    page.locator(".card").nth(1).click()
    page.keyboard.press("d")
    page.get_by_role("alert").filter(has_text="cannot be reached").wait_for()
    assert page.locator(".card").count() == 3
    held.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    says(page, "Live")
    held.pictures_are_at(70)
    rings_are(page, 70, 70, 70)
    page.keyboard.press("d")
    page.wait_for_function("() => document.querySelectorAll('.card').length === 4")
    held.pictures_are_at(100)
    counts_are(page, "3 of 4 ready")
    assert page.locator(".card img").count() == 3
