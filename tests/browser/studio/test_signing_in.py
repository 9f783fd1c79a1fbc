"""Who comes to the studio: the first, those who are known, and those who are not."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_the_first_to_come_makes_their_account_on_the_page(browser: Any, fresh_server: Any) -> None:
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(fresh_server.url)
    page.get_by_role("heading", name="Make your account").wait_for()
    page.get_by_label("Name").fill("mia")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_label("The same password again").fill("correct horse")
    assert page.get_by_role("alert").inner_text() == "The two passwords differ."
    page.get_by_label("The same password again").fill("correct horse battery")
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("heading", name="Give it a story, get a film").wait_for()
    page.context.close()


def test_a_deep_link_leads_through_the_door_to_its_page(studio: Any) -> None:
    project = studio.api.project("Behind the door")
    studio.forgiven.append("401")
    page = studio.window(f"/projects/{project}", signed_in=False)
    page.get_by_label("Name").fill("mia")
    page.get_by_label("Password").fill("wrong horse")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("The name or the password is wrong.").wait_for()
    page.get_by_label("Password").fill("correct horse battery")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Behind the door").wait_for()
    assert page.evaluate("location.pathname") == f"/projects/{project}"


def test_who_signs_out_is_out_and_nothing_is_left(studio: Any) -> None:
    page = studio.window("/", signed_in=False)
    page.get_by_label("Name").fill("mia")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_label("Stay signed in").uncheck()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Account").wait_for()
    studio.settled(page)
    page.get_by_role("button", name="Account").click()
    page.get_by_text("Signed in as mia").wait_for()  # what is asked for still would be refused, and the browser says so
    assert page.evaluate("localStorage.getItem('storyreel.token')") is None
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert page.evaluate("sessionStorage.getItem('storyreel.token')") is None


def test_a_token_that_ends_meanwhile_leads_to_the_door(studio: Any) -> None:
    studio.forgiven.append("401")
    page = studio.window("/new", signed_in=False)
    page.evaluate("sessionStorage.setItem('storyreel.token', 'no-longer')")
    page.goto(f"{studio.api.server}/new")
    page.get_by_role("heading", name="Sign in").wait_for()
    assert page.evaluate("location.search") == "?to=%2Fnew"
