"""Runs the twelve checks and writes docs/reference/guarantees.md: each with its command and what that said.

`make guarantees`, or `make guarantees ONLY="1 6"` for some; figures of the others stay as they were. The whole takes
about an hour of two processors.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FIGURES = HERE / "figures.json"
PAGE = ROOT / "docs" / "reference" / "guarantees.md"
BEGIN, END = "<!-- checks: begin -->", "<!-- checks: end -->"


def run(command: str) -> tuple[bool, str]:
    """Whether it went well, and its last line."""
    print(f"$ {command}", flush=True)
    # Without what tells a make that another one runs it: it would have the last word.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    environment = own | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    began = time.monotonic()
    done = subprocess.run(shlex.split(command), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    lines = [line for line in done.stdout.splitlines() if line.strip()] or ["it said nothing"]
    print(f"  {lines[-1]} ({time.monotonic() - began:.0f} s)", flush=True)
    return done.returncode == 0, re.sub(r", \d+ deselected", "", lines[-1].strip("= "))


def check(wanted: dict[str, Any]) -> dict[str, Any]:
    outcomes = [run(command) for command in wanted["commands"]]
    return {
        "kept": all(kept for kept, _ in outcomes),
        "said": [said for _, said in outcomes],
        "on": datetime.now(UTC).date().isoformat(),
    }


def row(number: int, wanted: dict[str, Any], figures: dict[str, Any] | None) -> str:
    commands = "<br>".join(f"`{command}`" for command in wanted["commands"])
    if figures is None:
        said = "not run yet"
    else:
        verdict = "" if figures["kept"] else "**broken** "
        said = f"{verdict}{'<br>'.join(figures['said'])} ({figures['on']})"
    cells = (str(number), f"**{wanted['title']}.** {wanted['promise']}", commands, said, wanted.get("open", ""))
    return f"| {' | '.join(cells)} |"


def write(checks: list[dict[str, Any]], figures: dict[str, Any]) -> None:
    head = "|  | promise | command | what it said | not yet |\n|---|---|---|---|---|"
    rows = [row(number, wanted, figures.get(str(number))) for number, wanted in enumerate(checks, 1)]
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text("\n".join([f"{before}{BEGIN}", head, *rows, f"{END}{after}"]))


def main() -> int:
    checks = tomllib.loads((HERE / "checks.toml").read_text())["check"]
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("only", nargs="*", type=int, help="numbers of checks; else all, and 0 for none")
    chosen = [number for number in parser.parse_args().only or range(1, len(checks) + 1) if number]
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    write(checks, figures)
    for number in chosen:
        figures[str(number)] = check(checks[number - 1])
        FIGURES.write_text(json.dumps(figures, indent=2) + "\n")
        write(checks, figures)
    return 0 if all(figures[str(number)]["kept"] for number in chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
