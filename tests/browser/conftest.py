"""A real browser, and a page of the server's own origin that plays films."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
HLS = HERE / "node_modules" / "hls.js" / "dist" / "hls.min.js"
# The least that a page needs to play films: hls.js hands them over as blobs.
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; media-src 'self' blob:"


@pytest.fixture(scope="module")  # no longer: while it is open, no other test of this process can run an event loop
def browser() -> Iterator[Any]:
    """Chromium, headless; playing needs no click in it."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "There is no Chromium: `make test` installs it, or CHROMIUM says where it is."
    with sync_playwright() as playwright:
        options = ["--autoplay-policy=no-user-gesture-required"]
        running = playwright.chromium.launch(executable_path=chromium, args=options, chromium_sandbox=os.geteuid() != 0)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[[str], Any]]:
    """Opens pages with a player, as if the server at an address had them."""
    context = browser.new_context()
    context.route("**/watch.html", lambda route: route.fulfill(path=HERE / "watch.html", headers=_headers("html")))
    context.route("**/watch.js", lambda route: route.fulfill(path=HERE / "watch.js", headers=_headers("javascript")))
    context.route("**/hls.js", lambda route: route.fulfill(path=HLS, headers=_headers("javascript")))

    def open_at(url: str) -> Any:
        page = context.new_page()
        page.goto(f"{url}/watch.html")
        return page

    yield open_at
    context.close()


def _headers(kind: str) -> dict[str, str]:
    return {"Content-Type": f"text/{kind}", "Content-Security-Policy": POLICY}
