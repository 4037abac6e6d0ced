"""A graph for a platform that computes what another platform computes on the original."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import List, Optional

from .. import _core
from ..ir import NIRGraph
from ..recording import Choice, warn
from ..serialization import _build_root
from ..show.escape import shown
from ..stimulus import Stimulus, parts
from .given import Graph, document


@dataclass(frozen=True)
class Obstacle:
    """What no file can bring about, and what to change instead."""

    message: str
    help: Optional[str] = None


@dataclass(frozen=True)
class AdaptedNode:
    """What holds for a layer of neurons, if what arrives is the same.

    Attributes:
        node: its name in the graph that came in.
        verdict: ``equal`` (in bits), ``lag`` (equal, some steps later), ``bounded`` or ``impossible``.
        lag: how many steps later its spikes come.
        spikes: of the reference and of the platform, in the runs that were made.
        differ: entries, of a neuron in a step, that differ in them.
        bound: how near to its threshold a voltage of the reference may come without another spike.
        reasons: what stands against it.
    """

    node: str
    verdict: str
    lag: int
    spikes: List[float]
    differ: int
    bound: Optional[float] = None
    reasons: List[Obstacle] = field(default_factory=list)


@dataclass(frozen=True)
class Adaptation:
    """A graph that was made for a platform.

    Attributes:
        graph: the graph.
        platform: the platform that it is made for, with its version.
        like: what it is to compute.
        verdict: the claim about the whole, for all inputs: the weakest of the nodes.
        lag: how many steps later the spikes come that leave the network.
        changes: what was changed, a sentence each; empty if nothing was.
        nodes: what holds for each layer of neurons.
        refused: why the platform does not take the graph; empty if it does.
        exceeds: what the graph needs more of than the chip has, though its arithmetic is defined.
        choices: every choice, its value, and where it comes from.
        notes: guesses, and what is lost.
    """

    graph: NIRGraph
    platform: str
    like: str
    verdict: str
    lag: int
    changes: List[str]
    nodes: List[AdaptedNode]
    refused: List[Obstacle]
    choices: List[Choice]
    notes: List[str]
    exceeds: List[Obstacle] = field(default_factory=list)

    @shown
    def __str__(self) -> str:
        lines = [f"{self.platform} like {self.like}: {self.verdict}"]
        lines += [f"refused: {obstacle.message}" for obstacle in self.refused]
        lines += [f"exceeds: {obstacle.message}" for obstacle in self.exceeds]
        for node in self.nodes:
            lines += [f"{node.node}: {obstacle.message}" for obstacle in node.reasons]
        return "\n".join(lines)


def adapt(
    graph: Graph,
    for_: str,
    *,
    like: Optional[str] = None,
    x: Optional[Stimulus] = None,
    axes: str = "T",
    dt: Optional[float] = None,
    reset: Optional[str] = None,
    time_unit: Optional[str] = None,
    frames: str = "auto",
) -> Adaptation:
    """Rewrites a graph so that a platform computes what a reference computes on the original.

    Args:
        graph: a graph, or the path of a file.
        for_: the platform that the graph is made for.
        like: the reference: a platform on the original, or ``"ideal"``, the equations on a grid; the metadata
            ``nirkit.reference`` if not given.
        x: a stimulus on which both are run besides generated ones; see `run`.
        axes: ``"BT"`` if the stimulus holds several samples.
        dt, reset, frames: see `run`.
        time_unit: unit of the times in the file, ``"s"`` or ``"ms"``; as the metadata say, or seconds, if not given.

    Raises:
        ChoiceError: nothing says what the reference is; the reference is a chip.
    """
    content, step, batch = parts(x, axes) if x is not None else ([], None, False)
    options = {"dt": dt, "reset": reset, "time_unit": time_unit, "dt_of_stimulus": step}
    made, text = _core.adapt(document(graph), for_, like, content, frames, batch, options)
    found = json.loads(text)
    warn(found["notes"])
    nodes = [
        AdaptedNode(**{**node, "reasons": [Obstacle(**reason) for reason in node.get("reasons", [])]})
        for node in found["nodes"]
    ]
    return Adaptation(
        graph=_build_root(made.tree(), type_check=False),
        platform=found["platform"],
        like=found["like"],
        verdict=found["verdict"],
        lag=found["lag"],
        changes=[f"/{change['node']}: {change['what']}" for change in found["changes"]],
        nodes=nodes,
        refused=[Obstacle(**reason) for reason in found["refused"]],
        choices=[Choice(choice["name"], choice["value"], choice["source"]) for choice in found["choices"]],
        notes=found["notes"],
        exceeds=[Obstacle(**reason) for reason in found.get("exceeds", [])],
    )
