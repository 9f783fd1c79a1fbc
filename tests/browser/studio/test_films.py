"""Home: films found, sorted, duplicated, deleted, brought back; and seen the same in another window."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}</title>\u202e"


def titles(page: Any) -> list[str]:
    return page.locator("article h2").all_inner_texts()


def only(page: Any, *wanted: str) -> None:
    """Waits until just these films show, in this order."""
    page.wait_for_function(
        "(wanted) => JSON.stringify([...document.querySelectorAll('article h2')].map((h) => h.textContent)) === wanted",
        arg="[" + ",".join(f'"{title}"' for title in wanted) + "]",
    )


def test_films_are_found_while_typing_and_sorted(studio: Any) -> None:
    for title in ("Elsewhere", "Zebra zoo", "Äpfel zoo", "Middle zoo"):
        studio.api.project(title)
    page = studio.window("/")
    page.keyboard.press("/")
    page.keyboard.type("ZOO")
    only(page, "Middle zoo", "Äpfel zoo", "Zebra zoo")
    page.get_by_label("Sort").select_option(label="By title")
    only(page, "Middle zoo", "Zebra zoo", "Äpfel zoo")
    page.reload()
    page.locator("article").first.wait_for()
    assert len(titles(page)) == 3, "what was looked for stands in the address"
    assert page.get_by_role("searchbox").input_value() == "ZOO"
    page.get_by_role("searchbox").fill("no such thing")
    page.get_by_role("button", name="Show all films").click()
    page.wait_for_function("() => document.querySelectorAll('article').length >= 3")


def test_a_film_is_deleted_and_brought_back_and_both_windows_see_it(studio: Any) -> None:
    studio.api.project("Lost and found")
    one, two = studio.window("/?q=lost+and"), studio.window("/?q=lost+and")
    for page in (one, two):
        only(page, "Lost and found")
        page.get_by_role("status").filter(has_text="Live").wait_for()
    one.get_by_role("button", name="What to do with Lost and found").click()
    one.get_by_role("menuitem", name="Delete").click()
    for page in (one, two):
        page.get_by_role("heading", name="No title matches").wait_for()
    one.get_by_role("button", name="Undo").click()
    for page in (one, two):
        only(page, "Lost and found")
    one.keyboard.press("Control+Shift+z")
    for page in (one, two):
        page.get_by_role("heading", name="No title matches").wait_for()
    one.keyboard.press("Control+z")
    only(two, "Lost and found")


def test_a_film_is_duplicated(studio: Any) -> None:
    studio.api.project("Seen double")
    page = studio.window("/?q=seen+double")
    page.get_by_role("button", name="What to do with Seen double").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    only(page, "Seen double (2)", "Seen double")


def test_hostile_titles_and_stories_are_text(studio: Any) -> None:
    story = f"{HOSTILE} ran. <script>alert(1)</script> A fox sat."
    project = studio.api.project(HOSTILE, story)
    page = studio.window("/?q=onerror")
    shown: list[str] = []
    page.on("dialog", lambda dialog: (shown.append(dialog.message), dialog.dismiss()))
    page.locator("article h2").wait_for()
    assert titles(page) == [HOSTILE]
    page.goto(f"{studio.api.server}/projects/{project}")
    page.get_by_label("Title").wait_for()
    assert page.get_by_label("Title").input_value() == HOSTILE
    assert "<script>alert(1)</script>" in page.locator(".story").inner_text()
    assert page.locator("main img[src=x], main script").count() == 0
    assert shown == []


def test_a_list_that_was_read_before_the_news_began_and_comes_after_is_read_again(studio: Any) -> None:
    project = studio.api.project("Before the news")
    page = studio.blank()
    held: list[tuple[Any, Any]] = []

    def older(route: Any) -> None:
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))
            studio.api.ok("PATCH", f"/projects/{project}", {"title": "After the news"})

    def after(route: Any) -> None:
        while not held:
            page.wait_for_timeout(20)
        route.continue_()

    page.route("**/api/projects?*", older)
    page.route("**/api/events", after)
    studio.at(page, "/")
    page.get_by_role("status").filter(has_text="Live").wait_for()
    route, answer = held[0]
    route.fulfill(response=answer)
    page.get_by_role("heading", name="After the news").wait_for()
