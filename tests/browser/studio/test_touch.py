"""The storyboard under a finger, and magnified: taps choose, flicks scroll, a finger that rests takes a card along."""

import time
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow

STORY = "One. Two. Three. Four. Five. Six. Seven. Eight."
NAMES = STORY.replace(".", "").split()
PATIENCE = 30
TO_REST = """() => {
  window.rested = false
  document.querySelector('.shots').addEventListener('scrollend', () => (rested = true), { once: true })
}"""


class Finger:
    """One finger on the screen; the browser makes of it what it makes of fingers: pointers, scrolling, clicks."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._screen = page.context.new_cdp_session(page)
        self.x = self.y = 0.0

    def down(self, x: float, y: float) -> None:
        self._send("touchStart", x, y)

    def to(self, x: float, y: float, steps: int = 8) -> None:
        fx, fy = self.x, self.y
        for step in range(1, steps + 1):
            self._send("touchMove", fx + (x - fx) * step / steps, fy + (y - fy) * step / steps)

    def up(self) -> None:
        self._screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def _send(self, kind: str, x: float, y: float) -> None:
        self.x, self.y = x, y
        self._screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})


def opened(studio: Any, project: str, **size: int) -> Any:
    page = studio.window(f"/projects/{project}/storyboard", **size)
    page.locator(".card").first.wait_for()
    page.get_by_role("status").filter(has_text="Live").wait_for()
    return page


def until(page: Any, reached: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, what
        page.wait_for_timeout(50)


def middle(page: Any, index: int) -> tuple[float, float]:
    box = page.locator(".card").nth(index).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def told(studio: Any, project: str) -> list[str]:
    return [shot["narration"][:-1] for shot in studio.api.shots(project)]


def scrolled(page: Any) -> tuple[float, float]:
    return tuple(page.locator(".shots").evaluate("(list) => [list.scrollLeft, list.scrollTop]"))


@pytest.mark.parametrize(("view", "taken"), [("As a strip", 0), ("As a grid", 1)])
def test_a_flick_scrolls_and_a_finger_that_rests_moves_the_card(studio: Any, view: str, taken: int) -> None:
    project = studio.api.project("By hand", STORY)
    page = opened(studio, project, width=390, height=844)
    page.get_by_role("button", name=view).click()
    finger = Finger(page)
    x, y = middle(page, 1)
    finger.down(x, y)
    finger.up()
    page.locator(".card[aria-current=true]", has_text="Two.").wait_for()
    x, y = middle(page, 1)
    still = scrolled(page)
    page.evaluate(TO_REST)
    finger.down(x, y)
    finger.to(x - 150, y) if view == "As a strip" else finger.to(x, y - 150)
    finger.up()
    until(page, lambda: scrolled(page) != still, "a flick does not scroll")
    page.wait_for_function("() => rested")
    assert page.locator(".card.dragged").count() == 0
    page.locator(".shots").evaluate("(list) => list.scrollTo(0, 0)")
    (x, y), (right, down), still = middle(page, taken), middle(page, taken + 1), scrolled(page)
    finger.down(x, y)
    page.locator(".card.dragged").wait_for()
    finger.to(right, down)
    page.wait_for_function("(to) => document.querySelectorAll('.cell')[to].style.transform", arg=taken + 1)
    assert scrolled(page) == still, "the page stays where it is under a card"
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.cell')).transitionDuration)") < 0.01
    finger.up()
    page.locator(".card.dragged").wait_for(state="detached")
    after = [*NAMES[:taken], NAMES[taken + 1], NAMES[taken], *NAMES[taken + 2 :]]
    until(page, lambda: told(studio, project) == after, "the card was not moved")
    assert page.locator(".card p").all_text_contents() == [f"{name}." for name in after]


SMALL = """() => [...document.querySelectorAll(':popover-open [role], dialog[open] :is(button, input, textarea)')]
  .map((one) => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
  .filter(([, { width, height }]) => width && Math.min(width, height) < 44)
  .map(([html, { width, height }]) => `${Math.round(width)}x${Math.round(height)} ${html}`)"""


def test_menus_and_dialogs_are_for_fingers_too(studio: Any) -> None:
    project = studio.api.project("Fingers", STORY)
    page = opened(studio, project, width=390, height=844)
    page.locator(".cell").first.get_by_role("button", name="Transition to the next shot").tap()
    page.get_by_role("menuitem", name="Dissolve").wait_for()
    assert page.evaluate(SMALL) == []
    page.get_by_role("menuitem", name="Dissolve").tap()
    page.get_by_role("button", name="Transition to the next shot: Dissolve").wait_for()
    page.get_by_role("button", name="Characters").tap()
    page.get_by_role("dialog").get_by_label("Looks").wait_for()
    assert page.evaluate(SMALL) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Open the shot").tap()
    page.get_by_label("Prompt", exact=True).wait_for()


def test_magnified_to_200_percent_everything_is_within_reach(studio: Any) -> None:
    project = studio.api.project("Magnified", STORY)
    page = opened(studio, project, width=640, height=360)
    for name in ("Generate all", "Next shot", "Characters", "More to do with the shot", "Image", "Voice"):
        page.get_by_role("button", name=name, exact=True).click(trial=True)
    for field in ("Prompt", "Narration"):
        page.get_by_label(field, exact=True).click(trial=True)
    page.locator(".card").last.click()
    page.locator(".card[aria-current=true]", has_text="Eight.").wait_for()
    page.get_by_role("button", name="As a grid").click()
    page.locator(".card").first.click()
    page.get_by_role("button", name="Video", exact=True).click(trial=True)
