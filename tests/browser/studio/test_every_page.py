"""What holds for every page of the studio, in every size and language."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SIZES = [(1280, 720), (1920, 1080), (390, 844)]
# Where a finger must hit: links within text are left out, as WCAG leaves them out.
SMALL_TARGETS = """(least) =>
  [...document.querySelectorAll('button, select, input:not(.unseen):not([hidden]), a, summary')]
    .filter((element) => element.checkVisibility() && !element.closest('p'))
    .map((element) => (element.matches('input[type=checkbox]') ? element.closest('label') : element))
    .map((element) => [element.outerHTML.slice(0, 120), element.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.width < least || box.height < least))
    .map(([html, box]) => `too small: ${html} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


@pytest.fixture(scope="module")
def paths(studio_api: Any) -> list[str]:
    """Every page, with something on it."""
    begun = studio_api.project("The fox and the moon")
    shot = studio_api.shots(begun)[0]["id"]
    inner = [f"/projects/{begun}{step}" for step in ("", "/storyboard", f"/shots/{shot}", "/preview")]
    return ["/", "/?q=none-such", "/new", "/new?example=fox", *inner, "/projects/none/storyboard", "/nowhere"]


def settled(page: Any) -> None:
    """Everything is loaded, and nothing is still a skeleton."""
    page.wait_for_function("() => !document.querySelector('[aria-busy=true]') && document.fonts.status === 'loaded'")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}")
def test_nothing_bars_anybody(
    studio: Any, paths: list[str], barriers: Callable[[Any], list[str]], size: tuple[int, int], language: str
) -> None:
    studio.forgiven.append("404 (Not Found)")  # of the project that is not there
    width, height = size
    page = studio.window("/sign-in", width=width, height=height, language=language, signed_in=False)
    found = {"/sign-in": barriers(page)}
    page = studio.window("/", width=width, height=height, language=language)
    for path in paths:
        page.goto(studio.api.server + path)
        page.wait_for_selector("h1")
        settled(page)
        small = page.evaluate(SMALL_TARGETS, 44 if width < 600 else 24)
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found[path] = [*barriers(page), *small, *(["wider than the window"] if wide else [])]
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


def test_the_first_page_is_light_and_does_not_jump(studio: Any) -> None:
    studio.api.project("Something to see")
    page = studio.window("/sign-in", signed_in=False)
    sent: dict[str, int] = {}

    def note(response: Any) -> None:
        if response.url.endswith(".js"):
            sent[response.url] = int(response.headers["content-length"])

    page.on("response", note)
    page.evaluate(f"localStorage.setItem('storyreel.token', '{studio.api.token}')")
    page.goto(studio.api.server + "/")
    page.get_by_role("list", name="Films").get_by_role("article").first.wait_for()
    assert 20_000 < sum(sent.values()) < 60 * 1024, sent
    assert page.evaluate("shifts.reduce((all, one) => all + one, 0)") < 0.01


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
