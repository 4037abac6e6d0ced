"""Code that computes what a platform computes, bit for bit."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Union

from .. import _core
from ..recording import Choice, warn
from ..show.escape import shown
from ..stimulus import Part, parts
from .given import Graph, document


@dataclass(frozen=True)
class Code:
    """Code in a folder, with a test bench that replays what nirkit computed.

    Attributes:
        folder: the folder.
        target: the language.
        files: places of the files in the folder.
        check: the command that builds the code and replays the vectors.
        steps: how many steps it replays.
        neurons: neurons of all cells of the step program; a chip has cells beside its neurons, which limit or delay spikes.
        constant_bytes: bytes of weights and parameters.
        state_bytes: bytes of the state.
        most_products: products of weighted maps in a step in which every input is active.
        cell_operations: operations of the neurons in a step.
        most_operations: operations of a step in which everything is active: products with their sums, sums of pools, and those of neurons.
        typical_operations: those of a step of the vectors, on average.
        layers: for each node ``name``, ``kind``, ``constant_bytes``, ``state_bytes``, ``most_operations`` and ``typical_operations``.
        choices: every choice, its value, and where it comes from.
        notes: what the platform loses of the graph.
        hardware: what a design of Verilog takes: ``constant_bits``, ``memory_bits``, ``cycles`` (of a step), ``first_cycles``,
            ``reset_cycles``, ``cycles_per_event``, ``beats_in``, ``beats_out``, ``output_bits``, ``lanes`` and ``ports``; ``None`` of
            other languages.
        quantisation: what ``quantize`` made: ``weight_bits``, ``state_bits``, ``input_units``, ``scales`` of the observables, ``maps``
            with their losses, ``factor_error``, ``spikes`` and, with samples, ``accuracy``, each before and after; else ``None``.
    """

    folder: str
    target: str
    files: List[str]
    check: str
    steps: int
    neurons: int
    constant_bytes: int
    state_bytes: int
    most_products: int
    cell_operations: int
    most_operations: int
    typical_operations: float
    layers: List[Dict[str, Any]]
    choices: List[Choice]
    notes: List[str]
    hardware: Optional[Dict[str, Any]] = None
    quantisation: Optional[Dict[str, Any]] = None

    @shown
    def __str__(self) -> str:
        return (
            f"{self.folder}: {', '.join(self.files)}\n"
            f"{self.constant_bytes} bytes of constants, {self.state_bytes} bytes of state; "
            f"`{self.check}` replays {self.steps} steps"
        )


def codegen(
    graph: Graph,
    *,
    target: str,
    output: Union[str, "os.PathLike[str]"],
    platform: str,
    name: str = "net",
    steps: int = 100,
    quantize: Optional[str] = None,
    x: Any = None,
    labels: Any = None,
    readout: Optional[str] = None,
    state_bits: Optional[int] = None,
    ports: str = "dense",
    lanes: int = 1,
    flash: Optional[int] = None,
    ram: Optional[int] = None,
    dt: Union[float, str, None] = None,
    reset: Optional[str] = None,
    spike: Optional[str] = None,
    time_unit: Optional[str] = None,
    **choices: Any,
) -> Code:
    """Writes code that computes what a platform computes, bit for bit, with a test bench.

    Args:
        graph: a graph, or the path of a file.
        target: the language: ``"c99"``, ``"rust"`` or ``"verilog"``.
        output: the folder.
        platform: whose arithmetic the code has: a simulator, a chip, or ``"clocked"``.
        name: what all names of C begin with, the name of the crate of Rust or of the module of Verilog.
        steps: steps of a generated stimulus that the test bench replays.
        quantize: ``"i8"``, ``"i16"``, ``"i8-layer"`` or ``"i16-layer"`` make integers of the numbers of a simulator or of
            ``"clocked"``; of a chip one of its own ways.
        x, labels: samples and their classes, as for `eval`: from them the ranges of quantised states are taken, and the accuracy
            is measured before and after.
        readout: ``"count"``, ``"first"`` or ``"voltage"``: the code reads a class from the Output.
        state_bits: bits of a state after ``quantize``, 16 or 32 (if not given); with 16, every state is proven to fit.
        ports: what enters and leaves a design of Verilog: ``"dense"``, the number of every element, or ``"aer"``, addresses of spikes.
        lanes: products that a design of Verilog adds in a cycle, and neurons that pass, side by side.
        flash, ram: the most bytes of constants and of state.
        dt, reset, spike, choices: see `prepare`.
        time_unit: unit of the times in the file, ``"s"`` or ``"ms"``; as the metadata say, or seconds, if not given.

    Raises:
        ChoiceError: there is no such language, it has neither ports nor lanes, or the name is none of it.
        RefusedError: the platform does not take the graph.
        WriteError: one of the files is there already.
    """
    options = {"dt": dt, "reset": reset, "spike": spike, "time_unit": time_unit, "quantize": quantize, **choices}
    content: List[Part] = []
    classes = None
    if x is not None:
        content, step, _ = parts(x, "BT", None, None)
        options["dt_of_stimulus"] = step
        classes = None if labels is None else [int(label) for label in labels]
    text = _core.codegen(
        document(graph), target, os.fspath(output), platform, name, steps, content, classes, readout, state_bits, ports, lanes, flash, ram, options
    )  # fmt: skip
    found = json.loads(text)
    found["choices"] = [Choice(each["name"], each["value"], each["source"]) for each in found["choices"]]
    warn(found["notes"])
    return Code(folder=os.fspath(output), **found)
