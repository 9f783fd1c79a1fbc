"""Where the machine code of kernels is kept between processes: a folder of the user's that nobody else may write to.

What lies here is executed as it is, so it must be what one of our own processes put here, whole:

- The folder and each file belong to the user that runs us and are closed to everybody else. A folder in a shared home
  or temporary directory that somebody else made first is not used. Who can write as us needs no trick to run code.
- A file begins with a digest of its content and of what it was compiled from and for. One that was cut, damaged,
  renamed, or copied from a machine with another processor does not match and is not looked at further.
- Files appear whole, by renaming. Several processes may be the first at once; the last one's file stays.

On any doubt there is nothing here, and the code is compiled anew.
"""

import logging
import os
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

_log = logging.getLogger(__name__)


def read(name: str, origin: bytes) -> bytes | None:
    """What was kept under this name, if it is of this origin and beyond doubt."""
    try:
        with (_folder() / name).open("rb") as file:
            _demand_ours(file.fileno())
            stamp, code = file.read(sha256().digest_size), file.read()
    except OSError:
        return None
    return code if stamp == _stamp(origin, code) else None


def keep(name: str, origin: bytes, code: bytes) -> None:
    """Keep it if we can. Without a folder for it, everything works, but every process compiles for itself."""
    try:
        folder = _folder()
        descriptor, fresh = tempfile.mkstemp(dir=folder)  # for our eyes only, says tempfile
        try:
            with open(descriptor, "wb") as file:
                file.write(_stamp(origin, code) + code)
            os.replace(fresh, folder / name)
        except OSError:
            os.unlink(fresh)
            raise
    except OSError as error:
        _say_once(f"Compiled kernels cannot be kept, so that every process has to compile them: {error}")


def _stamp(origin: bytes, code: bytes) -> bytes:
    return sha256(origin + code).digest()


def _folder() -> Path:
    from platformdirs import user_cache_path

    folder = user_cache_path("storyreel") / "kernels"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _demand_ours(folder)
    return folder


def _demand_ours(place: Path | int) -> None:
    facts = os.stat(place)
    if facts.st_uid != os.geteuid() or facts.st_mode & 0o077:
        raise PermissionError(f"{place} is not ours, or open to others.")


@cache
def _say_once(what: str) -> None:
    _log.warning(what)
