"""Clears away what has had its time: deleted things, ended runs, old news, and artifacts that nothing points at.

An artifact is needed while something points at it, or somebody used it within a week: whoever makes a film holds keys
that no row names yet, and a film takes half a day at most. To point at one that nothing points at, one has to find or
make it first, and both count as use.
"""

import logging
from datetime import timedelta

from storyreel.domain.project import DELETED_IS_KEPT
from storyreel.pipeline.context import Pipeline
from storyreel.store.database import artifacts, clearing, references
from storyreel.store.database.rows import now

log = logging.getLogger(__name__)

ROUND_SECONDS = 3600.0
UNUSED_IS_KEPT = timedelta(days=7)
RUNS_ARE_KEPT = timedelta(days=7)
NEWS_ARE_KEPT = timedelta(days=30)


def clear_away(pipeline: Pipeline) -> None:
    """One round; any number of processes may be at it at once. Blocks."""
    with pipeline.database.write() as connection:
        purged = clearing.purge_deleted(connection, now() - DELETED_IS_KEPT)
        clearing.prune(connection, now() - NEWS_ARE_KEPT)
    forgotten = pipeline.durable.forget_ended(now() - RUNS_ARE_KEPT)
    cleared = clear_artifacts(pipeline)
    if purged or forgotten or cleared:
        log.info("cleared away: %d deleted things, %d ended runs, %d artifacts", purged, forgotten, cleared)


def clear_artifacts(pipeline: Pipeline) -> int:
    """Remove the artifacts that nothing points at and nobody used for a week; how many."""
    since = now() - UNUSED_IS_KEPT
    with pipeline.database.read() as connection:
        unused = artifacts.unused(connection, since)
        needed = references.referenced(connection) if unused else set[str]()
    return sum(pipeline.artifacts.clear(key, since) for key in unused if key not in needed)
