"""The storyboard in a browser: shots moved, chosen, changed and taken back, by mouse, keys and fingers."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow

STORY = "One. Two. Three. Four. Five. Six. Seven. Eight."
NAMES = STORY.replace(".", "").split()
PATIENCE = 30


def opened(studio: Any, project: str, **options: Any) -> Any:
    page = studio.window(f"/projects/{project}/storyboard", **options)
    page.locator(".card").first.wait_for()
    page.get_by_role("status").filter(has_text="Live").wait_for()
    return page


def until(page: Any, reached: Callable[[], bool], what: Any = "") -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, what() if callable(what) else what
        page.wait_for_timeout(50)


def shows(page: Any, cards: str, *wanted: str) -> None:
    """Waits until these cards say these words, in this order."""
    said = page.locator(f".card{cards} p")
    until(page, lambda: tuple(said.all_inner_texts()) == wanted, lambda: (said.all_inner_texts(), wanted))


def order_is(page: Any, *names: str) -> None:
    shows(page, "", *(f"{name}." for name in names))


def middle(page: Any, index: int) -> tuple[float, float]:
    box = page.locator(".card").nth(index).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Any, index: int, to: int, *, let_go: bool = True) -> None:
    """Takes a card with the mouse to where another one stands."""
    (x, y), (right, down) = middle(page, index), middle(page, to)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y)
    page.mouse.move(right, down, steps=6)
    page.locator(".card.dragged").wait_for()
    page.wait_for_timeout(60)  # a few pictures, in which the others step aside
    if let_go:
        page.mouse.up()


def chosen(page: Any) -> list[str]:
    return [text[:-1] for text in page.locator(".card[aria-pressed=true] p").all_inner_texts()]


def on_the_current_card(page: Any) -> bool:
    return page.evaluate("document.activeElement.matches('.card[aria-current=true]')")


def test_a_drag_shows_at_once_and_goes_back_when_the_server_refuses(studio: Any) -> None:
    studio.forgiven += ["409", "500"]
    project = studio.api.project("Dragged", STORY)
    page = opened(studio, project)
    waiting: list[Any] = []
    page.route("**/reorder", lambda route: waiting.append(route))
    page.evaluate("""() => addEventListener('pointerup', () => {
      window.pictures = 0
      const first = () => document.querySelector('.card p').textContent
      const count = () => { pictures++; if (first() !== 'Two.') requestAnimationFrame(count) }
      requestAnimationFrame(count)
    }, { capture: true, once: true })""")
    drag(page, 0, 2)
    order_is(page, "Two", "Three", "One", *NAMES[3:])
    assert page.evaluate("pictures") <= 3, "not in the next pictures that were drawn"
    until(page, lambda: bool(waiting))
    assert [shot["narration"] for shot in studio.api.shots(project)][:2] == ["One.", "Two."]
    waiting.pop().continue_()
    until(page, lambda: studio.api.shots(project)[2]["narration"] == "One.")
    order_is(page, "Two", "Three", "One", *NAMES[3:])
    page.keyboard.press("Control+z")
    until(page, lambda: bool(waiting))
    waiting.pop().continue_()
    order_is(page, *NAMES)
    for status in (409, 500):
        drag(page, 0, 2)
        order_is(page, "Two", "Three", "One", *NAMES[3:])
        until(page, lambda: bool(waiting))
        body = {"code": "refused", "message": f"It cannot be: {status}."}
        waiting.pop().fulfill(status=status, json={"error": body} | body)
        order_is(page, *NAMES)
        page.get_by_role("alert").last.wait_for()
    page.get_by_role("button", name="Redo: move of a shot").wait_for()


def test_escape_ends_a_drag_and_the_border_scrolls(studio: Any) -> None:
    project = studio.api.project("To the end", STORY)
    page = opened(studio, project)
    drag(page, 0, 3, let_go=False)
    page.keyboard.press("Escape")
    page.mouse.up()
    order_is(page, *NAMES)
    assert page.locator(".card.dragged").count() == 0
    x, y = middle(page, 0)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(1270, y, steps=5)  # to the border, and wait there
    row, last = page.locator(".shots"), page.locator(".cell").last
    end = last.evaluate("(cell) => cell.offsetLeft + cell.offsetWidth")
    until(page, lambda: row.evaluate("(row) => row.scrollLeft + row.clientWidth") >= end, "the row does not scroll")
    page.wait_for_timeout(100)
    page.mouse.up()
    until(page, lambda: studio.api.shots(project)[-1]["narration"] == "One.")


class Desk:
    """A storyboard that is worked on with mouse and keys, beside what the API says of it."""

    def __init__(self, page: Any, api: Any, project: str) -> None:
        self.page, self.api, self.project = page, api, project

    def shots(self) -> list[dict[str, Any]]:
        return self.api.shots(self.project)

    def state(self) -> Any:
        """All that people see of the film."""
        words = ("id", "prompt", "narration", "transition")
        board = [[*(shot[name] for name in words), made(shot["image_url"])] for shot in self.shots()]
        return board, [one["looks"] for one in self.api.ok("GET", f"/projects/{self.project}")["characters"]]

    def versions(self, shot: str) -> list[Any]:
        return [made(one["url"]) for one in self.api.ok("GET", f"/shots/{shot}/versions")["items"]]

    def both_ways(self, what: str, act: Callable[[], Any]) -> None:
        """Does it, takes it back, does it again, and takes it back."""
        before = self.state()
        self.page.locator(".card").first.click()
        act()
        until(self.page, lambda: self.state() != before, f"{what} did nothing")
        self.page.get_by_role("button", name=f"Undo: {what}").wait_for()
        after = self.state()
        for way, wanted in (("Undo", before), ("Redo", after), ("Undo", before)):
            self.page.get_by_role("button", name=f"{way}: {what}").click()
            until(self.page, lambda wanted=wanted: self.state() == wanted, f"{way} of {what}")
            shows(self.page, "", *(shot["narration"] or shot["prompt"] for shot in self.shots()))

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)
        self.page.get_by_role("heading", level=1).click()

    def menu(self, item: str) -> None:
        self.page.get_by_role("button", name="More to do with the shot").click()
        self.page.get_by_role("menuitem", name=item).click()

    def cut_in_two(self) -> None:
        self.page.get_by_label("Narration", exact=True).focus()
        self.page.keyboard.press("Home")
        for _ in range(4):
            self.page.keyboard.press("ArrowRight")
        self.menu("Split where the cursor is")

    def fade(self) -> None:
        self.page.locator(".cell").first.get_by_role("button", name="Transition to the next shot").click()
        self.page.get_by_role("menuitem", name="Fade through black").click()

    def new_looks(self) -> None:
        self.page.get_by_role("button", name="Characters").click()
        looks = self.page.get_by_role("dialog").get_by_label("Looks")
        looks.fill("red coat")
        looks.press("Tab")
        self.page.keyboard.press("Escape")

    def five_less(self) -> None:
        self.page.keyboard.press("Shift+End")
        for _ in range(2):
            self.page.keyboard.press("Shift+ArrowLeft")
        assert len(chosen(self.page)) == 5
        self.page.keyboard.press("Delete")


def made(url: str | None) -> str | None:
    """A link without its signature, which is another one each time."""
    return url and url.split("?")[0]


def test_everything_can_be_taken_back_and_done_again(studio: Any) -> None:
    studio.forgiven.append("/versions")  # of a shot that was taken back while they were asked for
    project = studio.api.project("Taken back", "One here. Two there. Three. Four. Five. Six. Seven.")
    page = opened(studio, project)
    desk = Desk(page, studio.api, project)
    page.keyboard.press("Control+a")
    page.keyboard.press("i")
    until(page, lambda: all(shot["image_url"] for shot in desk.shots()), "no pictures of all chosen shots")
    desk.both_ways("move of a shot", lambda: page.keyboard.press("Alt+ArrowRight"))
    desk.both_ways("prompt", lambda: desk.write("Prompt", "A night at sea"))
    desk.both_ways("narration", lambda: desk.write("Narration", "One, again."))
    desk.both_ways("transition", desk.fade)
    desk.both_ways("new shot", lambda: page.keyboard.press("n"))
    desk.both_ways("duplicate", lambda: page.keyboard.press("d"))
    desk.both_ways("split", desk.cut_in_two)
    desk.both_ways("join", lambda: desk.menu("Join with the next shot"))
    desk.both_ways("change of a character", desk.new_looks)
    desk.write("Prompt", "A night on a hill")
    first = desk.shots()[0]["id"]
    until(page, lambda: desk.shots()[0]["prompt"] == "A night on a hill")
    page.get_by_role("button", name="Image", exact=True).click()
    page.get_by_role("button", name="Version 2").wait_for()
    desk.both_ways("choice of version", lambda: page.get_by_role("button", name="Version 1").click())
    kept = desk.versions(first)
    desk.both_ways("5 deleted shots", desk.five_less)
    assert desk.versions(first) == kept
    assert len(kept) == 2
    page.get_by_role("button", name="Compare").click()
    compare = page.get_by_role("dialog", name="Compare two versions")
    compare.get_by_role("slider").fill("20")
    assert "80%" in compare.locator("img.above").evaluate("(picture) => picture.style.clipPath")
    compare.get_by_role("button", name="Side by side").click()
    assert compare.locator("img:not(.above)").count() == 2
    compare.get_by_role("button", name="Use this one").first.click()
    page.get_by_role("button", name="Undo: choice of version").wait_for()


def press(page: Any, keys: str, *wanted: str) -> None:
    """After these keys these are chosen, and the current card has the focus."""
    page.keyboard.press(keys)
    shows(page, "[aria-pressed=true]", *(f"{name}." for name in wanted))
    until(page, lambda: on_the_current_card(page), lambda: page.evaluate("document.activeElement.outerHTML"))


def test_keys_choose_and_move(studio: Any) -> None:
    project = studio.api.project("Chosen", STORY)
    page = opened(studio, project)
    page.locator(".card").first.click()
    press(page, "ArrowRight", "Two")
    press(page, "End", "Eight")
    press(page, "Home", "One")
    press(page, "Alt+ArrowRight", "One")
    order_is(page, "Two", "One", *NAMES[2:])
    press(page, "Alt+End", "One")
    order_is(page, *NAMES[1:], "One")
    press(page, "Alt+Home", "One")
    order_is(page, *NAMES)
    press(page, "Shift+ArrowRight", "One", "Two")
    press(page, "Shift+ArrowRight", "One", "Two", "Three")
    press(page, "Shift+ArrowLeft", "One", "Two")
    press(page, "Escape", "Two")


def test_the_mouse_chooses_many_and_the_focus_is_never_lost(studio: Any) -> None:
    project = studio.api.project("Many", STORY)
    page = opened(studio, project)
    cards = page.locator(".card")
    cards.first.click()
    cards.nth(1).click()
    cards.nth(4).click(modifiers=["Shift"])
    assert chosen(page) == NAMES[1:5]
    cards.nth(2).click(modifiers=["Control"])
    cards.nth(0).click(modifiers=["Control"])
    assert chosen(page) == ["One", "Two", "Four", "Five"]
    page.get_by_role("button", name="As a grid").click()
    press(page, "ArrowDown", chosen_below(page))
    row = page.locator(".shots").bounding_box()
    (x, y), (right, down) = middle(page, 1), middle(page, 2)
    page.mouse.move(x - 110, row["y"] + row["height"] - 12)
    page.mouse.down()
    page.mouse.move(x, y + 20, steps=4)
    page.mouse.move(right, down, steps=4)
    page.locator(".frame").wait_for()
    page.mouse.up()
    page.locator(".frame").wait_for(state="detached")
    framed = chosen(page)
    assert {"Two", "Three"} <= set(framed), framed
    page.get_by_role("button", name="As a strip").click()
    cards.nth(1).click()
    cards.nth(2).click(modifiers=["Shift"])
    page.keyboard.press("i")
    until(page, lambda: all(shot["image_url"] for shot in studio.api.shots(project)[1:3]))
    assert sum(bool(shot["image_url"]) for shot in studio.api.shots(project)) == 2
    page.keyboard.press("Delete")
    order_is(page, "One", *NAMES[3:])
    until(page, lambda: on_the_current_card(page))
    assert chosen(page) == ["Five"], "what stands now where the current one stood"
    press(page, "d", "Five")
    until(page, lambda: page.evaluate("document.activeElement.matches('.cell:nth-child(4) .card')"))
    page.keyboard.press("Control+z")
    order_is(page, "One", *NAMES[3:])
    until(page, lambda: on_the_current_card(page))


def chosen_below(page: Any) -> str:
    """The shot below the current one in the grid."""
    return page.evaluate("""() => {
      const cells = [...document.querySelectorAll('.cell')]
      const own = cells.findIndex((cell) => cell.querySelector('.card[aria-current=true]'))
      const row = cells.filter((cell) => cell.offsetTop === cells[0].offsetTop).length
      return cells[Math.min(own + row, cells.length - 1)].querySelector('.card p').textContent.slice(0, -1)
    }""")


NEXT_PICTURE = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def test_news_and_answers_that_come_late_undo_nothing(studio: Any) -> None:
    project = studio.api.project("Late", "One. Two. Three.")
    page = opened(studio, project)
    streams: list[Any] = []
    page.route("**/api/events", lambda route: streams.append(route))
    page.reload()

    def news(kind: str, *things: Any) -> None:
        until(page, lambda: bool(streams), "the stream is not asked for again")
        frames = "".join(f"event: {kind}\ndata: {json.dumps(thing)}\n\n" for thing in things)
        streams.pop().fulfill(content_type="text/event-stream", body=frames)
        until(page, lambda: bool(streams), "the stream is not asked for again")
        page.evaluate(NEXT_PICTURE)

    page.locator(".card").first.click()
    before = studio.api.shots(project)
    page.get_by_label("Narration", exact=True).fill("One, again.")
    page.get_by_role("heading", level=1).click()
    until(page, lambda: studio.api.shots(project)[0]["narration"] == "One, again.")
    page.get_by_role("button", name="Undo: narration").wait_for()
    news("shot", *before)
    shows(page, "", "One, again.", "Two.", "Three.")

    page.locator(".card").nth(1).click()
    page.keyboard.press("Shift+End")
    page.keyboard.press("Delete")
    shows(page, "", "One, again.")
    page.keyboard.press("Control+z")
    shows(page, "", "One, again.", "Two.", "Three.")
    reads: list[Any] = []
    page.route("**/storyboard", lambda route: reads.append(route))
    news("shot", *({"id": shot["id"], "project_id": project, "deleted": True} for shot in before[1:]))
    shows(page, "[aria-pressed=true]", "Two.", "Three.")

    until(page, lambda: bool(reads), "the list is not asked for")
    early = reads[-1].fetch()
    studio.api.ok("PATCH", f"/shots/{before[2]['id']}", {"narration": "Three, again."})
    news("shot", studio.api.shots(project)[2])
    shows(page, "", "One, again.", "Two.", "Three, again.")
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/storyboard")):
        reads.pop().fulfill(response=early)
    page.evaluate(NEXT_PICTURE)
    shows(page, "", "One, again.", "Two.", "Three, again.")
