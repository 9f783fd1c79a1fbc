"""Gives each file of a folder to whatever reads foreign media, in this process, and says how that ended and its cost.

    python readers.py FOLDER

A line of JSON for each file and reader: `file`, `reader`, `code` (empty when it was taken), `megabytes` at the peak,
`seconds` of processor time.
"""

import json
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from storyreel.domain.film import Canvas
from storyreel.errors import StoryreelError
from storyreel.media.clips import conform_video
from storyreel.media.probe import probe_audio, probe_image
from storyreel.media.profile import EncodeProfile

OUT = Path("conformed.mp4")


def as_clip(path: Path) -> None:
    conform_video(lambda _: None, path, EncodeProfile(Canvas(160, 90), Fraction(24)), 6, OUT)


READERS: dict[str, Callable[[Path], object]] = {"picture": probe_image, "clip": as_clip, "voice": probe_audio}


def peak() -> int:
    """Megabytes of memory at most, since `forget_peak`."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def main() -> None:
    for file in sorted(Path(sys.argv[1]).iterdir()):
        for name, read in READERS.items():
            forget_peak()
            code, began = "", time.process_time()
            try:
                read(file)
            except StoryreelError as error:
                code = error.code
            took = time.process_time() - began
            said = {"file": file.name, "reader": name, "code": code, "megabytes": peak(), "seconds": round(took, 2)}
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
