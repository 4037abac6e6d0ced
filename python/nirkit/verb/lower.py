"""A graph in the terms of a chip, what that loses, and what it costs."""

from __future__ import annotations

import json
import os
import pathlib
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple, Union

from .. import _core
from ..errors import RefusedError
from ..show.escape import shown
from .check import PlatformReport, _platform_report
from .given import Graph, document


@dataclass(frozen=True)
class Design:
    """A network in a chip's terms.

    Attributes:
        handover: what `document` is, in a few words.
        document: what the chip's own tools read, JSON.
        placed: where each node went: ``node``, ``population``, ``part``, ``first``, ``neurons``.
        rounded: numbers that became integers: ``layer``, ``what``, ``numbers``, ``max_error``,
            ``rms_error``, ``extent``, ``zeroed``, ``saturated``, ``scales``.
        moved: time constants that moved to what the chip has: ``layer``, ``what``, ``given``,
            ``becomes`` (seconds), ``largest_change``.
        treated: what became of other numbers: ``layer``, ``what``, ``how``.
        usage: how much of the chip is used: ``what``, ``used``, ``available``, ``source``.
        wires: what connects the populations: source, target, synapses, and multiplications and
            additions of a step without events.
        notes: further words about it.
    """

    handover: str
    document: str
    placed: List[Dict[str, Any]]
    rounded: List[Dict[str, Any]]
    moved: List[Dict[str, Any]]
    treated: List[Dict[str, Any]]
    usage: List[Dict[str, Any]]
    wires: List[Tuple[str, str, int, int]]
    notes: List[str]


@dataclass(frozen=True)
class Lowering:
    """What became of a graph on a chip: everything there is to say, and the design if there is one.

    There is a design even where it takes more of something than the chip has, as long as the
    arithmetic is defined; `report.fits` says so.
    """

    report: PlatformReport
    design: Optional[Design]

    def write(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes what the chip's own tools read."""
        if self.design is None or self.report.refuses or not self.report.fits:
            raise RefusedError(
                f"{self.report.platform} does not take the graph", findings=self.report.findings
            )
        pathlib.Path(path).write_text(self.design.document)

    @shown
    def __str__(self) -> str:
        lines = [str(self.report)]
        for use in self.design.usage if self.design else []:
            lines.append(f"  {use['what']}: {use['used']} of {use['available']}")
        return "\n".join(lines)


def lower(
    graph: Graph,
    platform: str,
    *,
    dt: Optional[float] = None,
    reset: Optional[str] = None,
    quantize: Optional[str] = None,
) -> Lowering:
    """Brings a graph into the terms of a chip, or says everything that stands against it.

    Args:
        graph: a sound graph, or the path of a file.
        platform: a chip: ``"xylo"``, ``"speck"``; `nirkit.platforms` lists them.
        dt: the time step in seconds; that of the file if it says or implies one.
        reset: the reset of the network.
        quantize: how integers are made of numbers, by name; the chip's first if not given.
    """
    report, found = _core.lower(document(graph), platform, dt, reset, quantize)
    return Lowering(_platform_report(report), None if found is None else _design(found))


def _design(entries: Dict[str, Any]) -> Design:
    tables = ("placed", "rounded", "moved", "treated", "usage")
    return Design(**{**entries, **{name: json.loads(entries[name]) for name in tables}})
