"""The studio in a real browser, signed in: pages that notice their own faults, and axe to look for barriers."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "src" / "storyreel" / "webui" / "static"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
OWNER = {"username": "mia", "password": "correct horse battery"}
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
SETTLED = "() => !document.querySelector('[aria-busy=true], .bone') && document.fonts.status === 'loaded'"
PATIENCE = 30
"""Seconds; load from other tests may stretch anything."""

NOTICE = """
window.violations = [], window.shifts = [];
document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));
new PerformanceObserver((list) => {
  for (const { hadRecentInput, value, sources } of list.getEntries())
    if (!hadRecentInput) shifts.push([value, ...sources.map(({ node }) => node?.outerHTML?.slice(0, 120))]);
}).observe({ type: 'layout-shift', buffered: true });
"""  # noqa: E501 - a line of JavaScript


class Api(httpx.Client):
    """The owner's client of the server that the studio is served by."""

    def __init__(self, url: str) -> None:
        token = httpx.post(f"{url}/api/auth/login", json=OWNER, timeout=PATIENCE).json()["token"]
        super().__init__(base_url=f"{url}/api", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)
        self.token = token
        self.server = url

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.request(method, path, json=body)
        assert answer.status_code == 200, (method, path, answer.text)
        return answer.json()

    def project(self, title: str = "A fox", story: str = "A fox runs. It rests. It sleeps.", **more: Any) -> str:
        """The id of a new project, with its storyboard."""
        asked = {"title": title, "story_text": story, "style": "Anime", "resolution": "320x180"} | more
        return self.ok("POST", "/projects/create", asked)["project_id"]

    def shots(self, project_id: str) -> list[dict[str, Any]]:
        return self.ok("GET", f"/projects/{project_id}/storyboard")["shots"]


@dataclass
class Studio:
    """Opens the studio in windows of its own; `faults` is what went wrong in any of them, unless `forgiven` has it."""

    browser: Any
    api: Api
    faults: list[str] = field(default_factory=list[str])
    forgiven: list[str] = field(default_factory=list[str])
    _contexts: list[Any] = field(default_factory=list[Any])

    def window(self, path: str = "/", **options: Any) -> Any:
        """A page of a browser without a past, at this path; see `blank`."""
        page = self.blank(**options)
        self.at(page, path)
        return page

    def blank(self, *, width: int = 1280, height: int = 720, language: str = "en", signed_in: bool = True) -> Any:
        """A page that is nowhere yet: its own storage, its own stream."""
        view = {"width": width, "height": height}
        phone = width < 600
        context = self.browser.new_context(
            viewport=view, locale=LOCALES[language], reduced_motion="reduce", is_mobile=phone, has_touch=phone
        )
        context.set_default_timeout(PATIENCE * 1000)
        context.add_init_script(NOTICE)
        if signed_in:
            kept = json.dumps(self.api.token)
            context.add_init_script(f"sessionStorage.getItem('out') ?? localStorage.setItem('storyreel.token', {kept})")
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", self._heard)
        return page

    def at(self, page: Any, path: str) -> None:
        """Goes there, and waits for the page's frame."""
        page.goto(self.api.server + path)
        page.wait_for_selector("h1")

    def settled(self, page: Any) -> None:
        """Waits until everything is loaded, and nothing is still a skeleton."""
        page.wait_for_function(SETTLED)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def close(self) -> None:
        for context in self._contexts:
            for page in context.pages:
                self.faults += page.evaluate("window.violations ?? []")
            context.close()


@pytest.fixture(scope="session")
def studio_api(server: Any) -> Iterator[Api]:
    """The owner of the shared server, which has fake engines and the built studio."""
    assert (STATIC / "index.html").is_file(), "The studio is not built: run `make web`."
    with Api(server.url) as api:
        yield api


@contextmanager
def opened(browser: Any, api: Api) -> Iterator[Studio]:
    """The studio of a server. A page that throws, complains or breaks its policy fails the test."""
    studio = Studio(browser, api)
    yield studio
    studio.close()
    assert [fault for fault in studio.faults if not any(part in fault for part in studio.forgiven)] == []


@pytest.fixture
def studio(browser: Any, studio_api: Api) -> Iterator[Studio]:
    """The studio of the shared server."""
    with opened(browser, studio_api) as there:
        yield there


@pytest.fixture
def studio_of(browser: Any) -> Callable[[str], AbstractContextManager[Studio]]:
    """Opens the studio of the server at an address."""

    @contextmanager
    def opens(url: str) -> Iterator[Studio]:
        with Api(url) as api, opened(browser, api) as there:
            yield there

    return opens


@pytest.fixture(scope="session")
def film(studio_api: Api) -> str:
    """The id of a project whose film is made; tests change it and make it anew."""
    project = studio_api.project("The fox by the sea", "A fox runs. It rests by the river. It sleeps.")
    task = studio_api.ok("POST", f"/projects/{project}/make_film", {"preset": "draft", "subtitles": "track"})["task_id"]
    end = time.monotonic() + 2 * PATIENCE
    while studio_api.ok("GET", f"/tasks/{task}/status")["status"] != "SUCCESS":
        assert time.monotonic() < end, "no film"
        time.sleep(0.1)
    return project


@pytest.fixture(scope="session")
def barriers() -> Callable[[Any], list[str]]:
    """What axe finds on a page, as it stands: rule, element, why."""
    source = AXE.read_text()

    def found(page: Any) -> list[str]:
        page.evaluate(source)
        report = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
            for rule in report["violations"]
            for node in rule["nodes"]
        ]

    return found
