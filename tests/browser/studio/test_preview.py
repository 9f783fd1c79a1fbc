"""The film in a browser: watched while it is made, searched by word and frame, taken along, made again."""

import time
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PATIENCE = 90
SMALL = "localStorage.setItem('storyreel.draft', JSON.stringify({ choices: { resolution: '256x144' } }))"


def until(page: Any, reached: Callable[[], Any], what: Any = "") -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, what() if callable(what) else what
        page.wait_for_timeout(50)


def tab_to(page: Any, name: str) -> None:
    """Goes by Tab alone to what has this name."""
    seen: list[str] = []
    while name not in seen:
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(({ ariaLabel, id, textContent }) => ariaLabel || id || textContent.trim())(document.activeElement)"
            )
        )
        assert len(seen) < 60, seen


def at(page: Any) -> float:
    return page.evaluate("document.querySelector('video').currentTime")


def playing(page: Any) -> bool:
    return not page.evaluate("document.querySelector('video').paused")


def opened(studio: Any, project: str) -> Any:
    """The preview of a film that is made, ready to be played."""
    page = studio.window(f"/projects/{project}/preview")
    page.get_by_role("tab", name="Subtitles").wait_for()
    until(page, lambda: page.evaluate("document.querySelector('video').readyState") >= 1)
    return page


def test_from_a_story_to_a_film_with_keys_alone(studio_of: Any, counting_server: Any, let_be_made: Any) -> None:
    with studio_of(counting_server.url) as studio:
        studio.forgiven.append("live.m3u8")  # nothing of it can be played at first
        page = studio.window("/")
        page.evaluate(SMALL)
        page.keyboard.press("n")
        page.get_by_role("heading", name="New film").wait_for()
        tab_to(page, "story")
        page.keyboard.type("One one. Two two. Three.")
        tab_to(page, "Make the whole film")
        page.keyboard.press("Enter")
        page.wait_for_url("**/storyboard")
        page.locator(".card").first.wait_for()
        let_be_made(1, 2)
        tab_to(page, "Preview")
        page.keyboard.press("Enter")
        page.get_by_text("Being made: you watch it as it grows.").wait_for()
        until(page, lambda: page.evaluate("(document.querySelector('video')?.readyState ?? 0) >= 2"))
        page.keyboard.press(" ")
        until(page, lambda: at(page) > 0.5, lambda: at(page))
        assert page.get_by_role("link", name="Download", exact=True).count() == 0, "it is not made yet"
        let_be_made(3)
        page.get_by_role("link", name="Download", exact=True).wait_for(timeout=1000 * PATIENCE)
        assert at(page) > 0.5, "it goes on where it was"
        tab_to(page, "Download")
        with page.expect_download() as film:
            page.keyboard.press("Enter")
        assert film.value.suggested_filename == "One one.mp4"
        assert b"ftyp" in film.value.path().read_bytes()[:12]


def test_the_film_is_searched_by_word_by_frame_and_at_any_speed(studio: Any, film: str) -> None:
    timeline = studio.api.ok("GET", f"/projects/{film}/timeline")
    page = opened(studio, film)
    last = timeline["cues"][-1]
    page.get_by_role("button", name=last["text"]).click()
    until(page, lambda: abs(at(page) - last["start"]) < 0.05, lambda: (at(page), last))
    caption = page.locator(".caption")
    assert caption.inner_text() == last["text"]
    page.keyboard.press("c")
    caption.wait_for(state="hidden")
    page.keyboard.press("c")
    caption.wait_for()
    frame = lambda: int(at(page) * timeline["fps"] + 0.01)  # noqa: E731 - only here
    before = frame()
    for key, shown in ((".", before + 1), (".", before + 2), (",", before + 1), (",", before)):
        page.keyboard.press(key)
        until(page, lambda shown=shown: frame() == shown, lambda: (at(page), before))
    lane = page.locator(".lane.voice").bounding_box()
    middle = timeline["duration"] / 2
    page.mouse.click(lane["x"] + lane["width"] / 2, lane["y"] + lane["height"] / 2)
    until(page, lambda: abs(at(page) - middle) < 0.2, lambda: (at(page), middle))
    page.get_by_role("slider", name="Volume").click()
    page.keyboard.press("j")
    until(page, lambda: at(page) < middle - 0.2, "J does nothing beside the volume")
    page.keyboard.press("l")
    page.keyboard.press("l")
    until(page, lambda: page.evaluate("document.querySelector('video').playbackRate") == 2)
    page.keyboard.press("k")
    until(page, lambda: not playing(page))
    here, loud = at(page), page.get_by_role("slider", name="Volume").input_value()
    page.keyboard.press("ArrowLeft")
    assert page.get_by_role("slider", name="Volume").input_value() < loud, "a slider keeps what moves it"
    assert at(page) == here
    page.get_by_role("button", name="Zoom in").click()
    until(page, lambda: page.locator(".lane.voice").bounding_box()["width"] > 1.4 * lane["width"])
    page.keyboard.press("Home")
    until(page, lambda: at(page) == 0)


def test_a_film_is_taken_along_in_every_form(studio: Any, film: str) -> None:
    page = opened(studio, film)
    exports = page.get_by_role("region", name="Export")
    signs = {"MP4": "ftyp", "SRT": "-->", "VTT": "WEBVTT", "OTIO": "Timeline", "TXT": "It sleeps."}
    for kind, sign in signs.items():
        with page.expect_download() as file:
            exports.get_by_text(kind, exact=True).click()
        assert sign.encode() in file.value.path().read_bytes(), kind
        assert file.value.suggested_filename == f"The fox by the sea.{kind.lower()}"


def test_what_changed_is_rendered_again_and_the_cuts_are_compared(studio: Any, film: str) -> None:
    studio.forgiven.append("live.m3u8")
    page = opened(studio, film)
    again = page.get_by_role("button", name="Render again")
    page.get_by_text("Nothing was changed since this cut.").wait_for()
    assert again.is_disabled()
    studio.api.ok("PATCH", f"/shots/{studio.api.shots(film)[1]['id']}", {"narration": "It rests by the sea."})
    page.get_by_text("One shot was changed since this cut.").wait_for()
    again.click()
    page.get_by_role("tab", name="Cuts 2").wait_for(timeout=1000 * PATIENCE)
    page.get_by_role("button", name="It rests by the sea.").wait_for()
    page.get_by_text("Nothing was changed since this cut.").wait_for()
    new, old = studio.api.ok("GET", f"/projects/{film}/cuts")["items"]
    assert new["options"] == old["options"], "the same film again"
    page.get_by_role("tab", name="Cuts 2").click()
    page.get_by_label("Compare with").select_option(label="Cut 1")
    page.get_by_role("heading", level=1).focus()
    page.keyboard.press("End")
    until(page, lambda: page.evaluate("document.querySelectorAll('video')[1].currentTime") > 1, "they keep step")
    page.get_by_role("button", name="Cut 1").click()
    page.get_by_role("tab", name="Subtitles").click()
    page.get_by_role("button", name="It rests by the river.").wait_for()
