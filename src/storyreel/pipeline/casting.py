"""What a person changes in the cast: who is in it, what they are like. Only shots where they appear become stale."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from storyreel.domain.project import Project
from storyreel.domain.serialize import as_json
from storyreel.domain.shot import Shot
from storyreel.domain.storyboard import Character, SceneSpec, member_of, naming
from storyreel.errors import ConflictError, NotFoundError
from storyreel.pipeline.context import Pipeline
from storyreel.store.database import events, projects, shots

Cast = tuple[Character, ...]
MAX_CAST = 500


async def edit_character(
    pipeline: Pipeline, project: Project, character_id: str, changes: dict[str, Any], revision: int | None
) -> Project:
    """Change the fields sent: name, kind, looks, sex, description, seed, voice, reference.

    Prompts that say the old name say the new one.

    Args:
        revision: the project's revision that the editor read; None edits whatever is there.

    Raises:
        NotFoundError: the project has no such character.
        StaleEditError: somebody edited the project since that revision.
    """

    def corrected(cast: Cast) -> tuple[Cast, Callable[[Shot], Shot]]:
        old = member_of(cast, character_id)
        new = replace(old, **changes)
        return tuple(new if member is old else member for member in cast), lambda shot: _renamed(shot, old, new)

    return await pipeline.write(_correct, project, corrected, revision)


async def add_character(pipeline: Pipeline, project: Project, member: Character, revision: int | None) -> Project:
    """Take somebody into the cast; the same again changes nothing. Prompts that say the name mean them.

    Raises:
        ConflictError: the cast is full.
        StaleEditError: somebody edited the project since that revision.
    """

    def enlarged(cast: Cast) -> tuple[Cast, Callable[[Shot], Shot]]:
        if any(one.id == member.id for one in cast):
            return cast, lambda shot: shot
        if len(cast) >= MAX_CAST:
            raise ConflictError(f"A cast has at most {MAX_CAST} characters.", code="cast_full")
        return (*cast, member), lambda shot: shot

    return await pipeline.write(_correct, project, enlarged, revision)


async def remove_character(pipeline: Pipeline, project: Project, character_id: str, revision: int | None) -> Project:
    """Take somebody out of the cast, and off the stage of every shot. Prompts stay as they are written.

    Raises:
        NotFoundError: the project has no such character.
        StaleEditError: somebody edited the project since that revision.
    """

    def reduced(cast: Cast) -> tuple[Cast, Callable[[Shot], Shot]]:
        gone = member_of(cast, character_id)
        return tuple(member for member in cast if member is not gone), lambda shot: _without(shot, gone)

    return await pipeline.write(_correct, project, reduced, revision)


async def merge_characters(
    pipeline: Pipeline, project: Project, character_id: str, into: str, revision: int | None
) -> Project:
    """Two that are one: `into` stays, is called by the names of both, and stands wherever either stood.

    Raises:
        NotFoundError: the project has no such characters.
        ConflictError: they are the same.
        StaleEditError: somebody edited the project since that revision.
    """
    if character_id == into:
        raise ConflictError("A character cannot be merged into itself.", code="same_character")

    def corrected(cast: Cast) -> tuple[Cast, Callable[[Shot], Shot]]:
        gone, kept = member_of(cast, character_id), member_of(cast, into)
        calls = dict.fromkeys((*kept.aliases, gone.name, *gone.aliases))
        new = replace(kept, aliases=tuple(call for call in calls if call != kept.name))
        rest = tuple(new if member is kept else member for member in cast if member is not gone)
        return rest, lambda shot: _recast(shot, gone, kept)

    return await pipeline.write(_correct, project, corrected, revision)


def _correct(
    connection: sa.Connection,
    project: Project,
    corrected: Callable[[Cast], tuple[Cast, Callable[[Shot], Shot]]],
    revision: int | None,
) -> Project:
    current = projects.get(connection, project.id)
    if current is None:
        raise NotFoundError("There is no such project.", code="project_not_found")
    cast, change = corrected(current.characters)
    values = {"characters": [as_json(member) for member in cast]}
    projects.update(connection, project.id, values, current.revision if revision is None else revision)
    for shot in shots.of_project(connection, project.id):
        changed = change(shot)
        if changed != shot:
            said = {"prompt": changed.prompt, "prompt_en": changed.prompt_en, "scene": as_json(changed.scene)}
            shots.update(connection, shot.id, said, shot.revision)
    events.add(connection, project.id, "project", {"id": project.id})
    return projects.get(connection, project.id) or current


def _renamed(shot: Shot, old: Character, new: Character) -> Shot:
    if old.name == new.name or shot.scene is None or old.id not in _shown(shot.scene):
        return shot
    name = naming(old)
    prompt, in_english = (name.sub(lambda _: new.name, text) for text in (shot.prompt, shot.prompt_en))
    return replace(shot, prompt=prompt, prompt_en=in_english)


def _recast(shot: Shot, gone: Character, kept: Character) -> Shot:
    scene = shot.scene
    if scene is None or gone.id not in _shown(scene):
        return shot

    def now(called: str | None) -> str | None:
        return kept.id if called == gone.id else called

    seen = [replace(one, character=now(one.character), toward=now(one.toward)) for one in scene.subjects]
    once = {one.character: one for one in reversed(seen)}
    subjects = tuple(one for one in seen if once[one.character] is one)
    return _renamed(replace(shot, scene=replace(scene, subjects=subjects, speaker=now(scene.speaker))), gone, kept)


def _without(shot: Shot, gone: Character) -> Shot:
    if shot.scene is None or gone.id not in _shown(shot.scene):
        return shot

    def still(called: str | None) -> str | None:
        return None if called == gone.id else called

    stay = [one for one in shot.scene.subjects if one.character != gone.id]
    subjects = tuple(replace(one, toward=still(one.toward)) for one in stay)
    return replace(shot, scene=replace(shot.scene, subjects=subjects, speaker=still(shot.scene.speaker)))


def _shown(scene: SceneSpec) -> set[str | None]:
    """Whoever is on stage, spoken to, or speaking."""
    return {scene.speaker, *(one.character for one in scene.subjects), *(one.toward for one in scene.subjects)}
