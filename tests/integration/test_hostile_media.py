"""Every hostile file, read by all that reads foreign media: refused at little cost, or taken as what it is."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bad_containers import harmless_clips
from bad_pictures import harmless
from canary import Canary

READERS = Path(__file__).parents[1] / "hostile" / "readers.py"
MOST_MEGABYTES, MOST_SECONDS = 1000, 20
MANY = 40


Found = list[dict[str, Any]]


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canary]:
    bird = Canary(tmp_path_factory.mktemp("canary"))
    yield bird
    bird.close()


@pytest.fixture(scope="module")
def kinds(canary: Canary) -> dict[str, dict[str, bytes]]:
    """All files, by what they may be taken for."""
    pictures = {name: file for name, _, file in harmless()}
    return {"": canary.files(), "picture": pictures, "clip": dict(harmless_clips(str(canary.film)))}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, kinds: dict[str, dict[str, bytes]]) -> Found:
    """What came of them in a process that read them one after the other."""
    place = tmp_path_factory.mktemp("hostile")
    files = {name: content for some in kinds.values() for name, content in some.items()}
    for name, content in files.items():
        (place / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, READERS, place], cwd=place.parent, capture_output=True, text=True, check=False, timeout=250
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(said) == 3 * len(files)
    return said


@pytest.mark.slow
def test_hostile_files_are_refused(found: Found, kinds: dict[str, dict[str, bytes]], canary: Canary) -> None:
    assert len(kinds[""]) >= MANY
    refused = [one for one in found if one["file"] in kinds[""]]
    assert [one for one in refused if one["code"] != "media_invalid"] == []
    canary.check()


@pytest.mark.slow
def test_what_is_harmless_is_taken_as_what_it_is(found: Found, kinds: dict[str, dict[str, bytes]]) -> None:
    for one in found:
        if one["file"] not in kinds[""]:
            assert (one["code"] == "") is (one["file"] in kinds.get(one["reader"], ())), one


@pytest.mark.slow
def test_none_costs_much(found: Found) -> None:
    assert [one for one in found if one["megabytes"] > MOST_MEGABYTES or one["seconds"] > MOST_SECONDS] == []
