"""What points at artifacts: every key that rows name, wherever in them it stands."""

import re

import sqlalchemy as sa

from storyreel.store.database.tables import cuts, films, projects, revisions, shots, tasks, versions
from storyreel.store.database.tasks import ACTIVE

_KEY = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_BATCH = 500

_PLACES = (
    sa.select(shots.c.image, shots.c.voice, shots.c.clip),
    sa.select(versions.c.artifact, sa.cast(versions.c.made_from, sa.Text)),
    sa.select(sa.cast(revisions.c.state, sa.Text)),
    sa.select(projects.c.cover, projects.c.film, sa.cast(projects.c.characters, sa.Text)),
    sa.select(films.c.artifact, films.c.sound, sa.cast(films.c.clips, sa.Text)),
    sa.select(sa.cast(cuts.c.pieces, sa.Text), sa.cast(cuts.c.sound, sa.Text)),
    sa.select(sa.cast(tasks.c.request, sa.Text)).where(tasks.c.status.in_(ACTIVE)),
)
"""Of what is deleted too, as long as it can be brought back: its rows are still there."""


def referenced(connection: sa.Connection) -> set[str]:
    """The keys of all artifacts that something points at; and some that are none, for a key is any such word."""
    keys: set[str] = set()
    for place in _PLACES:
        for row in connection.execute(place, execution_options={"yield_per": _BATCH}):
            for text in filter(None, row):
                keys.update(_KEY.findall(text))
    return keys
