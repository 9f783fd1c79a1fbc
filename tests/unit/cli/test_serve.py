import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from storyreel.cli.serve import is_exposed, listening, url_of
from storyreel.cli.startup import read_settings
from storyreel.errors import InvalidInputError


def test_port_0_picks_one_and_the_url_names_it() -> None:
    with listening("localhost", 0) as door:
        port = door.getsockname()[1]
        assert port > 0
        assert url_of(door).endswith(f":{port}")
        assert not is_exposed(read_settings(), door)


def test_an_address_for_everybody_is_shown_as_one_that_works_here() -> None:
    with listening("0.0.0.0", 0) as door:  # noqa: S104 - what is tested
        assert url_of(door) == f"http://127.0.0.1:{door.getsockname()[1]}"
        assert is_exposed(read_settings(), door)


def test_a_server_behind_a_public_name_is_exposed_wherever_it_listens() -> None:
    with listening("127.0.0.1", 0) as door:
        assert is_exposed(read_settings(public_url="https://film.example"), door)
        assert is_exposed(read_settings(allowed_hosts=["film.example"]), door)


def test_an_ipv6_address() -> None:
    try:
        door = listening("::1", 0)
    except InvalidInputError:
        pytest.skip("no IPv6 here")
    with door:
        assert url_of(door) == f"http://[::1]:{door.getsockname()[1]}"


def test_a_port_that_is_taken(run: Callable[..., Result]) -> None:
    with listening("127.0.0.1", 0) as door:
        result = run("serve", "--port", str(door.getsockname()[1]))
    assert result.exit_code == 2
    assert "in use" in result.stderr


@pytest.mark.parametrize("host", ["203.0.113.1", "no such host"])
def test_an_address_that_is_not_ours(run: Callable[..., Result], host: str) -> None:
    result = run("serve", "--host", host, "--port", "0")
    assert result.exit_code == 2
    assert f"Cannot listen on {host}" in result.stderr


def test_nobody_else_is_served_before_there_are_users(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - what is tested
    assert result.exit_code == 1
    assert "storyreel users add NAME" in result.stderr
    assert not (tmp_path / "data" / "durable.db").exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_says_where_it_is_and_stops_in_good_order(
    start: Callable[..., "subprocess.Popen[str]"], number: signal.Signals
) -> None:
    server = start("serve", "--port", "0")
    assert server.stdout is not None
    said = server.stdout.readline()
    assert "/api" in said
    assert "/docs" in said
    os.killpg(server.pid, number)
    _, errors = server.communicate(timeout=60)
    assert server.returncode == 0
    assert "Traceback" not in errors


@pytest.mark.slow
def test_a_worker_stops_in_good_order(start: Callable[..., "subprocess.Popen[str]"]) -> None:
    worker = start("worker", "--queues", "sd,SVD")
    assert worker.stderr is not None
    assert "taking SD, SVD tasks" in worker.stderr.readline()
    worker.terminate()
    _, errors = worker.communicate(timeout=60)
    assert worker.returncode == 0
    assert "Traceback" not in errors


@pytest.mark.parametrize("queues", ["SD,XX", "", ","])
def test_queues_that_are_none(run: Callable[..., Result], queues: str) -> None:
    result = run("worker", "--queues", queues)
    assert result.exit_code == 2
    assert "no type of task" in result.stderr
