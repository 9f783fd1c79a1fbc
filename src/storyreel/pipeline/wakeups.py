"""Wakes the threads that look for queued work as soon as there may be some, so that they may look seldom."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import closing

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from storyreel.store.database.dialects import read_only

log = logging.getLogger(__name__)

IDLE_SECONDS = 5.0
"""Between two looks for work, where none is being done and nobody wakes us."""
STOP_SECONDS = 0.5
"""After which whoever listens to a server notices a stop."""
_GLANCE_SECONDS = 0.05
"""Between two glances at whether another process has written; one costs microseconds."""
_RINGS_APART = 0.25
"""Seconds between two rings for what a file was written: the looks that they lead to write, too."""
_CHANNEL = "storyreel_queued"


class Wakeups:
    """Tells the queues of one process that there may be work, whoever queued it.

    Another process is heard through the database: SQLite counts how often it was written, PostgreSQL notifies. Neither
    is leant on: work that nobody told of is found a little later.

    Args:
        url: the durable engine's database.
    """

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._rung: dict[str, threading.Event] = {}
        self._stop = threading.Event()
        sqlite = self._url.drivername.startswith("sqlite")
        hear = self._watch_file if sqlite else self._listen_to_server
        self._notifies = not sqlite
        self._thread = threading.Thread(target=hear, name="storyreel-wakeups", daemon=True)

    def start(self) -> None:
        """Begin to hear of others."""
        self._thread.start()

    def close(self) -> None:
        """Wake all, who see for themselves whether they shall stop. Safe also before `start`."""
        self._stop.set()
        self._ring(list(self._rung))
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def tell(self, queues: Collection[str], rows: sa.Engine) -> None:
        """There is new work in these queues; `rows` reaches the database."""
        self._ring(queues)
        if self._notifies:
            try:
                with rows.begin() as connection:
                    for queue in queues:
                        connection.execute(sa.select(sa.func.pg_notify(_CHANNEL, queue)))
            except DBAPIError as error:  # it is queued all the same
                log.info("others were not told of new work: %s", type(error.orig).__name__)

    def pause(self, queue: str, stop: threading.Event, busy: Callable[[], object]) -> "Pause":
        """What a queue's thread waits by. Its first pause is none: there may be work from before."""
        rung = self._rung[queue] = threading.Event()
        rung.set()
        return Pause(stop, rung, busy)

    def _ring(self, queues: Iterable[str]) -> None:
        for queue in queues:
            if rung := self._rung.get(queue):
                rung.set()

    def _watch_file(self) -> None:
        written, rung, news = 0, 0.0, False
        try:
            with closing(sqlite3.connect(read_only(self._url), uri=True)) as connection:
                while not self._stop.wait(_GLANCE_SECONDS):
                    (now,) = connection.execute("PRAGMA data_version").fetchone()
                    news, written = news or now != written, now
                    if news and time.monotonic() - rung > _RINGS_APART:
                        news, rung = False, time.monotonic()
                        self._ring(list(self._rung))
        except sqlite3.Error as error:
            log.warning("nothing is heard of others' work any more: %s", error)

    def _listen_to_server(self) -> None:
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        while not self._stop.is_set():
            try:
                with psycopg.connect(address, autocommit=True) as connection:
                    connection.execute(f"LISTEN {_CHANNEL}")
                    self._ring(list(self._rung))  # what was told meanwhile was not heard
                    while not self._stop.is_set():
                        self._ring(note.payload for note in connection.notifies(timeout=STOP_SECONDS))
            except psycopg.OperationalError as error:
                log.info("nothing is heard of others' work: %s", type(error).__name__)
                self._stop.wait(IDLE_SECONDS)


class Pause:
    """What dbos waits by between two looks: its event that says it shall stop, which also ends when work is told of.

    It wakes up for the ring alone, so whoever sets that event rings, too.
    """

    def __init__(self, stop: threading.Event, rung: threading.Event, busy: Callable[[], object]) -> None:
        self._stop, self._rung, self._busy = stop, rung, busy

    def is_set(self) -> bool:
        return self._stop.is_set()

    def wait(self, timeout: float) -> bool:
        """Whether it shall stop. Where there is nothing at work whose end makes room for more, it may take longer."""
        if not self._stop.is_set():
            self._rung.wait(timeout if self._busy() else max(timeout, IDLE_SECONDS))
        self._rung.clear()
        return self._stop.is_set()
