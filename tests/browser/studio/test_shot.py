"""One shot with all its fields: each saves itself and says so, or goes back to what it was."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def opened(studio: Any, title: str) -> tuple[Any, Callable[[], dict[str, Any]]]:
    """The page of a film's second shot, and what the API says of that shot."""
    project = studio.api.project(title)
    shot = studio.api.shots(project)[1]["id"]
    page = studio.window(f"/projects/{project}/shots/{shot}")
    page.get_by_label("Place", exact=True).wait_for()
    return page, lambda: studio.api.shots(project)[1]


def says_saved(field: Any) -> None:
    """Waits for the word beside the field's name."""
    field.locator("xpath=ancestor::div[1]").get_by_text("Saved", exact=True).wait_for()


def test_every_field_saves_itself_and_says_so(studio: Any) -> None:
    page, shot = opened(studio, "A shot told anew")
    chosen = {
        "Place": ("Forest", lambda: shot()["scene"]["setting"], "forest"),
        "Time": ("Night", lambda: shot()["scene"]["time"], "night"),
        "Weather": ("Snow", lambda: shot()["scene"]["weather"], "snow"),
        "Mood": ("Tense", lambda: shot()["scene"]["mood"], "tense"),
        "Shot size": ("Close", lambda: shot()["scene"]["framing"], "close"),
        "Camera": ("Rises", lambda: shot()["scene"]["camera"], "rise"),
        "Transition": ("Dissolve", lambda: shot()["transition"], "dissolve"),
        "Style": ("Realistic", lambda: shot()["style"], "Realistic"),
    }
    for name, (wanted, kept, value) in chosen.items():
        field = page.get_by_label(name, exact=True)
        field.select_option(label=wanted)
        says_saved(field)
        assert kept() == value, name
    written = {
        "Variation": ("take", "7"),
        "Prompt": ("prompt", "A fox at sea."),
        "Narration": ("narration", "It swims."),
    }
    for name, (kept_as, text) in written.items():
        field = page.get_by_label(name, exact=True)
        field.fill(text)
        field.press("Tab")
        says_saved(field)
        assert str(shot()[kept_as]) == text
    page.get_by_role("button", name="Undo: narration").click()
    page.get_by_role("button", name="Undo: prompt").wait_for()
    assert page.get_by_label("Narration", exact=True).input_value() == "It rests."


def refuse(route: Any, **answer: Any) -> None:
    route.fulfill(**answer)


def test_what_is_not_saved_goes_back_and_is_told(studio: Any) -> None:
    studio.forgiven += ["409", "500", "ERR_FAILED"]
    page, shot = opened(studio, "A shot that stays")
    before = shot()
    place, prompt = page.get_by_label("Place", exact=True), page.get_by_label("Prompt", exact=True)
    was = place.input_value()
    for status in (409, 500):
        problem = {"detail": f"No: {status}."}
        answer = partial(refuse, status=status, json=problem)
        page.route("**/api/shots/*", answer)
        place.select_option(label="Desert")
        page.get_by_role("alert").filter(has_text=f"No: {status}.").wait_for()
        assert place.input_value() == was
    page.unroute("**/api/shots/*")
    page.route("**/api/shots/*", lambda route: route.abort())
    prompt.fill("Lost?")
    prompt.press("Tab")
    page.get_by_role("alert").filter(has_text="cannot be reached").wait_for()
    assert prompt.input_value() == before["prompt"]
    assert page.get_by_text("Saved", exact=True).count() == 0
    assert page.get_by_role("button", name="Undo", exact=True).is_disabled(), "nothing was done"
    assert shot() == before


def test_the_next_shot_is_a_key_away_and_carries_what_was_typed(studio: Any) -> None:
    page, shot = opened(studio, "Three shots")
    first = page.url
    page.get_by_label("Prompt", exact=True).fill("Typed in haste.")
    page.get_by_role("button", name="Next shot").click()
    page.get_by_role("heading", name="Shot 03").wait_for()
    page.get_by_role("heading", level=1).focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("heading", name="Shot 02").wait_for()
    assert page.url == first
    page.wait_for_function("() => document.querySelector('textarea').value === 'Typed in haste.'")
    page.get_by_role("button", name="Undo: prompt").wait_for()
    assert shot()["prompt"] == "Typed in haste."
    page.keyboard.press("ArrowLeft")
    page.get_by_role("heading", name="Shot 01").wait_for()
    assert page.get_by_role("button", name="Previous shot").is_disabled()
    page.keyboard.press("Escape")
    page.wait_for_url("**/storyboard")
