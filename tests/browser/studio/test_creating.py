"""From a story to a begun film, on the Create page and the Story page."""

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_a_draft_survives_a_reload_and_goes_with_the_film(studio: Any) -> None:
    page = studio.window("/new")
    page.get_by_label("Story", exact=True).fill("A fox runs through the snow. It rests.")
    page.get_by_text("Realistic", exact=True).click()
    page.get_by_label("Music").uncheck()
    page.reload()
    story = page.get_by_label("Story", exact=True)
    assert story.input_value() == "A fox runs through the snow. It rests."
    assert page.get_by_role("radio", name="Realistic").is_checked()
    assert not page.get_by_label("Music").is_checked()
    assert page.get_by_text("8 words · 2 sentences · about 0:04 of film").is_visible()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/storyboard")
    made = studio.api.ok("GET", page.url.split("/storyboard")[0].replace(f"{studio.api.server}", ""))
    assert (made["title"], made["style"]) == ("A fox runs through the snow", "Realistic")
    page.goto(f"{studio.api.server}/new")
    assert page.get_by_label("Story", exact=True).input_value() == ""


def test_problems_are_shown_where_they_are(studio: Any) -> None:
    page = studio.window("/new")
    page.get_by_role("button", name="Make storyboard").click()
    page.get_by_text("There is no story yet.").wait_for()
    assert page.evaluate("document.activeElement.id") == "story"
    page.get_by_label("Story", exact=True).fill("long " * 40_001)
    page.get_by_text("A story has at most 200,000 characters.").wait_for()
    page.get_by_role("button", name="Make the whole film").click()
    assert page.evaluate("location.pathname") == "/new"


def test_a_file_is_opened_and_one_that_is_no_text_is_not(studio: Any, tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes("很久以前，有一只狐狸。".encode("gb18030"))
    (tmp_path / "no.txt").write_bytes(b"\x00\x01\xff\xfe")
    page = studio.window("/new")
    page.locator("input[type=file]").set_input_files(tmp_path / "old.txt")
    page.wait_for_function("() => document.getElementById('story').value === '很久以前，有一只狐狸。'")
    page.locator("input[type=file]").set_input_files(tmp_path / "no.txt")
    page.get_by_text("This is not a text file.").wait_for()


def test_choices_of_a_begun_film_are_saved_at_once_and_taken_back(studio: Any) -> None:
    project = studio.api.project("Second thoughts")
    page = studio.window(f"/projects/{project}")
    other = studio.window("/")

    def saved(name: str, value: str) -> None:
        page.wait_for_function(
            "([path, token, name, value]) => fetch(path, { headers: { Authorization: `Bearer ${token}` } })"
            ".then((answer) => answer.json()).then((project) => project[name] === value)",
            arg=[f"/api/projects/{project}", studio.api.token, name, value],
        )

    page.get_by_text("Cinematic", exact=True).click()
    saved("style", "Cinematic")
    page.get_by_label("Title").fill("Third thoughts")
    page.keyboard.press("Tab")
    saved("title", "Third thoughts")
    other.get_by_role("heading", name="Third thoughts").wait_for()
    page.get_by_role("button", name="Undo: Change Title").click()
    page.get_by_role("button", name="Undo: Change Style").click()
    saved("title", "Second thoughts")
    saved("style", "Anime")
    page.get_by_role("radio", name="Anime", checked=True).wait_for(state="attached")
