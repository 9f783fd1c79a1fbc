"""Servers that die at chosen points, forked from one process that has imported everything: most of a start is that.

    python server.py DATA_DIR PORT MILESTONES

Every line on standard input is a JSON list of points. A server is started that kills itself, as `kill -9` would, when
it first passes one of them. Its process id is written to standard output, and its exit status once it is dead. Every
milestone that it passes is appended to the file MILESTONES.
"""

import json
import logging
import os
import signal
import sys
from pathlib import Path


class Executioner(logging.Handler):
    """Writes milestones down, and ends the process at the first of `points`, without any good-bye."""

    def __init__(self, points: list[str], journal: Path) -> None:
        super().__init__()
        self._points = points
        self._journal = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def emit(self, record: logging.LogRecord) -> None:
        os.write(self._journal, f"{record.getMessage()}\n".encode())
        point = record.getMessage().rpartition(" ")[0]
        if point in self._points:
            os.write(self._journal, f"killed at {point}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()  # the signal may reach another thread first; this one must not go on


def serve(data_dir: Path, port: int, milestones: Path, points: list[str]) -> None:
    import uvicorn

    from storyreel.assembly import Storyreel
    from storyreel.settings import Settings

    logging.basicConfig(level=logging.WARNING)
    logger = logging.getLogger("storyreel.milestones")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(Executioner(points, milestones))
    storyreel = Storyreel(Settings(data_dir=data_dir))
    storyreel.start()
    uvicorn.run(storyreel.api(first_login_creates_owner=True), host="127.0.0.1", port=port, log_level="warning")
    storyreel.close()


def main() -> None:
    # Not at the top: the processes that servers start to encode in import this file too.
    import storyreel.api.app
    import storyreel.assembly
    import storyreel.engines.testing
    import storyreel.media.probe  # noqa: F401

    data_dir, port, milestones = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            serve(data_dir, port, milestones, json.loads(line))
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
