"""A graph in the terms of a chip, what that loses, and what it costs."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple, Union

from .. import _core
from ..errors import RefusedError
from ..recording import Choice, warn
from ..show.escape import shown
from ..show.html import notes_list, table
from ..stimulus import Stimulus, parts
from .check import PlatformReport, _platform_report
from .given import Graph, document


@dataclass(frozen=True)
class Design:
    """A network in a chip's terms.

    Attributes:
        configuration: what `document` is, in a few words.
        document: what the chip's own tools read, JSON.
        placements: where each node went: ``node``, ``population``, ``part``, ``first``, ``neurons``.
        quantization_errors: numbers that became integers: ``layer``, ``what``, ``numbers``, ``max_error``,
            ``rms_error``, ``extent``, ``zeroed``, ``saturated``, ``scales``.
        time_constant_errors: time constants that moved to what the chip has: ``layer``, ``what``, ``given``,
            ``becomes`` (seconds), ``largest_change``.
        approximations: what became of other numbers: ``layer``, ``what``, ``how``.
        usage: how much of the chip is used: ``what``, ``used``, ``available``, ``source``.
        connections: what connects the populations: source, target, synapses, and multiplications and
            additions of a step without events.
        notes: further words about it.
    """

    configuration: str
    document: str
    placements: List[Dict[str, Any]]
    quantization_errors: List[Dict[str, Any]]
    time_constant_errors: List[Dict[str, Any]]
    approximations: List[Dict[str, Any]]
    usage: List[Dict[str, Any]]
    connections: List[Tuple[str, str, int, int]]
    notes: List[str]


@dataclass(frozen=True)
class Lowering:
    """What became of a graph on a chip: everything there is to say, and the design if there is one.

    There is a design even where it takes more of something than the chip has, as long as the
    arithmetic is defined; `report.fits` says so.

    Attributes:
        report: what becomes of each node, and everything that was found.
        design: the network in the chip's terms.
        choices: the time step, and where it comes from.
        notes: guesses.
        cost: of the stimulus, if one was given: ``activity``, ``estimate`` and ``dense``.
    """

    report: PlatformReport
    design: Optional[Design]
    choices: List[Choice] = field(default_factory=list)
    notes: List[str] = field(default_factory=list)
    cost: Optional[Dict[str, Any]] = None

    def write(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes what the chip's own tools read: HDF5 under a name that ends in ``.net``, else JSON. The file
        appears complete or not at all."""
        if self.design is None or self.report.refuses or not self.report.fits:
            raise RefusedError(
                f"{self.report.platform} does not take the graph", findings=self.report.findings
            )
        opened, platform, options = self._source  # type: ignore[attr-defined]
        _core.write_design(opened, platform, options, os.fspath(path))

    @shown
    def __str__(self) -> str:
        lines = [str(self.report)]
        for use in self.design.usage if self.design else []:
            lines.append(f"  {use['what']}: {use['used']} of {use['available']}")
        return "\n".join(lines)

    @shown
    def __repr__(self) -> str:
        return f"Lowering({self.report.platform}: {self.report.outcome})"

    @shown
    def _repr_html_(self) -> str:
        usage = self.design.usage if self.design else []
        rows = [(use["what"], use["used"], use["available"]) for use in usage]
        used = table(("what", "used", "available"), rows) if rows else ""
        return self.report._repr_html_() + used + notes_list(self.notes)


def lower(
    graph: Graph,
    platform: str,
    *,
    x: Optional[Stimulus] = None,
    dt: Union[float, str, None] = None,
    reset: Optional[str] = None,
    time_unit: Optional[str] = None,
    quantize: Optional[str] = None,
    duration: Optional[float] = None,
    frames: str = "auto",
) -> Lowering:
    """Brings a graph into the terms of a chip, or says everything that stands against it.

    Args:
        graph: a sound graph, or the path of a file.
        platform: a chip: ``"xylo"``, ``"speck"``; `nirkit.platforms` lists them.
        x: a stimulus, one sample, whose spikes, synaptic operations, energy and time are told as
            `Lowering.cost`.
        dt: the time step in seconds; that of the stimulus or the file if not given.
        reset: the reset of the network.
        time_unit: unit of the times in the file, ``"s"`` or ``"ms"``; as the metadata say, or seconds, if not given.
        quantize: how integers are made of numbers, by name; the chip's first if not given.
        duration, frames: of the stimulus; see `run`.
    """
    content, step, _ = parts(x, "T") if x is not None else ([], None, False)
    options = {"dt": dt, "reset": reset, "time_unit": time_unit, "quantize": quantize, "dt_of_stimulus": step}
    opened = document(graph)
    report, found, choices, notes, cost = _core.lower(opened, platform, options, content, frames, duration)
    design = None if found is None else _design(found)
    settled = [Choice(*choice) for choice in choices]
    told = None if cost is None else json.loads(cost)
    lowering = Lowering(_platform_report(report), design, settled, notes, told)
    object.__setattr__(lowering, "_source", (opened, platform, options))
    warn([str(found) for found in lowering.report.findings if found.severity == "warning"])
    return lowering


def _design(entries: Dict[str, Any]) -> Design:
    tables = ("placements", "quantization_errors", "time_constant_errors", "approximations", "usage")
    return Design(**{**entries, **{name: json.loads(entries[name]) for name in tables}})
