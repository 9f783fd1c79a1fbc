"""What the engines of all kinds have in common: their workflow, and one request run through it."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from storyreel.engines.backends.comfyui import ID
from storyreel.engines.backends.comfyui.jobs import Order, Servers, made
from storyreel.engines.backends.comfyui.server import connected
from storyreel.engines.backends.comfyui.workflow import Workflow, read_workflow
from storyreel.engines.contracts.engine import EngineInfo, Job
from storyreel.errors import EngineError, EngineUnavailableError

_LINED_UP = 2
"""Jobs that a server has at once, so that it need not wait for the next."""


class WorkflowFile:
    """A workflow file as it was when it was read, or why it cannot be used."""

    def __init__(self, file: Path | None, setting: str, *needs: str) -> None:
        self._workflow: Workflow | None = None
        self.missing: list[str] = []
        if file is None:
            self.missing.append(f"A workflow: set {setting} to a file that ComfyUI exported for its API.")
            return
        try:
            self._workflow = read_workflow(file)
        except EngineUnavailableError as error:
            self.missing.append(f"{error.message} {error.hint}")
            return
        self.missing += [
            f"The workflow {file.name} has no node titled storyreel.{name}: give one that title, and export it again."
            for name in needs
            if name not in self._workflow.slots
        ]

    @property
    def digest(self) -> str:
        return self._workflow.digest if self._workflow else "none"

    def get(self) -> Workflow:
        """The workflow.

        Raises:
            EngineUnavailableError: it cannot be used.
        """
        if self._workflow is None or self.missing:
            raise EngineUnavailableError("; ".join(self.missing))
        return self._workflow


class WorkflowEngine:
    """An engine of one kind, by one workflow, on any of some servers.

    Args:
        urls: http(s) addresses of the servers.
        workflow: file that ComfyUI exported for its API. It is read once.
    """

    kind: ClassVar[str]
    what: ClassVar[str]
    number: ClassVar[str] = "1"
    """Of the engine itself: grows when the same workflow would be filled, or its result taken, in another way."""
    needs: ClassVar[str]
    """The input that a workflow must have to be of use."""
    extensions: ClassVar[Collection[str]]
    limit: ClassVar[int]
    """The most bytes that a result may have."""

    def __init__(self, *, urls: Sequence[str] = (), workflow: Path | None = None) -> None:
        self._servers = Servers(urls)
        self._own = WorkflowFile(workflow, f"STORYREEL_COMFYUI_{self.kind.upper()}_WORKFLOW", self.needs)

    @property
    def info(self) -> EngineInfo:
        """Another workflow gives other results, so that its digest is part of the version."""
        return EngineInfo(
            id=ID,
            kind=self.kind,
            version=f"{self.number}-{self._own.digest}",
            title=f"{self.what} by a ComfyUI workflow",
            at_once=_LINED_UP * len(self._servers.addresses),
        )

    async def missing(self) -> Sequence[str]:
        """Asks the servers, for a few seconds at most."""
        found = list(self._own.missing)
        if not self._servers.addresses:
            return [*found, 'A ComfyUI server: set STORYREEL_COMFYUI_URLS, such as ["http://127.0.0.1:8188"].']
        try:
            async with connected() as session:
                await self._servers.answering(session)
        except EngineError as error:
            found.append(f"{error.message} {error.hint}")
        return found

    async def run(
        self, workflow: Workflow, values: Mapping[str, Any], pictures: Mapping[str, Path], job: Job, name: str
    ) -> Path:
        """The file that comes of a workflow with these values; in the job's folder, under that name.

        Raises:
            EngineError: see `jobs.made`.
        """
        order = Order(workflow, values, pictures, self.extensions)
        async with connected() as session:
            server, file = await made(session, self._servers, order, job)
            saved = job.folder / f"{name}{PurePosixPath(file.name).suffix.lower()}"
            await server.fetch(file, saved, self.limit)
        return saved

    @property
    def workflow(self) -> Workflow:
        """Raises EngineUnavailableError: there is none that can be used."""
        return self._own.get()


def sides(width: int, height: int) -> dict[str, int]:
    """A size as diffusion models can paint it: in multiples of 16."""
    return {"width": max(16, round(width / 16) * 16), "height": max(16, round(height / 16) * 16)}
