"""What can be watched of a film: the stream of what is cut so far, and each part of it that a player asks for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from storyreel.domain.film import Cut
from storyreel.domain.serialize import from_json
from storyreel.domain.task import TaskType
from storyreel.errors import NotFoundError
from storyreel.media.join import Piece
from storyreel.media.live import Fragment, fragment_bytes, fragment_head, heard, picture_fragments, sound_fragments
from storyreel.media.profile import EncodeProfile
from storyreel.pipeline.context import Pipeline
from storyreel.store.database import artifacts, cuts, tasks


@dataclass(frozen=True, slots=True)
class Stream:
    """Pictures and sound as fragments, from the film's start. `ended`: no more will come.

    `keys` names the artifact that a fragment's source is the file of.
    """

    profile: EncodeProfile
    pictures: Sequence[Fragment]
    sound: Sequence[Fragment]
    keys: Mapping[Path, str]
    ended: bool


def read_stream(pipeline: Pipeline, project_id: str) -> Stream:
    """The stream of the film that is being made, or else of the last one that was.

    Raises:
        NotFoundError: there is no film; or not yet, since players need both pictures and sound (retryable).
        MediaError: a file of it is broken.
    """
    with pipeline.database.read() as connection:
        cut, ended = _cut_to_watch(connection, project_id)
    return _stream(pipeline, cut, ended)


def read_head(pipeline: Pipeline, project_id: str, artifact: str) -> tuple[Fragment, bytes]:
    """A fragment of the artifact, and what players read before it.

    Raises:
        NotFoundError: no film of the project has that artifact in it.
        MediaError: a file of the film is broken.
    """
    for fragment, profile in _fragments_of(pipeline, project_id, artifact):
        return fragment, fragment_head(fragment, profile)
    raise _no_such_part()


def read_part(pipeline: Pipeline, project_id: str, artifact: str, name: str) -> tuple[Fragment, bytes]:
    """The fragment of the artifact that `name_of` calls so, and its bytes.

    Those of earlier films are there as well: somebody may still be watching one.

    Raises:
        NotFoundError: no film of the project has such a fragment.
        MediaError: a file of the film is broken.
    """
    for fragment, profile in _fragments_of(pipeline, project_id, artifact):
        if name_of(fragment) == name:
            return fragment, fragment_bytes(fragment, profile)
    raise _no_such_part()


def name_of(fragment: Fragment) -> str:
    """All that its bytes depend on besides the artifact: they hold when they are played, and as which one."""
    return f"{fragment.number}_{fragment.start}_{fragment.first}_{fragment.end}"


def _cut_to_watch(connection: sa.Connection, project_id: str) -> tuple[Cut, bool]:
    """The cut, and whether its making has ended, well or not."""
    last = tasks.select(connection, project_id=project_id, types=[TaskType.FILM], limit=1)
    cut = cuts.newest(connection, project_id)
    if last and not last[0].status.terminal and (cut is None or cut.task_id != last[0].id):
        raise NotFoundError(
            "Nothing of the film can be played yet.",
            code="film_not_playable_yet",
            retryable=True,
            hint="Its first pictures and its sound are being made: ask again.",
        )
    if cut is None:
        raise NotFoundError("The project has no film yet.", code="film_not_found", hint="POST make_film makes one.")
    task = tasks.get(connection, cut.task_id)
    return cut, cut.whole or task is None or task.status.terminal


def _fragments_of(pipeline: Pipeline, project_id: str, artifact: str) -> Iterator[tuple[Fragment, EncodeProfile]]:
    """The fragments of an artifact in all films of the project, those of the latest film first."""
    with pipeline.database.read() as connection:
        found = cuts.with_artifact(connection, project_id, artifact)
    for cut in found:
        stream = _stream(pipeline, cut, ended=True)
        for fragment in (*stream.pictures, *stream.sound):
            if stream.keys[fragment.source] == artifact:
                yield fragment, stream.profile


def _stream(pipeline: Pipeline, cut: Cut, ended: bool) -> Stream:
    wanted = sorted({piece.artifact for piece in cut.pieces} | set(cut.sound))
    with pipeline.database.read() as connection:
        files = artifacts.many(connection, wanted)
    paths = {key: pipeline.artifacts.path(files[key]) for key in wanted}
    profile = from_json(EncodeProfile, cut.profile)
    pieces = [Piece(paths[piece.artifact], piece.first, piece.end) for piece in cut.pieces]
    parts = [paths[key] for key in cut.sound]
    pictures = heard(picture_fragments(pieces, profile), parts, profile)
    sound = sound_fragments(parts, pictures, profile)
    return Stream(profile, pictures, sound, {path: key for key, path in paths.items()}, ended)


def _no_such_part() -> NotFoundError:
    return NotFoundError("No film of the project has such a part.", code="media_not_found")
