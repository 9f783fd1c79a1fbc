"""Servers to be measured, started as users start them, and their owner's client."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

STORYREEL = Path(sys.executable).with_name("storyreel")
HELLO = "from starlette.applications import Starlette as S; from starlette.responses import PlainTextResponse as P; \
from starlette.routing import Route as R; import uvicorn, sys; \
uvicorn.run(S(routes=[R('/', lambda request: P('hello'))]), port=int(sys.argv[1]), log_level='error', access_log=False)"
"""A program: the least that a Starlette application can answer, at the port that is its argument."""


@contextmanager
def running(*command: object, **environment: str) -> Iterator[psutil.Process]:
    """The process of a command, ended at the end."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*map(str, command)], stdout=quiet, stderr=quiet, env=os.environ | environment)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def owner_of(port: int) -> Iterator[httpx.Client]:
    """A client of the server that starts at this port of 127.0.0.1; its first sign-in makes it the owner."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api", timeout=300) as client:
        end = time.monotonic() + 60
        while True:
            try:
                answer = client.post("/auth/login", json={"username": "bench", "password": "bench bench bench"})
                break
            except httpx.ConnectError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"
        yield client
