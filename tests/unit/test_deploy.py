"""What deploy/ says is so: its files parse; its settings, commands and figures exist; its units are tight."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from storyreel.cli.main import app
from storyreel.cli.users import PASSWORD_VARIABLE
from storyreel.settings import Settings
from storyreel.telemetry.metrics import Queue, exposition

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PAGES = [*ROOT.glob("docs/howto/deploy-*.md"), ROOT / "docs" / "howto" / "watch-over.md"]
FILES = [file for file in DEPLOY.rglob("*") if file.is_file()]
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
CALLED = r"(?m)^.*?(?:/bin/storyreel|^storyreel|-- storyreel|--rm worker|\S=\S+ storyreel) (.+)$"
NEEDS_SYSTEMD = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")


def manifests() -> Iterator[dict[str, Any]]:
    for file in sorted(DEPLOY.glob("kubernetes/*.yaml")):
        yield from yaml.safe_load_all(file.read_text())


def deployments() -> dict[str, Any]:
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in manifests() if one["kind"] == "Deployment"
    }


def services() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


def test_every_setting_that_is_named_exists() -> None:
    known = {f"STORYREEL_{name.upper()}" for name in Settings.model_fields} | {PASSWORD_VARIABLE, "STORYREEL_CONFIG"}
    for file in (*FILES, *PAGES):
        named = set(re.findall(r"STORYREEL_[A-Z_]+[A-Z]", file.read_text()))
        assert named <= known, file


def command_lines() -> list[list[str]]:
    found = [one["command"] for name, one in services().items() if name in ("serve", "worker")]
    found += [container["args"] for spec in deployments().values() for container in spec["containers"]]
    for unit in UNITS:
        found += [shlex.split(line)[1:] for line in re.findall(r"(?m)^ExecStart=(.*)$", unit.read_text())]
    for page in PAGES:
        for block in re.findall(r"(?ms)^ *```sh\n(.*?)```", page.read_text()):
            found += [shlex.split(line) for line in re.findall(CALLED, block)]
    return found


@pytest.mark.parametrize("words", command_lines(), ids=" ".join)
def test_every_command_can_be_called_so(words: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands"):
        command, words = command.commands[words[0]], words[1:]
    command.make_context("storyreel", list(words))


def test_every_figure_on_the_dashboard_and_the_page_exists() -> None:
    queues = [Queue("SD", {"PENDING": 1, "RUNNING": 0, "FAILED": 0, "SUCCESS": 0}, 1.0)]
    kinds = dict(re.findall(r"(?m)^# TYPE (\S+) (\S+)$", exposition(queues).decode()))
    told = {name for name in kinds if not name.endswith("_created")}
    endings = "|".join(("_bucket", "_count", "_sum"))

    def named(text: str) -> set[str]:
        return {re.sub(f"({endings})$", "", name) for name in re.findall(r"\bstoryreel_[a-z_]+[a-z]", text)}

    dashboard = json.loads((DEPLOY / "grafana" / "storyreel.json").read_text())
    shown = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    assert named(shown) == told, "each figure is shown"
    page = (ROOT / "docs" / "howto" / "watch-over.md").read_text()
    assert named(page) == told


def test_each_queue_is_somebodys_on_kubernetes() -> None:
    workers = [spec["containers"][0]["args"] for name, spec in deployments().items() if name.startswith("worker")]
    taken = [queue for words in workers for queue in words[words.index("--queues") + 1].split(",")]
    assert sorted(taken) == sorted(("LLM", "SD", "TTS", "SVD", "FILM"))


def test_cards_are_for_those_who_ask_for_them() -> None:
    specs = deployments()
    gpu = specs.pop("worker-gpu")
    assert gpu["nodeSelector"] == {"nvidia.com/gpu.present": "true"}
    assert gpu["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert not any("nodeSelector" in spec for spec in specs.values())


def test_no_container_may_more_than_it_must() -> None:
    for spec in deployments().values():
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["automountServiceAccountToken"] is False
        (container,) = spec["containers"]
        limits = container["securityContext"]
        assert limits["readOnlyRootFilesystem"] is True
        assert limits["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
    for name in ("serve", "worker"):
        assert services()[name]["read_only"] is True
        assert services()[name]["cap_drop"] == ["ALL"]
    assert services()["serve"]["deploy"]["replicas"] == 2


def test_every_secret_of_the_manifests_is_named_on_their_page() -> None:
    page = (ROOT / "docs" / "howto" / "deploy-kubernetes.md").read_text()
    text = "".join(file.read_text() for file in DEPLOY.glob("kubernetes/*.yaml"))
    keys = set(re.findall(r"name: storyreel, key: ([\w-]+)", text))
    assert len(keys) == 4
    for key in keys:
        assert f"{key}=" in page


@NEEDS_SYSTEMD
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_are_right_and_tight(unit: Path, tmp_path: Path) -> None:
    there = tmp_path / unit.name.replace("@", "@SD")
    there.write_text(unit.read_text().replace("/opt/storyreel/bin/storyreel", "/bin/true"))
    said = subprocess.run(("systemd-analyze", "verify", "--man=no", there), capture_output=True, text=True, timeout=60)
    assert (said.returncode, said.stderr) == (0, "")
    level = "--threshold=25"  # tenths: 2.5 of 10 is as exposed as they may be
    subprocess.run(
        ("systemd-analyze", "security", "--offline=true", level, there), check=True, capture_output=True, timeout=60
    )
