"""A film of 200 shots: the strip scrolls and drags while news come in, and each costs one card's work."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SHOTS = 200
# From now on: when each picture was drawn, and of how many cards anything changed in the document, each time.
WATCH = """() => {
  window.watched = { drawn: [], changes: 0, over: false }
  const draw = (now) => { watched.drawn.push(now); watched.over || requestAnimationFrame(draw) }
  requestAnimationFrame(draw)
  const list = document.querySelector('.shots')
  const cards = ({ target, addedNodes }) =>
    target === list ? [...addedNodes] : [target.parentElement.closest('.card')]
  new MutationObserver((records) => (watched.changes += new Set(records.flatMap(cards).filter(Boolean)).size))
    .observe(list, { subtree: true, childList: true, characterData: true })
}"""
WATCHED = """() => {
  watched.over = true
  const gaps = watched.drawn.slice(1).map((at, index) => at - watched.drawn[index]).sort((a, b) => a - b)
  const fps = (1000 * gaps.length) / gaps.reduce((all, one) => all + one, 0)
  return { fps: Math.round(fps), p95: Math.round(gaps[Math.floor(gaps.length * 0.95)]), changes: watched.changes }
}"""
SCROLL = """(steps) => new Promise((done) => {
  const list = document.querySelector('.shots')
  const step = () => (list.scrollBy(40, 0), steps-- > 0 ? requestAnimationFrame(step) : done(true))
  step()
})"""


def watched(page: Any, what: str, act: Callable[[], object]) -> dict[str, float]:
    page.evaluate(WATCH)
    act()
    found = page.evaluate(WATCHED)
    print(what, found)
    return found


def drag_along(page: Any) -> None:
    """Takes the first card that shows to the border, and waits there while the row passes by."""
    box = page.locator(".shots").bounding_box()
    x, y = box["x"] + 600, box["y"] + 100
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 8, y, steps=10)
    page.locator(".card.dragged").wait_for()
    page.wait_for_timeout(1000)
    page.keyboard.press("Escape")
    page.mouse.up()


class Writers:
    """Somebody elsewhere, who rewrites one shot after the other while this is open."""

    def __init__(self, api: Any, project: str) -> None:
        self._api, self._shots = api, [shot["id"] for shot in api.shots(project)]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self.written = 0

    def _write(self) -> None:
        while not self._over.is_set():
            shot = self._shots[self.written % SHOTS]
            self._api.ok("PATCH", f"/shots/{shot}", {"narration": f"Said anew, for the time {self.written}."})
            self.written += 1

    def __enter__(self) -> "Writers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def test_everything_moves_while_everything_changes(studio: Any) -> None:
    project = studio.api.project("Long", " ".join(f"Shot {number} of many." for number in range(SHOTS)))
    page = studio.window(f"/projects/{project}/storyboard")
    page.locator(".card").nth(SHOTS - 1).wait_for(state="attached")
    page.get_by_role("status").filter(has_text="Live").wait_for()
    page.locator(".length").first.wait_for()
    quiet = watched(page, "quiet", lambda: page.evaluate(SCROLL, 90))
    with Writers(studio.api, project) as elsewhere:
        page.get_by_text("Said anew").first.wait_for(state="attached")
        began = elsewhere.written
        scrolled = watched(page, "scrolled", lambda: page.evaluate(SCROLL, 120))
        dragged = watched(page, "dragged", lambda: drag_along(page))
        written = elsewhere.written - began
    changes = scrolled["changes"] + dragged["changes"]
    print(f"{changes} cards changed by {written} edits")
    assert written > 10
    # Each edit changes a card's words, and now and then the lengths that were guessed; not all cards that there are.
    assert changes < 10 * written + SHOTS
    assert min(scrolled["fps"], dragged["fps"]) > quiet["fps"] / 5
