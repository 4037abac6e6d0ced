"""Platforms side by side: how far apart their spikes are, where they part, and why."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, field
from typing import Any, ClassVar, Dict, List, Optional, Sequence, Union

from .. import _core
from ..errors import Error
from ..recording import Choice, warn
from ..show.escape import shown
from ..show.html import choices_table, notes_list, table
from ..stimulus import Stimulus, parts
from .given import Graph, document


@dataclass(frozen=True)
class Moment:
    """A neuron in a step: its spikes, the voltage that was held against the threshold, and the
    threshold in the units of this voltage."""

    spikes: float
    v: float
    threshold: float


@dataclass(frozen=True)
class First:
    """The first difference: in which step (from 0), when (in seconds), at which neuron, and the
    neuron in both runs."""

    step: int
    time: float
    node: str
    neuron: int
    moments: List[Optional[Moment]]


@dataclass(frozen=True)
class NodeDifference:
    """A node in two runs.

    Attributes:
        spikes: in both.
        entries: numbers of spikes, of a neuron in a step, that differ.
        cosine: of the angle between the mean activities.
        distance: squared van Rossum distance.
        first: the first difference at this node.
    """

    node: str
    spikes: List[float]
    entries: int
    cosine: float
    distance: float
    first: Optional[First]


@dataclass(frozen=True)
class Cause:
    """Because of which choices two runs part.

    Attributes:
        choices: the choices that differ and matter, with the value in each run.
        first: the smallest sets of choices that account for the first difference.
        total: the choices that take away most of the distance, one after the other.
        grid_distance: where one of the two is the ideal, what leaving continuous time does alone.
    """

    choices: List[Dict[str, Any]]
    first: List[List[str]]
    total: List[Dict[str, Any]]
    grid_distance: Optional[float] = None


@dataclass(frozen=True)
class Pair:
    """A run against the first one.

    Attributes:
        a, b: names of the two.
        equal: whether both run the same neurons, at least one, and all spike trains are equal.
        distance: squared van Rossum distance, summed over all neurons.
        nodes: node by node.
        missing: nodes that spike in one of the two only, because the other does not run them.
        first: the first difference of all.
        cause: because of which choices; ``None`` if they agree or it could not be told (`no_cause`).
        departures: where a chip takes part, what its arithmetic changes, in words.
        help: the command that may make the two agree, where spikes differ and one of them is a simulator.
    """

    a: str
    b: str
    equal: bool
    distance: float
    nodes: List[NodeDifference]
    missing: List[str] = field(default_factory=list)
    first: Optional[First] = None
    cause: Optional[Cause] = None
    no_cause: Optional[str] = None
    departures: List[str] = field(default_factory=list)
    help: Optional[str] = None

    @shown
    def __str__(self) -> str:
        if self.equal:
            return f"{self.b} and {self.a} agree in every spike"
        if not self.nodes:
            return f"{self.b} and {self.a} run no neuron that both run"
        text = f"{self.b} and {self.a} part (distance {self.distance:.4g})"
        if self.first:
            text += f", first at {self.first.node}[{self.first.neuron}] in step {self.first.step}"
        if self.cause and self.cause.first:
            text += "; because of " + " or ".join(" with ".join(one) for one in self.cause.first)
        return text


@dataclass(frozen=True)
class Way:
    """A way in which a platform can run the graph, where chance decides.

    Attributes:
        platform: name and version.
        way: its number, counted from 1.
        variant: its name among what is compared; ``None`` if it fails.
        error: why it fails.
    """

    platform: str
    way: int
    variant: Optional[str] = None
    error: Optional[str] = None


@dataclass(frozen=True)
class Comparison:
    """Runs of one graph, held against the first of them.

    Attributes:
        variants: what is compared; the first is the one against which the others are held.
        equal: whether all run the same neurons, at least one, and all spike trains are equal.
        pairs: each of the others against the first.
        spikes: spikes of each node in each run; ``None`` where it did not run.
        steps, dt, tau: number of steps, their length, and the time constant of the distance, in
            seconds.
        choices: every choice, its value, and where it comes from.
        notes: guesses, and what platforms lose of the graph.
        ways: the ways in which platforms can run the graph, where chance decides; each that runs is
            a variant of its own.
        refused: platforms that take no part, each with the reasons.
    """

    variants: List[str]
    equal: bool
    pairs: List[Pair]
    spikes: Dict[str, List[Optional[float]]]
    steps: int
    dt: float
    tau: float
    choices: List[Choice]
    notes: List[str]
    ways: List[Way] = field(default_factory=list)
    refused: Dict[str, List[str]] = field(default_factory=dict)

    #: The runs, from which `plot` draws. They are neither a field nor part of a copy.
    _runs: ClassVar[Optional[_core.Compared]] = None

    def plot(self, *, figure: Any = None) -> Any:
        """Draws what enters, the voltages at the first difference, and the spikes of all layers in every run, in the order of
        the signals; needs matplotlib.

        Missing and extra spikes are marked. The first difference is marked in all panels and enlarged below them. What enters
        stands at the start of its step, spikes and voltages stand at its end. Each platform runs once more for the voltages.

        Args:
            figure: a figure of matplotlib to draw into.
        """
        if self._runs is None:
            raise Error("the runs of this comparison are gone", help="a copy has none: plot what `compare` returns")
        from ..show.panels import plot_panels

        return plot_panels(self._runs.panels(), figure)

    def __getstate__(self) -> Dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_runs"}

    @shown
    def __str__(self) -> str:
        refused = [f"{name} takes no part: {'; '.join(why)}" for name, why in self.refused.items()]
        return "\n".join([*map(str, self.pairs), *refused])

    @shown
    def _repr_html_(self) -> str:
        cells = [(node, *("does not run" if n is None else f"{n:g}" for n in row)) for node, row in self.spikes.items()]
        spikes = table(("spikes", *self.variants), cells)
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in str(self).splitlines())
        return spikes + lines + notes_list(self.notes) + choices_table(self.choices)


def compare(
    graph: Graph,
    x: Stimulus,
    platforms: Union[str, Sequence[str]],
    *,
    dt: Union[float, str, None] = None,
    reset: Optional[str] = None,
    time_unit: Optional[str] = None,
    spike: Optional[str] = None,
    quantize: Optional[str] = None,
    tau: Optional[float] = None,
    duration: Optional[float] = None,
    frames: str = "auto",
    causes: bool = True,
) -> Comparison:
    """Compares platforms with each other, or with the ideal: a single platform is held against it.

    Args:
        graph: a graph, or the path of a file.
        x: the stimulus, one sample; see `run`.
        platforms: names; ``"ideal"`` is one of them.
        dt, reset, duration, frames: see `run`.
        time_unit: unit of the times in the file, ``"s"`` or ``"ms"``; as the metadata say, or seconds, if not given.
        spike: what a spike is in the ideal.
        quantize: how chips make integers of numbers; the first way of each if not given.
        tau: time constant of the van Rossum distance in seconds; ten steps if not given.
        causes: whether to look for the choices that part the runs, which takes some more runs.
    """
    content, step, _ = parts(x, "T")
    titles = [platforms] if isinstance(platforms, str) else list(platforms)
    options = {
        "dt": dt, "reset": reset, "time_unit": time_unit, "spike": spike, "quantize": quantize, "dt_of_stimulus": step
    }  # fmt: skip
    text, choices, notes, refused, runs = _core.compare(
        document(graph), content, titles, options, frames, duration, tau, causes
    )
    warn(notes)
    report = json.loads(text)
    found = Comparison(
        variants=report["variants"],
        equal=report["equal"],
        pairs=[_pair(pair) for pair in report["pairs"]],
        spikes={node["node"]: node["spikes"] for node in report["nodes"]},
        steps=report["steps"],
        dt=report["dt"],
        tau=report["tau"],
        choices=[Choice(*choice) for choice in choices],
        notes=notes,
        ways=[Way(**way) for way in report.get("ways", [])],
        refused=dict(refused),
    )
    object.__setattr__(found, "_runs", runs)  # the class is frozen
    return found


def _pair(entries: Dict[str, Any]) -> Pair:
    cause = entries.pop("cause", None)
    nodes = [NodeDifference(**{**node, "first": _first(node["first"])}) for node in entries.pop("nodes")]
    first = _first(entries.pop("first", None))
    return Pair(**entries, nodes=nodes, first=first, cause=Cause(**cause) if cause else None)


def _first(entries: Optional[Dict[str, Any]]) -> Optional[First]:
    if entries is None:
        return None
    moments = [Moment(**moment) if moment else None for moment in entries.pop("moments")]
    return First(**entries, moments=moments)
