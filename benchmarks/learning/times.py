"""Learns the weights by which the built-in planner tells the time of day of a story's shots, from annotated stories.

Run: .venv/bin/python benchmarks/learning/times.py [--check] [FOLDER …]

--check trains five times on four fifths of the stories and says how well the rest is told; without it the weights are
written to the planner's daylight.json. Places are learnt before: a new one may be at another time.
"""

from chains import Subject, command

from storyreel.engines.backends.builtin.planner import daylight
from storyreel.engines.backends.builtin.planner.plan import moments_of


def main() -> None:
    subject = Subject(
        file=daylight.WEIGHTS,
        kinds=daylight.MOVES,
        moves=lambda _: daylight.moves(),
        steps=moments_of,
        allows=lambda sentence: sentence.time,
        rate=0.1,
        firm=0.002,
        word_firm=0.7,
        fewest=3,
    )
    command(subject, "Written by benchmarks/learning/times.py; see chain.py.", str(__doc__))


if __name__ == "__main__":
    main()
