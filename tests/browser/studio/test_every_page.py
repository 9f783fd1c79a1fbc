"""What holds for every page of the studio, in every size and language."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow

WINDOWS = [
    pytest.param(1280, 720, "en", id="1280-en"),
    pytest.param(390, 844, "zh", id="390-zh"),
    pytest.param(1280, 720, "zh", id="1280-zh", marks=pytest.mark.long),
    pytest.param(390, 844, "en", id="390-en", marks=pytest.mark.long),
    pytest.param(1920, 1080, "en", id="1920-en", marks=pytest.mark.long),
    pytest.param(1920, 1080, "zh", id="1920-zh", marks=pytest.mark.long),
]
LOOKED_AT_TWICE = {1280: 640, 390: 320}
"""Widths at which each page is looked at again: magnified to 200 %, and on the smallest phone."""
# Where a finger must hit: links within text are left out, as WCAG leaves them out.
SMALL_TARGETS = """(least) =>
  [...document.querySelectorAll('button, select, input:not(.unseen):not([hidden]), a, summary')]
    .filter((element) => element.checkVisibility() && !element.closest('p'))
    .map((element) => (element.matches('input[type=checkbox]') ? element.closest('label') : element))
    .map((element) => [element.outerHTML.slice(0, 120), element.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.width < least || box.height < least))
    .map(([html, box]) => `too small: ${html} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
# The page or a part of it that scrolls down has more to its right than shows.
WIDER = """() => [...document.querySelectorAll('html, main, main > *, aside, aside > *')]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => `wider than there is room: ${element.outerHTML.slice(0, 160)}`)"""
MOVING = """() => [...document.querySelectorAll('*')].flatMap((element) => [null, '::before', '::after'].flatMap((part) => {
  const { transitionDuration, animationDuration } = getComputedStyle(element, part)
  const all = `${transitionDuration}, ${animationDuration}`.split(', ')
  return all.some((one) => parseFloat(one) > 0.01) ? [`moves: ${element.outerHTML.slice(0, 120)} ${part}`] : []
}))"""  # noqa: E501 - a line of JavaScript


@pytest.fixture(scope="module")
def paths(studio_api: Any, film: str) -> list[str]:
    """Every page, with something on it."""
    begun = studio_api.project("The fox and the moon")
    shot = studio_api.shots(begun)[0]["id"]
    inner = [f"/projects/{begun}{step}" for step in ("", "/storyboard", f"/shots/{shot}", "/preview")]
    outer = ["/", "/?q=none-such", "/new", "/new?example=fox"]
    return [*outer, *inner, f"/projects/{film}/preview", "/projects/none/storyboard", "/nowhere"]


@pytest.mark.parametrize(("width", "height", "language"), WINDOWS)
def test_nothing_bars_anybody(
    studio: Any, paths: list[str], barriers: Callable[[Any], list[str]], width: int, height: int, language: str
) -> None:
    studio.forgiven.append("404 (Not Found)")  # of the project that is not there
    least = 44 if width < 600 else 24
    page = studio.window("/sign-in", width=width, height=height, language=language, signed_in=False)
    found = {"/sign-in": barriers(page)}
    page = studio.window("/", width=width, height=height, language=language)
    for path in paths:
        studio.at(page, path)
        studio.settled(page)
        found[path] = [
            *barriers(page),
            *page.evaluate(SMALL_TARGETS, least),
            *page.evaluate(WIDER),
            *page.evaluate(MOVING),
        ]
        if width in LOOKED_AT_TWICE:
            page.set_viewport_size({"width": LOOKED_AT_TWICE[width], "height": height})
            found[f"{path} again"] = [*page.evaluate(SMALL_TARGETS, least), *page.evaluate(WIDER)]
            page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.lang") == {"en": "en", "zh": "zh-Hans"}[language]
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_the_language_changes_at_once_and_everywhere(studio: Any) -> None:
    page = studio.window("/new")
    page.get_by_role("button", name="中文").click()
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    assert page.get_by_role("heading", level=1).inner_text() == "新建影片"
    assert page.title() == "新建影片 · Storyreel"
    page.reload()
    page.get_by_role("heading", name="新建影片").wait_for()
    page.get_by_role("button", name="English").click()
    assert page.get_by_role("heading", level=1).inner_text() == "New film"


def test_the_policy_lets_no_foreign_script_run(studio: Any) -> None:
    studio.forgiven += ["Content Security Policy", "script-src"]
    page = studio.window("/")
    page.evaluate("""() => {
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))
      document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = true">')
    }""")
    page.wait_for_function("() => violations.length >= 2")
    assert page.evaluate("window.ran") is None


def test_every_key_is_on_the_sheet(studio: Any) -> None:
    page = studio.window("/")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    assert sheet.locator("dt").all_inner_texts().count("New film") == 1
    page.keyboard.press("n")
    assert page.evaluate("location.pathname") == "/", "a dialog has all keys to itself"
    page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")
    page.keyboard.press("n")
    page.get_by_role("heading", name="New film").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1", "a new page is read from its heading on"
