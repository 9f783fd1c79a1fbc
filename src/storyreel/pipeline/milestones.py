"""The points that work passes where a crash would matter, as DEBUG records: for logs and for crash tests."""

import logging

_log = logging.getLogger("storyreel.milestones")


def passed(point: str, subject: str, identifier: str) -> None:
    """Note that a point was passed.

    Args:
        point: what happened, such as `task.recorded`.
        subject: to what: a type of task, a kind of artifact.
        identifier: the task's id or the artifact's key.
    """
    _log.debug("%s %s %s", point, subject, identifier)
