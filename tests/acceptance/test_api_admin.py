"""What the installation's owner alone may see, and what `storyreel doctor --server` makes of it."""

import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

OWNER = ("mia", "correct horse battery")


def test_the_first_user_is_the_owner_and_nobody_else(api: Any, other: Any) -> None:
    for path in ("/admin/queues", "/admin/workers"):
        assert api.get(path).status_code == 200
        other.refused(403, "owner_only", "GET", path)


def test_what_waits_and_who_works_is_shown(slow: Any) -> None:
    asked = {"title": "A fox", "style": "Anime", "story_text": "One fox."}
    task = slow.post("/projects/create", json=asked, headers={"Prefer": "respond-async"}).json()["task_id"]
    end = time.monotonic() + 90
    while slow.read(f"/tasks/{task}/status")["status"] != "RUNNING":  # a worker takes it before that
        assert time.monotonic() < end, "nobody begins it"
        time.sleep(0.1)
    shown = slow.read("/admin/queues")
    assert shown["items"][0]["tasks"]["RUNNING"] >= 1
    assert [queue["type"] for queue in shown["items"]] == ["LLM", "SD", "TTS", "SVD", "FILM"]
    (worker,) = slow.read("/admin/workers")["items"]
    assert worker["alive"] is True
    assert [one["type"] for one in worker["tasks"] if one["id"] == task] == ["LLM"]
    assert shown["free_bytes"] > 0
    slow.do(f"/tasks/{task}/cancel")


@pytest.fixture
def doctor(launcher: Any) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    def call(*arguments: str) -> "subprocess.CompletedProcess[str]":
        words = (*launcher.STORYREEL, "doctor", *arguments)
        environment = launcher.environment(STORYREEL_PASSWORD=OWNER[1])
        return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120)

    return call


def test_the_doctor_looks_at_a_server(api: Any, server: Any, doctor: Any) -> None:
    api.done(api.do(f"/shots/{api.project('One.')['storyboard'][0]['id']}/generate_image")["task_id"])
    said = doctor("--server", server.url, "--user", OWNER[0])
    assert said.returncode == 0, said
    for found in ("version", "health", " s from ours", "waiting: LLM", "workers: 1 alive", "free space", "0-9/"):
        assert found in said.stdout
    assert "problem" not in said.stdout


def test_the_doctor_says_what_is_wrong_with_a_server(server: Any, other: Any, doctor: Any) -> None:
    public = doctor("--server", server.url)
    assert public.returncode == 0
    assert "--user" in public.stdout
    nobody = doctor("--server", "http://127.0.0.1:1")
    assert nobody.returncode == 1
    assert nobody.stdout.count("no answer") == 3
    stranger = doctor("--server", server.url, "--user", "nobody")
    assert stranger.returncode == 1
    assert "status 401" in stranger.stderr
    assert doctor("--server", "film.example").returncode == 2
