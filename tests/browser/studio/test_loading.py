"""How pages come: light, in their place from the first on, in another language at once, with a way on without data."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

STATIC = Path(__file__).parents[3] / "src" / "storyreel" / "webui" / "static"
BUDGET = 60 * 1024
DEEPER_BUDGET = 75 * 1024
"""Bytes, gzipped, of all that a page needs when it is the first; who opens a film at once may wait for more."""
NEXT_PICTURE = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
JUMP = 0.01
# All that the page says, but for keys, and for engines and voices, whose names are theirs.
SAID = """window.said = () => {
  const named = [...document.querySelectorAll('[aria-label], [title]:not(option), [placeholder]')]
    .flatMap((one) => [one.ariaLabel, one.title, one.getAttribute('placeholder')])
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const texts = []
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest('kbd, option')) texts.push(walk.currentNode.data)
  return [...new Set([...named, ...texts].map((text) => text?.trim()).filter(Boolean))]
}"""
IN_BOTH_LANGUAGES = re.compile(r"English|Fake|[A-Z4]{3,4}|\d+p · \d+ fps · [\d.]+ MB|[^a-z]*|.*(fox|rests|sleeps).*")


@pytest.fixture(scope="module")
def pages(studio_api: Any, film: str) -> dict[str, str]:
    """A path of each page that reads something."""
    shot = studio_api.shots(film)[0]["id"]
    steps = {"story": "", "storyboard": "/storyboard", "shot": f"/shots/{shot}", "preview": "/preview"}
    return {"films": "/?q=by+the+sea", "new": "/new"} | {
        name: f"/projects/{film}{step}" for name, step in steps.items()
    }


def imported(file: str) -> set[str]:
    """The scripts that this one needs before it runs."""
    return set(re.findall(r"(?:from|import)[\"'`]\./([\w.-]+\.js)", (STATIC / "assets" / file).read_text()))


def with_all_it_needs(*files: str) -> set[str]:
    found: set[str] = set()
    waiting = set(files)
    while waiting:
        found |= waiting
        waiting = set().union(*map(imported, waiting)) - found
    return found


def test_no_page_loads_more_script_than_it_may() -> None:
    first = re.findall(r"/assets/([\w.-]+\.js)", (STATIC / "index.html").read_text())
    routes = re.findall(r"import\([\"'`]\./([\w.-]+\.js)", (STATIC / "assets" / first[0]).read_text())
    sizes: dict[str, int] = {}
    for route in routes:
        files = with_all_it_needs(*first, route)
        sizes[route.split("-")[0]] = sum(len(gzip.compress((STATIC / "assets" / file).read_bytes())) for file in files)
    assert len(sizes) == 8, "pages that are loaded when they are wanted"
    first_seen = [sizes[name] for name in ("SignIn", "Assets", "Missing")]
    assert 20_000 < max(first_seen) < BUDGET, sizes
    assert max(sizes.values()) < DEEPER_BUDGET, sizes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "height"), [pytest.param(1280, 720, marks=pytest.mark.long), (390, 844)], ids=["1280", "390"]
)
def test_what_comes_slowly_finds_its_place_kept(studio: Any, pages: dict[str, str], width: int, height: int) -> None:
    page = studio.blank(width=width, height=height)
    page.add_init_script(SAID)
    waiting: list[Any] = []

    def hold(route: Any) -> None:
        waiting.append(route) if "/events" not in route.request.url else route.continue_()

    page.route("**/api/**", hold)
    jumped: dict[str, Any] = {}
    left: dict[str, list[str]] = {}
    for name, path in pages.items():
        studio.at(page, path)
        page.wait_for_function("() => document.querySelector('.bone')")
        while waiting or page.evaluate("document.querySelector('.bone') !== null"):
            if waiting:
                waiting.pop(0).continue_()
            page.evaluate(NEXT_PICTURE)
        studio.settled(page)
        page.evaluate(NEXT_PICTURE)
        jumped[name] = page.evaluate("shifts")
        if width > 900:
            english = page.evaluate("said()")
            page.get_by_role("button", name="Switch to Chinese").click()
            assert page.evaluate("document.documentElement.lang") == "zh-Hans"
            now = page.evaluate("said()")
            left[name] = [text for text in english if text in now and not IN_BOTH_LANGUAGES.fullmatch(text)]
            page.evaluate("localStorage.removeItem('storyreel.language')")
    assert {name: shifts for name, shifts in jumped.items() if sum(shift[0] for shift in shifts) >= JUMP} == {}
    assert {name: texts for name, texts in left.items() if texts} == {}, "told in English still"


def refuse(page: Any, status: int) -> None:
    """From now on the page gets this answer to all it asks; 0: none."""

    def answer(route: Any) -> None:
        if "/events" in route.request.url:
            route.continue_()
        elif status:
            route.fulfill(status=status, json={"detail": "No."})
        else:
            route.abort()

    page.route("**/api/**", answer)


def ways_on(page: Any, heading: str) -> list[str]:
    # At one moment: while it is asked for once more, it is a skeleton again.
    found = page.wait_for_function(
        """heading => [...document.querySelectorAll('main h2')].some((one) => one.textContent === heading)
          && [...document.querySelectorAll('main .button')].map((one) => one.innerText.trim())""",
        arg=heading,
    )
    return found.json_value()


@pytest.mark.slow
def test_what_nobody_may_see_leads_home(studio: Any, pages: dict[str, str]) -> None:
    studio.forgiven.append("403")
    page = studio.blank()
    refuse(page, 403)
    for name in pages.keys() - {"films", "new"}:
        studio.at(page, pages[name])
        assert ways_on(page, "There is nothing here") == ["To your films"], name


@pytest.mark.slow
@pytest.mark.parametrize("status", [pytest.param(500, marks=pytest.mark.long), 0])
def test_what_could_not_be_read_is_read_again(studio: Any, pages: dict[str, str], status: int) -> None:
    studio.forgiven += ["500", "ERR_FAILED"]
    opened = {name: studio.blank() for name in pages.keys() - {"new"}}  # which needs nothing to be written on
    for name, page in opened.items():
        refuse(page, status)
        studio.at(page, pages[name])
    for name, page in opened.items():
        home = [] if name == "films" else ["To your films"]
        assert ways_on(page, "This could not be loaded.") == ["Try again", *home], name
        page.unroute("**/api/**")
        page.get_by_role("button", name="Try again").click()
        page.get_by_role("heading", name="This could not be loaded.").wait_for(state="hidden")
        studio.settled(page)


@pytest.mark.slow
def test_a_draft_outlives_a_server_that_is_away(studio: Any) -> None:
    studio.forgiven += ["ERR_FAILED"]
    page = studio.window("/new")
    page.get_by_label("Story", exact=True).fill("A fox runs.")
    page.route("**/api/projects/create", lambda route: route.abort())
    page.get_by_role("button", name="Make storyboard").click()
    page.get_by_role("alert").filter(has_text="The server cannot be reached.").wait_for()
    page.reload()
    assert page.get_by_label("Story", exact=True).input_value() == "A fox runs."
