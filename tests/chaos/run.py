"""Films are finished while servers and workers are killed at random: what is lost, done twice, and how soon it heals.

`make chaos FILMS=50 KILLS=200 SEED=1`. Real processes on a real PostgreSQL and a real S3, engines that only keep a
journal, real composing. Each process is started again as the units in deploy/systemd do it. Kills and films keep step,
so that the last kills still hit work. Fails when anything was lost or done twice, or work lay for longer than 30 s.

A kill in the midst of an engine's call makes that call happen again, which is no fault: done twice is a result that was
recorded twice, and a call for what was on record already, or by more processes than kills cut short.
"""

import argparse
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import real_postgres
import real_s3
from audit import broken_promises, unasked
from house import FENCED, House, Service
from ledger import Death, Ledger
from people import PASSWORD, Crowd, Person

AT_ONCE = 8
"""Films in the making, as long as there are any left to begin."""
HEALED_WITHIN = 30.0
"""Seconds; the promise."""
SETTLES_WITHIN = 120
_LINE_SECONDS = 10.0


class Chaos:
    """One run of it."""

    def __init__(self, house: House, ledger: Ledger, options: argparse.Namespace) -> None:
        self.house, self.ledger, self.options = house, ledger, options
        self.kills = 0
        self.began = time.monotonic()
        self._chance = random.Random(options.seed)  # noqa: S311 - the same choices in every run
        self._buried = dict.fromkeys((service.name for service in house.services), 0)
        people = [Person(f"person{number}", house.doors) for number in range(AT_ONCE)]
        self.crowd = Crowd(people, options.films, self._may_begin)
        self._said = 0.0

    def run(self) -> None:
        """Until the last film is made and the last kill is healed."""
        next_kill = time.monotonic()
        last = self.began + 60 * self.options.minutes
        while self.crowd.busy() or self.kills < self.options.kills:
            time.sleep(0.05)
            self._bury()
            if time.monotonic() > last:
                self.crowd.enough()
                if not self.crowd.busy():
                    break
            if time.monotonic() > next_kill and self._may_kill():
                self._kill()
                next_kill = time.monotonic() + self._chance.uniform(0, 2 * self.options.pause)
            self._say()
        end = time.monotonic() + SETTLES_WITHIN
        while time.monotonic() < end and not all(death.over for death in self.ledger.deaths):
            time.sleep(0.05)
            self._bury()
            self._say()

    def _may_begin(self, film: int) -> bool:
        return film / self.options.films <= self.kills / self.options.kills + AT_ONCE / self.options.films

    def _may_kill(self) -> bool:
        ahead = self.kills / self.options.kills - self.crowd.finished / self.options.films
        return self.kills < self.options.kills and ahead <= AT_ONCE / self.options.films

    def _kill(self) -> None:
        life = self._chance.choice(self.house.services).running()
        if life is None:
            return
        life.process.kill()
        life.process.wait()
        self.kills += 1
        self._bury()

    def _bury(self) -> None:
        """Note the deaths since the last time, whoever caused them."""
        doors = self.house.server_doors()
        for service in self.house.services:
            for life in service.lives[self._buried[service.name] :]:
                if life.process.returncode is not None:
                    self.ledger.bury(life, doors.get(service.name))
                    self._buried[service.name] += 1

    def _say(self) -> None:
        """One line that is written over again; where nobody sees that, now and then a new one."""
        now, tty = time.monotonic(), sys.stdout.isatty()
        if now - self._said < (0.2 if tty else _LINE_SECONDS):
            return
        self._said = now
        open_ = [now - death.at for death in self.ledger.deaths if not death.over]
        line = (
            f"{clock(now - self.began)}  {self.crowd.finished} of {self.options.films} films, "
            f"{self.kills} of {self.options.kills} kills, lost {len(self.ledger.lost)}, "
            f"called twice {len(self.ledger.doubled_calls())}, failed {len(self.crowd.faults)}, "
            f"healing {len(open_)}{f' for {max(open_):.0f} s' if open_ else ''}"
        )
        print(f"\r{line:<110}" if tty else line, end="" if tty else "\n", flush=True)


def clock(seconds: float) -> str:
    return f"{seconds // 60:.0f}:{seconds % 60:02.0f}"


def spread(seconds: Sequence[float]) -> str:
    return f"median {statistics.median(seconds):.1f} s, longest {max(seconds):.1f} s" if seconds else "none"


def lay_of(death: Death) -> float:
    """How long the work of a dead process lay; for ever, when it was not taken over."""
    return death.taken_over - death.at if death.taken_over else float("inf")


def healing(deaths: Sequence[Death]) -> list[float]:
    """The same for each that left some."""
    return [lay_of(death) for death in deaths if death.left or death.unstarted]


def slow(deaths: Sequence[Death]) -> list[Death]:
    """Those whose work lay for too long."""
    return [death for death in deaths if lay_of(death) > HEALED_WITHIN]


def report(chaos: Chaos) -> bool:
    """Print what came of it; whether all promises were kept."""
    ledger, crowd, people = chaos.ledger, chaos.crowd, chaos.crowd.people
    took = clock(time.monotonic() - chaos.began)
    lost = [*ledger.lost, *(each for person in people for each in broken_promises(person))]
    results = [*ledger.doubled_results(), *(each for person in people for each in unasked(person))]
    calls = ledger.doubled_calls()
    lay = healing(ledger.deaths)
    answers = [death.answering - death.at for death in ledger.deaths if death.door and death.answering]
    told = sum(promises.count() for person in people for promises in person.promises)
    on_record = ledger.counts()
    ended = endings(chaos.house.services)
    unforeseen = [f"{times} processes ended {how}" for how, times in ended.items() if how.startswith("with status")]
    again = ledger.calls.begun.total() - len(ledger.calls.begun)
    made = f"{crowd.finished} films, {chaos.kills} kills"
    print(f"\n\n{made} (seed {chaos.options.seed}), {took} minutes")
    print(f"  processes ended      {', '.join(f'{times} {how}' for how, times in ended.items())}")
    print(f"  films that failed    {len(crowd.faults)}")
    print(f"  lost                 {len(lost)} of {told} acknowledgements and {on_record['artifacts']} artifacts")
    print(f"  results twice        {len(results)} of {on_record['tasks']} tasks and {on_record['films']} films")
    print(
        f"  calls twice          {len(calls)} of {len(ledger.calls.begun)}; {again} more were cut short and made again"
    )
    print(f"  work taken over      {spread(lay)} ({len(lay)} deaths left some)")
    print(f"  servers answer again {spread(answers)}")
    late = [f"{death.life.journal.stem}: its work lay for {lay_of(death):.1f} s" for death in slow(ledger.deaths)]
    faults = [*crowd.faults, *lost, *results, *calls, *unforeseen, *late]
    for fault in faults:
        print(f"  ! {fault}")
    print(
        f"{made}: {len(lost)} lost, {len(results)} results and "
        f"{len(calls)} calls twice, work taken over within {max(lay, default=0.0):.1f} s"
    )
    return not faults


def endings(services: Sequence[Service]) -> Counter[str]:
    """How many lives of processes ended how."""
    words = {-signal.SIGKILL: "killed", FENCED: "fenced themselves"}
    return Counter(words.get(status, f"with status {status}") for service in services for status in service.ended)


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--films", type=int, default=50)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--servers", type=int, default=2)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between two kills, on average")
    parser.add_argument("--minutes", type=float, default=60.0, help="after which no more films are begun")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="storyreel-chaos-"))
    with ExitStack() as stack:
        postgres = stack.enter_context(real_postgres.shared(folder))
        bucket = stack.enter_context(real_s3.shared(folder)).fresh()
        url = stack.enter_context(real_postgres.database(postgres))
        house = House(folder, url, bucket, options.servers, options.workers)
        print(f"{options.servers} servers and {options.workers} workers; their logs are in {folder}", flush=True)
        for number in range(AT_ONCE):
            house.add_user(f"person{number}", PASSWORD)
        house.open()
        stack.callback(house.close)
        ledger = Ledger(url, folder)
        stack.callback(ledger.close)
        chaos = Chaos(house, ledger, options)
        chaos.run()
        kept = report(chaos)
    if kept:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
