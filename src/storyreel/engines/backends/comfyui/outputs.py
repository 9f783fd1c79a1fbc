"""What came of a job: the file that was wanted, or what went wrong, in words."""

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from typing import Any

from storyreel.engines.backends.comfyui.server import Comfy, File, brief, items, mapping, told
from storyreel.engines.backends.comfyui.workflow import Workflow
from storyreel.errors import EngineError

_MOST_TOLD = 3


def chosen(server: Comfy, outputs: dict[str, Any], workflow: Workflow, extensions: Collection[str]) -> File:
    """The first file of that kind which the node that is titled so put out, else any node; rather kept than preview.

    Raises:
        EngineError: there is none.
    """
    nodes = [workflow.output] if workflow.output else sorted(outputs)
    found = [
        file
        for node in nodes
        for file in _files(mapping(outputs.get(node)))
        if PurePosixPath(file.name).suffix.lower() in extensions
    ]
    if not found:
        where = f"Node {workflow.title(workflow.output)}" if workflow.output else "The workflow"
        raise EngineError(
            f"{where} put out no {', '.join(sorted(extensions))} at {server.name}.",
            code="engine_answer_unusable",
            hint="End it with a node that saves its result, and title that one storyreel.output.",
        )
    return min(found, key=lambda file: file.kind != "output")


def _files(output: dict[str, Any]) -> Iterator[File]:
    """Nodes put out pictures, clips and sounds under names of their own: images, gifs, audio …"""
    for listed in output.values():
        for one in map(mapping, items(listed)):
            if isinstance(one.get("filename"), str):
                yield File(one["filename"], str(one.get("subfolder", "")), str(one.get("type", "output")))


def refusal(server: Comfy, status: int, answer: dict[str, Any], workflow: Workflow) -> EngineError:
    """Why a server did not take a workflow: which nodes it does not like, and what of them."""
    faults = [
        f"{workflow.title(node)}: {brief(error.get('message'), error.get('details'))}"
        for node, found in mapping(answer.get("node_errors")).items()
        for error in map(mapping, items(mapping(found).get("errors")))
    ]
    said = "; ".join(faults[:_MOST_TOLD]) or told(answer) or f"status {status}"
    return EngineError(
        f"ComfyUI at {server.name} refused the workflow: {said}.",
        code="workflow_refused",
        hint="Run it in ComfyUI itself, mend it there, and export it again.",
    )


def execution_fault(server: Comfy, ended: dict[str, Any], workflow: Workflow) -> EngineError | None:
    """Why a job failed; None when it did not."""
    status = mapping(ended.get("status"))
    if status.get("status_str") != "error":
        return None
    messages = {str(name): mapping(data) for name, data in (one[:2] for one in items(status.get("messages")) if one)}
    if "execution_interrupted" in messages:
        return EngineError(f"The job was stopped at ComfyUI at {server.name}.")
    error = messages.get("execution_error", {})
    said = brief(error.get("exception_type"), error.get("exception_message"))
    return EngineError(
        f"ComfyUI at {server.name} failed at {workflow.title(str(error.get('node_id', '')))}: {said or 'no reason'}.",
        hint="Look at its own log.",
    )
