"""On a machine that is every address at once: nothing inside is ever connected to."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

INSIDE = Path(__file__).parents[1] / "hostile" / "inside.py"
ALONE = ("unshare", "--net", "--map-root-user")


def may_be_alone() -> bool:
    """Whether this system lets us have a network of our own."""
    try:
        return (
            subprocess.run((*ALONE, "ip", "link", "set", "lo", "up"), capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


@pytest.mark.skipif(not may_be_alone(), reason="no network namespaces here")
def test_no_address_leads_inside() -> None:
    done = subprocess.run((*ALONE, sys.executable, INSIDE), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["inside"] == []
    assert said["asked"] > 150
    assert said["outside"] > 70, "redirects were followed to where they led"
