"""Takes the pictures of the studio that the documentation shows: .venv/bin/python docs/images/studio.py

A real server with the built-in engines makes a film of an example; Chromium (CHROMIUM names another one) looks at it.
"""

import io
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import noto_cjk_sans_otc  # pyright: ignore[reportMissingTypeStubs] - holds a path and the font, nothing else
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from storyreel.cli.story import without_title

HERE = Path(__file__).parent
EXAMPLES = HERE.parent.parent / "examples"
WINDOW = {"width": 1280, "height": 720}
# name: (language of the studio, example, what comes after the project's address or a whole path)
PICTURES = {
    "studio-films": ("en", "moon-walk", "/"),
    "studio-new": ("en", "moon-walk", "/new?example=fox"),
    "studio-storyboard": ("en", "moon-walk", "storyboard"),
    "studio-shot": ("en", "moon-walk", "shot"),
    "studio-preview": ("en", "moon-walk", "preview"),
    "studio-storyboard-zh": ("zh", "chang-e", "storyboard"),
}
FILMS = {"moon-walk": ("Moon Walk", "Cinematic"), "chang-e": ("嫦娥奔月", "Anime")}
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
QUALITY = 84
# Nothing is a skeleton, and every picture in sight has come.
LOADED = """() => !document.querySelector('[aria-busy=true], .bone') && [...document.images].every((image) => {
  const { left, top } = image.getBoundingClientRect()
  return image.complete || left > innerWidth || top > innerHeight
})"""


@contextmanager
def served(folder: Path) -> Iterator[httpx.Client]:
    """The API of a server on this machine, signed in."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    command = [Path(sys.executable).with_name("storyreel"), "serve", "--port", str(port), "--data-dir", folder]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            while True:
                try:
                    client.get("/api/readyz")
                    break
                except httpx.TransportError:
                    time.sleep(0.2)
            owner = {"username": "mara", "password": secrets.token_urlsafe()}
            client.headers["Authorization"] = f"Bearer {client.post('/api/auth/login', json=owner).json()['token']}"
            yield client
    finally:
        server.terminate()
        server.wait()


def film(api: httpx.Client, example: str) -> str:
    """The id of a project whose film is made."""
    title, style = FILMS[example]
    _, story = without_title((EXAMPLES / f"{example}.txt").read_text())
    asked = {"title": title, "story_text": story, "style": style}
    project: str = api.post("/api/projects/create", json=asked).json()["project_id"]
    options = {"subtitles": "track", "preset": "draft"}
    task = api.post(f"/api/projects/{project}/make_film", json=options).json()["task_id"]
    while (status := api.get(f"/api/tasks/{task}/status").json()["status"]) not in ("SUCCESS", "FAILED"):
        time.sleep(1)
    if status == "FAILED":
        raise RuntimeError(f"The film of {example} failed.")
    return project


def path_of(api: httpx.Client, project: str, page: str) -> str:
    if page.startswith("/"):
        return page
    if page == "shot":
        return f"/projects/{project}/shots/{api.get(f'/api/projects/{project}/storyboard').json()['shots'][4]['id']}"
    return f"/projects/{project}/{page}"


def take(browser: Browser, api: httpx.Client, language: str, path: str, page: str) -> Image.Image:
    context = browser.new_context(viewport=WINDOW, locale=LOCALES[language])  # pyright: ignore[reportArgumentType]
    token = api.headers["Authorization"].removeprefix("Bearer ")
    context.add_init_script(f"localStorage.setItem('storyreel.token', '{token}')")
    window: Any = context.new_page()
    window.goto(f"{api.base_url}".rstrip("/") + path)
    window.wait_for_selector("h1")
    window.wait_for_function(LOADED)
    if page == "preview":
        window.locator("video").first.evaluate("(video) => { video.currentTime = 9 }")
    if page == "storyboard":
        window.keyboard.press("ArrowRight")
    window.wait_for_timeout(2500)
    picture = Image.open(io.BytesIO(window.screenshot())).convert("RGB")
    context.close()
    return picture


def with_chinese_type(folder: Path) -> None:
    """Let browsers that are started from here find a font with Chinese characters, also where none is installed."""
    there = Path(str(noto_cjk_sans_otc.FONT_PATH)).parent
    include = '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
    fonts = folder / "fonts.conf"
    fonts.write_text(f'<?xml version="1.0"?><fontconfig>{include}<dir>{there}</dir></fontconfig>')
    os.environ["FONTCONFIG_FILE"] = str(fonts)


def main() -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as api, sync_playwright() as play:
        with_chinese_type(Path(name))
        projects = {example: film(api, example) for example in FILMS}
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture, (language, example, page) in PICTURES.items():
            path = path_of(api, projects[example], page)
            take(browser, api, language, path, page).save(HERE / f"{picture}.jpg", quality=QUALITY, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
