"""A workflow as ComfyUI exports it for its API, with the nodes that their titles open to us: `storyreel.prompt` …"""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

from storyreel.domain.serialize import digest_of
from storyreel.errors import EngineUnavailableError

Nodes = dict[str, dict[str, Any]]
Slot = tuple[str, str]
"""A node's id, and the name of one of its inputs."""

_TITLE = re.compile(r"storyreel\.(\w+)(?::(\w+))?")
_MEANS = {"size": ("width", "height")}
_OUTPUT = "output"
_HOW = "In ComfyUI: Workflow ▸ Export (API)."


@dataclass(frozen=True, slots=True)
class Workflow:
    """`slots` says where each named input goes; `output` is the node whose file is wanted, None for whichever has one.

    `digest` tells workflows apart.
    """

    nodes: Nodes
    slots: Mapping[str, tuple[Slot, ...]]
    output: str | None
    digest: str

    def filled(self, values: Mapping[str, Any]) -> Nodes:
        """The nodes with these values, by name, wherever the workflow has an input for them."""
        nodes = copy.deepcopy(self.nodes)
        for name, value in values.items():
            for node, field in self.slots.get(name, ()):
                nodes[node]["inputs"][field] = value
        return nodes

    def title(self, node: str) -> str:
        """How a person knows the node."""
        known = self.nodes.get(node, {})
        return f"{known.get('_meta', {}).get('title') or known.get('class_type', 'node')} ({node})"


def read_workflow(file: Path) -> Workflow:
    """The workflow in a file.

    Raises:
        EngineUnavailableError: it is none, or a title in it cannot be followed; the hint says what to do.
    """
    nodes = _nodes(file)
    slots: dict[str, tuple[Slot, ...]] = {}
    output = None
    for id_, node in nodes.items():
        for name, field in _named(node):
            if name == _OUTPUT:
                output = id_
                continue
            slots[name] = (*slots.get(name, ()), *((id_, one) for one in _fields(file, id_, node, name, field)))
    return Workflow(nodes, slots, output, digest_of(nodes)[:8])


def _nodes(file: Path) -> Nodes:
    try:
        found = json.loads(file.read_bytes())
    except OSError as error:
        raise EngineUnavailableError(f"There is no workflow {file}.", hint=_HOW) from error
    except ValueError as error:
        raise EngineUnavailableError(f"The workflow {file.name} is not JSON.", hint=_HOW) from error
    nodes = cast(dict[str, Any], found) if isinstance(found, dict) else {}
    nodes = cast(dict[str, Any], nodes.get("prompt", nodes))  # some tools save what is posted
    if not nodes or not all(isinstance(node, dict) and "class_type" in node for node in nodes.values()):
        raise EngineUnavailableError(f"The workflow {file.name} is not in the form for the API.", hint=_HOW)
    return nodes


def _named(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The names in a node's title, each with the input that it is for, if the title says it."""
    for name, field in _TITLE.findall(str(node.get("_meta", {}).get("title", ""))):
        for meant in _MEANS.get(name, (name,)):
            yield meant, field


def _fields(file: Path, id_: str, node: Mapping[str, Any], name: str, field: str) -> list[str]:
    """The node's inputs that a name is for; those that another node feeds are left to it."""
    if name not in _known():
        names = ", ".join((*_known(), *_MEANS, _OUTPUT))
        raise EngineUnavailableError(
            f"The workflow {file.name} has a node titled storyreel.{name}, which means nothing.",
            hint=f"Use one of {names}.",
        )
    free = {one for one, value in node.get("inputs", {}).items() if not isinstance(value, list)}
    found = [one for one in ([field] if field else _known()[name]) if one in free]
    if not found:
        raise EngineUnavailableError(
            f"In {file.name} node {id_} ({node['class_type']}) is titled storyreel.{name}, but has no input for it.",
            hint=f"Say which: storyreel.{name}:INPUT. It has {', '.join(sorted(free)) or 'none that is free'}.",
        )
    return found


@cache
def _known() -> dict[str, list[str]]:
    return json.loads(resources.files(__package__ or "").joinpath("inputs.json").read_text("utf-8"))
