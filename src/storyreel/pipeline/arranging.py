"""Copies of shots, which share what was made; shots split in two, and two joined to one."""

import uuid
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from storyreel.domain.serialize import as_json
from storyreel.domain.shot import MAX_NARRATION_CHARACTERS, Shot, ShotStatus, VersionKind
from storyreel.domain.storyboard import Transition
from storyreel.errors import ConflictError, InvalidInputError, StaleEditError
from storyreel.media.phrasing import is_wide
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.deleting import no_such_shot, take_out
from storyreel.pipeline.editing import MAX_SHOTS
from storyreel.pipeline.tasks import stop_runs
from storyreel.store.database import events, shots


def duplicate_shot(pipeline: Pipeline, shot: Shot, copy_id: str | None = None) -> Shot:
    """A copy right after the shot, with its pictures, voices, clips and versions; the same `copy_id` copies once.

    Raises:
        InvalidInputError: the storyboard is full.
        ConflictError: the copy of that id was deleted since.
    """
    with pipeline.database.write() as connection:
        current = _present(connection, shot)
        copy = _copy_of(current, copy_id or str(uuid.uuid4()), current.project_id)
        if _add_after(connection, current, copy):
            shots.copy_versions(connection, current.id, copy.id)
        return shots.get(connection, copy.id) or copy


def split_shot(
    pipeline: Pipeline, shot: Shot, at: int, revision: int | None, second_id: str | None = None
) -> tuple[Shot, Shot]:
    """Two shots of one: what is said from the character `at` on is the second one's, in the same picture.

    Between them is a cut; what led to the next shot leads there from the second. What was made of the whole stays with
    the first until it is made again. The same `second_id` splits once.

    Raises:
        ConflictError: one of them would have nothing to say.
        InvalidInputError: the storyboard is full.
        StaleEditError: somebody edited the shot since that revision.
    """
    with pipeline.database.write() as connection:
        current = _present(connection, shot)
        known = shots.get(connection, second_id) if second_id else None
        if known is not None:
            return current, known
        first, rest = current.narration[:at].rstrip(), current.narration[at:].lstrip()
        if not first or not rest:
            raise ConflictError(
                "One of the two shots would have nothing to say.",
                code="split_out_of_range",
                hint="Name a character within the narration.",
            )
        copy = _copy_of(current, second_id or str(uuid.uuid4()), current.project_id)
        copy = replace(copy, narration=rest, voice=None, voice_for=None, clip=None, clip_for=None)
        _add_after(connection, current, copy)
        shots.copy_versions(connection, current.id, copy.id, [VersionKind.IMAGE])
        _edit(connection, current, {"narration": first, "transition": Transition.CUT}, revision)
        return _present(connection, current), _present(connection, copy)


def join_shots(pipeline: Pipeline, shot: Shot, revision: int | None) -> Shot:
    """The shot and the next one as one: the first one's picture, what both say, the transition of the second.

    The second is deleted, and can be brought back. If only one of them says something, its voice stays good.

    Raises:
        ConflictError: the shot is the last one.
        InvalidInputError: together they say too much.
        StaleEditError: somebody edited the shot since that revision.
    """
    with pipeline.database.write() as connection:
        current = _present(connection, shot)
        board = shots.of_project(connection, current.project_id)
        if current.order + 1 >= len(board):
            raise ConflictError("There is no next shot to join with.", code="no_next_shot")
        following = board[current.order + 1]
        values: dict[str, Any] = {
            "narration": _joined(current.narration, following.narration),
            "transition": following.transition,
        }
        if len(values["narration"]) > MAX_NARRATION_CHARACTERS:
            raise InvalidInputError(
                f"Together they say more than {MAX_NARRATION_CHARACTERS:,} characters.", code="narration_too_long"
            )
        if not current.narration.strip():
            values |= {name: getattr(following, name) for name in ("voice", "voice_for", "voice_name")}
        _edit(connection, current, values, revision)
        ended = take_out(connection, current.project_id, [following.id])
        joined = _present(connection, current)
    stop_runs(pipeline, ended)
    return joined


def _present(connection: sa.Connection, shot: Shot) -> Shot:
    current = shots.get(connection, shot.id)
    if current is None:
        raise no_such_shot()
    return current


def _copy_of(shot: Shot, copy_id: str, project_id: str) -> Shot:
    status = ShotStatus.SUCCESS if shot.image else ShotStatus.PENDING
    return replace(shot, id=copy_id, project_id=project_id, status=status, task_id=None, error=None, revision=1)


def _add_after(connection: sa.Connection, shot: Shot, new: Shot) -> bool:
    """Lay a shot after another one; False when it is there already."""
    if shots.get(connection, new.id) is not None:
        return False
    if shots.is_deleted(connection, new.id):
        raise ConflictError("The shot was deleted.", code="shot_deleted", hint="Bring it back, or use a new key.")
    board = [other.id for other in shots.of_project(connection, shot.project_id)]
    if len(board) >= MAX_SHOTS:
        raise InvalidInputError(f"A storyboard has at most {MAX_SHOTS} shots.", code="too_many_shots")
    shots.add(connection, [new])
    board.insert(board.index(shot.id) + 1, new.id)
    shots.place(connection, board)
    events.add(connection, shot.project_id, "project", {"id": shot.project_id})
    return True


def _edit(connection: sa.Connection, shot: Shot, values: dict[str, Any], revision: int | None) -> None:
    if revision is not None and revision != shot.revision:
        raise StaleEditError("The shot was changed by somebody else.", hint="Read it again, then repeat the edit.")
    shots.update(connection, shot.id, as_json(values), shot.revision)
    events.add(connection, shot.project_id, "shot", {"id": shot.id})


def _joined(first: str, second: str) -> str:
    """Two narrations as one: with a blank between words, and none where Chinese goes on."""
    first, second = first.rstrip(), second.lstrip()
    if not first or not second:
        return first or second
    return first + ("" if is_wide(first[-1]) or is_wide(second[0]) else " ") + second
