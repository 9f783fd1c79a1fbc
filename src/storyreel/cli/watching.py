"""Waits for tasks to end, and shows how far each stage of a film is."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from storyreel.cli.stopping import StopRequest
from storyreel.domain.shot import Shot
from storyreel.domain.task import Task, TaskType
from storyreel.errors import NotFoundError

if TYPE_CHECKING:
    from storyreel.pipeline.context import Pipeline

LOOK_SECONDS = 0.25
_LEAST_IDLE = 5
"""Looking takes at most a sixth of the time, however long the storyboard."""


def wait_for(pipeline: "Pipeline", task: Task, stop: StopRequest, show: Callable[[Task], None]) -> Task:
    """The task once it has ended; as it is, still active, when somebody asked to stop before that.

    Raises:
        NotFoundError: it is gone, and its project with it.
    """
    from storyreel.store.database import tasks

    while True:
        began = time.monotonic()
        with pipeline.database.read() as connection:
            current = tasks.get(connection, task.id)
        if current is None:
            raise NotFoundError("The project was deleted meanwhile.", code="project_not_found")
        show(current)
        if stop or current.status.terminal:
            return current
        time.sleep(max(LOOK_SECONDS, _LEAST_IDLE * (time.monotonic() - began)))


@dataclass(frozen=True, slots=True)
class Made:
    """How many of the shots' parts are made; parts that are under way count by how far they are."""

    pictures: float
    voices: float
    clips: float


def made_of(shots: Sequence[Shot], active: Sequence[Task]) -> Made:
    """What is made of these shots, given the tasks that are at work on them."""
    under_way = {(task.shot_id, task.type): task.progress / 100 for task in active}
    pictures = voices = clips = 0.0
    for shot in shots:
        picture = under_way.get((shot.id, TaskType.SD), 1.0 if shot.image else 0.0)
        voice = under_way.get((shot.id, TaskType.TTS), 1.0 if shot.voice or not shot.narration.strip() else 0.0)
        up_to_date = shot.clip is not None and picture == voice == 1.0
        pictures += picture
        voices += voice
        clips += under_way.get((shot.id, TaskType.SVD), 1.0 if up_to_date else 0.0)
    return Made(pictures, voices, clips)


class StageBars:
    """A bar for each stage, from story to film; a context manager.

    Args:
        console: where they are drawn; one that is no terminal gets them once, at the end.
    """

    def __init__(self, pipeline: "Pipeline", console: Console) -> None:
        self._pipeline = pipeline
        self._bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            TextColumn("{task.fields[note]:>9}"),
            TimeElapsedColumn(),
            console=console,
            refresh_per_second=4,
        )
        self._storyboard, self._pictures, self._voices, self._clips, self._film = (
            self._bars.add_task(name, start=False, total=1.0, note="")
            for name in ("Storyboard", "Pictures", "Voices", "Clips", "Film")
        )
        self._bars.update(self._clips, visible=False)

    def __enter__(self) -> "StageBars":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def storyboard(self, task: Task) -> None:
        """Show how far the storyboard's task is."""
        self._show(self._storyboard, task.progress / 100)

    def film(self, task: Task) -> None:
        """Show how far the film's task is, and those that it started."""
        from storyreel.store.database import projects, shots, tasks

        with self._pipeline.database.read() as connection:
            project = projects.get(connection, task.project_id)
            storyboard = shots.of_project(connection, task.project_id)
            active = tasks.select(connection, parent_id=task.id, statuses=tasks.ACTIVE, limit=3 * len(storyboard))
        made = made_of(storyboard, active)
        self._show(self._pictures, made.pictures, len(storyboard))
        self._show(self._voices, made.voices, len(storyboard))
        if project is not None and not self._pipeline.engines.video(project.settings).info.immediate:
            self._bars.update(self._clips, visible=True)
            self._show(self._clips, made.clips, len(storyboard))
        self._show(self._film, task.progress / 100)

    def _show(self, bar: TaskID, made: float, shots: int | None = None) -> None:
        total = shots or 1
        if made > 0:
            self._bars.start_task(bar)
        note = f"{made / total:.0%}" if shots is None else f"{int(made)} of {shots}"
        self._bars.update(bar, completed=made, total=total, note=note)
