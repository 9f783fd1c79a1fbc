from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from storyreel.cli.startup import read_settings
from storyreel.errors import InvalidInputError


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('host = "192.0.2.1"\nport = 1\nconcurrency = 3\n')
    monkeypatch.setenv("STORYREEL_CONFIG", str(file))
    monkeypatch.setenv("STORYREEL_PORT", "2")
    monkeypatch.setenv("STORYREEL_HOST", "192.0.2.2")
    settings = read_settings(host="192.0.2.3", port=None)
    assert (settings.host, settings.port, settings.concurrency) == ("192.0.2.3", 2, 3)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("STORYREEL_PORT", "abc", "port"),
        ("STORYREEL_LOG_LEVEL", "loud", "'loud' is none of"),
        ("STORYREEL_ALLOWED_HOSTS", "not JSON", "allowed_hosts"),
        ("STORYREEL_CONFIG", "/no/such.toml", "no settings file"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    result = run("users", "list")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("content", ["port = [", 'unknown = "x"', "port = 'x'"])
def test_a_settings_file_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(content)
    monkeypatch.setenv("STORYREEL_CONFIG", str(file))
    with pytest.raises(InvalidInputError, match="cannot be used"):
        read_settings()


def test_a_data_folder_that_cannot_be_used(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("users", "list", "--data-dir", str(tmp_path / "file" / "data"))
    assert result.exit_code == 1
    assert "Nothing can be kept in" in result.stderr
